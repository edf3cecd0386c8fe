"""MkDocs still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.livereload import LiveReloadServer

from recetario.private_apis.mkdocs import PageServer


class _Upper(PageServer):
    def finish(self, page: str) -> str:
        return page.upper()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    """Of a site with one page, which is watched: only then does MkDocs add its script."""
    (tmp_path / "index.html").write_text("<body>words</body>", "utf-8")
    server = _Upper(lambda: None, "127.0.0.1", 0, root=str(tmp_path))
    server.watch(str(tmp_path))
    yield server
    server.server_close()


def test_the_script_is_added_by_a_method_of_two_arguments() -> None:
    """The page and the time of the last build."""
    assert list(inspect.signature(LiveReloadServer._inject_js_into_html).parameters) == ["self", "content", "epoch"]


def test_a_page_is_finished_with_its_script(server: PageServer) -> None:
    """Every page that is served goes through that method."""
    headers: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/index.html"}

    page = b"".join(server.serve_request(environ, lambda status, _: headers.append(status))).decode()

    assert headers == ["200 OK"]
    assert page.startswith("<BODY>WORDS<SCRIPT>")
    assert "LIVERELOAD" in page
