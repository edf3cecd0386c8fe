"""Say what went wrong in the form that all of the tool uses: where, what happened, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["RecetarioError", "joined", "nearest", "read_text", "where"]


class RecetarioError(Exception):
    """A mistake that its reader can mend; the command line prints it without a traceback.

    Args:
        what: Where and what happened, one or more lines.
        todo: What to do next, one line each; may be empty.
    """

    def __init__(self, what: str, *todo: str) -> None:
        self.what = what
        self.todo = todo
        super().__init__("\n  ".join((what, *todo)))


def joined(errors: Sequence[RecetarioError]) -> RecetarioError:
    """One error that says all of these; the one itself where there is no other."""
    return errors[0] if len(errors) == 1 else RecetarioError("\n".join(map(str, errors)))


def nearest(name: str, known: Iterable[str]) -> str:
    """The sentence that suggests what ``name`` may have meant, or the list of what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"There is: {', '.join(names)}." if names else "There is none yet."


def where(path: Path) -> str:
    """How messages name a file: from the folder you are in, or whole when it lies elsewhere."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def read_text(path: Path) -> str:
    """The text of a file that somebody wrote.

    Raises:
        RecetarioError: It is not UTF-8; names the line.
    """
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecetarioError(f"{where(path)}:{line}: this line is not UTF-8.", "Save the file as UTF-8.") from error
