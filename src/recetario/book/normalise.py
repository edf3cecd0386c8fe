"""Make the outputs of two replays comparable: values that differ for no reason of interest become tokens.

The rules are few, pure and ordered; nothing here reads files or starts processes. What readers want to see stays:
addresses such as 10.88.0.1, ports, names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

__all__ = ["TOKEN", "Normaliser", "normalise"]

TOKEN = re.compile(r"<(?:uuid|id|mac|veth|prefix)\d+>|<time>")
"""Matches any token in normalised text."""

# About one short id in 300 has no letter, so twelve digits count as an id.
_ID = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-zA-Z])")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_TIME = re.compile(
    r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z\b| UTC\b| ?[+-]\d\d:?\d\d(?: [A-Z]{3,4}\b)?)?"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: [A-Z]{3,4})? \d{4}\b"
)
_MAC = re.compile(r"(?<![0-9a-f:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])")
_VETH = re.compile(r"\bveth[0-9a-f]{8}\b")
_ULA = re.compile(r"\bfd[0-9a-f]{2}(?::[0-9a-f]{1,4}){3}(?=:)")


class Normaliser:
    """The tokens of one replay: equal values get equal tokens in all steps, so that readers can still relate them.

    Why these values: docs/decisions/0004-what-we-normalise.md
    """

    def __init__(self) -> None:
        self._tokens: dict[str, dict[str, str]] = {}
        self._rules: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
            (_UUID, lambda value: self._token("uuid", value)),
            (_ID, lambda value: self._token("id", value[:12])),
            (_TIME, lambda value: "<time>"),
            (_MAC, lambda value: self._token("mac", value)),
            (_VETH, lambda value: self._token("veth", value)),
            (_ULA, lambda value: self._token("prefix", value)),
        )

    def __call__(self, text: str) -> str:
        """Replace values in the output of one step (LF line ends, no colour codes); keep the number of lines."""
        for pattern, token in self._rules:
            text = pattern.sub(lambda match, token=token: token(match[0]), text)  # type: ignore[misc]
        return text

    def _token(self, kind: str, value: str) -> str:
        table = self._tokens.setdefault(kind, {})
        return table.setdefault(value, f"<{kind}{len(table) + 1}>")


def normalise(texts: Iterable[str]) -> list[str]:
    """Normalise the texts of one replay, in order."""
    return list(map(Normaliser(), texts))
