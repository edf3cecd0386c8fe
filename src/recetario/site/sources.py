"""The files that the site is made from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["BLOCK_SOURCES", "REPLAYS", "SOURCES", "modification_times"]

REPLAYS = ".recetario/replays"
_TRANSLATIONS = "src/recetario/translations"

BLOCK_SOURCES = ("recipes", REPLAYS, "docs/drawings", "docs/errors.toml", _TRANSLATIONS)
"""What blocks show, below the top folder; they also show the titles of recipes' pages."""
SOURCES = ("docs", "notebooks", "recipes", REPLAYS, "src/recetario/site/theme", _TRANSLATIONS)
"""What the site is made from, besides its configuration."""


def modification_times(top: Path, names: Iterable[str]) -> dict[Path, int]:
    """When each file of these folders, or each of these files, was last changed: nanoseconds, by path below ``top``."""
    files = [path for name in names for path in (top / name, *sorted((top / name).rglob("*"))) if path.is_file()]
    return {path.relative_to(top): path.stat().st_mtime_ns for path in files}
