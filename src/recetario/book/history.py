"""The history of verdicts: ``recipes/history.csv`` has a line for each change, for the site's feed.

The commands `accept` and `history` add lines. A test fails unless the last line for each claim and environment has the
current verdict. Why there is a history: docs/decisions/0014-to-take-along.md
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from recetario.book.ids import ClaimId, EnvironmentId, VerdictKey
from recetario.book.verdicts import Verdict
from recetario.errors import RecetarioError, read_text

__all__ = ["GONE", "HISTORY", "Event", "load_history", "new_events", "to_csv"]

HISTORY = "recipes/history.csv"
GONE = "gone"
"""The word in the history for a claim that was removed."""


@dataclass(frozen=True)
class Event:
    """A verdict that changed.

    Attributes:
        day: The day on which the change was recorded, an ISO date.
        claim: The id of the claim.
        environment: The id of the environment.
        word: ``holds``, ``fails``, ``scope`` or ``lab``, see `Verdict.word`; or ``gone``.
    """

    day: str
    claim: ClaimId
    environment: EnvironmentId
    word: str


_COLUMNS = tuple(field.name for field in fields(Event))


def load_history(top: Path) -> list[Event]:
    """Read the changes, oldest first; none if the file does not exist yet.

    Raises:
        RecetarioError: A line has other columns.
    """
    path = top / HISTORY
    if not path.is_file():
        return []
    rows = list(csv.reader(io.StringIO(read_text(path))))
    for number, row in enumerate(rows, 1):
        is_header = tuple(row) == _COLUMNS
        if len(row) != len(_COLUMNS) or is_header != (number == 1):
            raise RecetarioError(
                f"{HISTORY}:{number}: expected {', '.join(_COLUMNS)}, but the line is: {', '.join(row)}.",
                "Only `recetario accept` and `recetario history` write this file; restore it with git.",
            )
    return [Event(day, ClaimId(claim), EnvironmentId(environment), word) for day, claim, environment, word in rows[1:]]


def new_events(verdicts: Mapping[VerdictKey, Verdict], history: Iterable[Event], day: str) -> list[Event]:
    """Find the changes that are not in the history yet.

    Args:
        verdicts: The current verdicts, by (claim id, environment id).
        history: The recorded changes, oldest first.
        day: Today, an ISO date.
    """
    recorded = {(event.claim, event.environment): event.word for event in history}  # the last event counts
    events = []
    for key, verdict in verdicts.items():
        if recorded.get(key) != verdict.word:
            events.append(Event(day, *key, verdict.word))
    for key, word in recorded.items():
        if key not in verdicts and word != GONE:
            events.append(Event(day, *key, GONE))
    return events


def to_csv(history: Iterable[Event]) -> bytes:
    """Convert a history to the content of the file, UTF-8 with LF line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(map(astuple, history))
    return text.getvalue().encode()
