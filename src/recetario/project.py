"""The whole of what the project's folder says: recipes, claims, evidence, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from recetario.claims import Claim, ClaimFile
from recetario.claims_file import load_claims
from recetario.environments import Environment, find, load_environments
from recetario.errors import RecetarioError, nearest
from recetario.evidence import Evidence, evidence_path, read_evidence
from recetario.notebooks import reader_notebook
from recetario.pages import Page, load_page
from recetario.recipes import Recipe, load_recipes
from recetario.verdicts import Verdict, check_end, judge_all

__all__ = ["SITE", "Case", "Project"]

SITE = "https://recetario.example/"
"""Where the site is published unless its builder says otherwise; what readers take away links there."""


@dataclass(frozen=True)
class Case:
    """One recipe in one environment: what is replayed at once."""

    recipe: Recipe
    file: ClaimFile
    environment: Environment

    @property
    def id(self) -> str:
        """As messages and tests name it: ``dns-network on 5.4-netavark-root``."""
        return f"{self.recipe.slug} on {self.environment.id}"

    @property
    def evidence(self) -> Path:
        """Where its evidence is kept."""
        return evidence_path(self.recipe, self.environment)

    @property
    def result(self) -> Path:
        """Where its last replay waits to be accepted, in a folder that git ignores."""
        top = self.recipe.path.parents[2]
        return top / ".recetario" / "replays" / self.recipe.slug / f"{self.environment.id}.ipynb"


@dataclass(frozen=True)
class Project:
    """Reads a clone of the project.

    Attributes:
        top: Its top folder.
        drafts: Replays that count instead of the evidence that is kept, by (slug, environment id).
    """

    top: Path
    drafts: Mapping[tuple[str, str], Path] = field(default_factory=dict)

    @cached_property
    def recipes(self) -> Mapping[str, Recipe]:
        """By slug."""
        return load_recipes(self.top)

    @cached_property
    def files(self) -> Mapping[str, ClaimFile]:
        """What the recipes claim, by slug.

        Raises:
            RecetarioError: Two recipes have a claim of the same name.
        """
        files = {slug: load_claims(recipe) for slug, recipe in self.recipes.items()}
        seen: dict[str, str] = {}
        for slug, file in files.items():
            for claim in file.claims:
                if claim in seen:
                    raise RecetarioError(f'Claim "{claim}" stands in both {seen[claim]} and {slug}.', "Rename one.")
                seen[claim] = slug
        return files

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """All claims, by id."""
        return {claim.id: claim for file in self.files.values() for claim in file.claims.values()}

    def cases(self, recipes: Iterable[str] = (), environments: Iterable[str] = ()) -> list[Case]:
        """What to replay; all where none is named. An environment out of a recipe's scope is left out.

        Raises:
            RecetarioError: A name that there is not.
        """
        wanted = list(recipes)
        for slug in wanted:
            if slug not in self.recipes:
                raise RecetarioError(f'There is no recipe "{slug}".', nearest(slug, self.recipes))
        return [
            Case(recipe, self.files[slug], environment)
            for slug, recipe in self.recipes.items()
            if not wanted or slug in wanted
            for environment in find(environments)
            if self.files[slug].about.fits(environment)
        ]

    @cached_property
    def evidence(self) -> Mapping[tuple[str, str], Evidence]:
        """By (slug, environment id); reading it checks that it is there, fresh, and ended as declared."""
        found: dict[tuple[str, str], Evidence] = {}
        for case in self.cases():
            key = (case.recipe.slug, case.environment.id)
            found[key] = read_evidence(self.drafts.get(key, case.evidence), case.recipe)
            check_end(case.file, case.recipe, case.environment, found[key])
        return found

    @cached_property
    def verdicts(self) -> Mapping[tuple[str, str], Verdict]:
        """By (claim id, environment id)."""
        return judge_all(self.recipes, self.files, self.evidence)

    def reference(self, slug: str) -> Environment:
        """The environment whose output pages of this recipe show first: the newest rootless, or what it names."""
        file = self.files[slug]
        if file.reference:
            return find([file.reference])[0]
        return max(filter(file.about.fits, reversed(load_environments())), key=lambda one: one.rootless)

    def page(self, slug: str, language: str) -> Page:
        """The page about this recipe."""
        return load_page(self.top / "docs" / language / "recipes" / f"{slug}.md", self.top)

    def notebook(self, slug: str, language: str) -> bytes:
        """The reader notebook of this recipe."""
        reference = self.reference(slug)
        path = self.drafts.get((slug, reference.id), evidence_path(self.recipes[slug], reference))
        evidence = read_evidence(path, self.recipes[slug])  # this one alone: another recipe may be half written
        return reader_notebook(self.page(slug, language), self.recipes[slug], evidence, language, f"{SITE}{language}/")

    def row(self, claim: str) -> list[Verdict]:
        """The verdicts of one claim, in the order of the environments."""
        return [self.verdicts[claim, environment.id] for environment in load_environments()]
