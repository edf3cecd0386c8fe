"""The report at the end of a replay of many cases."""

from __future__ import annotations

import errno
import subprocess
import sys

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


def test_changes_that_are_the_same_everywhere_are_shown_once(demo: Demo) -> None:
    """Reports of all workers are collected, in the order of environments; each host that was kept has a line."""
    (demo.top / "pyproject.toml").touch()
    (demo.top / "test_suite.py").write_text(_SUITE)
    command = ["pytest", "-p", "recetario.replay.suite", "--top", str(demo.top), "--numprocesses", "2", "test_suite.py"]
    ids = [environment.id for environment in load_environments()]

    done = subprocess.run([sys.executable, "-m", *command], cwd=demo.top, capture_output=True, text=True, check=False)

    lines = done.stdout.splitlines()
    assert [line for line in lines if "a table" in line] == [f"demo on {', '.join(ids)}: a table"]
    assert sorted(line for line in lines if line.startswith("enter")) == sorted(f"enter demo on {name}" for name in ids)


@pytest.mark.parametrize("error", [RecetarioError("the cause"), OSError(errno.ENOSPC, "", "the cause")])
def test_an_error_that_the_user_can_fix_is_printed_without_its_traceback(error: Exception) -> None:
    """Also without the error that it was made from."""
    with pytest.raises(pytest.fail.Exception, match="the cause") as failure, failing_without_traceback():
        raise error

    assert not failure.value.pytrace
    assert failure.value.__suppress_context__
