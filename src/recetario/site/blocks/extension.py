"""The Markdown blocks that put steps and verdicts on pages: ``/// step | create``.

Nothing else puts a command on a page. They are plain Python-Markdown (pymdown-extensions' Blocks), so that they outlive
the site's generator. The Blocks API leaves what it does not understand as text, silently; here everything raises.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from markdown import Markdown
from pymdownx.blocks import BlocksExtension
from pymdownx.highlight import HighlightExtension

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.pages import Page
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, nearest
from recetario.private_apis.pymdownx import StrictBlock, make_highlighter
from recetario.site.blocks.render import Highlight, Renderer, find_recipe

__all__ = ["BLOCKS", "RecetarioBlocks", "Shown", "check_blocks", "show"]


@dataclass
class Shown:
    """The page that is being rendered: the plugin sets it before each one.

    Attributes:
        renderer: For its language.
        place: How messages name it.
        recipe: Slug of the recipe that its front matter names; empty if none.
    """

    renderer: Renderer
    place: str = ""
    recipe: str = ""

    def own_recipe(self, slug: str = "") -> Recipe:
        """The recipe of this slug, or the page's own."""
        if not slug and not self.recipe:
            raise RecetarioError(
                f"{self.place} shows a recipe's parts and names no recipe.", "Add `recipe: SLUG` on top."
            )
        return find_recipe(self.renderer.project, slug or self.recipe, self.place)

    def claim(self, name: str) -> Claim:
        """The claim of this id."""
        claims = self.renderer.project.claims
        if name not in claims:
            raise RecetarioError(f'{self.place} shows claim "{name}", which there is not.', nearest(name, claims))
        return claims[name]

    def environment(self, name: str) -> Environment:
        """The environment of this id."""
        known = {environment.id: environment for environment in load_environments()}
        if name not in known:
            raise RecetarioError(f'{self.place} shows environment "{name}", which there is not.', nearest(name, known))
        return known[name]


class _Ours(StrictBlock):
    """A block that is one piece of HTML, with nothing of the page's own inside."""

    def refuse(self, argument: str, options: list[str]) -> NoReturn:
        given = ", ".join(options) or "none"
        raise RecetarioError(
            f"{self.shown.place}: the block `/// {self.NAME}"
            + (f" | {argument}`" if argument else "`")
            + " is not of its form.",
            f"It has no options (given: {given}); write `/// {self.NAME}" + (" | NAME`." if self.ARGUMENT else "`."),
        )

    @property
    def shown(self) -> Shown:
        """The page that is being rendered."""
        shown: Shown = self.config["shown"]
        return shown

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        element = ElementTree.SubElement(parent, "div", {"class": "block"})
        if self.NAME == "step":  # on the outermost element, where MkDocs looks whether there is such a place
            element.set("id", step_anchor(self.argument))
        element.text = self.md.htmlStash.store(show(self.shown, self.NAME, self.argument, _highlighter(self.md)))
        return element

    def on_markdown(self) -> str:
        return "raw"


class _Errors(_Ours):
    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """Headings are elements here, so that the page's table of contents has them."""
        element = ElementTree.SubElement(parent, "div", {"class": "block"})
        for speaker, html in self.shown.renderer.errors():
            ElementTree.SubElement(element, "h2", {"id": f"from-{speaker.lower()}"}).text = speaker
            ElementTree.SubElement(element, "div").text = self.md.htmlStash.store(html)
        return element


# Each with whether it has an argument; None: it may.
_ARGUMENTS: dict[str, bool | None] = {
    **{"step": True, "verdict": True, "verdicts": False, "matrix": None, "transcripts": False},
    **{"environments": False, "environment": True, "downloads": False, "picture": True},
    **{"differences": True, "drawing": True, "errors": False, "file": True},
}
BLOCKS = tuple(_ARGUMENTS)


