"""The blocks that pages may have, one class each; their docstrings are the reference for whoever writes a page.

A block is written as ``/// name | argument``, and ``///`` on the next line. It has no options and no text of its own.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from markdown import Markdown
from pymdownx.highlight import HighlightExtension

from recetario.errors import RecetarioError, nearest
from recetario.private_apis.pymdownx import StrictBlock, make_highlighter
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import Highlight

__all__ = ["BLOCKS", "PageBlock"]


class PageBlock(StrictBlock):
    """A block that becomes one piece of HTML or, in the Markdown twin of a page, of Markdown.

    Attributes:
        NAME: What stands after the slashes.
        ARGUMENT: Whether it has an argument; None: it may.
    """

    NAME: ClassVar[str]
    ARGUMENT: ClassVar[bool | None]

    @staticmethod
    @abstractmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        """What it puts on the page, in the form that the page's renderer writes.

        Raises:
            RecetarioError: It names something that does not exist.
        """

    @classmethod
    def rendered(cls, page: PageContext, argument: str, code: Highlight) -> str:
        """What ``render`` returns; from ``page.remembered`` if this block was on this page before."""
        renderer = page.renderer
        key = (cls.NAME, argument, page.location, page.recipe, renderer.url, renderer.language, renderer.template)
        if key not in page.remembered:
            page.remembered[key] = cls.render(page, argument, code)
        return page.remembered[key]

    def refuse(self, argument: str, options: list[str]) -> NoReturn:
        """Name the page, and say how the block is written."""
        given = ", ".join(options) or "none"
        raise RecetarioError(
            f"{self.page.location}: the block `/// {self.NAME}"
            + (f" | {argument}`" if argument else "`")
            + " is not of its form.",
            f"It has no options (given: {given}); write `/// {self.NAME}" + (" | NAME`." if self.ARGUMENT else "`."),
        )

    @property
    def page(self) -> PageContext:
        """The page that is being rendered."""
        page: PageContext = self.config["page"]
        return page

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """Put the HTML where Python-Markdown leaves it alone."""
        element = ElementTree.SubElement(parent, "div", {"class": "block"})
        element.text = self.md.htmlStash.store(self.rendered(self.page, self.argument, _highlighter(self.md)))
        return element

    def on_markdown(self) -> str:
        """Say that it has no Markdown of its own."""
        return "raw"


class Step(PageBlock):
    """``/// step | create``: the commands of a step, and what they printed in each environment.

    ``/// step | dns-network:create`` borrows the step of another recipe.
    """

    NAME, ARGUMENT = "step", True

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        slug, _, name = argument.rpartition(":")
        recipe = page.find_recipe(slug)
        if name not in recipe.names:
            raise RecetarioError(
                f'{page.location} shows step "{name}", which recipe {recipe.slug} does not have.',
                nearest(name, recipe.names),
            )
        return page.renderer.step(recipe, name, code, _step_anchor(argument))

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """The id is on the outermost element, where MkDocs looks for the target of a link."""
        element = super().on_create(parent)
        element.set("id", _step_anchor(self.argument))
        return element


class Verdicts(PageBlock):
    """``/// verdicts``: the grid of the claims of the page's own recipe."""

    NAME, ARGUMENT = "verdicts", False

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.verdicts(page.find_recipe())


class ClaimVerdict(PageBlock):
    """``/// verdict | CLAIM``: what to do, why it does not hold somewhere, and what decides it."""

    NAME, ARGUMENT = "verdict", True

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.claim(page.claim(argument), page.recipe)


class Matrix(PageBlock):
    """``/// matrix``: the grid of all claims. ``/// matrix | CLAIM``: of one."""

    NAME, ARGUMENT = "matrix", None

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        every = list(page.renderer.project.claims.values())
        return page.renderer.matrix([page.claim(argument)] if argument else every)


class Transcripts(PageBlock):
    """``/// transcripts``: all that the page's recipe printed, by environment."""

    NAME, ARGUMENT = "transcripts", False

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.transcripts(page.find_recipe())


class Environments(PageBlock):
    """``/// environments``: the table of environments, with the versions that matter."""

    NAME, ARGUMENT = "environments", False

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.environments()


class EnvironmentDetails(PageBlock):
    """``/// environment | 5.4-netavark-root``: its versions, how it departs from Debian's set-up, its verdicts."""

    NAME, ARGUMENT = "environment", True

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.environment(page.environment(argument))


class Downloads(PageBlock):
    """``/// downloads``: links to the page's recipe as a script and as a notebook."""

    NAME, ARGUMENT = "downloads", False

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.downloads(page.find_recipe())


class Picture(PageBlock):
    """``/// picture | 5.4-netavark-root``: the picture that the page's recipe left in an environment."""

    NAME, ARGUMENT = "picture", True

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.picture(page.find_recipe(), page.environment(argument))


class Differences(PageBlock):
    """``/// differences | 5.4``: what changed in this Podman since the one before it, and what to do."""

    NAME, ARGUMENT = "differences", True

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.differences(argument, page.location)


class Drawing(PageBlock):
    """``/// drawing | root-bridge``: a drawing of ``docs/drawings``, with its title below."""

    NAME, ARGUMENT = "drawing", True

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.drawing(argument, page.location)


class Errors(PageBlock):
    """``/// errors``: every error message that a recipe provoked, by the program that printed it."""

    NAME, ARGUMENT = "errors", False

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return "\n".join(f"## {speaker}\n\n{text}" for speaker, text in page.renderer.errors())

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """Headings are elements here, so that the page's table of contents has them."""
        element = ElementTree.SubElement(parent, "div", {"class": "block"})
        for speaker, html in self.page.renderer.errors():
            ElementTree.SubElement(element, "h2", {"id": f"from-{speaker.lower()}"}).text = speaker
            ElementTree.SubElement(element, "div").text = self.md.htmlStash.store(html)
        return element


class FileLink(PageBlock):
    """``/// file | matrix.json``: a link to a file that programs read, or that a reader takes along."""

    NAME, ARGUMENT = "file", True

    @staticmethod
    def render(page: PageContext, argument: str, code: Highlight) -> str:
        return page.renderer.file(argument, page.location)


BLOCKS: dict[str, type[PageBlock]] = {block.NAME: block for block in PageBlock.__subclasses__()}
"""By name."""


def _step_anchor(argument: str) -> str:
    """What links to a step name: ``step-check``, or, borrowed, ``step-dns-network-check``."""
    return f"step-{argument.replace(':', '-')}"


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
