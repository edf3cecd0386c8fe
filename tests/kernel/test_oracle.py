"""A step means what the same lines mean in ``bash file`` under ``set -Eeuo pipefail``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.snippets import SNIPPETS, SPOILT

from recetario.kernel.bash import Outcome

Run = Callable[..., tuple[str, str, Outcome]]


def oracle(source: str, folder: Path) -> tuple[str, str, int]:
    """The stdout, stderr and exit status of ``bash file``."""
    file = folder / "file"
    file.write_text(source + "\n", "utf-8")
    with (folder / "stdout").open("w+b") as stdout, (folder / "stderr").open("w+b") as stderr:
        # files, because a background child would keep pipes open
        status = subprocess.call(
            ["bash", "-Eeuo", "pipefail", file],
            cwd=folder / "work",
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    printed = [(folder / name).read_text("utf-8").replace(str(file), "bash") for name in ("stdout", "stderr")]
    return printed[0], printed[1], status if status >= 0 else 128 - status


@pytest.mark.parametrize("source", SNIPPETS.values(), ids=SNIPPETS)
def test_a_step_is_what_bash_makes_of_a_file(run: Run, tmp_path: Path, source: str) -> None:
    """Stdout, stderr and status equal those of a script with the same lines."""
    stdout, stderr, outcome = run(source)

    assert (stdout, stderr, outcome.status) == oracle(source, tmp_path)
    assert not outcome.explanation


@pytest.mark.parametrize(("source", "explanation"), SPOILT.values(), ids=SPOILT)
def test_what_spoils_the_shared_bash_fails_with_an_explanation(
    run: Run, tmp_path: Path, source: str, explanation: str
) -> None:
    """Output and status are those of a script, but the step fails because later steps would be affected."""
    stdout, stderr, outcome = run(source)

    assert (stdout, stderr, outcome.status) == oracle(source, tmp_path)
    assert outcome.failed
    assert explanation in outcome.explanation