def show(shown: Shown, name: str, argument: str, code: Highlight) -> str:
    """What a block puts on the page, in the form that the page's renderer writes.

    Raises:
        RecetarioError: It names something that there is not.
    """
    renderer = shown.renderer
    match name:
        case "step":
            other, _, step = argument.rpartition(":")
            recipe = shown.own_recipe(other)
            if step not in recipe.names:
                raise RecetarioError(
                    f'{shown.place} shows step "{step}", which recipe {recipe.slug} does not have.',
                    nearest(step, recipe.names),
                )
            return renderer.step(recipe, step, code, step_anchor(argument))
        case "verdict":
            return renderer.claim(shown.claim(argument), shown.recipe)
        case "verdicts":
            return renderer.verdicts(shown.own_recipe())
        case "matrix":
            every = renderer.project.claims.values()
            return renderer.matrix([shown.claim(argument)] if argument else list(every))
        case "transcripts":
            return renderer.transcripts(shown.own_recipe())
        case "environments":
            return renderer.environments()
        case "environment":
            return renderer.environment(shown.environment(argument))
        case "downloads":
            return renderer.downloads(shown.own_recipe())
        case "picture":
            return renderer.picture(shown.own_recipe(), shown.environment(argument))
        case "differences":
            return renderer.differences(argument, shown.place)
        case "drawing":
            return renderer.drawing(argument, shown.place)
        case "file":
            return renderer.file(argument, shown.place)
        case "errors":
            return "\n".join(f"## {speaker}\n\n{text}" for speaker, text in renderer.errors())
    raise AssertionError(f"no block {name}")


def step_anchor(argument: str) -> str:
    """What links to a step name: ``step-check``, or, borrowed, ``step-dns-network-check``."""
    return f"step-{argument.replace(':', '-')}"


class RecetarioBlocks(BlocksExtension):  # type: ignore[misc]
    """Registers the blocks; ``shown`` tells them which page they are on."""

    def __init__(self, shown: Shown) -> None:
        self.config = {"shown": [shown, "The page that is being rendered."]}
        super().__init__()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
        """Register them with the Blocks API."""
        for name, argument in _ARGUMENTS.items():
            base = _Errors if name == "errors" else _Ours
            block_mgr.register(type(name, (base,), {"NAME": name, "ARGUMENT": argument}), self.getConfigs())


def check_blocks(page: Page) -> None:
    """Refuse a block that nobody would read: the Blocks API leaves it on the page as text.

    Raises:
        RecetarioError: Names page, line and block.
    """
    for block in page.blocks:
        place = f"{page.place}:{page.offset + block.first + 1}"
        if block.name not in BLOCKS:
            raise RecetarioError(f'{place}: there is no block "{block.name}".', nearest(block.name, BLOCKS))
        inside = [line for line in page.lines[block.first + 1 : block.last] if line.strip()]
        if inside:
            raise RecetarioError(
                f"{place}: the block `/// {block.name}` has no options and no text of its own: {inside[0].strip()}",
                "Write `///` on the next line, and your text after it.",
            )


def _highlighter(md: Markdown) -> Any:
    """The page's own code highlighter, with the settings that its fenced code has."""
    extension = next(ext for ext in md.registeredExtensions if isinstance(ext, HighlightExtension))
    highlighter = make_highlighter(extension, md)
    chosen = repr(sorted(extension.get_pymdownx_highlight_settings().items()))

    def highlight(text: str, language: str, classes: Sequence[str]) -> str:
        key = (chosen, text, language, tuple(classes))
        if key not in _highlighted:
            html = highlighter.highlight(text.rstrip("\n"), language, "highlight", linestart=0, classes=list(classes))
            _highlighted[key] = (
                html if isinstance(html, str) else ElementTree.tostring(html, encoding="unicode", method="html")
            )
        return _highlighted[key]

    return highlight


_highlighted: dict[tuple[str, str, str, tuple[str, ...]], str] = {}
"""Outputs stand on several pages, and are the same at the next build while somebody writes."""
