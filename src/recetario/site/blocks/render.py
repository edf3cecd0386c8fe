"""Turn steps, verdicts and environments into the HTML that the blocks put on a page."""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urljoin

import jinja2
import markdown
from markupsafe import Markup

from recetario.book.citations import cite
from recetario.book.claims import Claim
from recetario.book.environments import Environment, Mode, find, load_environments
from recetario.book.project import Project
from recetario.book.recipes import Recipe
from recetario.book.verdicts import Reference, Verdict
from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.differences import Change, differences, pairs, scopes, untested, upgrades
from recetario.site.blocks.drawings import draw, load_drawing
from recetario.site.blocks.groups import columns, describe, group
from recetario.site.blocks.messages import Message, Place, messages
from recetario.site.blocks.when import last_words
from recetario.translations import translations

__all__ = ["FILES", "Highlight", "MarkdownRenderer", "Renderer", "find_recipe"]

Highlight = Callable[[str, str, Sequence[str]], str]
"""Text, language and CSS classes to the HTML of a code block."""

FILES = {
    **{name: f"../{name}" for name in ("matrix.json", "matrix.csv", "recetario.zip")},
    **{name: name for name in ("llms.txt", "feed.xml")},
}
"""What the site has besides pages, and where, seen from one language's."""
_MAIN_VERSIONS = (
    *("podman", "netavark", "cni-plugins", "aardvark-dns", "dnsname", "pasta", "slirp4netns"),
    *("conmon", "runtime"),
)


