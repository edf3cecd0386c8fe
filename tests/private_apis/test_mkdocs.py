"""MkDocs still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.config.base import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.pages import Page

from recetario.private_apis.mkdocs import Converted, PageServer


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


def test_what_was_converted_is_put_into_the_page_of_another_build(tmp_path: Path) -> None:
    """With its title, its anchors, and its links to anchors, which lead to the files of that build."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Title { #top }\n\n[Up](#top)\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: Site\nmarkdown_extensions: [attr_list, toc]\n", "utf-8")

    def read() -> tuple[Page, MkDocsConfig, Files]:
        config = load_config(str(tmp_path / "mkdocs.yml"))
        files = get_files(config)
        page = Page(None, next(iter(files)), config)
        page.read_source(config)
        return page, config, files

    first, config, files = read()
    first.render(config, files)
    other, _, other_files = read()
    Converted.of(first).put_into(other, other_files)

    assert (other.content, other.title, other.present_anchor_ids) == (first.content, "Title", {"top"})
    assert [link.id for link in other.toc] == ["top"]
    assert other.links_to_anchors == {other.file: {"top": "#top"}}
