"""Hosts belong to runs: nothing outlives its run, and nobody removes another's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from recetario.book.environments import find, load_environments
from recetario.errors import RecetarioError
from recetario.lab.commands import build, clean
from recetario.lab.machine import Machine
from recetario.lab.runs import Run, is_free

pytestmark = pytest.mark.podman
TOP = Path(__file__).resolve().parents[2]
NEWEST_ROOTLESS = load_environments()[-1]

# Another process with a host of its own, which tells its run's id and waits.
OTHER = textwrap.dedent(
    f"""
    import sys, time
    from pathlib import Path
    from recetario.book.environments import find
    from recetario.lab.runs import Run
    with Run(Path({str(TOP)!r})) as run, run.host(find([{NEWEST_ROOTLESS.id!r}])[0]):
        print(run.id, flush=True)
        time.sleep(60)
    """
)


def hosts_of(run_id: str) -> list[str]:
    """The containers that a run still has."""
    return Machine(TOP).podman("ps", "--all", "--quiet", "--filter", f"label=recetario.run={run_id}").stdout.split()


def other_run() -> tuple[subprocess.Popen[str], str]:
    """Start the other process; return it and its run's id once its host is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_a_host_is_gone_when_it_is_left(run: Run) -> None:
    """With its exchange folder."""
    with run.host(NEWEST_ROOTLESS) as host:
        name = host.way_out.split()[-1]
    there = Machine(TOP).podman("container", "exists", name, check=False)

    assert there.returncode == 1
    assert not host.exchange.exists()


def test_a_run_takes_its_hosts_along() -> None:
    """Even those that nobody left."""
    with Run(TOP) as run:
        run.host(NEWEST_ROOTLESS).__enter__()
        assert len(hosts_of(run.id)) == 1

    assert hosts_of(run.id) == []


def test_hosts_of_a_run_that_was_killed_are_removed_by_the_next() -> None:
    """The operating system frees its lock."""
    process, run_id = other_run()
    process.kill()
    process.wait()
    assert len(hosts_of(run_id)) == 1

    with Run(TOP):
        assert hosts_of(run_id) == []


def test_hosts_of_a_run_that_goes_on_are_left_alone() -> None:
    """Its lock is held."""
    process, run_id = other_run()
    with Run(TOP):
        assert len(hosts_of(run_id)) == 1
    process.kill()
    process.wait()


def test_interrupting_leaves_no_host() -> None:
    """Ctrl-C."""
    process, run_id = other_run()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)

    assert hosts_of(run_id) == []


def test_a_host_that_is_kept_outlives_its_run_until_it_is_removed() -> None:
    """Its way in and its way out are command lines."""
    with Run(TOP) as run, run.host(NEWEST_ROOTLESS, keep=True) as host:
        pass
    with Run(TOP):
        here = subprocess.run(host.argv(["hostname"]), capture_output=True, text=True).stdout

    assert here == "lab\n"
    assert host.exchange.exists()
    assert host.way_in.endswith(" bash")
    subprocess.run(host.way_out.split(), check=True, env=os.environ | {"PODMAN_IGNORE_CGROUPSV1_WARNING": "1"})
    assert hosts_of(run.id) == []


def test_a_build_with_nothing_to_do_says_nothing() -> None:
    """It is asked before every replay."""
    build(find([NEWEST_ROOTLESS.id]), top=TOP)
    told: list[str] = []

    build(find([NEWEST_ROOTLESS.id]), told.append, top=TOP)

    assert told == []


def test_the_lab_is_not_cleaned_under_a_run(clone: Path) -> None:
    """Someone's replay would fail."""
    with Run(clone), pytest.raises(RecetarioError, match="Something is using the lab"):
        clean(top=clone)


def test_a_lock_is_free_once_nobody_holds_it(clone: Path) -> None:
    """Also when its file was never made."""
    with Run(clone) as run:
        lock = clone / ".recetario" / "lab" / "runs" / run.id / "lock"
        assert not is_free(lock)

    assert is_free(lock)
