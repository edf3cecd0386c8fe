"""How lab hosts differ from a freshly installed Debian, and which of that a recipe can do without.

It is data, in ``adjustments.toml``; the scripts in ``lab/files`` make the adjustments, or leave them out.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from recetario.errors import RecetarioError, UnknownNameError, nearest
from recetario.translations import LANGUAGES

__all__ = ["Adjustment", "check_without", "load_adjustments"]


@dataclass(frozen=True)
class Adjustment:
    """Something that every host has, and a freshly installed Debian has not.

    Attributes:
        name: Its name in ``without`` of claims.toml.
        why: The reason for it.
        requires: The need that it comes with, or empty.
        text: What pages say about a host without it, by language.
    """

    name: str
    why: str
    text: Mapping[str, str]
    requires: str = ""


@functools.cache
def load_adjustments() -> Mapping[str, Adjustment]:
    """All adjustments that a host can do without, by name."""
    data = tomllib.loads(resources.files("recetario.book").joinpath("adjustments.toml").read_text("utf-8"))
    return {
        name: Adjustment(
            name,
            why=row["why"],
            text={language: row[language] for language in LANGUAGES},
            requires=row.get("requires", ""),
        )
        for name, row in data.items()
    }


def check_without(names: Iterable[str], needs: Iterable[str]) -> None:
    """Check that a host with these needs can do without all of these.

    Raises:
        RecetarioError: One is unknown, or the host would not have it in any case.
    """
    known, present = load_adjustments(), set(needs)
    for name in names:
        if name not in known:
            raise UnknownNameError(
                f'There is no adjustment "{name}".', nearest(name, known), f"Known: {', '.join(known)}"
            )
        if known[name].requires and known[name].requires not in present:
            raise RecetarioError(
                f'Only a host with "{known[name].requires}" has "{name}".', f'Add "{known[name].requires}" to needs.'
            )