@dataclass
class Renderer:
    """Renders for one language; ``url`` is the address of the page being rendered, within that language.

    Attributes:
        project: What there is to show.
        language: One of ``LANGUAGES``.
        url: ``recipes/dns-network/``; links are relative to it.
    """

    project: Project
    language: str
    url: str = ""

    template: ClassVar[str] = "blocks.html"

    def step(self, recipe: Recipe, name: str, highlight: Highlight, anchor: str) -> str:
        """A step, with what it printed: environments with equal output together, the reference's first."""
        variants = recipe.variants(name)
        outputs = [
            (environment, found.outputs[recipe.variant_for(name, environment).name])
            for environment in load_environments()
            if (found := self.project.evidence.get((recipe.slug, environment.id)))
        ]
        shown = [environment for environment, _ in outputs]
        reference = self.project.reference(recipe.slug)
        groups = [(one, describe(one.environments, shown, self.language)) for one in group(outputs, reference.id)]
        return self._render(
            "step",
            (anchor, name, variants, groups),
            code=lambda text, language, classes: Markup(highlight(text, language, classes)),
            lab_only=self.project.files[recipe.slug].lab_only,
            transcript_url=lambda environment, step: self._transcript(recipe.slug, environment, step),
            reference=reference.mode,
            needs_root=name in self.project.files[recipe.slug].sudo,
        )

    def verdicts(self, recipe: Recipe) -> str:
        """The grid of a recipe's own claims."""
        claims = list(self.project.files[recipe.slug].claims.values())
        when = last_words(self.project, recipe.slug, self.language)
        return self._render("verdicts", (claims, when, self._link(f"transcripts/{recipe.slug}/")))

    def matrix(self, claims: Sequence[Claim]) -> str:
        """The grid of claims, each linked to where it is explained."""
        return self._render("matrix", (claims,))

    def claim(self, claim: Claim, page: str) -> str:
        """One claim: what to do, why it does not hold somewhere, what decides it; its grid where it is a guest.

        Args:
            claim: Which.
            page: Slug of the recipe that the page is about: its own page has shown the grid already.
        """
        row = dict(zip(load_environments(), self.project.row(claim.id), strict=True))
        controls = sorted({verdict.control.step for verdict in row.values() if verdict.control})
        excuses = list(dict.fromkeys(v.no_control[self.language] for v in row.values() if v.no_control))
        return self._render(
            "claim",
            (claim, list(self._reasons(row)), controls, [self._markdown(cite(e)) for e in excuses]),
            anchor=f"about-{claim.id}",
            with_grid=claim.recipe != page,
        )

    def transcripts(self, recipe: Recipe) -> str:
        """All that a recipe printed, one folded section an environment; the reference's is open and first."""
        file = self.project.files[recipe.slug]
        reference = self.project.reference(recipe.slug)
        found = [
            (environment, evidence, file.end(environment))
            for environment in load_environments()
            if (evidence := self.project.evidence.get((recipe.slug, environment.id)))
        ]
        found.sort(key=lambda one: one[0] != reference)
        return self._render("transcripts", (recipe, found), lab_only=file.lab_only)

    def environments(self) -> str:
        """The table of environments, with the versions that matter."""
        return self._render(
            "environments", ([(e, self._main_versions(self.versions(e))) for e in load_environments()],)
        )

    def environment(self, environment: Environment) -> str:
        """One environment: versions, departures from Debian, verdicts."""
        claims = [(claim, self.project.verdicts[claim.id, environment.id]) for claim in self.project.claims.values()]
        recipes = [
            (recipe, self._transcript(recipe.slug, environment))
            for recipe in self.project.recipes.values()
            if (recipe.slug, environment.id) in self.project.evidence
        ]
        return self._render("environment", (environment, self.versions(environment), recipes, claims))

    def downloads(self, recipe: Recipe) -> str:
        """Links to the recipe as a script and as a notebook."""
        addresses = (f"downloads/{recipe.slug}.sh", f"notebooks/{recipe.slug}/")
        return self._render("downloads", tuple(map(self._link, addresses)))

    def picture(self, recipe: Recipe, environment: Environment) -> str:
        """The picture that a recipe left in an environment."""
        address = self._link(f"pictures/{recipe.slug}/{environment.id}.png")
        return self._render("picture", (environment, address, self.title(recipe).replace("`", "")))

    def differences(self, podman: str, place: str) -> str:
        """What is otherwise in this Podman than in the one before it, and what to do."""
        every = pairs(podman, load_environments(), place)
        several = len({(old.backend, new.backend) for old, new in every}) > 1
        unsure = [(claim, self._where(where)) for claim, where in untested(self.project, podman, place)]
        return self._render(
            "differences",
            (differences(self.project, podman, place), scopes(self.project, podman, place), unsure),
            podmans=next(pair for pair in upgrades(load_environments()) if pair[1] == podman),
            several=several,
            where=lambda some: self._ways(some, several) if len(some) < len(every) else "",
        )

    def errors(self) -> Iterator[tuple[str, str]]:
        """(Program, HTML of its messages) for each program that told of a failure."""
        by_speaker: dict[str, list[Message]] = {}
        for message in messages(self.project):
            by_speaker.setdefault(message.speaker, []).append(message)
        for speaker, some in by_speaker.items():
            yield (
                speaker,
                self._render("messages", (some, self.project.recipes), where=self._where, step_url=self._step),
            )

    def drawing(self, name: str, place: str) -> str:
        """A drawing, with its title below."""
        found = load_drawing(self.project.top, name, place)
        return self._render(
            "drawing",
            (name, found["title"][self.language], found["desc"][self.language]),
            drawn=draw(found, self.language),
        )

    def file(self, name: str, place: str) -> str:
        """A link to a file that programs read, or a reader takes along."""
        if name not in FILES:
            raise RecetarioError(f'{place} shows file "{name}", which the site does not have.', nearest(name, FILES))
        return self._render("file", (name, self._link(FILES[name])))

    def title(self, recipe: Recipe) -> str:
        """The question, as the recipe's page in this language asks it."""
        return self.project.page(recipe.slug, self.language).title

    def evidence_url(self, reference: Reference) -> str:
        """The address of a step in its transcript."""
        (environment,) = find([reference.environment])
        return self._transcript(reference.recipe, environment, reference.step)

    def claim_url(self, claim: Claim) -> str:
        """The address of a claim on the page that explains it."""
        return self._link(f"recipes/{claim.recipe}/") + f"#{claim.id}"

    def versions(self, environment: Environment) -> Mapping[str, str]:
        """The exact versions in an environment, as its evidence has them; empty where there is none."""
        for (_, name), evidence in self.project.evidence.items():
            if name == environment.id:
                return evidence.versions
        return {}

    def _render(self, macro: str, arguments: Sequence[Any], **more: Any) -> str:
        module = (
            _templates()
            .get_template(self.template)
            .make_module(
                {
                    "lang": self.language,
                    "w": translations(self.language)["site"],
                    "columns": columns(load_environments()),
                    "rows": self._rows,
                    "md": self._markdown,
                    "cited": lambda text: self._markdown(cite(text)),
                    "evidence_url": self.evidence_url,
                    "claim_url": self.claim_url,
                    "environment_url": lambda environment: self._link(f"environments/{environment.id}/"),
                    "versions": self._main_versions,
                    "ran": lambda recipe, environment: [recipe.variant_for(name, environment) for name in recipe.names],
                    "titles": self.title,
                    **more,
                }
            )
        )
        html: str = getattr(module, macro)(*arguments)
        return html

    def _rows(self, claim: Claim) -> Iterator[tuple[str, list[Verdict | None]]]:
        """The verdicts of a claim as the two rows of a grid."""
        for mode in Mode:
            yield (
                mode,
                [
                    self.project.verdicts.get((claim.id, f"{podman}-{backend}-{mode}"))
                    for podman, backend in columns(load_environments())
                ],
            )

    def _reasons(self, row: Mapping[Environment, Verdict]) -> Iterator[tuple[str, str, str, str]]:
        """Each reason once, with the environments that it is for: in words, and their ids."""
        kinds = {"fails": "why", "scope": "scope-why", "lab": "lab-why"}
        found: dict[tuple[str, str], list[Environment]] = {}
        for environment, verdict in row.items():
            if verdict.why is not None:
                found.setdefault((verdict.word, verdict.why[self.language]), []).append(environment)
        for (word, text), where in sorted(found.items(), key=lambda item: list(kinds).index(item[0][0])):
            ids = " ".join(environment.id for environment in where)
            yield kinds[word], self._markdown(cite(text)), describe(where, load_environments(), self.language), ids

    def _ways(self, changes: Sequence[Change], several: bool) -> str:
        """Whom changes concern: "CNI → netavark", "CNI, as root"; ``several``: there are other ways."""
        words = translations(self.language)["site"]
        modes: dict[str, list[str]] = {}
        for change in changes:
            modes.setdefault(change.way, []).append(words[change.before.mode])
        parts = [[way] * several + who * (len(who) < len(Mode)) for way, who in modes.items()]
        return "; ".join(", ".join(part) for part in parts)

    def _where(self, environments: Sequence[Environment]) -> str:
        return describe(environments, load_environments(), self.language)

    def _main_versions(self, versions: Mapping[str, str]) -> str:
        return ", ".join(f"{name} {versions[name]}" for name in _MAIN_VERSIONS if name in versions)

    def _markdown(self, text: str) -> str:
        """A sentence of claims.toml: inline Markdown, without the paragraph around it."""
        return _inline(text)

    def _transcript(self, slug: str, environment: Environment, step: str = "") -> str:
        return self._link(f"transcripts/{slug}/") + f"#{environment.anchor}" + (f"-{step}" if step else "")

    def _step(self, place: Place) -> str:
        return self._link(f"recipes/{place.recipe}/") + f"#step-{place.step}"

    def _link(self, target: str) -> str:
        slash = "/" if target.endswith("/") else ""
        return posixpath.relpath(target, self.url or ".") + slash


