"""Fixtures for tests of a live bash on this machine."""

from __future__ import annotations

import itertools
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recetario.kernel.bash import Bash, Outcome

_numbers = itertools.count(1000)
Run = Callable[..., tuple[str, str, Outcome]]


@pytest.fixture
def bash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bash]:
    """A new bash in an empty folder."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    bash = Bash([], tmp_path, str(tmp_path), limit_s=20)
    yield bash
    bash.close()


@pytest.fixture
def run(bash: Bash) -> Run:
    """Run steps in the bash; return their stdout, their stderr, and the outcome of the last one."""

    def run_steps(*steps: str) -> tuple[str, str, Outcome]:
        shown: dict[str, str] = defaultdict(str)

        def show(stream: str, text: str) -> None:
            shown[stream] += text

        outcomes = [bash.run(step, "try", show) for step in steps]
        return shown["stdout"], shown["stderr"], outcomes[-1]

    return run_steps


@pytest.fixture
def mark() -> str:
    """A time to `sleep` that no other test uses, not even one that runs in parallel, to find the process by."""
    return f"{next(_numbers)}.{os.getpid()}"
