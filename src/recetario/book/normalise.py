"""Make the outputs of two replays comparable: what varies without meaning becomes a token.

Rules are few, pure and ordered; nothing here reads files or starts processes. What a reader wants to see
(10.88.0.1, 8080, names) stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

__all__ = ["TOKEN", "Normaliser", "normalise"]

TOKEN = re.compile(r"<(?:uuid|id|mac|veth|prefix)\d+>|<time>")
"""What stands in normalised text for something that varies."""

# One short id in 300 has no letter, so twelve digits are one, too.
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
    """Token tables of one replay: equal things get equal tokens in all of its steps, so relations stay visible.

    Source of what varies: docs/decisions/0004-what-we-normalise.md
    """

    def __init__(self) -> None:
        self._tokens: dict[str, dict[str, str]] = {}
        self._rules: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
            (_UUID, lambda found: self._token("uuid", found)),
            (_ID, lambda found: self._token("id", found[:12])),
            (_TIME, lambda found: "<time>"),
            (_MAC, lambda found: self._token("mac", found)),
            (_VETH, lambda found: self._token("veth", found)),
            (_ULA, lambda found: self._token("prefix", found)),
        )

    def __call__(self, text: str) -> str:
        """What one step printed (LF line ends, no colour codes), with tokens; as many lines as before."""
        for pattern, token in self._rules:
            text = pattern.sub(lambda match, token=token: token(match[0]), text)  # type: ignore[misc]
        return text

    def _token(self, kind: str, found: str) -> str:
        table = self._tokens.setdefault(kind, {})
        return table.setdefault(found, f"<{kind}{len(table) + 1}>")


def normalise(texts: Iterable[str]) -> list[str]:
    """The texts of one replay, in order, made comparable."""
    return list(map(Normaliser(), texts))
