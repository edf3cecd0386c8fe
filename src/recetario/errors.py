"""Errors for the people who use the tool: where it happened, what happened, what to do next."""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = [
    "DRIFT",
    "FAILED",
    "INTERRUPTED",
    "USAGE",
    "RecetarioError",
    "UnknownNameError",
    "escaped",
    "from_os_error",
    "joined",
    "nearest",
    "read_bytes",
    "read_text",
    "where",
]

FAILED, USAGE, DRIFT, INTERRUPTED = 1, 2, 3, 130
"""The exit statuses of commands; the last is what a shell makes of Ctrl-C."""

SIZE_LIMIT = 4 * 1024 * 1024
"""In bytes. No file that somebody wrote, and no evidence, comes near it."""
_MANY_NAMES = 20
"""More names than this are not listed in a message."""
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def escaped(text: str) -> str:
    r"""Escape characters that control a terminal, or the order of text (``\x1b``), but not tabs and line ends."""
    return _HIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class RecetarioError(Exception):
    """A problem that the user can fix; the command line prints it without a traceback.

    Args:
        what: Where it happened and what happened, one or more lines.
        todo: What to do next, one line each; may be empty.
    """

    def __init__(self, what: str, *todo: str) -> None:
        self.what = escaped(what)  # it may quote anything: what a step printed, a name, a path
        self.todo = tuple(map(escaped, todo))
        super().__init__("\n  ".join((self.what, *self.todo)))


class UnknownNameError(RecetarioError):
    """Something that the user named does not exist; for the command line, this is a usage error."""


_DISK_FULL = ("no space is left on the disk", "Free some, and try again.")
_OS_ERRORS = {
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: _DISK_FULL,
    errno.EROFS: ("the disk is read-only", "Use a clone, and an output folder, that you can write to."),
    errno.EACCES: ("permission denied", "Was it made by another user, such as root? Change its owner, or delete it."),
}


def from_os_error(error: OSError) -> RecetarioError | None:
    """What an error of the operating system means for the user; None if it is a mistake of ours."""
    if error.errno not in _OS_ERRORS:
        return None
    what, todo = _OS_ERRORS[error.errno]
    return RecetarioError(f"{error.filename or 'A file cannot be written'}: {what}.", todo)


def joined(errors: Sequence[RecetarioError]) -> RecetarioError:
    """Combine errors into one with all their messages; a single error is returned as it is."""
    return errors[0] if len(errors) == 1 else RecetarioError("\n".join(map(str, errors)))


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that suggests the known name most similar to ``name``, or else lists all, or a few of very many."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    if len(names) > _MANY_NAMES:
        similar = difflib.get_close_matches(name, names, n=3, cutoff=0)
        return f"The most similar of {len(names)}: {', '.join(similar)}."
    return f"Available: {', '.join(names)}." if names else "There are none yet."


def where(path: Path) -> str:
    """A path as messages show it: relative if it is below the current folder, else absolute."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises:
        RecetarioError: It is larger than any file of a project, so that it would only fill the memory.
    """
    if (size := path.stat().st_size) > SIZE_LIMIT:
        raise RecetarioError(f"{where(path)}: {size / 2**20:.0f} MiB, and the limit is {SIZE_LIMIT / 2**20:.0f} MiB.")
    return path.read_bytes()


def read_text(path: Path) -> str:
    """Read a text file, without a byte order mark and with LF line ends.

    Raises:
        RecetarioError: A line is not UTF-8 or has control characters, and the message has its number; or the file is
            too large.
    """
    data = read_bytes(path)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecetarioError(f"{where(path)}:{line}: this line is not UTF-8.", "Save the file as UTF-8.") from error
    if hidden := _HIDDEN.search(text):
        line = text.count("\n", 0, hidden.start()) + 1
        raise RecetarioError(
            f"{where(path)}:{line}: it has the character {escaped(hidden[0])}.", "Remove or escape it."
        )
    return text
