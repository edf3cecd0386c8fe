"""What the sessions of noxfile.py do to the programs that they run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]

_NOXFILE = f"""
import sys
sys.path.insert(0, {str(TOP)!r})
import nox, noxfile
noxfile.tool = lambda name: name

@nox.session
def program(session):
    noxfile.run(session, {sys.executable!r}, "-c", session.posargs[0])
"""
_SLOW_TO_END = """
import pathlib, time
try:
    pathlib.Path("started").touch()
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(2)
    pathlib.Path("cleaned").touch()
    raise
"""


def test_ctrl_c_leaves_a_program_time_to_clean_up(tmp_path: Path) -> None:
    """By default, nox kills what it runs half a second after Ctrl-C: our hosts would stay."""
    (tmp_path / "noxfile.py").write_text(_NOXFILE)
    nox = subprocess.Popen(
        [sys.executable, "-m", "nox", "--session", "program", "--default-venv-backend", "none", "--", _SLOW_TO_END],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or it stays ignored, if it is here
    )
    deadline = time.monotonic() + 20
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.02)

    os.killpg(nox.pid, signal.SIGINT)  # as a terminal does
    status = nox.wait(timeout=20)

    assert (tmp_path / "cleaned").exists()
    assert status == 130
