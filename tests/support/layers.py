"""What each layer of the tool may import: ``tests/test_layers.py`` proves it, and `check` follows it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["LAYERS", "SOURCES", "imported", "with_those_below"]

SOURCES = Path(__file__).parents[2] / "src" / "recetario"

# What each folder, or module beside the folders, may import besides itself. Nothing imports the command line.
LAYERS: dict[str, set[str]] = {
    "errors": set(),
    "extras": {"errors"},
    "files": set(),
    "workspace": {"errors", "files"},
    "translations": {"errors"},
    "private_apis": set(),
    "book": {"errors", "workspace", "translations"},
    "takeaway": {"errors", "translations", "book"},
    "lab": {"errors", "files", "workspace", "book"},
    "kernel": {"errors", "book", "lab"},
    "replay": {
        *("errors", "files", "workspace", "translations", "private_apis"),
        *("book", "takeaway", "kernel", "lab"),
    },
    "site": {"errors", "extras", "files", "workspace", "translations", "private_apis", "book", "takeaway"},
    "cli": {"errors", "extras", "workspace", "translations", "book", "kernel", "lab", "replay", "site"},
    "__main__": {"cli"},
}


def with_those_below(layers: Iterable[str]) -> set[str]:
    """These layers, and all that they import, also through others."""
    found: set[str] = set()
    waiting = list(layers)
    while waiting:
        layer = waiting.pop()
        if layer not in found:
            found.add(layer)
            waiting += LAYERS[layer]
    return found


def imported(path: Path) -> Iterator[str]:
    """Every name that this file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
