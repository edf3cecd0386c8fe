"""Which tests a check runs: all quick ones, and of the others those that read what changed.

Tests that need Podman or a browser are not quick. Those of a recipe run if it changed, or if it is its turn. Those of
code run if something changed that their file reads; with the marker ``smoke``, whatever changed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest
from support.check.plan import Plan
from support.layers import imported, with_those_below

__all__ = ["COSTLY", "READS", "Candidate", "areas_of", "files_of", "is_chosen", "share"]

TESTS = Path(__file__).parents[2]
COSTLY = frozenset({"podman", "browser", "install", "alone"})
"""The markers of tests that are not quick."""
# What the tests of a folder or a file read, apart from files in tests/: layers, with all that they import, and other
# areas (changes.py). The longest path counts. `tests/test_layers.py` proves that none imports a layer that isn't here.
READS: dict[str, tuple[str, ...]] = {
    "tests": ("cli",),
    "tests/book": ("replay",),
    "tests/check": ("lab",),
    "tests/faults": ("replay", "site", "recipes", "faults"),
    "tests/kernel": ("kernel",),
    "tests/lab": ("lab",),
    "tests/private_apis": ("site", "replay"),
    "tests/recipes": ("replay", "site", "recipes", "pages"),
    "tests/replay": ("replay",),
    "tests/site": ("site", "recipes", "pages"),
    "tests/site/test_speed.py": ("site",),  # it compares with plain Material, whatever the pages are
    "tests/takeaway": ("replay", "site"),
}


@dataclass(frozen=True)
class Candidate:
    """What decides whether a test runs.

    Attributes:
        file: Its module.
        markers: The names of its markers.
        slug: The recipe that it is about, or an empty string.
        sample: Whether it uses the site of pages that are the tests' own.
    """

    file: Path
    markers: frozenset[str] = frozenset()
    slug: str = ""
    sample: bool = False

    @classmethod
    def of(cls, item: pytest.Item) -> Self:
        """The one that pytest has collected."""
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        slug = parameters["case"].recipe.slug if "case" in parameters else parameters.get("slug", "")
        markers = frozenset(marker.name for marker in item.iter_markers())
        return cls(item.path, markers, slug, parameters.get("site") == "sample")


def is_chosen(test: Candidate, plan: Plan) -> bool:
    """Whether a check of a change runs this test."""
    if not test.markers & COSTLY or "smoke" in test.markers:
        return True
    if test.slug:
        return test.slug in plan.recipes or test.slug in plan.in_turn
    areas = areas_of(test.file) - ({"pages", "recipes"} if test.sample else set())
    return not areas.isdisjoint(plan.areas) or not files_of(test.file).isdisjoint(plan.paths)


def share(items: Iterable[pytest.Item], plan: Plan) -> Iterator[pytest.Item]:
    """The tests of a part of everything: those of a file, or of a recipe in it, are in the same part."""
    groups: dict[tuple[Path, str], int] = {}
    for item in items:
        test = Candidate.of(item)
        if groups.setdefault((test.file, test.slug), len(groups)) % plan.parts == plan.part - 1:
            yield item


def areas_of(file: Path) -> set[str]:
    """The areas that the tests in a file read."""
    path = file.relative_to(TESTS.parent)
    named = next(READS[str(place)] for place in (path, *path.parents) if str(place) in READS)
    layers = [name for name in named if name not in ("recipes", "pages", "faults")]
    return {*named, *with_those_below(layers), "packages"}


@functools.cache
def files_of(file: Path) -> frozenset[str]:
    """The paths in tests/ that the tests in a file read: it, what it imports, and fixtures and data of its folders.

    What tests/conftest.py imports isn't among them: who uses its fixtures imports their types.
    """
    found = {file, *_imported_here(file)}
    for folder in file.parents[: len(file.relative_to(TESTS).parts)]:
        found |= {path for path in folder.iterdir() if path.name == "conftest.py" or path.suffix not in ("", ".py")}
    found |= {other for conftest in found - {TESTS / "conftest.py"} for other in _imported_here(conftest)}
    if file.is_relative_to(TESTS / "site"):
        found |= set((TESTS / "site" / "sample").rglob("*"))
    return frozenset(str(path.relative_to(TESTS.parent)) for path in found)


@functools.cache
def _imported_here(file: Path) -> frozenset[Path]:
    """The modules in tests/ that a file imports, also through others."""
    found: set[Path] = set()
    waiting = [file] if file.suffix == ".py" else []
    while waiting:
        for name in imported(waiting.pop()):
            module = TESTS.joinpath(*name.split(".")).with_suffix(".py")
            if module.is_file() and module not in found:
                found.add(module)
                waiting.append(module)
    return frozenset(found)
