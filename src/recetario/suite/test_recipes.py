"""Every recipe, in every environment, on real Podman."""

from __future__ import annotations

import warnings

import pytest

from recetario.drift import differences, moved_versions
from recetario.errors import RecetarioError
from recetario.evidence import read_evidence, to_notebook
from recetario.lab import Run
from recetario.project import Case
from recetario.replay import Kernel, replay, write_atomically


def test_replay(case: Case, run: Run, kernel: Kernel, pytestconfig: pytest.Config) -> None:
    """Its steps succeed, its claims are decided, nothing is left behind; for drift, it is what the evidence says."""
    case.result.unlink(missing_ok=True)
    try:
        with run.host(case.environment, image_for="-".join(case.file.needs), keep=pytestconfig.option.keep) as host:
            if pytestconfig.option.keep:
                print(f"{case.id} is kept: {host.way_in}")
            found = replay(case.recipe, case.file, host, kernel)
        write_atomically(case.result, to_notebook(case.recipe, found))
        if pytestconfig.option.drift:
            kept = read_evidence(case.evidence, case.recipe)
            if moved := moved_versions(kept, found):
                warnings.warn(f"{case.id}: same outputs, other versions: {moved}. Read and accept.", stacklevel=1)
            if drifted := differences(kept, found):
                raise RecetarioError(f"{case.id} drifted from its evidence.", drifted)
        return
    except RecetarioError as error:
        told = str(error)
    pytest.fail(told, pytrace=False)  # not in the handler: pytest would print the error twice
