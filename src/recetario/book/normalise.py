"""Make the outputs of two replays comparable: values that differ in each replay, such as ids, become tokens.

The rules are few, pure and ordered; nothing here reads files or starts processes. Everything that readers want to see
stays, such as addresses, ports and names.
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
        self._rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_UUID, lambda match: self._token("uuid", match[0])),
            (_ID, lambda match: self._token("id", match[0][:12])),
            (_TIME, lambda match: "<time>"),
            (_MAC, lambda match: self._token("mac", match[0])),
            (_VETH, lambda match: self._token("veth", match[0])),
            (_ULA, lambda match: self._token("prefix", match[0])),
        )

    def __call__(self, text: str) -> str:
        """Replace values in the output of one step (LF line ends, no colour codes); keep the number of lines."""
        for pattern, replacement in self._rules:
            text = pattern.sub(replacement, text)
        return text

    def _token(self, kind: str, value: str) -> str:
        table = self._tokens.setdefault(kind, {})
        return table.setdefault(value, f"<{kind}{len(table) + 1}>")


def normalise(texts: Iterable[str]) -> list[str]:
    """Normalise the texts of one replay, in order."""
    return list(map(Normaliser(), texts))
