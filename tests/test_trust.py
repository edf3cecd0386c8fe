"""Replays that are killed at random moments leave nothing that the next command does not remove."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.podman
def test_ten_kills_leave_nothing(tmp_path: Path) -> None:
    """The short form of ``nox -s trust``; if it fails, its output has the seed."""
    command = [sys.executable, str(Path(__file__).with_name("trust.py")), "--kills", "10", "--folder", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
