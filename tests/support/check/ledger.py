"""The ledger of full runs, ``docs/ledger.toml``: what was green when, and whose turn it is."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from recetario.errors import RecetarioError

__all__ = ["FILE", "FullRun", "Ledger", "Part", "add", "read_ledger"]

FILE = Path(__file__).parents[3] / "docs" / "ledger.toml"


@dataclass(frozen=True)
class Part:
    """A part of a run of everything: ``[[part]]`` in the ledger.

    Attributes:
        commit: The full hash of what was checked.
        day: When it ended.
        part: Which part of how many: ``1/2``.
        minutes: How long it took.
        tests: How many tests it ran.
        replays: How many cases it replayed.
        failed: The tests, replays and other checks that failed.
        versions: For each environment, the versions in use: ``podman 5.4.2, netavark 1.14.0``.
    """

    commit: str
    day: date
    part: str
    minutes: int
    tests: int
    replays: int
    failed: list[str]
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A hash of all of it, which finds an entry that was edited."""
        data = json.dumps(vars(self), sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(data.encode()).hexdigest()

    def to_toml(self) -> str:
        """The entry in the ledger."""
        data = vars(self) | {"digest": self.digest}
        versions = data.pop("versions")
        lines = ["", "[[part]]", *(f"{name} = {_value(value)}" for name, value in data.items())]
        lines += ["", "[part.versions]", *(f'"{name}" = {_value(text)}' for name, text in versions.items())]
        return "".join(f"{line}\n" for line in lines)


def _value(value: object) -> str:
    """A value in TOML, in which a string or a list in JSON is one, too."""
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class FullRun:
    """A run of everything that was green, in one or more parts."""

    parts: tuple[Part, ...]

    @property
    def commit(self) -> str:
        """The full hash of what was checked."""
        return self.parts[0].commit

    @property
    def minutes(self) -> int:
        """How long all parts took together."""
        return sum(part.minutes for part in self.parts)

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions that were in use, by environment; later parts win."""
        return {name: text for part in self.parts for name, text in part.versions.items()}


@dataclass(frozen=True)
class Ledger:
    """What the ledger records.

    Attributes:
        turn: How often work was handed in: it decides which cases a sample has.
        parts: The parts of runs of everything, oldest first.
    """

    turn: int
    parts: tuple[Part, ...]

    def green(self) -> list[FullRun]:
        """The runs of everything of which all parts were green, the newest first."""
        latest = {(part.commit, part.part): part for part in self.parts}
        runs = [self._run(latest, commit) for commit in dict.fromkeys(part.commit for part in reversed(self.parts))]
        return [run for run in runs if run]

    @staticmethod
    def _run(latest: Mapping[tuple[str, str], Part], commit: str) -> FullRun | None:
        """The green run of a commit, in any division into parts; None if a part is missing or failed."""
        for count in {part.rpartition("/")[2] for key, part in latest if key == commit}:
            names = [f"{number}/{count}" for number in range(1, int(count) + 1)]
            parts = [latest.get((commit, name)) for name in names]
            green = tuple(part for part in parts if part and not part.failed)
            if len(green) == len(names):
                return FullRun(green)
        return None


def read_ledger(file: Path = FILE) -> Ledger:
    """Read the ledger.

    Raises:
        RecetarioError: It is missing or not valid, or a part was edited: its digest differs.
    """
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        entries = [(entry.pop("digest"), _part(entry)) for entry in data.get("part", [])]
        turn = int(data["turn"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecetarioError(f"{file.name} is missing or not valid: {error}.") from error
    for digest, part in entries:
        if digest != part.digest:
            raise RecetarioError(f"{file.name}: part {part.part} of {part.commit[:8]} was edited: its digest differs.")
    return Ledger(turn, tuple(part for _, part in entries))


def _part(entry: Mapping[str, Any]) -> Part:
    part = Part(**entry)
    number, _, count = part.part.partition("/")
    if not 1 <= int(number) <= int(count):
        raise ValueError(f"there is no part {part.part}")
    return part


def add(part: Part, file: Path = FILE) -> None:
    """Add a part at the end of the ledger."""
    with file.open("a", encoding="utf-8") as ledger:
        ledger.write(part.to_toml())
