"""Replay many cases in parallel, with pytest."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.errors import DRIFT, FAILED, INTERRUPTED, USAGE, RecetarioError
from recetario.lab.commands import build
from recetario.lab.machine import Machine, Progress
from recetario.lab.runs import remove_orphans, uninterrupted
from recetario.replay.drift import DRIFTED

__all__ = ["run_suite"]

_WORKERS = 1 + 2 * (os.cpu_count() or 1)
"""More workers than cores, because most of a replay is waiting: on 2 cores, 108 replays took 328 s with three workers,
and 219 s with five, which left a tenth of the cores idle."""
_SUITE = Path(__file__).parent / "suite" / "test_recipes.py"
"""Not imported here, because pytest must be the first to import it."""


def run_suite(top: Path, cases: Sequence[Case], progress: Progress, options: Sequence[str] = ()) -> int:
    """Replay these cases.

    Args:
        top: The project's top folder.
        cases: What to replay; cases begin in this order, except that those that measure time come last.
        progress: Called with one line whenever something that takes a while begins or ends.
        options: Options for pytest: its own, and those that ``recetario.replay.suite`` adds.

    Returns:
        An exit status: 0, FAILED, USAGE (one of pytest's options does not exist), DRIFT (replays differ
        from their evidence, and nothing else failed), or INTERRUPTED.

    Raises:
        RecetarioError: There is nothing to replay, or the lab cannot be built.
    """
    if not cases:
        raise RecetarioError("There is nothing to replay: these recipes are not about these environments.")
    build(dict.fromkeys(case.environment for case in cases), progress, top=top)
    chosen = (f"--case={case.id}" for case in cases)
    with ExitStack() as stack:

        def interrupted() -> None:
            stack.enter_context(uninterrupted())  # first: who reads the line may press it again at once
            progress("Interrupted: removing hosts …")

        watcher = _Watcher(interrupted)
        arguments = [*_options(top, min(_WORKERS, len(cases))), *chosen, *options, str(_SUITE)]
        status = watcher.status(pytest.main(arguments, plugins=[watcher]))
        if status == INTERRUPTED:
            remove_orphans(Machine(top))  # xdist has killed its workers, so their hosts still exist
    return status


def _options(top: Path, workers: int) -> list[str]:
    return [
        *("-p", "recetario.replay.suite", "-p", "no:cacheprovider", "-p", "no:logging"),
        *("-W", "default"),  # for the tool's own tests, pyproject.toml makes warnings errors
        *("--rootdir", str(top), "-c", str(top / "pyproject.toml")),
        *("--tb", "no"),  # the suite prints failures, each once
        *("--no-header", "--numprocesses", str(workers), "--dist", "load", "--top", str(top)),
    ]


class _Watcher:
    """A pytest plugin that learns why a session failed, which pytest's exit status does not say.

    Args:
        interrupted: Called at once after Ctrl-C; pytest then ends its workers, which takes some seconds.
    """

    def __init__(self, interrupted: Callable[[], None] = lambda: None) -> None:
        self._on_interrupt = interrupted
        self._failures: list[bool] = []  # for each, whether it was drift
        self._interrupted = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failures.append(DRIFTED in dict(report.user_properties))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self._interrupted = excinfo.type is KeyboardInterrupt  # pytest also ends like that after `-x` and a failure
        if self._interrupted:
            self._on_interrupt()

    def status(self, pytest_status: int) -> int:
        """Our exit status for pytest's."""
        if self._interrupted:
            return INTERRUPTED
        if self._failures:
            return DRIFT if all(self._failures) else FAILED
        statuses: dict[int, int] = {pytest.ExitCode.OK: 0, pytest.ExitCode.USAGE_ERROR: USAGE}
        return statuses.get(pytest_status, FAILED)
