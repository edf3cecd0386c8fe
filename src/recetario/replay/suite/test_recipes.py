"""Replay every recipe in every environment, on real Podman."""

from __future__ import annotations

import fcntl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.evidence import Evidence, picture_beside, read_evidence, to_notebook
from recetario.errors import RecetarioError
from recetario.files import write_atomically
from recetario.lab.runs import Run
from recetario.replay.drift import changes, differences, moved_versions
from recetario.replay.kernel import Kernel
from recetario.replay.story import PICTURE, replay
from recetario.replay.suite import CHANGES, KEPT
from recetario.workspace import Workspace


def test_replay(
    case: Case,
    run: Run,
    kernel: Kernel,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    """All steps succeed, all claims are decided, and nothing is left behind; with --drift, the evidence still fits."""
    option = pytestconfig.option
    for old_result in (case.result, picture_beside(case.result)):
        old_result.unlink(missing_ok=True)

    def keep(evidence: Evidence) -> None:
        write_atomically(case.result, to_notebook(case.recipe, evidence))
        if not option.drift:
            record_property(CHANGES, (*case.key, changes(case)))

    try:
        with (
            _exclusive_or_shared(option.top, case.file.alone),
            run.host(case.environment, case.file.image, keep=option.keep) as host,
        ):
            if option.keep:
                record_property(KEPT, f"{case.id}\n  enter:  {host.enter_command}\n  remove: {host.remove_command}")
            result = replay(case, host, kernel, keep)
            picture = host.exchange / PICTURE
            if picture.is_file():
                write_atomically(picture_beside(case.result), picture.read_bytes())
        if option.drift:
            _compare(case, result)
        return
    except RecetarioError as error:
        message = str(error)
    pytest.fail(message, pytrace=False)  # outside of the handler, where pytest would print the error twice


def _compare(case: Case, result: Evidence) -> None:
    evidence = read_evidence(case)
    if moved := moved_versions(evidence, result):
        warnings.warn(f"{case.id}: same outputs, other versions: {moved}. Read and accept.", stacklevel=1)
    if drifted := differences(evidence, result):
        raise RecetarioError(f"{case.id} drifted from its evidence.", drifted)


@contextmanager
def _exclusive_or_shared(top: Path, exclusive: bool) -> Iterator[None]:
    """Hold the lock of all replays: exclusively if a recipe measures time, so that nothing else runs; else shared."""
    with Workspace(top).exclusive_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
