"""Everything in a clone of the project: recipes, claims, evidence, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from recetario.book.case import Case
from recetario.book.claims import Claim, ClaimFile
from recetario.book.claims_toml import load_claims
from recetario.book.environments import Environment, find, load_environments
from recetario.book.evidence import Evidence, read_all
from recetario.book.ids import CaseKey, ClaimId, VerdictKey
from recetario.book.pages import Page, load_page
from recetario.book.recipe_list import Group, load_groups
from recetario.book.recipes import Recipe, load_recipes
from recetario.book.verdicts import Verdict, check_end, check_options, judge_all
from recetario.errors import RecetarioError, UnknownNameError, nearest
from recetario.translations import LANGUAGES

__all__ = ["SITE", "Project"]

SITE = "https://recetario.example/"
"""The address of the site, unless the build sets another; downloads link to it."""


@dataclass(frozen=True)
class Project:
    """A clone of the project; its files are read when they are first needed.

    Attributes:
        top: The top folder.
        drafts: Replays to use instead of the evidence, by (slug, environment id).
        untranslated: Whether a page may be missing in one language; the one in another language is used then.
    """

    top: Path
    drafts: Mapping[CaseKey, Path] = field(default_factory=dict)
    untranslated: bool = False

    @cached_property
    def recipes(self) -> Mapping[str, Recipe]:
        """All recipes, by slug."""
        return load_recipes(self.top)

    @cached_property
    def claim_files(self) -> Mapping[str, ClaimFile]:
        """The claims and settings of all recipes, by slug.

        Raises:
            RecetarioError: A file is invalid, or two recipes have a claim with the same id.
        """
        files = {slug: load_claims(recipe) for slug, recipe in self.recipes.items()}
        seen: dict[str, str] = {}
        for slug, file in files.items():
            for claim in file.claims:
                if claim in seen:
                    raise RecetarioError(f'Claim "{claim}" is in both {seen[claim]} and {slug}.', "Rename one of them.")
                seen[claim] = slug
        return files

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups in which the site lists the recipes, in order."""
        return load_groups(self.top, self.recipes)

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """All claims, by id."""
        return {claim.id: claim for file in self.claim_files.values() for claim in file.claims.values()}

    def cases(self, recipes: Iterable[str] = (), environments: Iterable[str] = ()) -> list[Case]:
        """The cases of these recipes and environments, or of all; without environments that a recipe is not about.

        Raises:
            RecetarioError: A recipe or an environment does not exist.
        """
        wanted = list(recipes)
        selected = find(environments) or load_environments()
        for slug in wanted:
            if slug not in self.recipes:
                raise UnknownNameError(f'There is no recipe "{slug}".', nearest(slug, self.recipes))
        return [
            self.case(slug, environment)
            for slug in self.recipes
            if not wanted or slug in wanted
            for environment in selected
            if self.claim_files[slug].about.fits(environment)
        ]

    @cached_property
    def evidence(self) -> Mapping[CaseKey, Evidence]:
        """All evidence, by (slug, environment id).

        Raises:
            RecetarioError: Evidence is missing or invalid, a story did not end as declared, or an option is misspelled.
        """
        evidence = read_all(self.cases(), self.drafts)
        for case in self.cases():
            check_end(case, evidence[case.key])
            check_options(case, evidence[case.key])
        return evidence

    @cached_property
    def verdicts(self) -> Mapping[VerdictKey, Verdict]:
        """All verdicts, by (claim id, environment id)."""
        return judge_all(self.recipes, self.claim_files, self.evidence)

    def case(self, slug: str, environment: Environment) -> Case:
        """The case of this recipe in this environment."""
        return Case(self.recipes[slug], self.claim_files[slug], environment)

    def reference(self, slug: str) -> Environment:
        """The environment whose output the recipe's pages show first: its ``reference``, or the newest rootless one."""
        file = self.claim_files[slug]
        if file.reference:
            return find([file.reference])[0]
        newest_first = list(filter(file.about.fits, reversed(load_environments())))
        return next((environment for environment in newest_first if environment.rootless), newest_first[0])

    def page(self, slug: str, language: str) -> Page:
        """The page about this recipe.

        Raises:
            RecetarioError: The page is missing or invalid.
        """
        paths = {lang: self.top / "docs" / lang / "recipes" / f"{slug}.md" for lang in LANGUAGES}
        others = [path for path in paths.values() if path.is_file()] if self.untranslated else []
        path = paths[language]
        return load_page(path if path.is_file() else next(iter(others), path), self.top)

    def row(self, claim: ClaimId) -> list[Verdict]:
        """The verdicts of one claim, in the order of the environments."""
        return [self.verdicts[claim, environment.id] for environment in load_environments()]
