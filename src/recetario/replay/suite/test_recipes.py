"""Replay every recipe in every environment, on real Podman."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.evidence import Evidence, picture_beside, to_notebook
from recetario.files import write_atomically
from recetario.lab.runs import Run
from recetario.replay.drift import DRIFTED, DriftError, changes, check_drift
from recetario.replay.kernel_process import KernelProcess
from recetario.replay.story import PICTURE, replay
from recetario.replay.suite import CHANGES, KEPT, failing_without_traceback, keeping_failures
from recetario.workspace import Workspace


def test_replay(
    case: Case,
    run: Run,
    kernel: KernelProcess,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    """All steps succeed, all claims are decided, and nothing is left behind; with --drift, the evidence still fits."""
    option = pytestconfig.option
    for old_result in (case.result, picture_beside(case.result), case.failure):
        old_result.unlink(missing_ok=True)

    def save(evidence: Evidence) -> None:
        if evidence.picture:
            write_atomically(picture_beside(case.result), (host.exchange / PICTURE).read_bytes())
        write_atomically(case.result, to_notebook(case.recipe, evidence))
        if not option.drift:
            record_property(CHANGES, (*case.key, changes(case)))

    with failing_without_traceback(), keeping_failures(case):
        with (
            _exclusive_or_shared(option.top, case.file.alone),
            run.host(case.environment, case.file.needs, without=case.file.without, keep=option.keep) as host,
        ):
            if option.keep:
                record_property(KEPT, f"{case.id}\n  enter:  {host.enter_command}\n  remove: {host.remove_command}")
            result = replay(case, host, kernel, save)
        if option.drift:
            try:
                check_drift(case, result)
            except DriftError:
                record_property(DRIFTED, case.id)
                raise


@contextmanager
def _exclusive_or_shared(top: Path, exclusive: bool) -> Iterator[None]:
    """Hold the lock of all replays: exclusively if a recipe measures time, so that nothing else runs; else shared."""
    with Workspace(top).exclusive_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
