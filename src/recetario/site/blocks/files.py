"""The block that links a file of the site."""

from __future__ import annotations

from dataclasses import dataclass

from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.context import PageContext

__all__ = ["FILES", "FileLink"]

FILES = {
    **{name: f"../{name}" for name in ("matrix.json", "matrix.csv", "recetario.zip")},
    **{name: name for name in ("llms.txt", "feed.xml")},
}
"""The files of the site that are not pages, with their addresses below a language's folder."""


@dataclass(frozen=True)
class FileContent:
    """A file's name and address."""

    name: str
    address: str


class FileLink(PageBlock):
    """``/// file | matrix.json``: a link to a file for programs, or for readers to take along."""

    NAME, ARGUMENT = "file", True

    @staticmethod
    def content(page: PageContext, argument: str) -> FileContent:
        if argument not in FILES:
            raise RecetarioError(
                f'{page.location} shows file "{argument}", which the site does not have.', nearest(argument, FILES)
            )
        return FileContent(argument, page.renderer.link(FILES[argument]))
