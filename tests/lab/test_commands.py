"""What the commands for the lab do around a run."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Self

import pytest

from recetario.book.environments import Environment, load_environments
from recetario.lab import commands


def test_after_ctrl_c_a_build_does_not_wait_for_what_is_still_learned(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends first: without their hosts, the threads that learn about them end at once."""
    first, second = load_environments()[:2]
    hosts_removed, ended_early = threading.Event(), []

    class FakeRun:
        def __init__(self, *_: object) -> None:
            self.started = threading.Event()

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            hosts_removed.set()

        def known(self, environment: Environment) -> None:
            if environment == first:
                self.started.wait(2)
                raise KeyboardInterrupt
            self.started.set()
            ended_early.append(hosts_removed.wait(2))

    monkeypatch.setattr(commands, "Run", FakeRun)
    monkeypatch.setattr(commands, "ensure_images", lambda *_: {})

    with pytest.raises(KeyboardInterrupt):
        commands.build([first, second], top=clone)

    assert ended_early == [True]
