"""List the faults with which ``tests/faults`` damages a copy of the project, and what finds each of them.

``docs/faults.toml`` has them. Its first lines say how it's written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from recetario.book.claims import Text
from recetario.errors import RecetarioError, read_text
from recetario.site.blocks.block import PageBlock, Shows
from recetario.site.blocks.context import PageContext
from recetario.translations import LANGUAGES

__all__ = ["FAULTS", "Change", "Fault", "FaultGroup", "Faults", "Session", "load_faults"]

FAULTS = "docs/faults.toml"


class Session(StrEnum):
    """The cheapest session of noxfile.py that can know of a fault; ``NONE`` for a change that does no harm."""

    LINT = "lint"
    SITE = "site"
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
        text: What it is, by language.
        changes: What makes it.
        session: What finds it.
        says: A pattern of the message, with ``*`` for what differs.
        environment: Where the recipe is replayed, if that needs Podman.
    """

    text: Text
    changes: tuple[Change, ...]
    session: Session
    says: str = ""
    environment: str = ""


@dataclass(frozen=True)
class FaultGroup:
    """Faults with a common heading: its id, its text by language, and the faults."""

    id: str
    title: Text
    faults: tuple[Fault, ...]


def load_faults(top: Path) -> tuple[FaultGroup, ...]:
    """Read ``docs/faults.toml``, if there is one.

    Raises:
        RecetarioError: The file is not TOML, or something is missing in it.
    """
    if not (top / FAULTS).is_file():
        return ()
    try:
        tables = tomllib.loads(read_text(top / FAULTS))["group"]
        return tuple(
            FaultGroup(group["id"], _text(group), tuple(map(_fault, group.get("fault", ())))) for group in tables
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise RecetarioError(f"{FAULTS} lacks something, or is not TOML: {error}.") from error


def _fault(table: Mapping[str, Any]) -> Fault:
    changes = tuple(Change(**change) for change in table["change"])
    says, environment = table.get("says", ""), table.get("environment", "")
    return Fault(_text(table), changes, Session(table["session"]), says, environment)


def _text(table: Mapping[str, Any]) -> Text:
    return {language: table[language] for language in LANGUAGES}


@dataclass(frozen=True)
class FaultsContent:
    """The groups, and how many faults there are: all of them, those on real Podman, and the changes that do no harm."""

    groups: tuple[FaultGroup, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        faults = [fault for group in self.groups for fault in group.faults]
        harmless = sum(fault.session is Session.NONE for fault in faults)
        podman = sum(bool(fault.environment) for fault in faults)
        return {"faults": len(faults) - harmless, "podman": podman, "harmless": harmless}


class Faults(PageBlock):
    """``/// faults``: every fault that the checks are tried with, the session that finds it, and what it says."""

    NAME, ARGUMENT, SHOWS = "faults", False, Shows.NONE

    @staticmethod
    def content(page: PageContext, argument: str) -> FaultsContent:
        return FaultsContent(load_faults(page.renderer.project.top))
