"""How verdicts came to be what they are: one line a change in ``recipes/history.csv``, for the site's feed.

`accept` adds to it and nobody else does; the check replays it, and fails unless it ends in the verdicts that the
evidence gives today. Why it is kept at all: docs/decisions/0014-to-take-along.md
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from recetario.book.verdicts import Verdict
from recetario.errors import RecetarioError, read_text

__all__ = ["GONE", "HISTORY", "Event", "load_history", "news", "to_csv"]

HISTORY = "recipes/history.csv"
GONE = "gone"
"""What stands for a verdict where the claim was taken back."""


@dataclass(frozen=True)
class Event:
    """One verdict that became another.

    Attributes:
        day: On which it was noted, ISO.
        claim: Its id.
        environment: Its id.
        word: ``holds``, ``fails``, ``scope`` or ``lab``, as `Verdict.word`; or ``gone``.
    """

    day: str
    claim: str
    environment: str
    word: str


_COLUMNS = tuple(field.name for field in fields(Event))


def load_history(top: Path) -> list[Event]:
    """The changes, oldest first; none where nothing was kept yet.

    Raises:
        RecetarioError: A line that is none of ours.
    """
    path = top / HISTORY
    if not path.is_file():
        return []
    rows = list(csv.reader(io.StringIO(read_text(path))))
    for number, row in enumerate(rows, 1):
        if len(row) != len(_COLUMNS) or (tuple(row) == _COLUMNS) != (number == 1):
            raise RecetarioError(
                f"{HISTORY}:{number}: expected {', '.join(_COLUMNS)}; there is: {', '.join(row)}.",
                "`recetario accept` writes this file; take it back with git.",
            )
    return [Event(*row) for row in rows[1:]]


def news(verdicts: Mapping[tuple[str, str], Verdict], history: Iterable[Event], day: str) -> list[Event]:
    """What has changed since: the lines that are missing.

    Args:
        verdicts: Today's, by (claim id, environment id).
        history: What is noted.
        day: Today, ISO.
    """
    noted = {(event.claim, event.environment): event.word for event in history}
    changed = [Event(day, *key, verdict.word) for key, verdict in verdicts.items() if noted.get(key) != verdict.word]
    return changed + [Event(day, *key, GONE) for key, word in noted.items() if key not in verdicts and word != GONE]


def to_csv(history: Iterable[Event]) -> bytes:
    """The file's content."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(map(astuple, history))
    return text.getvalue().encode()
