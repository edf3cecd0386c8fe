"""Private parts of MkDocs, as read in version 1.6.1.

``LiveReloadServer._inject_js_into_html(content, epoch)`` adds the script that reloads a page to every page that is
served. Nothing public comes between that script and the browser.
"""

from __future__ import annotations

from mkdocs.livereload import LiveReloadServer

__all__ = ["PageServer"]


class PageServer(LiveReloadServer):
    """MkDocs' server, for subclasses that change the pages it serves."""

    def finish(self, page: str) -> str:
        """Return what to send instead of ``page``, which has MkDocs' script already."""
        raise NotImplementedError

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        page: bytes = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]
        return self.finish(page.decode()).encode()
