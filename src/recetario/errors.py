"""Say what went wrong in the form that all of the tool uses: where, what happened, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["RecetarioError", "nearest"]


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


def nearest(name: str, known: Iterable[str]) -> str:
    """The sentence that suggests what ``name`` may have meant, or the list of what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"There is: {', '.join(names)}." if names else "There is none yet."
