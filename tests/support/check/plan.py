"""What a check runs, and why: chosen from git and the ledger alone, kept in a file for the programs that run it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from support.check.cases import Cases
from support.check.changes import Changes

from recetario.book.environments import load_environments
from recetario.files import write_atomically

__all__ = ["TURNS", "Plan", "everything", "plan_for"]

TURNS = 6
"""How many turns it takes until the tests of each recipe have run."""


@dataclass(frozen=True)
class Plan:
    """What a check runs.

    Attributes:
        why: What was chosen and why, in lines for whoever waits.
        cases: The ids of the cases to replay, in order.
        part: Which part of everything: 1 of 1 if it is a check of a change, too.
        parts: How many parts.
        everything: Whether all tests run, or those that the rest says.
        areas: What changed (changes.py).
        paths: The files that changed.
        recipes: The recipes that changed, whose tests all run.
        in_turn: The recipes whose tests run although they did not change.
        engine: What changed of the engine, after which a full run is due.
        kills: Whether replays are killed: if the engine changed, or with the last part of everything.
    """

    why: Sequence[str]
    cases: Sequence[str]
    part: int = 1
    parts: int = 1
    everything: bool = False
    areas: Sequence[str] = ()
    paths: Sequence[str] = ()
    recipes: Sequence[str] = ()
    in_turn: Sequence[str] = ()
    engine: Sequence[str] = ()
    kills: bool = False

    def save(self, file: Path) -> None:
        """Write it to a file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, json.dumps(asdict(self), indent=1).encode())

    @classmethod
    def load(cls, file: Path | str) -> Self:
        """Read what ``save`` wrote."""
        return cls(**json.loads(Path(file).read_text("utf-8")))


def everything(cases: Cases, part: int = 1, parts: int = 1) -> Plan:
    """All of it, or a part of all of it; each environment is in one part."""
    ids = {environment.id for environment in load_environments()[part - 1 :: parts]}
    chosen = [case.id for case in cases.all if case.environment.id in ids]
    what = f"part {part} of {parts} of everything" if parts > 1 else "everything"
    why = f"Checking {what}: {_count(len(chosen), 'replay')}, and the tests."
    return Plan([why], chosen, part, parts, everything=True, kills=part == parts)


def plan_for(cases: Cases, changes: Changes, turn: int) -> Plan:
    """What a change can have broken, and a sample of the rest."""
    changed = cases.changed(changes)
    slugs = list(dict.fromkeys(case.recipe.slug for case in changed))
    sample = cases.sample(turn, changed)
    recipes = list(dict.fromkeys(case.recipe.slug for case in cases.all))
    return Plan(
        _why(changes, slugs, len(changed), len(sample), len(cases.all), turn),
        [case.id for case in (*changed, *sample)],
        areas=sorted(changes.areas),
        paths=changes.paths,
        recipes=slugs,
        in_turn=recipes[turn % TURNS :: TURNS],
        engine=changes.engine,
        kills=bool(changes.engine),
    )


def _why(changes: Changes, slugs: Sequence[str], changed: int, sample: int, total: int, turn: int) -> list[str]:
    """What was chosen and why."""
    areas = ", ".join(sorted(changes.areas)) or "nothing that tests on Podman or in browsers read"
    due = f"yes, because of {', '.join(changes.engine)}" if changes.engine else "no"
    return [
        f"Since the full run of {changes.since[:8]}, {_count(len(changes.paths), 'file')} changed: {areas}.",
        *([f"{_count(len(slugs), 'recipe')} changed: {_count(changed, 'replay')} ({', '.join(slugs)})."] * bool(slugs)),
        f"A sample of what did not change, turn {turn}: {sample} of {_count(total - changed, 'replay')}.",
        f"Tests: all quick ones; on Podman and in browsers those of what changed, and of 1 in {TURNS} other recipes.",
        f"Full run due: {due}.",
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
