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
    """What ``bash file`` prints and ends with."""
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
    """Output, errors and status are the same, and there is nothing to add."""
    stdout, stderr, outcome = run(source)

    assert (stdout, stderr, outcome.status) == oracle(source, tmp_path)
    assert not outcome.words


@pytest.mark.parametrize(("source", "words"), SPOILT.values(), ids=SPOILT)
def test_what_spoils_the_shared_bash_fails_with_words(run: Run, tmp_path: Path, source: str, words: str) -> None:
    """The step prints and ends as in bash, but the story cannot go on as if nothing was."""
    stdout, stderr, outcome = run(source)

    assert (stdout, stderr, outcome.status) == oracle(source, tmp_path)
    assert outcome.failed
    assert words in outcome.words
