"""Run shellcheck."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

__all__ = ["shellcheck"]


def shellcheck(scripts: Iterable[Path]) -> str:
    """What shellcheck finds in these scripts. Without shellcheck, the test fails."""
    if not shutil.which("shellcheck"):
        pytest.fail("shellcheck is not installed. Debian and Ubuntu: apt install shellcheck", pytrace=False)
    return subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False).stdout
