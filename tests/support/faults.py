"""The faults with which ``tests/faults`` damages a copy of the project, and what finds each of them.

``docs/faults.toml`` has them. Its first lines say how it's written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

__all__ = ["FAULTS", "Change", "Fault", "Session"]


class Session(StrEnum):
    """The cheapest session of noxfile.py that can know of a fault; ``NONE`` for a change that does no harm."""

    LINT = "lint"
    REPLAY = "replay"
    DRIFT = "drift"
    NONE = "none"


@dataclass(frozen=True)
class Change:
    """A change to one file.

    Attributes:
        file: Its path in the project.
        old: What is replaced, once; empty to add ``new`` at the end.
        new: What replaces it.
        source: The path of a file that replaces it, instead; empty if there is none.
        delete: Whether it is deleted, instead.
        digest: Whether the digest of the evidence is computed again.
    """

    file: str
    old: str = ""
    new: str = ""
    source: str = ""
    delete: bool = False
    digest: bool = False


@dataclass(frozen=True)
class Fault:
    """A fault, or a change that does no harm.

    Attributes:
        text: What it is.
        changes: What makes it.
        session: What finds it.
        says: A pattern of the message, with ``*`` for what differs.
        environment: Where the recipe is replayed, if that needs Podman.
    """

    text: str
    changes: tuple[Change, ...]
    session: Session
    says: str = ""
    environment: str = ""


def _load(file: Path) -> tuple[Fault, ...]:
    return tuple(map(_fault, tomllib.loads(file.read_text("utf-8"))["fault"]))


def _fault(table: Mapping[str, Any]) -> Fault:
    changes = tuple(Change(**change) for change in table["change"])
    says, environment = table.get("says", ""), table.get("environment", "")
    return Fault(table["text"], changes, Session(table["session"]), says, environment)


FAULTS = _load(Path(__file__).parents[2] / "docs" / "faults.toml")
"""All of them."""
