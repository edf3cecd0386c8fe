"""Every recipe, in every environment, on real Podman."""

from __future__ import annotations

import fcntl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.evidence import picture_beside, read_evidence, to_notebook
from recetario.errors import RecetarioError
from recetario.files import write_atomically
from recetario.lab.runs import Run
from recetario.replay.drift import differences, moved_versions
from recetario.replay.kernel import Kernel
from recetario.replay.story import PICTURE, replay
from recetario.workspace import Workspace


def test_replay(case: Case, run: Run, kernel: Kernel, pytestconfig: pytest.Config) -> None:
    """Its steps succeed, its claims are decided, nothing is left behind; for drift, it is what the evidence says."""
    option = pytestconfig.option
    image = "-".join(case.file.needs)
    for waiting in (case.result, picture_beside(case.result)):
        waiting.unlink(missing_ok=True)
    try:
        with (
            _exclusive_or_shared(option.top, case.file.alone),
            run.host(case.environment, image, keep=option.keep) as host,
        ):
            if option.keep:
                print(f"{case.id} is kept: {host.way_in}")
            found = replay(case, host, kernel)
            picture = host.exchange / PICTURE
            if picture.is_file():
                write_atomically(picture_beside(case.result), picture.read_bytes())
        write_atomically(case.result, to_notebook(case.recipe, found))
        if option.drift:
            kept = read_evidence(case)
            if moved := moved_versions(kept, found):
                warnings.warn(f"{case.id}: same outputs, other versions: {moved}. Read and accept.", stacklevel=1)
            if drifted := differences(kept, found):
                raise RecetarioError(f"{case.id} drifted from its evidence.", drifted)
        return
    except RecetarioError as error:
        told = str(error)
    pytest.fail(told, pytrace=False)  # not in the handler: pytest would print the error twice


@contextmanager
def _exclusive_or_shared(top: Path, exclusive: bool) -> Iterator[None]:
    """Let other replays run at the same time or, for one that measures time, wait until none does and hold them off."""
    with Workspace(top).exclusive_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
