"""Messages say where it happened, what happened, and what to do."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from support.demo import refusal

from recetario.errors import RecetarioError, from_os_error, nearest, read_text, where


def test_what_to_do_is_indented_below_what_happened() -> None:
    """Each line of advice is indented by two spaces."""
    error = RecetarioError("It broke.", "Fix it:", "python3 noxfile.py -s fix")

    assert str(error) == "It broke.\n  Fix it:\n  python3 noxfile.py -s fix"


def test_a_message_cannot_control_the_terminal() -> None:
    """It may quote anything: a name, a path, what a step printed. Tabs and line ends remain."""
    error = RecetarioError("\x1b[31m, \u009b2J, \r and \u202e:\n\ttext", "\a")

    assert str(error) == "\\x1b[31m, \\x9b2J, \\r and \\u202e:\n\ttext\n  \\x07"


def test_the_nearest_name_is_suggested() -> None:
    """A typing error gets a suggestion instead of a list."""
    assert nearest("chek", ["create", "check"]) == 'Did you mean "check"?'


def test_all_names_are_listed_if_none_is_similar() -> None:
    """Without a similar name, the message lists all of them."""
    assert nearest("zzz", ["use", "check"]) == "Available: check, use."


def test_very_many_names_are_not_listed() -> None:
    """They would hide the message itself."""
    many = [f"port-{number}" for number in range(30)]

    assert nearest("dns", [*many, "dns-behind-proxy", "dns-on-the-host"]).startswith("The most similar of 32: dns-")


def test_nothing_is_suggested_if_there_are_no_names() -> None:
    """Without any name there is a sentence, because an empty list would look like a bug."""
    assert nearest("zzz", []) == "There are none yet."


def test_a_path_below_the_current_folder_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path in a message can be passed to an editor."""
    monkeypatch.chdir(tmp_path)

    assert where(tmp_path / "recipes" / "demo") == "recipes/demo"


def test_a_path_elsewhere_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path with several `..` would be hard to read."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert where(tmp_path / "there") == str(tmp_path / "there")


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the line that was saved in another encoding."""
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_bytes("one\naño\n".encode("latin-1"))
    message = refusal(lambda: read_text(Path("page.md")))

    assert message == "page.md:2: this line is not UTF-8.\n  Save the file as UTF-8."


def test_a_line_with_a_control_character_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would see it in an editor."""
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text("one\n\u202etwo\n", "utf-8")

    message = refusal(lambda: read_text(Path("page.md")))

    assert message == "page.md:2: it has the character \\u202e.\n  Remove or escape it."


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not even opened; 100 MB of nothing take no disk."""
    monkeypatch.chdir(tmp_path)
    with Path("page.md").open("wb") as file:
        file.truncate(100 * 2**20)

    assert refusal(lambda: read_text(Path("page.md"))) == "page.md: 100 MiB, and the limit is 4 MiB."


def test_line_ends_and_marks_of_other_systems_are_read(tmp_path: Path) -> None:
    """Editors on Windows may write a byte order mark and CRLF."""
    path = tmp_path / "page.md"
    path.write_bytes("\ufeffuno\r\ndos\r\n".encode())

    assert read_text(path) == "uno\ndos\n"


@pytest.mark.parametrize(
    ("number", "what"),
    [(errno.ENOSPC, "no space is left on the disk"), (errno.EROFS, "the disk is read-only")],
)
def test_a_disk_that_cannot_be_written_is_named_as_the_cause(number: int, what: str) -> None:
    """With the file, if the operating system says which."""
    assert str(from_os_error(OSError(number, "", "x"))).startswith(f"x: {what}.")
    assert f"{what}." in str(from_os_error(OSError(number, "")))


def test_other_errors_of_the_operating_system_stay_errors() -> None:
    """They are mistakes of ours, and need their traceback."""
    assert from_os_error(FileNotFoundError(errno.ENOENT, "", "x")) is None
