"""Give the blocks to Python-Markdown, and refuse what is almost a block.

Nothing but a block puts a command on a page. They are plain Python-Markdown (pymdown-extensions' Blocks), so they do
not depend on the site's generator. The Blocks API leaves what it does not understand on the page as text, without a
warning; here everything raises.
"""

from __future__ import annotations

from typing import Any

from markdown import Markdown
from pymdownx.blocks import BlocksExtension

from recetario.book.pages import Page
from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext

__all__ = ["RecetarioBlocks", "check_blocks"]


class RecetarioBlocks(BlocksExtension):  # type: ignore[misc]
    """Registers the blocks; ``page`` tells them which page they are on."""

    def __init__(self, page: PageContext) -> None:
        self.config = {"page": [page, "The page that is being rendered."]}
        super().__init__()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
        """Register them with the Blocks API."""
        for block in BLOCKS.values():
            block_mgr.register(block, self.getConfigs())


def check_blocks(page: Page) -> None:
    """Refuse a block that nobody would read: the Blocks API leaves it on the page as text.

    Raises:
        RecetarioError: Names page, line and block.
    """
    for block in page.blocks:
        location = f"{page.location}:{page.offset + block.first + 1}"
        if block.name not in BLOCKS:
            raise RecetarioError(f'{location}: block "{block.name}" does not exist.', nearest(block.name, BLOCKS))
        inside = [line for line in page.lines[block.first + 1 : block.last] if line.strip()]
        if inside:
            raise RecetarioError(
                f"{location}: the block `/// {block.name}` has no options and no text of its own: {inside[0].strip()}",
                "Write `///` on the next line, and your text after it.",
            )
