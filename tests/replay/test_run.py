"""What the exit status says about a replay of many cases."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.demo import Demo

from recetario.errors import DRIFT, FAILED, INTERRUPTED, USAGE
from recetario.lab.runs import uninterrupted
from recetario.replay.drift import DRIFTED
from recetario.replay.run import _options, _Watcher

_BROKEN = SimpleNamespace(failed=True, user_properties=[("changes", "")])
_DRIFTED = SimpleNamespace(failed=True, user_properties=[("changes", ""), (DRIFTED, "demo")])
_PASSED = SimpleNamespace(failed=False, user_properties=[])


@pytest.mark.parametrize(
    ("reports", "status"),
    [([_PASSED], 0), ([_PASSED, _DRIFTED], DRIFT), ([_DRIFTED, _BROKEN], FAILED)],
)
def test_drift_is_no_failure_unless_something_else_failed(reports: list[pytest.TestReport], status: int) -> None:
    """A workflow may open an issue for drift, and must not for a lab that is broken."""
    watcher = _Watcher()
    for report in reports:
        watcher.pytest_runtest_logreport(report)

    assert watcher.status(int(any(report.failed for report in reports))) == status


@pytest.mark.parametrize(
    ("pytest_status", "status"),
    [
        (pytest.ExitCode.USAGE_ERROR, USAGE),
        (pytest.ExitCode.NO_TESTS_COLLECTED, FAILED),
        (pytest.ExitCode.INTERNAL_ERROR, FAILED),
    ],
)
def test_statuses_of_pytest_are_not_passed_on(pytest_status: int, status: int) -> None:
    """Ours mean the same for every command."""
    assert _Watcher().status(pytest_status) == status


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, INTERRUPTED), (pytest.Session.Interrupted, FAILED)])
def test_only_ctrl_c_is_an_interrupt(error: type[BaseException], status: int) -> None:
    """After `-x` and a failure, pytest also says that it was interrupted; only Ctrl-C is announced at once."""
    announced: list[bool] = []
    watcher = _Watcher(lambda: announced.append(True))
    watcher.pytest_runtest_logreport(_BROKEN)  # type: ignore[arg-type]
    with pytest.raises(error) as raised:
        raise error

    watcher.pytest_keyboard_interrupt(raised)

    assert watcher.status(pytest.ExitCode.INTERRUPTED) == status
    assert announced == [True] * (status == INTERRUPTED)


def test_ctrl_c_does_not_end_the_removal_of_hosts() -> None:
    """Pressed again, it ends neither us nor the program that removes them."""
    handler = signal.getsignal(signal.SIGINT)
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done = subprocess.run(["sh", "-c", "kill -INT $$; echo removed"], capture_output=True, text=True)

    assert done.stdout == "removed\n"
    assert signal.getsignal(signal.SIGINT) == handler


def test_a_warning_does_not_fail_a_replay(demo: Demo) -> None:
    """That versions differ is one, and libraries may have others; for the tool's own tests, warnings are errors."""
    shutil.copy(Path(__file__).parents[2] / "pyproject.toml", demo.top)
    suite = demo.top / "test_suite.py"
    suite.write_text('import warnings\ndef test_replay(case): warnings.warn("other versions")\n')
    case = f"--case={demo.case().id}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_options(demo.top, 1), case, str(suite)],
        cwd=demo.top,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "UserWarning: other versions" in done.stdout
