"""Decide lines by patterns that Python and bash read alike, so that a downloaded script judges as the site does.

A pattern is one whole line: ``*``, ``?``, ``[a-z]``, ``[!a-z]`` and plain text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib import resources

from recetario.book.normalise import TOKEN

__all__ = ["flaw", "matches", "usage_error", "usage_errors"]

# What fnmatchcase and bash's [[ == ]] under LC_ALL=C.UTF-8 read differently: escapes, bash's negation, classes and
# extended globs. No line has a line end inside.
_OUTSIDE_DIALECT = re.compile(r"\\|\[\^|\[[:.=]|[*?+@!]\(|\n")
_BRACKET = re.compile(r"\[!?(\]?[^\]]*)\]")
_RANGE = re.compile(r"(?=((.)-(.)))")


def matches(patterns: Iterable[str], lines: Iterable[str]) -> bool:
    """Whether any of the patterns is one whole line."""
    seen = tuple(lines)
    return any(fnmatchcase(line, pattern) for pattern in patterns for line in seen)


def flaw(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern, and what to do; None if nothing is."""
    if not pattern.strip("* "):
        return "is empty: it says nothing", "Write the line that decides."
    if token := TOKEN.search(pattern):
        return (
            f'names "{token[0]}", which stands in normalised output alone',
            "Write * instead: a pattern must match raw output, too.",
        )
    if wrong := _outside_dialect(pattern):
        return (
            f'is outside the dialect: "{wrong}"',
            "Use *, ?, [a-z], [!a-z] and plain text, which Python and bash read alike.",
        )
    return None


def usage_error(pattern: str) -> str | None:
    """The line of a misspelled command that the pattern matches, so that a mistake would count as proof; or None."""
    mistakes = (line for lines in usage_errors().values() for line in lines)
    statuses = (f"exit status: {status}" for status in range(1, 256))  # a mistake's is as good as any
    return next((line for line in (*statuses, *mistakes) if fnmatchcase(line, pattern)), None)


@functools.cache
def usage_errors() -> dict[str, tuple[str, ...]]:
    """Misspelled commands, and lines that they printed in lab hosts."""
    found: dict[str, tuple[str, ...]] = {}
    command = ""
    for line in resources.files("recetario.book").joinpath("usage-errors.txt").read_text("utf-8").splitlines():
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
        elif line and command:
            found[command] = (*found.get(command, ()), line)
    return found


def _outside_dialect(pattern: str) -> str:
    if wrong := _OUTSIDE_DIALECT.search(pattern):
        return wrong[0]
    ranges = (found for bracket in _BRACKET.findall(pattern) for found in _RANGE.findall(bracket))
    return next((text for text, first, last in ranges if first > last), "")  # backwards, as in [z-a]
