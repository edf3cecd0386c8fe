"""Replay many cases on pytest, spread over the cores."""

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
"""Half of a replay is waiting: on 2 cores 36 took 64 s one after the other, 39 with two workers, 37 with three."""
_SUITE = Path(__file__).parent / "suite" / "test_recipes.py"  # not imported: pytest wants to be the first


def run_suite(
    top: Path,
    recipes: Iterable[str],
    environments: Iterable[str],
    progress: Progress,
    options: Sequence[str] = (),
) -> tuple[list[Case], int]:
    """Replay these recipes in these environments; all where none is named.

    Args:
        top: The project's top folder.
        recipes: Slugs.
        environments: Ids.
        progress: Called with one line whenever something that takes a while begins or ends.
        options: For pytest: its own, and those of ``recetario.replay.suite``.

    Returns:
        The cases, and pytest's exit status.

    Raises:
        RecetarioError: An unknown name, nothing to replay, or a lab that cannot be built.
    """
    slugs, ids = list(recipes), list(environments)
    cases = Project(top).cases(slugs, ids)
    if not cases:
        raise RecetarioError("Nothing to replay: the recipe is not about these environments.")
    build(dict.fromkeys(case.environment for case in cases), progress, top=top)
    arguments = [
        *("-p", "recetario.replay.suite", "-p", "no:cacheprovider"),
        *("--rootdir", str(top), "-c", str(top / "pyproject.toml")),
        *("--verbose", "--no-header", "--numprocesses", str(min(_WORKERS, len(cases))), "--dist", "load"),
        *("--top", str(top), *(f"--recipe={slug}" for slug in slugs), *(f"--env={name}" for name in ids)),
    ]
    status = pytest.main([*arguments, *options, str(_SUITE)])
    if status == pytest.ExitCode.INTERRUPTED:
        with Run(top):  # entering removes the hosts of the workers, which were killed
            pass
    return cases, int(status)
