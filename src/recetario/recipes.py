"""Read recipes: one question each, a plain bash script in percent format whose cells are its steps."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

from recetario.environments import Environment
from recetario.errors import RecetarioError, nearest

__all__ = ["HEADER", "Recipe", "Step", "find_top", "load_recipe", "load_recipes"]

HEADER = """\
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }"""
"""What stands before the first step of every recipe, after the comment that asks its question."""

_MARKER = re.compile(r"^# %%")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_MODES = ("root", "rootless")


@dataclass(frozen=True)
class Step:
    """A named cell of a recipe.

    Attributes:
        name: ``[a-z][a-z0-9-]*``, unique in its recipe.
        source: Its lines as they stand in the file, without the last line end.
        line: Of its ``# %%`` marker, counted from 1.
    """

    name: str
    source: str
    line: int

    @property
    def mode(self) -> str | None:
        """``"root"`` or ``"rootless"`` for one of a pair, by its first line; else None."""
        first = self.source.partition("\n")[0]
        return next((mode for mode in _MODES if first == f"if {mode}; then"), None)

    @property
    def common(self) -> str:
        """The name that pages and claims use: that of the pair, without ``-root`` or ``-rootless``."""
        return self.name.removesuffix(f"-{self.mode}") if self.mode else self.name

    @property
    def command(self) -> str:
        """What a page shows and copies: the source, or what stands between ``if root; then`` and ``fi``."""
        if self.mode is None:
            return self.source
        return textwrap.dedent(self.source.partition("\n")[2].rpartition("\n")[0])


@dataclass(frozen=True)
class Recipe:
    """A recipe as its file tells it.

    Attributes:
        slug: Name of its folder; the objects that it makes begin with it.
        question: The comment of its header.
        header: What stands before the first step, without the ``#!`` line.
        steps: In order; the last is ``cleanup``.
        path: Of ``recipe.sh``.
    """

    slug: str
    question: str
    header: str
    steps: tuple[Step, ...]
    path: Path

    @property
    def names(self) -> tuple[str, ...]:
        """The names that pages and claims use, in order: a pair counts once, by its common name."""
        return tuple(dict.fromkeys(step.common for step in self.steps))

    def variants(self, name: str) -> tuple[Step, ...]:
        """The step of this name, or the two of a pair.

        Raises:
            RecetarioError: The recipe has no such step.
        """
        found = tuple(step for step in self.steps if name in (step.name, step.common))
        if not found:
            raise RecetarioError(f'{self.path}: there is no step "{name}".', nearest(name, self.names))
        return found

    def ran(self, name: str, environment: Environment) -> Step:
        """The one of these variants whose commands run in this environment."""
        mode = _MODES[environment.rootless]
        return next((step for step in self.variants(name) if step.mode == mode), self.variants(name)[0])


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


def load_recipe(folder: Path) -> Recipe:
    """Read ``folder/recipe.sh``.

    Raises:
        RecetarioError: No such file, or it is not a recipe; names the line.
    """
    path = folder / "recipe.sh"
    if not path.is_file():
        raise RecetarioError(f"{folder} has no recipe.sh.", "Every recipe is one: see CONTRIBUTING.md")
    text = path.read_text("utf-8")
    cells = jupytext.reads(text, fmt="sh:percent").cells
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if _MARKER.match(line)]
    header = cells[0].source if len(cells) > len(lines) else ""
    steps = (
        tuple(_step(path, line, cell) for line, cell in zip(lines, cells[-len(lines) :], strict=True)) if lines else ()
    )
    recipe = Recipe(folder.name, header.partition("\n")[0].removeprefix("# "), header, steps, path)
    _check(recipe)
    return recipe


def load_recipes(top: Path) -> dict[str, Recipe]:
    """All recipes of the project whose top folder this is, by slug."""
    return {path.parent.name: load_recipe(path.parent) for path in sorted(top.glob("recipes/*/recipe.sh"))}


def _step(path: Path, line: int, cell: Any) -> Step:
    name = cell.metadata.get("title", "")
    if cell.cell_type != "code" or not _NAME.fullmatch(name):
        raise RecetarioError(
            f'{path}:{line}: "{name}" is no name for a step.', "Write `# %% name`: small letters, digits and hyphens."
        )
    if not cell.source.strip():
        raise RecetarioError(f'{path}:{line}: step "{name}" is empty.', "Give it a command, or delete it.")
    return Step(name, cell.source, line)


def _check(recipe: Recipe) -> None:
    _check_header(recipe)
    seen: dict[str, Step] = {}
    for step in recipe.steps:
        if step.name in seen:
            raise RecetarioError(
                f'{recipe.path}:{step.line}: step "{step.name}" stands on line {seen[step.name].line} already.',
                "Give one of the two another name.",
            )
        seen[step.name] = step
        _check_pair(recipe, step)
    if not recipe.steps or recipe.steps[-1].name != "cleanup":
        raise RecetarioError(
            f'{recipe.path}: the last step is not "cleanup".', "End with one: it runs even after a failure."
        )


def _check_header(recipe: Recipe) -> None:
    question, _, rest = recipe.header.partition("\n")
    if not question.startswith("# ") or rest != HEADER:
        raise RecetarioError(
            f"{recipe.path}: what stands before the first step is not the header of every recipe.",
            "It is `#!/usr/bin/env bash`, a comment that asks the question, then:",
            *HEADER.splitlines(),
        )


def _check_pair(recipe: Recipe, step: Step) -> None:
    wanted = next((mode for mode in reversed(_MODES) if step.name.endswith(f"-{mode}")), None)
    if wanted == step.mode and (wanted is None or step.source.endswith("\nfi")):
        return
    raise RecetarioError(
        f'{recipe.path}:{step.line}: step "{step.name}" is not one of a pair.',
        "NAME-root begins with the line `if root; then`, NAME-rootless with `if rootless; then`; both end with `fi`.",
    )
