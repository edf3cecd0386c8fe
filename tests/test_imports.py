"""Imports point one way, and the half that reads does nothing else.

Whoever builds the site reads evidence; by these arrows nothing that it imports can start a container.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src" / "recetario"

# Each module imports what stands above it, or beside it.
READING = (
    {"errors"},
    {"environments"},
    {"recipes", "normalise", "pages", "ranges"},
    {"evidence", "patterns"},
    {"claims", "claims_file", "verdicts", "scripts", "notebooks", "project", "drift", "history"},
)
TIERS = (*READING, {"lab", "site"}, {"kernel"}, {"replay"}, {"suite"}, {"cli"}, {"__main__"})
NEVER = {
    "subprocess",
    "socket",
    "shutil",
    "multiprocessing",
    "threading",
    "asyncio",
    "tempfile",
    "http",
    "urllib.request",
}
ACTS = {
    *("system", "popen", "fork", "execv", "execvp", "spawnv", "posix_spawn", "kill"),
    *("write_text", "write_bytes", "mkdir", "touch", "unlink", "rmdir", "rename", "chmod", "symlink_to"),
    *("putenv", "chdir", "remove", "makedirs", "eval", "exec", "__import__", "import_module"),
}


def modules(name: str) -> list[Path]:
    """The files of a module or package."""
    folder = SOURCES / name
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def imported(path: Path) -> Iterator[str]:
    """Every module that this file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(name: str) -> set[str]:
    """The names of our modules and packages that this one imports."""
    found = {name.split(".")[1] for path in modules(name) for name in imported(path) if name.startswith("recetario.")}
    return {one for one in found if (SOURCES / one).is_dir() or (SOURCES / f"{one}.py").exists()} - {name}


def below(name: str) -> set[str]:
    """What it may import: its tier and those before it."""
    tier = next(number for number, names in enumerate(TIERS) if name in names)
    return set().union(*TIERS[: tier + 1])


READERS = sorted(set().union(*READING))
ALL = sorted(set().union(*TIERS))


def test_every_module_has_its_place() -> None:
    """A new one is put into a tier, so that somebody thinks about it."""
    there = {path.stem for path in SOURCES.glob("*.py")} | {path.parent.name for path in SOURCES.glob("*/__init__.py")}

    assert there - {"__init__"} == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_imports_point_one_way(name: str) -> None:
    """To what stands above it, or beside it."""
    assert ours(name) - below(name) == set()


@pytest.mark.parametrize("name", READERS)
def test_no_reader_imports_itself_through_another(name: str) -> None:
    """Beside it means no circle."""
    seen: set[str] = set()
    waiting = ours(name)
    while waiting:
        one = waiting.pop()
        seen.add(one)
        waiting |= ours(one) - seen

    assert name not in seen


def test_the_site_uses_the_reading_half_alone() -> None:
    """So it builds on a machine without Podman, and starts no container anywhere."""
    assert ours("site") - set(READERS) == set()


def test_the_lab_knows_nothing_of_the_site() -> None:
    """Nor the other way round."""
    assert "site" not in ours("lab") | ours("kernel") | ours("replay")


@pytest.mark.parametrize("name", READERS)
def test_the_reading_half_starts_and_opens_nothing(name: str) -> None:
    """No process, no socket, no thread."""
    found = {other for path in modules(name) for other in imported(path)}

    assert found & NEVER == set()


@pytest.mark.parametrize("name", READERS)
def test_the_reading_half_writes_nothing(name: str) -> None:
    """It returns bytes, and callers put them where they belong."""
    calls = [
        node for path in modules(name) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    ]
    names = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}

    assert names & (ACTS | {"open"}) == set()
