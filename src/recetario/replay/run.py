"""Replay many cases in parallel, with pytest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.project import Project
from recetario.errors import RecetarioError
from recetario.lab.commands import build
from recetario.lab.machine import Progress
from recetario.lab.runs import Run

__all__ = ["run_suite"]

_WORKERS = 1 + (os.cpu_count() or 1)
"""One more worker than cores, because half of a replay is waiting: on 2 cores, 36 replays took 64 s with one worker,
39 s with two, and 37 s with three."""
_SUITE = Path(__file__).parent / "suite" / "test_recipes.py"
"""Not imported here, because pytest must be the first to import it."""


def run_suite(
    top: Path,
    recipes: Iterable[str],
    environments: Iterable[str],
    progress: Progress,
    options: Sequence[str] = (),
) -> tuple[list[Case], int]:
    """Replay these recipes in these environments.

    Args:
        top: The project's top folder.
        recipes: Slugs; all recipes if there are none.
        environments: Ids; all environments if there are none.
        progress: Called with one line whenever something that takes a while begins or ends.
        options: Options for pytest: its own, and those that ``recetario.replay.suite`` adds.

    Returns:
        The cases, and pytest's exit status.

    Raises:
        RecetarioError: A name is unknown, there is nothing to replay, or the lab cannot be built.
    """
    slugs, ids = list(recipes), list(environments)
    cases = Project(top).cases(slugs, ids)
    if not cases:
        raise RecetarioError("There is nothing to replay: these recipes are not about these environments.")
    build(dict.fromkeys(case.environment for case in cases), progress, top=top)
    arguments = [
        *("-p", "recetario.replay.suite", "-p", "no:cacheprovider", "-p", "no:logging"),
        *("--rootdir", str(top), "-c", str(top / "pyproject.toml")),
        *("--verbose", "--no-header", "--numprocesses", str(min(_WORKERS, len(cases))), "--dist", "load"),
        *("--top", str(top), *(f"--recipe={slug}" for slug in slugs), *(f"--env={name}" for name in ids)),
    ]
    status = pytest.main([*arguments, *options, str(_SUITE)])
    if status == pytest.ExitCode.INTERRUPTED:
        # xdist has killed its workers, so their hosts still exist; entering a new run removes them.
        with Run(top):
            pass
    return cases, int(status)
