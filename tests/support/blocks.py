"""Render one block, as it would be on a page."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from recetario.book.project import Project
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import Renderer

__all__ = ["BlockPage", "element"]


@dataclass
class BlockPage:
    """A page at ``url``, about a recipe."""

    project: Project
    language: str = "en"
    url: str = "recipes/demo/"
    recipe: str = "demo"

    def html(self, block: str) -> str:
        """Render a block, written as ``"step | create"``."""
        name, _, argument = block.partition(" | ")
        context = PageContext(Renderer(self.project, self.language, self.url), "docs/en/x.md", self.recipe)
        return BLOCKS[name].render(context, argument, _in_an_element)

    def soup(self, block: str) -> BeautifulSoup:
        """Render a block, and parse it."""
        return BeautifulSoup(self.html(block), "html.parser")


def element(parent: Tag, selector: str) -> Tag:
    """The first descendant that a CSS selector fits, which must exist."""
    found = parent.select_one(selector)
    assert found is not None, f"there is no {selector} in {parent}"
    return found


def _in_an_element(text: str, language: str, classes: object) -> str:
    """A highlighter that only puts the text into an element."""
    return str(BeautifulSoup("", "html.parser").new_tag("pre", string=text))
