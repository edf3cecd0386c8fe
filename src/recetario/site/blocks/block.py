"""What all blocks have in common: see ``catalog`` for the list of them."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from abc import abstractmethod
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import ClassVar, NoReturn

from markdown import Markdown
from pymdownx.highlight import HighlightExtension

from recetario.errors import RecetarioError
from recetario.private_apis.pymdownx import StrictBlock, make_highlighter
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import Highlight

__all__ = ["PageBlock", "Shows"]


class Shows(Enum):
    """The recipe whose evidence a block shows: that of its argument, that of the page, none, or all of them."""

    CLAIM = auto()
    STEP = auto()
    PAGE = auto()
    NONE = auto()
    ALL = auto()


class PageBlock(StrictBlock):
    """A block that becomes HTML on a page, and Markdown in the page's Markdown version.

    A block is written as ``/// name | argument``, and ``///`` on the next line. It has no options and no text of its
    own. Its templates are ``templates/NAME.html`` and ``templates/NAME.md``.

    Attributes:
        NAME: The word after the slashes.
        ARGUMENT: Whether it takes an argument; None if the argument is optional.
        SHOWS: The evidence that it shows: when that changes, the block is rendered again.
    """

    NAME: ClassVar[str]
    ARGUMENT: ClassVar[bool | None]
    SHOWS: ClassVar[Shows] = Shows.ALL

    @staticmethod
    @abstractmethod
    def content(page: PageContext, argument: str) -> object:
        """What its templates show: a dataclass.

        Raises:
            RecetarioError: The argument names something that does not exist.
        """

    @classmethod
    def render(cls, page: PageContext, argument: str, highlight: Highlight) -> str:
        """Render it in the form that the page's renderer writes, unless it was rendered on this page before.

        Raises:
            RecetarioError: The argument names something that does not exist.
        """
        renderer = page.renderer
        key = (
            cls.NAME,
            argument,
            page.location,
            page.recipe,
            renderer.url,
            renderer.language,
            renderer.template_suffix,
        )
        state = cls.evidence_state(page, argument)
        if key not in page.remembered or page.remembered[key][0] != state:
            page.remembered[key] = state, cls.render_again(page, argument, highlight)
        return page.remembered[key][1]

    @classmethod
    def evidence_state(cls, page: PageContext, argument: str) -> object:
        """Return something that differs when the evidence that the block shows has changed."""
        match cls.SHOWS:
            case Shows.ALL:
                return page.evidence_states
            case Shows.NONE:
                return None
            case Shows.CLAIM:
                slug: str = page.claim(argument).recipe
            case Shows.STEP:
                slug = argument.rpartition(":")[0] or page.recipe
            case Shows.PAGE:
                slug = page.recipe
        return page.evidence_states.get(slug)

    @classmethod
    def render_again(cls, page: PageContext, argument: str, highlight: Highlight) -> str:
        """Render it, whether or not it was rendered before."""
        return page.renderer.fill(cls.NAME, cls.content(page, argument), highlight)

    def refuse(self, argument: str, options: list[str]) -> NoReturn:
        """Report a block that is not written correctly."""
        written = f"/// {self.NAME} | {argument}" if argument else f"/// {self.NAME}"
        correct = f"/// {self.NAME} | NAME" if self.ARGUMENT else f"/// {self.NAME}"
        given = ", ".join(options) or "none"
        raise RecetarioError(
            f"{self.page.location}: the block `{written}` is not written correctly.",
            f"It has no options (given: {given}); write `{correct}`.",
        )

    @property
    def page(self) -> PageContext:
        """The page that is being rendered."""
        page: PageContext = self.config["page"]
        return page

    @property
    def highlight(self) -> Highlight:
        """The page's own code highlighter."""
        return _highlighter(self.md)

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """Put the HTML where Python-Markdown leaves it alone."""
        element = ElementTree.SubElement(parent, "div", {"class": "block"})
        element.text = self.md.htmlStash.store(self.render(self.page, self.argument, self.highlight))
        return element

    def on_markdown(self) -> str:
        """Tell the Blocks API not to parse the content as Markdown."""
        return "raw"


@lru_cache(1)  # the blocks of a page are rendered one after another
def _highlighter(md: Markdown) -> Highlight:
    """A code highlighter with the settings that fenced code has on this page."""
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
"""The same output is on several pages, and usually still there in the next build of this process."""
