"""Register the blocks with Python-Markdown, and reject blocks that it would silently ignore.

The blocks use the Blocks API of pymdown-extensions, which needs only Python-Markdown, so they don't depend on MkDocs.
That API leaves a block that it does not understand on the page as text, without a warning. ``check_blocks`` raises an
error instead.
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
    """Registers the blocks; they read ``page`` whenever one of them is rendered."""

    def __init__(self, page: PageContext) -> None:
        self.config = {"page": [page, "The page that is being rendered."]}
        super().__init__()

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
        """Register each block; Python-Markdown calls this."""
        for block in BLOCKS.values():
            block_mgr.register(block, self.getConfigs())


def check_blocks(page: Page) -> None:
    """Reject blocks that do not exist, or have options or text.

    Raises:
        RecetarioError: The message has the page, the line and the block.
    """
    for block in page.blocks:
        location = f"{page.location}:{page.offset + block.first + 1}"
        if block.name not in BLOCKS:
            raise RecetarioError(f'{location}: block "{block.name}" does not exist.', nearest(block.name, BLOCKS))
        content = [line for line in page.lines[block.first + 1 : block.last] if line.strip()]
        if content:
            raise RecetarioError(
                f"{location}: the block `/// {block.name}` takes no options and no text: {content[0].strip()}",
                "Write `///` on the line below it, and your text after that.",
            )