@dataclass
class MarkdownRenderer(Renderer):
    """Renders the same as Markdown.

    Attributes:
        site: Address of the site in this language, ending in a slash; links are absolute, as files travel alone.
    """

    site: str = ""

    template: ClassVar[str] = "blocks.md"

    def _markdown(self, text: str) -> str:
        return text

    def _link(self, target: str) -> str:
        return urljoin(self.site, target)


@functools.lru_cache(4096)
def _inline(text: str) -> Markup:
    html = markdown.markdown(text)
    return Markup(html.removeprefix("<p>").removesuffix("</p>"))


@functools.cache
def _templates() -> jinja2.Environment:
    """Compiled once, whatever the number of renderers."""
    loader = jinja2.PackageLoader("recetario.site.blocks")
    escape = jinja2.select_autoescape(["html"])
    environment = jinja2.Environment(loader=loader, autoescape=escape, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cell"] = lambda text: text.replace("|", r"\|")
    environment.globals["fence_for"] = lambda text: max(
        ["```", *(f"{found}`" for found in re.findall("`{3,}", text))], key=len
    )
    return environment


def find_recipe(project: Project, slug: str, place: str) -> Recipe:
    """The recipe of this slug.

    Raises:
        RecetarioError: There is none; ``place`` names the page that asks for it.
    """
    if slug not in project.recipes:
        raise RecetarioError(f'{place}: there is no recipe "{slug}".', nearest(slug, project.recipes))
    return project.recipes[slug]
