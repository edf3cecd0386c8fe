"""The files that the site is made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from recetario.translations import LANGUAGES
from recetario.workspace import REPLAYS

__all__ = ["BLOCK_SOURCES", "CONFIGURATIONS", "SOURCES", "by_recipe", "modification_times"]

_EVIDENCE = re.compile(rf"recipes/([^/]+)/evidence/|{re.escape(REPLAYS)}/([^/]+)/")
_TRANSLATIONS = "src/recetario/translations"
_THEME = "src/recetario/site/theme"

CONFIGURATIONS = {lang: "mkdocs.yml" if lang == LANGUAGES[0] else f"mkdocs.{lang}.yml" for lang in LANGUAGES}
"""MkDocs' configuration file of each language: the first one's is also the base of the others."""
BLOCK_SOURCES = ("recipes", REPLAYS, "docs/drawings", "docs/errors.toml", _TRANSLATIONS)
"""What blocks show, below the top folder; they also show the titles of recipes' pages."""
SOURCES = ("docs", "notebooks", "recipes", REPLAYS, *CONFIGURATIONS.values(), _THEME, _TRANSLATIONS)
"""What the site is made from."""


def modification_times(top: Path, names: Iterable[str]) -> dict[Path, int]:
    """When each file of these folders, or each of these files, was last changed: nanoseconds, by path below ``top``."""
    files = [path for name in names for path in (top / name, *sorted((top / name).rglob("*"))) if path.is_file()]
    return {path.relative_to(top): path.stat().st_mtime_ns for path in files}


def by_recipe(times: Mapping[Path, int]) -> tuple[dict[str, dict[Path, int]], dict[Path, int]]:
    """Divide times of files: those of the evidence and replays of each recipe, by slug; and those of other files."""
    recipes: dict[str, dict[Path, int]] = {}
    others: dict[Path, int] = {}
    for path, time in times.items():
        evidence = _EVIDENCE.match(path.as_posix())
        (recipes.setdefault(evidence[1] or evidence[2], {}) if evidence else others)[path] = time
    return recipes, others
