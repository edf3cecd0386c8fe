"""The project's folder on this machine, and what the tool keeps there: every path below ``.recetario/``, its JSON too.

Git ignores ``.recetario/``; nothing in it is needed to build the site.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from recetario.errors import RecetarioError
from recetario.files import write_atomically

__all__ = ["Workspace", "find_top"]


def find_top(start: Path | None = None) -> Path:
    """The project's top folder: the nearest one at or above ``start`` (default: here) that has recipes.

    Raises:
        RecetarioError: There is none.
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
    """What is kept below ``.recetario/`` in one clone.

    Attributes:
        top: The project's top folder.
    """

    top: Path

    @property
    def _folder(self) -> Path:
        return self.top / ".recetario"

    @property
    def lab(self) -> Path:
        """The lab's own folder."""
        return self._folder / "lab"

    @property
    def exclusive_lock(self) -> Path:
        """Held by each replay: shared, or exclusively by one that measures time."""
        return self._folder / "alone.lock"

    def result(self, slug: str, environment: str) -> Path:
        """Where the last replay of this recipe in this environment waits to be accepted."""
        return self._folder / "replays" / slug / f"{environment}.ipynb"

    def verified(self, environment: str) -> Mapping[str, str]:
        """When recipes were last verified in this environment: ISO days by slug."""
        return _days(self._verified(environment))

    def note_verified(self, cases: Iterable[tuple[str, str]], day: str) -> None:
        """Keep which cases (slug, environment id) were verified on this ISO day, and on which commit."""
        verified: dict[str, dict[str, str]] = {}
        for slug, environment in cases:
            verified.setdefault(environment, {})[slug] = day
        commit = self._git("rev-parse", "HEAD")
        for environment, recipes in verified.items():
            _write_json(self._verified(environment), {"commit": commit, "recipes": recipes})

    @property
    def changed(self) -> Mapping[str, str]:
        """When the evidence of each recipe last changed: ISO days by slug."""
        return _days(self._changed)

    def note_changed(self, slugs: Iterable[str]) -> None:
        """Keep when the evidence of these recipes last changed, as git has it."""
        days = {slug: self._git("log", "-1", "--format=%cs", "--", f"recipes/{slug}/evidence") for slug in slugs}
        _write_json(self._changed, {"recipes": {slug: day for slug, day in days.items() if day}})

    @property
    def _changed(self) -> Path:
        return self._folder / "changed.json"

    def _verified(self, environment: str) -> Path:
        return self._folder / "verified" / f"{environment}.json"

    def _git(self, *arguments: str) -> str:
        """What git prints; nothing in a folder that is no clone."""
        command = ["git", "-C", str(self.top), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _days(path: Path) -> Mapping[str, str]:
    days: dict[str, str] = json.loads(path.read_text("utf-8"))["recipes"] if path.is_file() else {}
    return days


def _write_json(path: Path, data: object) -> None:
    write_atomically(path, f"{json.dumps(data, indent=1)}\n".encode())
