"""Private parts of MkDocs, as read in version 1.6.1.

- ``LiveReloadServer._inject_js_into_html(content, epoch)``: adds the script that reloads a page to every page that is
  served. Nothing public comes between that script and the browser.
- ``Page._title_from_render``: the title that converting a page's Markdown found. The other results are public.
"""

from __future__ import annotations

from dataclasses import dataclass

from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

__all__ = ["Converted", "PageServer"]


@dataclass(frozen=True)
class Converted:
    """What ``Page.render`` sets: the page's HTML and what MkDocs reads from it.

    Attributes:
        content: The HTML.
        toc: The table of contents.
        title: The text of the first heading.
        anchors: The ids on this page.
        links: The anchors that the page links to, with the links as they are written, by path of the other page.
    """

    content: str | None
    toc: TableOfContents
    title: str | None
    anchors: set[str] | None
    links: dict[str, dict[str, str]]

    @classmethod
    def of(cls, page: Page) -> Converted:
        """Return what ``page.render`` has set."""
        links = {file.src_uri: anchors for file, anchors in (page.links_to_anchors or {}).items()}
        return cls(page.content, page.toc, page._title_from_render, page.present_anchor_ids, links)

    def put_into(self, page: Page, files: Files) -> None:
        """Set the same in this page, instead of ``page.render``; ``files`` are those of this build."""
        page.content, page.toc, page._title_from_render = self.content, self.toc, self.title
        page.present_anchor_ids = self.anchors
        found = ((files.get_file_from_path(path), anchors) for path, anchors in self.links.items())
        page.links_to_anchors = {file: anchors for file, anchors in found if file}


class PageServer(LiveReloadServer):
    """MkDocs' server, for subclasses that change the pages it serves."""

    def finish(self, page: str) -> str:
        """Return what to send instead of ``page``, which has MkDocs' script already."""
        raise NotImplementedError

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        page: bytes = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]
        return self.finish(page.decode()).encode()
