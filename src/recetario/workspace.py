"""Find the project's top folder, and know every path and JSON file that the tool keeps in ``.recetario/``.

Git ignores ``.recetario/``, and building the site does not need it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from recetario.errors import RecetarioError
from recetario.files import write_atomically

__all__ = ["REPLAYS", "Workspace", "find_top"]

REPLAYS = ".recetario/replays"
"""The folder of replays that wait to be accepted, below the top folder."""


def find_top(start: Path | None = None) -> Path:
    """The project's top folder: ``start`` (default: the current folder) or its nearest parent that has recipes.

    Raises:
        RecetarioError: ``start`` is not inside a clone of the project.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "recipes").is_dir() and (folder / "mkdocs.yml").is_file():
            return folder
    raise RecetarioError(
        f"{here} is not inside a clone of Recetario.", "Go to the folder that has recipes/ and mkdocs.yml."
    )


@dataclass(frozen=True)
class Workspace:
    """The files below ``.recetario/`` in one clone.

    Attributes:
        top: The project's top folder.
    """

    top: Path

    @property
    def _folder(self) -> Path:
        return self.top / ".recetario"

    @property
    def lab(self) -> Path:
        """The folder of the lab: its locks, runs and settings."""
        return self._folder / "lab"

    @property
    def exclusive_lock(self) -> Path:
        """The lock that every replay holds: shared, or exclusively if it measures time."""
        return self._folder / "alone.lock"

    @property
    def trust(self) -> Path:
        """The folder of the session ``trust``: a clone, and a ledger of what it has tried."""
        return self._folder / "trust"

    def verified(self, environment: str) -> Mapping[str, str]:
        """The day on which each recipe was last verified in this environment: ISO dates by slug."""
        return _recorded(self._verified(environment), "recipes")

    def note_verified(self, cases: Iterable[tuple[str, str]], day: str) -> None:
        """Record that these cases (slug, environment id) were verified on this day (ISO date), and the commit.

        What is recorded of other recipes stays. There is no commit if the folder has changes that are not committed.
        """
        verified: dict[str, list[str]] = {}
        for slug, environment in cases:
            verified.setdefault(environment, []).append(slug)
        commit = "" if self._git("status", "--porcelain") else self._git("rev-parse", "HEAD")
        for environment, slugs in verified.items():
            path = self._verified(environment)
            days = _recorded(path, "recipes") | dict.fromkeys(slugs, day)
            commits = _recorded(path, "commits") | dict.fromkeys(slugs, commit)
            _write_json(path, {"recipes": days, "commits": {slug: text for slug, text in commits.items() if text}})

    @property
    def changed(self) -> Mapping[str, str]:
        """The day on which each recipe's evidence last changed: ISO dates by slug."""
        return _recorded(self._changed, "recipes")

    def note_changed(self, slugs: Iterable[str]) -> None:
        """Record the day of the last commit that changed the evidence of these recipes."""
        days = {slug: self._git("log", "-1", "--format=%cs", "--", f"recipes/{slug}/evidence") for slug in slugs}
        _write_json(self._changed, {"recipes": {slug: day for slug, day in days.items() if day}})

    @property
    def _changed(self) -> Path:
        return self._folder / "changed.json"

    def _verified(self, environment: str) -> Path:
        return self._folder / "verified" / f"{environment}.json"

    def _git(self, *arguments: str) -> str:
        """The output of a git command; empty if the folder is not a git repository, or git is not installed."""
        command = ["git", "-C", str(self.top), *arguments]
        if not shutil.which("git"):
            return ""
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _recorded(path: Path, key: str) -> dict[str, str]:
    """What a file records of each recipe, by slug; nothing if there is no such file yet."""
    recorded: dict[str, str] = json.loads(path.read_text("utf-8")).get(key, {}) if path.is_file() else {}
    return recorded


def _write_json(path: Path, data: object) -> None:
    write_atomically(path, f"{json.dumps(data, indent=1)}\n".encode())
