"""The report at the end of a replay of many cases."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.demo import Demo

from recetario.book.environments import load_environments
from recetario.errors import RecetarioError
from recetario.replay.suite import failing_without_traceback

_SUITE = """\
def test_replay(case, record_property):
    record_property("changes", (*case.key, "a table"))
    record_property("kept", f"enter {case.id}")
"""


def _suite_of(demo: Demo) -> list[str]:
    """Give the demo a suite; the command that runs it."""
    (demo.top / "pyproject.toml").touch()
    (demo.top / "test_suite.py").write_text(_SUITE)
    options = ("-p", "recetario.replay.suite", "--top", str(demo.top), "--numprocesses", "2")
    return [sys.executable, "-m", "pytest", *options, "test_suite.py"]


def test_changes_that_are_the_same_everywhere_are_shown_once(demo: Demo) -> None:
    """Reports of all workers are collected, in the order of environments; each host that was kept has a line."""
    command = _suite_of(demo)
    ids = [environment.id for environment in load_environments()]

    done = subprocess.run(command, cwd=demo.top, capture_output=True, text=True, check=False)

    lines = done.stdout.splitlines()
    assert [line for line in lines if "a table" in line] == [f"demo on {', '.join(ids)}: a table"]
    assert sorted(line for line in lines if line.startswith("enter")) == sorted(f"enter demo on {name}" for name in ids)


def test_failures_that_are_the_same_everywhere_are_shown_once(demo: Demo) -> None:
    """Eleven times the same message would hide the twelfth."""
    command = _suite_of(demo)
    (demo.top / "test_suite.py").write_text(
        "import pytest\n"
        "def test_replay(case):\n"
        "    pytest.fail(f'{case.id}: no demo' if case.environment.rootless else 'no root', pytrace=False)\n"
    )

    done = subprocess.run([*command, "--tb", "no"], cwd=demo.top, capture_output=True, text=True, check=False)

    printed = done.stdout.partition(" failures ")[2].partition(" short test summary ")[0]
    rootless, root = (
        [environment.id for environment in load_environments() if environment.rootless == mode]
        for mode in (True, False)
    )
    assert printed.count("no demo") == printed.count("no root") == 1
    assert f"no root\n  The same on {', '.join(root[1:])}." in printed
    assert f"demo on {rootless[0]}: no demo\n  The same on {', '.join(rootless[1:])}." in printed


@pytest.mark.parametrize("after_s", [0.02, 0.05, 0.1])
def test_ctrl_c_while_workers_start_prints_no_traceback(demo: Demo, after_s: float) -> None:
    """They take it once pytest can end them; the time is what they have had to start."""
    command = _suite_of(demo)
    running = subprocess.Popen(
        command,
        cwd=demo.top,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or it stays ignored, if it is here
    )
    while not _has_worker(running.pid):
        time.sleep(0.001)
    time.sleep(after_s)

    os.killpg(running.pid, signal.SIGINT)
    printed = running.communicate(timeout=60)[0]

    assert "Traceback" not in printed
    assert running.returncode == pytest.ExitCode.INTERRUPTED


def _has_worker(pid: int) -> bool:
    """Whether a process of pytest has started a worker, which execnet tells on its stdin what to do."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(OSError):  # it has just ended
            if b"stdin" in Path(f"/proc/{child}/cmdline").read_bytes():
                return True
    return False


@pytest.mark.parametrize("error", [RecetarioError("the cause"), OSError(errno.ENOSPC, "", "the cause")])
def test_an_error_that_the_user_can_fix_is_printed_without_its_traceback(error: Exception) -> None:
    """Also without the error that it was made from."""
    with pytest.raises(pytest.fail.Exception, match="the cause") as failure, failing_without_traceback():
        raise error

    assert not failure.value.pytrace
    assert failure.value.__suppress_context__
