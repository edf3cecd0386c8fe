"""Fill the templates of blocks: one renderer writes HTML, one Markdown.

A block has the templates ``templates/NAME.html`` and ``templates/NAME.md``. Both get the block's content, as ``block``,
and what all templates share: see ``Renderer.fill``.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urljoin

import jinja2
import markdown
from markupsafe import Markup, escape

from recetario.book.citations import cite
from recetario.book.claims import Claim
from recetario.book.environments import Environment, Mode, find, load_environments
from recetario.book.fields import PATTERNS, Field, replace_literals
from recetario.book.project import Project
from recetario.book.recipes import Recipe
from recetario.book.verdicts import Reference, Verdict
from recetario.site.blocks.groups import columns, describe
from recetario.translations import translations

__all__ = ["Highlight", "MarkdownRenderer", "Renderer"]

Highlight = Callable[[str, str, Sequence[str]], str]
"""Text, language and CSS classes to the HTML of a code block."""

_MAIN_VERSIONS = (
    *("podman", "netavark", "cni-plugins", "aardvark-dns", "dnsname", "pasta", "slirp4netns"),
    *("conmon", "runtime"),
)


@dataclass(frozen=True)
class Renderer:
    """Writes HTML in one language, with links that are relative to one page.

    Attributes:
        project: Where recipes, claims and evidence come from.
        language: One of ``LANGUAGES``.
        url: Address of the page below the language's folder: ``recipes/dns-network/``.
    """

    project: Project
    language: str
    url: str = ""

    template_suffix: ClassVar[str] = "html"

    def fill(self, block: str, content: object, highlight: Highlight) -> str:
        """Fill a block's template.

        Args:
            block: The block's name.
            content: Its dataclass; templates call it ``block``.
            highlight: Makes code blocks.
        """
        template = _templates().get_template(f"{block}.{self.template_suffix}")
        return template.render(
            block=content,
            lang=self.language,
            w=translations(self.language)["site"],
            recipes=self.project.recipes,
            columns=columns(load_environments()),
            rows=self._rows,
            marks_of=self._marks,
            md=self.markdown,
            cited=self.cited,
            code=lambda text, language, classes: Markup(highlight(text, language, classes)),
            bash=lambda text: highlight(text, "bash", []),
            keep_words=_keep_words,
            with_fields=_with_fields,
            patterns=PATTERNS,
            title=self.title,
            topic=self.topic,
            versions=self.main_versions,
            where=self.describe,
            claim_url=self.claim_url,
            environment_url=lambda environment: self.link(f"environments/{environment.id}/"),
            evidence_url=self.evidence_url,
            link=self.link,
            step_url=lambda slug, step: self.link(f"recipes/{slug}/") + f"#step-{step}",
            transcript_url=self.transcript_url,
            reading_url=self.link("matrix/") + "#reading",
        )

    def title(self, recipe: Recipe) -> str:
        """The question that the recipe's page asks, in this language."""
        return self.project.page(recipe.slug, self.language).title

    def topic(self, claim: Claim) -> str:
        """The id of the group in which the claim's recipe is listed."""
        return next(group.id for group in self.project.groups if claim.recipe in group.recipes)

    def link(self, target: str) -> str:
        """The address of a page or file, from its address below the language's folder."""
        slash = "/" if target.endswith("/") else ""
        return posixpath.relpath(target, self.url or ".") + slash

    def claim_url(self, claim: Claim) -> str:
        """The address of a claim on the page that explains it."""
        return self.link(f"recipes/{claim.recipe}/") + f"#{claim.id}"

    def evidence_url(self, reference: Reference) -> str:
        """The address of a step in its transcript."""
        (environment,) = find([reference.environment])
        return self.transcript_url(reference.recipe, environment, reference.step)

    def transcript_url(self, slug: str, environment: Environment, step: str = "") -> str:
        """The address of a recipe's transcript in one environment, or of a step there."""
        return self.link(f"transcripts/{slug}/") + f"#{environment.anchor}" + (f"-{step}" if step else "")

    def markdown(self, text: str) -> str:
        """Render a sentence with inline Markdown, without a paragraph around it."""
        return _inline(text)

    def cited(self, text: str) -> str:
        """The same, with links to the sources that it cites."""
        return self.markdown(cite(text))

    def describe(self, environments: Sequence[Environment]) -> str:
        """Describe these environments in few words."""
        return describe(environments, load_environments(), self.language)

    def versions(self, environment: Environment) -> Mapping[str, str]:
        """The exact versions of programs in an environment, from its evidence; empty if there is no evidence."""
        every = (evidence.versions for (_, other), evidence in self.project.evidence.items() if other == environment.id)
        return {name: version for versions in every for name, version in versions.items()}

    def main_versions(self, versions: Mapping[str, str]) -> str:
        """The versions that readers ask for: ``"podman 5.4.2, netavark 1.14.0, …"``."""
        return ", ".join(f"{name} {versions[name]}" for name in _MAIN_VERSIONS if name in versions)

    def _rows(self, claim: Claim) -> Iterator[tuple[str, list[Verdict | None]]]:
        """The rows of a claim's grid: (mode, its verdict in each column or None)."""
        verdicts = self.project.verdicts
        for mode in Mode:
            environments = {(e.podman, e.backend): e for e in load_environments() if e.mode is mode}
            cells = [environments.get(column) for column in columns(load_environments())]
            yield mode, [verdicts.get((claim.id, cell.id)) if cell else None for cell in cells]

    def _marks(self, claim: Claim) -> Iterator[tuple[Mode, list[tuple[Environment, Verdict]]]]:
        """A claim's marks: (mode, each of its environments with its verdict)."""
        verdicts = self.project.verdicts
        for mode in Mode:
            environments = [environment for environment in load_environments() if environment.mode is mode]
            yield mode, [(environment, verdicts[claim.id, environment.id]) for environment in environments]


