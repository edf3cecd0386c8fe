"""Whatever differed in a full replay has a known cause."""

from __future__ import annotations

from support.check.ledger import FILE as LEDGER
from support.trust.replays import read_ledger


def test_each_deviation_has_a_cause() -> None:
    """A replay that differs now and then would make all other verdicts doubtful."""
    for replay in read_ledger():
        for deviation in replay.deviations:
            place = f"{LEDGER.name}: the replay of {replay.commit}"
            assert deviation.cause, f"{place}: {deviation.case}: look for the cause, and write it down"
