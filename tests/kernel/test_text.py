"""Output becomes readable text of limited length."""

from __future__ import annotations

import pytest

from recetario.kernel.text import Readable

PATH = "/run/recetario/x/cell"


def read(*chunks: bytes, limit: int = 1000) -> str:
    """The text of a stream that arrives in these chunks."""
    reader = Readable(PATH, limit)
    return "".join([*(reader.feed(chunk) for chunk in chunks), reader.end()])


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"a\nb\n", "a\nb\n"),
        (b"no end", "no end"),
        ("niño 日本\n".encode(), "niño 日本\n"),
        (b"caf\xe9 \xff\xfe\n", "caf\\xe9 \\xff\\xfe\n"),
        (b"cut \xc3", "cut \\xc3"),
        (b"bell\a nul\0 back\b del\x7f\n", "bell\\x07 nul\\x00 back\\x08 del\\x7f\n"),
        (b"tab\there\n", "tab\there\n"),
        (b"\x1b[1;31mred\x1b[0m \x1b[38:5:1mcolon\x1b[m\x1b[K\n", "red colon\n"),
        (b"\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\ \x1b]0;title\atext\n", "link text\n"),
        (b"\x1b(B\x1b=\x1b7plain\x1b8\x1b>\n", "plain\n"),
        (b"\x1b[\x1b\n", "\\x1b\n"),
        ("\u009b31m \u202eturned\u202c\n".encode(), "\\x9b31m \\u202eturned\\u202c\n"),
        (b"HTTP/1.1 200 OK\r\nHost: a\r\n", "HTTP/1.1 200 OK\nHost: a\n"),
        (b"10%\r50%\r100%\ndone\n", "100%\ndone\n"),
        (b"10%\r50%\r", "50%"),
        (b"\x1b[2K\r10%\x1b[2K\r100%\r\n", "100%\n"),
        (f"{PATH}: line 2: x: command not found\n".encode(), "bash: line 2: x: command not found\n"),
    ],
)
def test_bytes_become_text(raw: bytes, shown: str) -> None:
    """The text is the same whether bytes arrive together or one by one."""
    assert read(raw) == shown
    assert read(*(bytes([byte]) for byte in raw)) == shown


def test_lines_are_shown_as_soon_as_they_are_whole() -> None:
    """An incomplete line is held back, because a carriage return may still replace it."""
    reader = Readable(PATH)

    assert [reader.feed(b"a\nb"), reader.feed(b"c\n"), reader.feed(b"d"), reader.end()] == ["a\n", "bc\n", "", "d"]


def test_what_is_over_the_limit_is_counted() -> None:
    """The limit and the count are in bytes, and no character is split."""
    reader = Readable(PATH, limit=10)
    shown = reader.feed("ññññññ\n".encode()) + reader.feed(b"more\n") + reader.end()

    assert shown == "ñññññ"
    assert reader.cut == 3 + 5


def test_exactly_the_limit_is_whole() -> None:
    """Text of exactly the limit is not cut."""
    reader = Readable(PATH, limit=4)

    assert (reader.feed(b"abc\n") + reader.end(), reader.cut) == ("abc\n", 0)


def test_a_line_without_end_does_not_grow_in_memory() -> None:
    """A line without end is kept up to the limit, and the rest only counted."""
    reader = Readable(PATH, limit=10)
    shown = "".join(reader.feed(b"x" * 8) for _ in range(1000)) + reader.end()

    assert (shown, reader.cut) == ("x" * 10, 7990)


def test_a_progress_bar_of_any_length_leaves_its_end() -> None:
    """Only the last state counts for the limit, not all that were overwritten."""
    assert read(*(b"%d%%\r" % n for n in range(101)), b"\n", limit=20) == "100%\n"