@dataclass(frozen=True)
class MarkdownRenderer(Renderer):
    """Writes Markdown.

    Attributes:
        site: Address of the site in this language, ending in a slash. Links are absolute, because files get copied.
    """

    site: str = ""

    template_suffix: ClassVar[str] = "md"

    def markdown(self, text: str) -> str:
        """Leave the sentence as it is."""
        return text

    def link(self, target: str) -> str:
        """The absolute address."""
        return urljoin(self.site, target)


@functools.lru_cache(4096)
def _inline(text: str) -> Markup:
    """Make HTML of a sentence in Markdown. Tags in it stay text, in the way that Python-Markdown recommends."""
    converter = markdown.Markdown()
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    html = converter.convert(text)
    return Markup(html.removeprefix("<p>").removesuffix("</p>"))


def _keep_words(html: str) -> Markup:
    """Mark words with hyphens in highlighted code, which the stylesheet keeps on one line.

    ``before.js`` does that for all commands, but where a reader sees it, text would move after it was painted.
    """
    word = re.compile(r"[^\s<>]*-[^\s<>]*")
    marked = re.sub(r"(?<=>)[^<]+", lambda text: word.sub(r'<span class="token">\g<0></span>', text[0]), html)
    return Markup(marked)


def _with_fields(text: str, fields: Collection[Field], highlighted: Callable[[str], str] = escape) -> Markup:
    """Make HTML of a command or a line, in which ``names.js`` finds what the reader replaces.

    Private characters mark it until the text is highlighted: HTML would not survive that.
    """
    begins = {field.role: chr(0xE001 + number) for number, field in enumerate(fields)}
    end = "\ue000"
    html = str(highlighted(replace_literals(text, fields, lambda field: f"{begins[field.role]}{field.ours}{end}")))
    for role, begin in begins.items():
        html = html.replace(begin, f'<span class="name" data-role="{role}">')
    return Markup(html.replace(end, "</span>"))


class _Environment(jinja2.Environment):
    """Templates in which ``titles["update"]`` is a key only; Jinja would also take it for a dictionary's method."""

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The item, or an undefined value."""
        if isinstance(obj, Mapping) and argument not in obj:
            return self.undefined(obj=obj, name=argument)
        return super().getitem(obj, argument)


@functools.cache
def _templates() -> jinja2.Environment:
    """The templates, compiled once for all renderers."""
    environment: Any = _Environment(
        loader=jinja2.PackageLoader("recetario.site.blocks"),
        autoescape=jinja2.select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = lambda text: text.replace("|", r"\|")
    environment.globals["fence_for"] = _fence_for
    return environment  # type: ignore[no-any-return]


def _fence_for(text: str) -> str:
    """A fence that is longer than any in the text."""
    return max(["```", *(f"{fence}`" for fence in re.findall("`{3,}", text))], key=len)
