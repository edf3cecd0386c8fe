"""Read recipes: plain bash scripts in the percent format of notebooks, whose cells are named steps."""

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
from recetario.book.ids import Slug
from recetario.errors import RecetarioError, nearest, read_text, where

__all__ = ["LAB_ONLY", "Recipe", "Step", "check_slug", "header_for", "load_recipe", "load_recipes"]

LAB_ONLY = """\
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}"""
"""The function that lab-only steps call first: outside a lab host, it prints the reason and fails."""

_MODES = """\
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }"""
_SHEBANG = "#!/usr/bin/env bash"
# Everything that jupytext reads as the beginning of a cell, and what was meant as one: `# % name`, without which two
# steps would be one. `_name` refuses all forms but one, so that tools agree.
_MARKER = re.compile(r"^(?=[ \t]*#+[ \t]*(?:%%|%[ \t]))", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_RESERVED = {"about", "header", "prepare"}  # ids of other cells in notebooks
_REBOOT = "systemctl reboot"
_HERE_DOCUMENT = re.compile(r"<<-?[\"'\\]?([A-Za-z_]\w*)")
# The first line of a step that runs only as root, only rootless, or only in a lab host. The last line is `fi`.
_CONDITION = re.compile(
    r'if (?:(?P<mode>root|rootless)(?: && (?=lab_only)|(?=;)))?(?:lab_only "(?P<reason>[^"`$\\]+)")?; then'
)
# `root` or `rootless` as a command, not as an argument.
_CALL = re.compile(
    r"(?:^\s*|(?:[;!]|&&|\|\||\b(?:if|then|else|do|while|until))\s+)(root|rootless)\s*(?:$|;|&&|\|\|)", re.MULTILINE
)


@dataclass(frozen=True)
class Step:
    """A named cell of a recipe.

    Attributes:
        name: ``[a-z][a-z0-9-]*``, unique in its recipe.
        source: Its lines exactly as in the file, without the last line end.
        line: The line number of its ``# %%`` marker.
    """

    name: str
    source: str
    line: int

    @functools.cached_property
    def _condition(self) -> re.Match[str] | None:
        return _CONDITION.fullmatch(self.source.partition("\n")[0])

    @property
    def mode(self) -> str | None:
        """``"root"`` or ``"rootless"`` for half of a pair, according to its first line; else None."""
        return self._condition["mode"] if self._condition else None

    @property
    def lab_only(self) -> str | None:
        """For a lab-only step, what it would do to a reader's machine, in English; else None."""
        return self._condition["reason"] if self._condition else None

    @property
    def reboots(self) -> bool:
        """Whether it restarts the machine: what is on disk stays, and everything else is gone."""
        return self.command.removeprefix("sudo ") == _REBOOT

    @functools.cached_property
    def common(self) -> str:
        """The name in pages and claims: for half of a pair, without ``-root`` or ``-rootless``."""
        return self.name.removesuffix(f"-{self.mode}") if self.mode else self.name

    @property
    def command(self) -> str:
        """The commands that pages show: the source, without its condition and ``fi`` if it has them."""
        if self._condition is None:
            return self.source
        return textwrap.dedent(self.source.partition("\n")[2].rpartition("\n")[0])


@dataclass(frozen=True)
class Recipe:
    """A recipe.

    Attributes:
        slug: The name of its folder; the names of objects that it creates begin with it.
        question: The comment in its header.
        header: The lines before the first step, without the ``#!`` line.
        steps: In order; the last is ``cleanup``.
        path: The path of ``recipe.sh``.
        prepare: The text of its ``prepare.sh``, which only the lab runs, before the first step; empty without one.
    """

    slug: Slug
    question: str
    header: str
    steps: tuple[Step, ...]
    path: Path
    prepare: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names in pages and claims, in order; a pair is listed once, by its common name."""
        return tuple(dict.fromkeys(step.common for step in self.steps))

    def variants(self, name: str) -> tuple[Step, ...]:
        """The step of this name, or both halves of the pair.

        Raises:
            RecetarioError: The recipe has no such step.
        """
        variants = tuple(step for step in self.steps if name in (step.name, step.common))
        if not variants:
            raise RecetarioError(f'{where(self.path)}: there is no step "{name}".', nearest(name, self.names))
        return variants

    def variant_for(self, name: str, environment: Environment) -> Step:
        """The step of this name, or the half of the pair, that runs in this environment.

        Raises:
            RecetarioError: The recipe has no such step.
        """
        variants = self.variants(name)
        return next((step for step in variants if step.mode == environment.mode), variants[0])


def load_recipe(folder: Path) -> Recipe:
    """Read ``folder/recipe.sh``.

    Raises:
        RecetarioError: The file is missing or is not a valid recipe; the message has the line number.
    """
    path = folder / "recipe.sh"
    if not path.is_file():
        raise RecetarioError(f"{where(folder)} has no recipe.sh.", "Every recipe needs one: see CONTRIBUTING.md")
    check_slug(folder.name, f"{where(folder)}: ")
    text = read_text(path)
    header, *parts = _MARKER.split(text)
    _check_header(path, header, "".join(parts))
    lines = list(itertools.accumulate((part.count("\n") for part in parts), initial=header.count("\n") + 1))
    names = [_name(path, line, part) for line, part in zip(lines, parts, strict=False)]
    _check_here_documents(path, lines, names, parts)
    cells = _cells(text)
    steps = tuple(
        _step(path, line, name, part, cell)
        for line, name, part, cell in zip(lines, names, parts, cells[1:], strict=False)
    )
    question = cells[0].source.partition("\n")[0].removeprefix("# ")
    recipe = Recipe(Slug(folder.name), question, cells[0].source, steps, path, _load_prepare(folder))
    _check(recipe)
    return recipe


@functools.lru_cache(256)
def _cells(text: str) -> list[nbformat.NotebookNode]:
    """Parse a recipe. Callers must not change the cells: they are cached, as `serve` often reads the same files."""
    cells: list[nbformat.NotebookNode] = jupytext.reads(text, fmt="sh:percent").cells
    return cells


def header_for(steps: str) -> str:
    """The lines of a recipe between the comment with its question and the first step.

    Args:
        steps: The rest of the file. Functions that it does not need are left out.

    Returns:
        Bash, without a line end after the last line.
    """
    lines = ["set -Eeuo pipefail"]
    if re.search(r"^# %% .+-root(less)?$", steps, re.MULTILINE):
        lines.append(_MODES)
    if "lab_only" in steps:
        lines.append(LAB_ONLY)
    return "\n".join(lines)


def check_slug(slug: str, location: str = "") -> None:
    """Check that a name is valid for a recipe; messages begin with ``location``.

    Raises:
        RecetarioError: The name is not ``[a-z][a-z0-9-]*``.
    """
    if not _NAME.fullmatch(slug):
        raise RecetarioError(
            f'{location}"{slug}" is not a valid recipe name.', "Use lowercase letters, digits and hyphens."
        )


def load_recipes(top: Path) -> dict[str, Recipe]:
    """All recipes of the project with this top folder, by slug: every folder in ``recipes/`` must be one."""
    folders = sorted(path for path in top.glob("recipes/[!.]*") if path.is_dir())
    return {folder.name: load_recipe(folder) for folder in folders}


def _load_prepare(folder: Path) -> str:
    """The text of ``folder/prepare.sh``, or empty if there is no such file."""
    path = folder / "prepare.sh"
    if not path.is_file():
        return ""
    text = read_text(path)
    if not re.match(rf"{re.escape(_SHEBANG)}\n# .+\nset -Eeuo pipefail\n", text):
        raise RecetarioError(
            f"{where(path)}: its first lines are not those that a prepare.sh needs.",
            f"Begin with `{_SHEBANG}`, then a comment that says what it creates, then `set -Eeuo pipefail`.",
        )
    return text


def _name(path: Path, line: int, part: str) -> str:
    """The step name in the marker at the beginning of this part of the file."""
    marker = part.partition("\n")[0]
    name = marker.removeprefix("# %% ")
    if name in _RESERVED:
        raise RecetarioError(
            f'{where(path)}:{line}: the step name "{name}" is reserved.', "Notebooks have another cell of that name."
        )
    if not _NAME.fullmatch(name):
        raise RecetarioError(
            f'{where(path)}:{line}: "{marker}" is not a valid step marker.',
            "Write `# %% name` without indentation: lowercase letters, digits and hyphens.",
        )
    return name


def _step(path: Path, line: int, name: str, part: str, cell: Any) -> Step:
    source = re.sub(r"\n\s*\Z", "", part.partition("\n")[2])
    if not source.strip():
        raise RecetarioError(f'{where(path)}:{line}: step "{name}" is empty.', "Give it a command, or delete it.")
    if cell.cell_type != "code" or cell.source != source:
        raise RecetarioError(
            f'{where(path)}:{line}: step "{name}" would be different in a notebook.',
            "Jupytext reads `# %…` as a notebook command and three quotes as a Python string: write it another way.",
        )
    return Step(name, source, line)


def _check_here_documents(path: Path, lines: Sequence[int], names: Sequence[str], parts: Sequence[str]) -> None:
    """Refuse a marker inside a here-document: in a notebook it begins a step, in bash it does not."""
    for number, (line, name, part) in enumerate(zip(lines, names, parts, strict=False)):
        for delimiter in _HERE_DOCUMENT.findall(part):
            end = re.compile(rf"^\t*{delimiter}$", re.MULTILINE)
            if not end.search(part) and any(map(end.search, parts[number + 1 :])):
                raise RecetarioError(
                    f'{where(path)}:{line}: the here-document "{delimiter}" does not end within step "{name}".',
                    "A line that begins with `# %%` begins a step, even there: write that line another way.",
                )


def _check(recipe: Recipe) -> None:
    seen: dict[str, Step] = {}
    for step in recipe.steps:
        if step.name in seen:
            raise RecetarioError(
                f'{where(recipe.path)}:{step.line}: step "{step.name}" is already on line {seen[step.name].line}.',
                "Rename one of them.",
            )
        seen[step.name] = step
    for check in (_check_form, _check_reboot, _check_pair, _check_calls):
        for step in recipe.steps:
            check(recipe, step)
    if not recipe.steps or recipe.steps[-1].name != "cleanup":
        raise RecetarioError(
            f'{where(recipe.path)}: the last step is not "cleanup".',
            "End with that step: it runs even after a failure.",
        )


def _check_header(path: Path, header: str, steps: str) -> None:
    """Refuse a header that is not the one that the steps need: readers can skip it then."""
    needed = header_for(steps)
    shebang, _, other_lines = header.rstrip().partition("\n")
    question, _, rest = other_lines.partition("\n")
    if (shebang, rest) != (_SHEBANG, needed) or not question.startswith("# "):
        raise RecetarioError(
            f"{where(path)}: the lines before the first step are not the header that its steps need.",
            f"Begin with `{_SHEBANG}`, then a comment that asks the question, then:",
            *needed.splitlines(),
        )


def _check_form(recipe: Recipe, step: Step) -> None:
    mode = next((mode for mode in reversed(Mode) if step.name.endswith(f"-{mode}")), None)
    if mode != step.mode or (mode is not None and not step.source.endswith("\nfi")):
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" does not have the form of half a pair.',
            "NAME-root begins with the line `if root; then`, NAME-rootless with `if rootless; then`; "
            "both end with `fi`.",
        )
    calls = len(re.findall(r"\blab_only\b", step.source))
    allowed_calls = 0 if step.lab_only is None else 1  # the one in the first line
    if calls != allowed_calls or (calls and not step.source.endswith("\nfi")):
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" does not have the form of a lab-only step.',
            'Begin it with `if lab_only "What it does to a machine."; then` (or `if root && lab_only "…"; then`), and '
            "end it with `fi`. The reason must not contain quotes, `$` or backticks.",
        )


def _check_reboot(recipe: Recipe, step: Step) -> None:
    if _REBOOT in step.source and not (step.reboots and step.lab_only):
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" restarts the machine, and is not a step for that.',
            f"Make it lab-only, with nothing but `{_REBOOT}` or `sudo {_REBOOT}`.",
        )


def _check_pair(recipe: Recipe, step: Step) -> None:
    number = recipe.steps.index(step)
    neighbours = [other for other in recipe.steps[max(number - 1, 0) : number + 2] if other.common == step.common]
    variants = [other for other in recipe.steps if other.common == step.common]
    if len(variants) != (1 if step.mode is None else 2) or neighbours != variants:
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" is not next to the other half of its pair.',
            f'"{step.common}-root" and "{step.common}-rootless" must be adjacent, without a step "{step.common}".',
        )


def _check_calls(recipe: Recipe, step: Step) -> None:
    """Pages show a step's commands without the header."""
    if call := _CALL.search(step.command):
        raise RecetarioError(
            f'{where(recipe.path)}:{step.line}: step "{step.name}" calls `{call[1]}`, which a reader who copies the '
            "step does not have.",
            'Write `[ "$(id -u)" = 0 ]`, or make a pair of steps.',
        )
