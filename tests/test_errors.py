"""Errors say where, what, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.demo import refusal

from recetario.errors import RecetarioError, nearest, read_text, where


def test_what_to_do_stands_indented_below() -> None:
    """A reader sees at once what happened, then what to type."""
    error = RecetarioError("It broke.", "Mend it:", "nox -s mend")

    assert str(error) == "It broke.\n  Mend it:\n  nox -s mend"


def test_the_nearest_name_is_suggested() -> None:
    """A slip of the pen is told from a thing that does not exist."""
    assert nearest("chek", ["create", "check"]) == 'Did you mean "check"?'


def test_all_names_are_listed_where_none_is_near() -> None:
    """Somebody who is lost sees what there is."""
    assert nearest("zzz", ["use", "check"]) == "Available: check, use."


def test_nothing_is_suggested_where_there_is_nothing() -> None:
    """An empty list would read like a mistake of ours."""
    assert nearest("zzz", []) == "There are none yet."


def test_a_file_is_named_from_where_you_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name in a message can be pasted behind an editor's."""
    monkeypatch.chdir(tmp_path)

    assert where(tmp_path / "recipes" / "demo") == "recipes/demo"


def test_a_file_elsewhere_is_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of ../.. would say nothing."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert where(tmp_path / "there") == str(tmp_path / "there")


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor set to Latin-1 is told so by the line that it wrote."""
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_bytes("one\naño\n".encode("latin-1"))
    words = refusal(lambda: read_text(Path("page.md")))

    assert words == "page.md:2: this line is not UTF-8.\n  Save the file as UTF-8."


def test_line_ends_and_marks_of_other_systems_are_read(tmp_path: Path) -> None:
    """Windows' editors put a mark in front and two characters at each end."""
    path = tmp_path / "page.md"
    path.write_bytes("\ufeffuno\r\ndos\r\n".encode())

    assert read_text(path) == "uno\ndos\n"
