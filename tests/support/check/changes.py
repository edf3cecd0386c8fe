"""What changed since the last green run of everything, as git tells it, in areas that tests can read."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.check.ledger import FullRun

__all__ = ["ENGINE", "Changes", "UnclearError", "changes_of", "changes_since", "git", "last_green", "paths_changed"]

ENGINE = frozenset({"book", "errors", "files", "kernel", "lab", "private_apis", "replay", "workspace"})
"""What replays a recipe and judges it: after a change to it, any recipe might print something else."""

_ROWS = {"src/recetario/book/environments.toml": "environments", "src/recetario/book/needs.toml": "needs"}
"""Tables of which a changed row concerns only the recipes that use it."""

# The area of each path; the first pattern that matches counts. A path without any is not known: all of it is judged.
# What is in tests/ is not an area: `reads.py` follows paths. "none": only tests that always run read it.
_AREAS = (
    (r"src/recetario/(?P<area>\w+)(/|\.py$)", ""),
    (r"recipes/(?P<recipe>[\w-]+)/", "recipes"),
    (r"recipes/(history\.csv|list\.toml)$|docs/(es|en|drawings)/|docs/(errors|moved)\.toml$|notebooks/", "pages"),
    (r"mkdocs(\.en)?\.yml$", "site"),
    (r"docs/faults\.toml$", "faults"),
    (r"(pyproject\.toml|constraints\.txt)$", "packages"),
    (r"tests/", "none"),
    (r"docs/(decisions|readme)/|docs/ledger\.toml$|noxfile\.py$|\.github/|\.ci/run$|\.gitignore$", "none"),
    (r"(README(\.es)?|CONTRIBUTING|SECURITY|LICENSE-TEXT)\.md$|LICENSE$", "none"),
)


class UnclearError(Exception):
    """What changed can't be told; the message says why, so that all of it is judged."""


@dataclass(frozen=True)
class Changes:
    """What changed since a commit.

    Attributes:
        since: The commit.
        paths: Every path that differs, in order.
        areas: Layers of the tool, and ``recipes``, ``pages``, ``faults`` and ``packages``.
        recipes: The recipes whose folder changed.
        environments: The environments whose row changed.
        needs: The needs whose row changed.
    """

    since: str
    paths: tuple[str, ...] = ()
    areas: frozenset[str] = frozenset()
    recipes: frozenset[str] = frozenset()
    environments: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()

    @property
    def engine(self) -> list[str]:
        """The parts of the engine that changed."""
        return sorted(self.areas & (ENGINE | {"packages"}))


def last_green(top: Path, runs: Iterable[FullRun]) -> FullRun:
    """The newest of these runs whose commit is this one, or one before it.

    Raises:
        UnclearError: There is none, or git can't tell.
    """
    if git(top, "rev-parse", "--is-shallow-repository") != "false":
        raise UnclearError("this clone lacks history: git fetch --unshallow")
    commits = []
    for run in runs:
        commits.append(run.commit[:8])
        if _succeeds(top, "merge-base", "--is-ancestor", run.commit, "HEAD"):
            return run
    if commits:
        raise UnclearError(f"no full run was of a commit before this one: {', '.join(commits)} are not")
    raise UnclearError("docs/ledger.toml has no full run that was green")


def changes_since(top: Path, commit: str) -> Changes:
    """What differs between a commit and the last one.

    Raises:
        UnclearError: There are uncommitted files, a path is not known, or a link or a submodule changed.
    """
    if uncommitted := git(top, "status", "--porcelain").splitlines():
        raise UnclearError(f"there are uncommitted changes ({uncommitted[0].strip()}); commit them first")
    paths = paths_changed(git(top, "diff", "--raw", "-z", "--no-renames", "--abbrev=40", commit, "HEAD"))
    return changes_of(top, commit, paths)


def paths_changed(raw: str) -> tuple[str, ...]:
    """The paths of ``git diff --raw -z``; a renamed file has both, and one of which only the mode changed, too.

    Raises:
        UnclearError: A symbolic link or a submodule changed: what it leads to can't be told.
    """
    fields = raw.split("\0")
    paths = []
    for about, path in zip(fields[::2], fields[1::2], strict=False):
        before, after = about.removeprefix(":").split()[:2]
        if {before, after} & {"120000", "160000"}:
            raise UnclearError(f"{path} is a symbolic link or a submodule")
        paths.append(path)
    return tuple(paths)


def changes_of(top: Path, commit: str, paths: tuple[str, ...]) -> Changes:
    """What it means that these paths differ from a commit.

    Raises:
        UnclearError: A path is not known.
    """
    areas: set[str] = set()
    recipes: set[str] = set()
    rows: dict[str, set[str]] = {"environments": set(), "needs": set()}
    for path in paths:
        if path in _ROWS:
            before, after = (git(top, "show", f"{version}:{path}") for version in (commit, "HEAD"))
            rows[_ROWS[path]] |= set(_changed_rows(before, after))
            areas |= {"pages", "recipes"}
            continue
        area, recipe = _area(path)
        areas |= {area} | ({"pages"} if area == "recipes" else set())
        recipes |= {recipe} & {folder.name for folder in (top / "recipes").iterdir()}  # else it was deleted
    environments, needs = frozenset(rows["environments"]), frozenset(rows["needs"])
    return Changes(commit, paths, frozenset(areas - {"none"}), frozenset(recipes), environments, needs)


def _area(path: str) -> tuple[str, str]:
    """The area of a path, and the recipe that it belongs to, or an empty string."""
    for pattern, area in _AREAS:
        if match := re.match(pattern, path):
            groups = match.groupdict()
            return area or groups["area"], groups.get("recipe") or ""
    raise UnclearError(f"no rule knows {path}: add it to tests/support/check/changes.py")


def _changed_rows(before: str, after: str) -> Iterator[str]:
    """The names of rows that were added or differ: environments, or needs."""
    old, new = _rows(before), _rows(after)
    return (name for name, row in new.items() if old.get(name) != row)


def _rows(text: str) -> dict[str, Any]:
    data = tomllib.loads(text)
    if "podman" not in data:
        return data
    return {
        f"{row['version']}-{backend}-{mode}": {**row, "backends": backend}
        for row in data["podman"]
        for backend in row["backends"]
        for mode in ("root", "rootless")
    }


def _succeeds(top: Path, *arguments: str) -> bool:
    return subprocess.run(["git", "-C", str(top), *arguments], capture_output=True, check=False).returncode == 0


def git(top: Path, *arguments: str) -> str:
    """What a git command prints.

    Raises:
        UnclearError: There is no git, it is not a repository, or the command failed.
    """
    try:
        done = subprocess.run(["git", "-C", str(top), *arguments], capture_output=True, check=True)
    except FileNotFoundError:
        raise UnclearError("git is not installed") from None
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        raise UnclearError(f"git {arguments[0]}: {lines[0] if lines else 'failed'}") from None
    return done.stdout.decode(errors="surrogateescape").rstrip("\n")
