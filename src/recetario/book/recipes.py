"""Read recipes: one question each, a plain bash script in percent format whose cells are its steps."""

from __future__ import annotations

import functools
import itertools
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from recetario.book.environments import Environment, Mode
from recetario.errors import RecetarioError, nearest, read_text, where

__all__ = ["HEADER", "LAB_ONLY", "Recipe", "Step", "check_slug", "load_recipe", "load_recipes"]

LAB_ONLY = """\
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}"""
"""What a lab-only step asks first: outside a lab host, which has that boot script, it says why and fails."""

HEADER = f"""\
set -Eeuo pipefail
root() {{ [ "$(id -u)" = 0 ]; }}
rootless() {{ ! root; }}
{LAB_ONLY}"""
"""What stands before the first step of every recipe, after the comment that asks its question."""

_SHEBANG = "#!/usr/bin/env bash"
# Whatever jupytext takes for the beginning of a cell; only the strict form is allowed, so that all tools agree.
_MARKER = re.compile(r"^(?=[ \t]*#[ \t]*%%)", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_TAKEN = {"about", "header", "prepare"}  # by other cells of notebooks
_HERE_DOCUMENT = re.compile(r"<<-?[\"'\\]?([A-Za-z_]\w*)")
# The first line of a step that runs only as root, only rootless, or only in a lab host; its last line is `fi`.
_CONDITION = re.compile(
    r'if (?:(?P<mode>root|rootless)(?: && (?=lab_only)|(?=;)))?(?:lab_only "(?P<reason>[^"`$\\]+)")?; then'
)


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

    @functools.cached_property
    def _condition(self) -> re.Match[str] | None:
        return _CONDITION.fullmatch(self.source.partition("\n")[0])

    @property
    def mode(self) -> str | None:
        """``"root"`` or ``"rootless"`` for one of a pair, by its first line; else None."""
        return self._condition["mode"] if self._condition else None

    @property
    def lab_only(self) -> str | None:
        """What the step would do to a reader's machine, in English, if it runs only in a lab host; else None."""
        return self._condition["reason"] if self._condition else None

    @functools.cached_property
    def common(self) -> str:
        """The name that pages and claims use: that of the pair, without ``-root`` or ``-rootless``."""
        return self.name.removesuffix(f"-{self.mode}") if self.mode else self.name

    @property
    def command(self) -> str:
        """What a page shows: the source, or what stands between its condition and ``fi``."""
        if self._condition is None:
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
        prepare: Text of ``prepare.sh`` beside it, which only the lab runs, before the story; empty without one.
    """

    slug: str
    question: str
    header: str
    steps: tuple[Step, ...]
    path: Path
    prepare: str = ""

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
            raise RecetarioError(f'{where(self.path)}: there is no step "{name}".', nearest(name, self.names))
        return found

    def variant_for(self, name: str, environment: Environment) -> Step:
        """The step of this name whose commands run in this environment."""
        variants = self.variants(name)
        return next((step for step in variants if step.mode == environment.mode), variants[0])


def load_recipe(folder: Path) -> Recipe:
    """Read ``folder/recipe.sh``.

    Raises:
        RecetarioError: No such file, or it is not a recipe; names the line.
    """
    path = folder / "recipe.sh"
    if not path.is_file():
        raise RecetarioError(f"{where(folder)} has no recipe.sh.", "Every recipe is one: see CONTRIBUTING.md")
    check_slug(folder.name, f"{where(folder)}: ")
    text = read_text(path)
    header, *parts = _MARKER.split(text)
    _check_header(path, header)
    lines = list(itertools.accumulate((part.count("\n") for part in parts), initial=header.count("\n") + 1))
    names = [_name(path, line, part) for line, part in zip(lines, parts, strict=False)]
    _check_here_documents(path, lines, names, parts)
    cells = _cells(text)
    steps = tuple(
        _step(path, line, name, part, cell)
        for line, name, part, cell in zip(lines, names, parts, cells[1:], strict=False)
    )
    question = cells[0].source.partition("\n")[0].removeprefix("# ")
    recipe = Recipe(folder.name, question, cells[0].source, steps, path, _load_prepare(folder))
    _check(recipe)
    return recipe


@functools.lru_cache(256)
def _cells(text: str) -> list[nbformat.NotebookNode]:
    """Read once, to be looked at only: whoever serves the site reads the same recipes at every change."""
    cells: list[nbformat.NotebookNode] = jupytext.reads(text, fmt="sh:percent").cells
    return cells


def check_slug(slug: str, location: str = "") -> None:
    """Refuse what cannot be the name of a recipe; ``location`` begins the message.

    Raises:
        RecetarioError: The name has other characters.
    """
    if not _NAME.fullmatch(slug):
        raise RecetarioError(
            f'{location}"{slug}" is not a valid name for a recipe.', "Use small letters, digits and hyphens."
        )


def load_recipes(top: Path) -> dict[str, Recipe]:
    """All recipes of the project whose top folder this is, by slug: every folder in ``recipes/`` is one."""
    folders = sorted(path for path in top.glob("recipes/[!.]*") if path.is_dir())
    return {folder.name: load_recipe(folder) for folder in folders}


def _load_prepare(folder: Path) -> str:
    """The text of ``folder/prepare.sh``, or nothing where there is no such file."""
    path = folder / "prepare.sh"
    if not path.is_file():
        return ""
    text = read_text(path)
    if not re.match(rf"{re.escape(_SHEBANG)}\n# .+\nset -Eeuo pipefail\n", text):
        raise RecetarioError(
            f"{where(path)}: it does not begin as a prepare.sh does.",
            f"It is `{_SHEBANG}`, a comment that says what it makes, then `set -Eeuo pipefail`.",
        )
    return text


def _name(path: Path, line: int, part: str) -> str:
    """The name on the marker that begins this part of the file."""
    marker = part.partition("\n")[0]
    name = marker.removeprefix("# %% ")
    if name in _TAKEN:
        raise RecetarioError(f'{where(path)}:{line}: no step can be called "{name}".', "Notebooks have such a cell.")
    if not _NAME.fullmatch(name):
        raise RecetarioError(
            f'{where(path)}:{line}: "{marker}" does not begin a step.',
            "Write `# %% name` at the left edge: small letters, digits and hyphens.",
        )
    return name


def _step(path: Path, line: int, name: str, part: str, cell: Any) -> Step:
    source = re.sub(r"\n\s*\Z", "", part.partition("\n")[2])
    if not source.strip():
        raise RecetarioError(f'{where(path)}:{line}: step "{name}" is empty.', "Give it a command, or delete it.")
    if cell.cell_type != "code" or cell.source != source:
        raise RecetarioError(
            f'{where(path)}:{line}: step "{name}" is one thing in the file and another as a notebook.',
            "Notebooks take `# %…` for a command of theirs, and three quotes for Python's: write it another way.",
        )
    return Step(name, source, line)


def _check_here_documents(path: Path, lines: Sequence[int], names: Sequence[str], parts: Sequence[str]) -> None:
    """Refuse a marker inside a here-document: a notebook begins a step there, and bash does not."""
    for number, (line, name, part) in enumerate(zip(lines, names, parts, strict=False)):
        for word in _HERE_DOCUMENT.findall(part):
            ends = re.compile(rf"^\t*{word}$", re.MULTILINE)
            if not ends.search(part) and any(map(ends.search, parts[number + 1 :])):
                raise RecetarioError(
                    f'{where(path)}:{line}: the here-document "{word}" of step "{name}" does not end in it.',
                    "A line that begins with `# %%` begins a step, even there: write that line another way.",
                )


def _check(recipe: Recipe) -> None:
    seen: dict[str, Step] = {}
    for step in recipe.steps:
        if step.name in seen:
            raise RecetarioError(
                f'{where(recipe.path)}:{step.line}: step "{step.name}" stands on line {seen[step.name].line} already.',
                "Give one of the two another name.",
            )
        seen[step.name] = step
    for check in (_check_form, _check_pair):
        for step in recipe.steps:
            check(recipe, step)
    if not recipe.steps or recipe.steps[-1].name != "cleanup":
        raise RecetarioError(
            f'{where(recipe.path)}: the last step is not "cleanup".', "End with one: it runs even after a failure."
        )


def _check_header(path: Path, header: str) -> None:
    shebang, question, rest = (*header.rstrip().split("\n", 2), "", "")[:3]
    if (shebang, rest) != (_SHEBANG, HEADER) or not question.startswith("# "):
        raise RecetarioError(
            f"{where(path)}: what stands before the first step is not the header of every recipe.",
            f"It is `{_SHEBANG}`, a comment that asks the question, then:",
            *HEADER.splitlines(),
        )


def _check_form(recipe: Recipe, step: Step) -> None:
    wanted = next((mode for mode in reversed(Mode) if step.name.endswith(f"-{mode}")), None)
    if wanted != step.mode or (wanted is not None and not step.source.endswith("\nfi")):
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" is not one of a pair.',
            "NAME-root begins with the line `if root; then`, NAME-rootless with `if rootless; then`; "
            "both end with `fi`.",
        )
    calls = len(re.findall(r"\blab_only\b", step.source))
    if calls != (step.lab_only is not None) or (calls and not step.source.endswith("\nfi")):
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" does not say in its first line that it is lab-only.',
            'Begin it with `if lab_only "What it does to a machine."; then` (or `if root && lab_only "…"; then`), and '
            "end it with `fi`; the reason has no quotes, `$` or backticks.",
        )


def _check_pair(recipe: Recipe, step: Step) -> None:
    number = recipe.steps.index(step)
    beside = [other for other in recipe.steps[max(number - 1, 0) : number + 2] if other.common == step.common]
    alike = [other for other in recipe.steps if other.common == step.common]
    if len(alike) != (1 if step.mode is None else 2) or beside != alike:
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" has no other half beside it.',
            f'"{step.common}-root" and "{step.common}-rootless" stand one after the other, and no "{step.common}".',
        )
