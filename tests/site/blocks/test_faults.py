"""The page about faults lists each of them with the session that finds it and its message."""

from __future__ import annotations

import pytest
from support.blocks import BlockPage
from support.demo import Demo, refusal

from recetario.book.project import Project
from recetario.site.blocks.faults import FAULTS, load_faults

LIST = """\
[[group]]
id = "pages"
es = "Páginas"
en = "Pages"

[[group.fault]]
es = "Falta una página."
en = "A page is *missing*."
session = "lint"
says = "docs/en/*.md is missing."
change = [{ file = "docs/en/index.md", delete = true }]

[[group.fault]]
es = "Un comentario."
en = "A comment."
session = "none"
change = [{ file = "mkdocs.yml", new = "# A comment." }]
"""


@pytest.fixture
def page(demo: Demo) -> BlockPage:
    """A demo with two faults, one of which does no harm."""
    (demo.top / FAULTS).write_text(LIST, "utf-8")
    return BlockPage(Project(demo.top), "en", "faults/")


def test_a_fault_is_listed_with_the_session_that_finds_it_and_its_message(page: BlockPage) -> None:
    """What varies in the message is left out."""
    item = page.soup("faults").find("li")

    assert item.get_text() == "A page is missing. nox -s lint says:docs/en/….md is missing."


def test_a_change_that_does_no_harm_has_no_message(page: BlockPage) -> None:
    """Nothing finds it."""
    assert page.soup("faults").find_all("li")[1].get_text() == "A comment."


def test_faults_are_counted(page: BlockPage) -> None:
    """Without the changes that do no harm."""
    assert page.soup("faults").find("p").get_text().startswith("1 faults, 0 of them on real Podman, and 1 changes")


@pytest.mark.parametrize(("old", "new"), [('es = "Falta una página."\n', ""), ('"lint"', '"lnt"'), ("[[group]]", "[[")])
def test_a_fault_that_lacks_something_is_refused(page: BlockPage, old: str, new: str) -> None:
    """The message names the file."""
    top = page.project.top
    (top / FAULTS).write_text(LIST.replace(old, new), "utf-8")

    assert refusal(lambda: load_faults(top)).startswith("docs/faults.toml lacks something, or is not TOML: ")


def test_without_the_file_there_are_none(demo: Demo) -> None:
    """Projects of tests have none."""
    assert load_faults(demo.top) == ()
