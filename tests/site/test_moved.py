"""Addresses of what has moved to another page still lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from support.browser import served
from support.sample_site import sample_project

from recetario.errors import RecetarioError
from recetario.site.build import build
from recetario.site.moved import MOVED, Move, dead_moves, moved_anchors, read_moved

MOVE = Move(f"{MOVED}:2", "old/", "step-use", "recipes/new/#step-use")


def _write(top: Path, text: str) -> Path:
    (top / MOVED).parent.mkdir(exist_ok=True)
    (top / MOVED).write_text(text, "utf-8")
    return top


def _site(top: Path, **pages: str) -> Path:
    for page, html in pages.items():
        (top / page).mkdir()
        (top / page / "index.html").write_text(html, "utf-8")
    return top


def test_moves_have_page_anchor_target_and_line(tmp_path: Path) -> None:
    """The same anchor may have moved from several pages."""
    moves = read_moved(_write(tmp_path, '["a/"]\n"#x" = "b/#y"\n\n["c/"]\n"#z" = "b/"\n"#x" = "b/#x"\n'))

    assert moves == [
        Move(f"{MOVED}:2", "a/", "x", "b/#y"),
        Move(f"{MOVED}:5", "c/", "z", "b/"),
        Move(f"{MOVED}:6", "c/", "x", "b/#x"),
    ]


def test_nothing_has_moved_without_the_file(tmp_path: Path) -> None:
    """A project need not have it."""
    assert read_moved(tmp_path) == []


@pytest.mark.parametrize("line", ['"x" = "b/#y"', '"#x" = "b.md#y"', '"#x" = 1', '"#x" = ""'])
def test_an_entry_of_another_form_is_refused(tmp_path: Path, line: str) -> None:
    """The error has the file and the line."""
    with pytest.raises(RecetarioError, match=rf"{MOVED}:3 does not say what moved where"):
        read_moved(_write(tmp_path, f'\n["a/"]\n{line}\n'))


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    """The error says where, as the TOML parser does."""
    with pytest.raises(RecetarioError, match=rf"{MOVED} is not valid TOML: Expected"):
        read_moved(_write(tmp_path, "[a"))


def test_a_page_gets_the_anchors_that_it_had() -> None:
    """Links are relative to the page, because the site may be in any folder."""
    assert moved_anchors([MOVE], "old/", "Moved") == (
        '<p class="moved" id="step-use" data-search-exclude><a href="../recipes/new/#step-use">Moved</a></p>\n'
    )
    assert moved_anchors([MOVE], "other/", "Moved") == ""


def test_a_move_leads_to_an_anchor_that_exists(tmp_path: Path) -> None:
    """On a page that exists."""
    site = _site(tmp_path, old='<p id="step-use">', recipes="")
    assert list(dead_moves([MOVE], site)) == [f"{MOVED}:2 leads to recipes/new/#step-use, which does not exist."]

    (site / "recipes/new").mkdir()
    (site / "recipes/new/index.html").write_text('<p id="step-use">', "utf-8")
    assert list(dead_moves([MOVE], site)) == []


def test_a_page_that_moved_something_exists_and_no_longer_has_it(tmp_path: Path) -> None:
    """Otherwise two elements would have the same id, or no page would have the anchor."""
    assert list(dead_moves([MOVE], tmp_path)) == [f"{MOVED}:2 names the page old/, which does not exist."]

    site = _site(tmp_path, old='<p id="step-use"><h2 id="step-use">')
    assert list(dead_moves([MOVE], site)) == [f"{MOVED}:2 says that #step-use moved away, but old/ still has it."]


def test_a_dead_move_fails_the_build(tmp_path: Path) -> None:
    """The error has the file and the line."""
    top = _write(sample_project(tmp_path), '["sample/blocks/"]\n"#old" = "sample/transcripts/#gone"\n')

    with pytest.raises(RecetarioError, match="the site does not build") as error:
        build(top, tmp_path / "out")

    assert f"{MOVED}:2 leads to sample/transcripts/#gone, which does not exist." in error.value.todo


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a site with something that has moved is served."""
    folder = tmp_path_factory.mktemp("moved")
    top = _write(sample_project(folder), '["sample/blocks/"]\n"#old" = "sample/transcripts/#answer"\n')
    build(top, folder / "out")
    with served(folder / "out") as url:
        yield url


@pytest.mark.browser
def test_scripts_go_to_what_moved_at_once(address: str, tab: Page) -> None:
    """Also if the link is on the page that had it."""
    tab.goto(f"{address}en/sample/blocks/#old")
    tab.wait_for_url("**/en/sample/transcripts/#answer")

    tab.goto(f"{address}en/sample/blocks/")
    tab.evaluate("location.hash = 'old'")
    tab.wait_for_url("**/en/sample/transcripts/#answer")


@pytest.mark.browser
def test_without_scripts_a_link_to_what_moved_is_shown(address: str, browser: Browser) -> None:
    """Only if it was asked for."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        tab = context.new_page()
        tab.goto(f"{address}en/sample/blocks/")
        assert tab.locator("#old").is_hidden()

        tab.goto(f"{address}en/sample/blocks/#old")
        tab.locator("#old a").click()
        tab.wait_for_url("**/en/sample/transcripts/#answer")
