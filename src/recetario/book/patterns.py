"""Match lines by patterns that mean the same in Python and in bash, so that downloaded scripts judge as the site does.

A pattern matches a whole line. It consists of ``*``, ``?``, ``[a-z]``, ``[!a-z]`` and plain text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib import resources

from recetario.book.normalise import TOKEN

__all__ = ["flaw", "matches", "matching_line", "unknown_option", "usage_error", "usage_errors"]

# What fnmatchcase and bash's [[ == ]] under LC_ALL=C.UTF-8 treat differently: escapes, bash's negation, classes and
# extended globs. And line ends, because no line contains one.
_OUTSIDE_DIALECT = re.compile(r"\\|\[\^|\[[:.=]|[*?+@!]\(|\n")
_BRACKET = re.compile(r"\[!?(\]?[^\]]*)\]")
_RANGE = re.compile(r"(?=((.)-(.)))")
# What programs say about an option that they don't have: see usage-errors.txt. Anywhere in a line, because two programs
# of a pipeline may print at the same time.
_UNKNOWN_OPTION = re.compile(
    r"Error: unknown (?:flag|shorthand flag): "  # Podman
    r"|\S+: (?:unrecognized option|invalid option --) "  # GNU, BusyBox
    r"|: -\S*: invalid option$"  # what bash has built in
    r"|BusyBox v.* multi-call binary\.$"  # its nslookup says nothing else
    r"|curl: option .* is unknown$"
    r"|error: unknown gnu long option$"  # ps
    r'|Option ".*" is unknown, try "ip '
    r"|dpkg: error: unknown option "
    r"|find: unknown predicate "
)


def matches(patterns: Iterable[str], lines: Iterable[str]) -> bool:
    """Whether any of the patterns matches any whole line."""
    return matching_line(patterns, lines) is not None


def matching_line(patterns: Iterable[str], lines: Iterable[str]) -> str | None:
    """The first line that any of the patterns matches as a whole; None if there is none."""
    patterns = tuple(patterns)
    return next((line for line in lines if any(fnmatchcase(line, pattern) for pattern in patterns)), None)


def flaw(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern, as the end of a sentence, and what to do about it; None if it is valid."""
    if not pattern.strip("* "):
        return "is empty or has only wildcards", "Write the line that decides."
    if token := TOKEN.search(pattern):
        return (
            f'contains the token "{token[0]}" of normalised output',
            "Write * instead: a pattern must also match the output on a reader's machine.",
        )
    if part := _outside_dialect(pattern):
        return (
            f'contains "{part}", which Python and bash read differently',
            "Use only *, ?, [a-z], [!a-z] and plain text.",
        )
    return None


def unknown_option(lines: Iterable[str], expected: Iterable[str]) -> str | None:
    """The first line that says that an option is unknown, and that none of the expected patterns matches."""
    patterns = tuple(expected)
    return next((line for line in lines if _UNKNOWN_OPTION.search(line) and not matches(patterns, [line])), None)


@functools.cache  # the same patterns are read again by every build of `serve`
def usage_error(pattern: str) -> str | None:
    """A line printed by a misspelled command that the pattern matches, so that a typing error would count as proof."""
    mistakes = (line for lines in usage_errors().values() for line in lines)
    statuses = (f"exit status: {status}" for status in range(1, 256))  # a misspelled command may have any status
    return next((line for line in (*statuses, *mistakes) if fnmatchcase(line, pattern)), None)


@functools.cache
def usage_errors() -> dict[str, tuple[str, ...]]:
    """Lines that misspelled commands printed in lab hosts, by command."""
    errors: dict[str, tuple[str, ...]] = {}
    command = ""
    for line in resources.files("recetario.book").joinpath("usage-errors.txt").read_text("utf-8").splitlines():
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
        elif line and command:
            errors[command] = (*errors.get(command, ()), line)
    return errors


def _outside_dialect(pattern: str) -> str:
    """The first part of a pattern that Python and bash read differently, or empty."""
    if match := _OUTSIDE_DIALECT.search(pattern):
        return match[0]
    ranges = (groups for bracket in _BRACKET.findall(pattern) for groups in _RANGE.findall(bracket))
    return next((text for text, first, last in ranges if first > last), "")  # a reversed range such as [z-a]
