"""Replays end with a message if their kernel does."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from support.demo import refusal

from recetario.replay.kernel_process import KernelProcess

_DEAD = "The kernel that runs the steps has ended."


def _kill(kernel: KernelProcess) -> None:
    os.kill(kernel._manager.provisioner.pid, signal.SIGKILL)  # type: ignore[union-attr]


def test_a_kernel_that_is_killed_during_a_step_is_named(tmp_path: Path) -> None:
    """The step's bash ends with it, so closing it has nothing to wait for."""
    with KernelProcess() as kernel:
        kernel.open([], tmp_path, str(tmp_path))
        threading.Timer(0.5, _kill, [kernel]).start()

        message = refusal(lambda: kernel.run("sleep 30"))
        start_s = time.monotonic()
        kernel.close()

    assert message.startswith(_DEAD)
    assert time.monotonic() - start_s < 10


def test_a_kernel_that_was_killed_between_replays_is_named(tmp_path: Path) -> None:
    """Nothing answers any more, which would take 30 s to find out."""
    with KernelProcess() as kernel:
        _kill(kernel)
        time.sleep(0.1)

        assert refusal(lambda: kernel.open([], tmp_path, str(tmp_path))).startswith(_DEAD)


def test_what_a_step_printed_over_the_limit_is_counted(tmp_path: Path) -> None:
    """Evidence has it, so that nobody takes the beginning for all of it."""
    with KernelProcess() as kernel:
        kernel.open([], tmp_path, str(tmp_path))
        output = kernel.run("head --bytes=70000 /dev/zero | tr '\\0' '\\n'")

    assert (len(output.stdout), output.cut) == (65536, 70000 - 65536)
