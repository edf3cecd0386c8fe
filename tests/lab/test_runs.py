"""Every host belongs to a run: it is removed with that run, and by no other as long as the run lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from recetario.book.environments import find, load_environments
from recetario.errors import RecetarioError
from recetario.lab.commands import build, clean
from recetario.lab.machine import Machine
from recetario.lab.runs import Run, is_free

pytestmark = pytest.mark.podman
TOP = Path(__file__).resolve().parents[2]
NEWEST_ROOTLESS = load_environments()[-1]

# Another process that starts a host, prints the id of its run and waits.
OTHER = textwrap.dedent(
    f"""
    import sys, time
    from pathlib import Path
    from recetario.book.environments import find
    from recetario.lab.runs import Run
    with Run(Path({str(TOP)!r})) as run, run.host(find([{NEWEST_ROOTLESS.id!r}])[0]):
        print(run.id, flush=True)
        time.sleep(600)
    """
)


def hosts_of(run_id: str) -> list[str]:
    """The ids of the containers that a run still has."""
    return Machine(TOP).podman("ps", "--all", "--quiet", "--filter", f"label=recetario.run={run_id}").stdout.split()


def other_run() -> tuple[subprocess.Popen[str], str]:
    """Start the other process; return it and its run's id once its host is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_a_host_is_gone_when_it_is_left(run: Run) -> None:
    """The host and its exchange folder are removed at the end of the block."""
    with run.host(NEWEST_ROOTLESS) as host:
        name = host.remove_command.split()[-1]
    exists = Machine(TOP).podman("container", "exists", name, check=False)

    assert exists.returncode == 1
    assert not host.exchange.exists()


def test_a_run_removes_its_hosts() -> None:
    """Hosts are removed with their run even if their own block never ended."""
    with Run(TOP) as run:
        run.host(NEWEST_ROOTLESS).__enter__()
        assert len(hosts_of(run.id)) == 1

    assert hosts_of(run.id) == []


def test_hosts_of_a_run_that_was_killed_are_removed_by_the_next() -> None:
    """The operating system frees the lock of a killed process, so the next run knows that its hosts are leftovers."""
    process, run_id = other_run()
    process.kill()
    process.wait()
    folder = Machine(TOP).state / "runs" / run_id
    assert len(hosts_of(run_id)) == 1
    assert folder.exists()

    with Run(TOP):
        assert hosts_of(run_id) == []
        assert not folder.exists()


def test_hosts_of_a_run_that_goes_on_are_left_alone() -> None:
    """A run that still holds its lock keeps its hosts."""
    process, run_id = other_run()
    with Run(TOP):
        assert len(hosts_of(run_id)) == 1
    process.kill()
    process.wait()


def test_interrupting_leaves_no_host() -> None:
    """Ctrl-C removes the hosts of the run."""
    process, run_id = other_run()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)

    assert hosts_of(run_id) == []


def test_a_host_that_is_kept_outlives_its_run_until_it_is_removed() -> None:
    """A kept host still works after its run, and has command lines to enter and to remove it."""
    with Run(TOP) as run, run.host(NEWEST_ROOTLESS, keep=True) as host:
        pass
    with Run(TOP):
        here = subprocess.run(host.argv(["hostname"]), capture_output=True, text=True).stdout

    assert here == "lab\n"
    assert host.exchange.exists()
    assert host.enter_command.endswith(" bash")
    subprocess.run(host.remove_command.split(), check=True, env=os.environ | {"PODMAN_IGNORE_CGROUPSV1_WARNING": "1"})
    assert hosts_of(run.id) == []


def test_a_build_with_nothing_to_do_says_nothing() -> None:
    """Every replay builds first, so a build without work prints nothing."""
    build(find([NEWEST_ROOTLESS.id]), top=TOP)
    progress: list[str] = []

    build(find([NEWEST_ROOTLESS.id]), progress.append, top=TOP)

    assert progress == []


def test_the_lab_is_not_cleaned_under_a_run(clone: Path) -> None:
    """`clean` refuses to remove hosts and images that a run is using."""
    with Run(clone), pytest.raises(RecetarioError, match="Something is using the lab"):
        clean(top=clone)


def test_a_lock_is_free_once_nobody_holds_it(clone: Path) -> None:
    """The lock is held during the run and free after it, when its file no longer exists."""
    with Run(clone) as run:
        lock = clone / ".recetario" / "lab" / "runs" / run.id / "lock"
        assert not is_free(lock)

    assert is_free(lock)


def test_folders_of_dead_runs_are_removed_but_not_of_one_that_is_starting(clone: Path) -> None:
    """A run that was killed before it had its lock has left a folder without one."""
    runs = Machine(clone).state / "runs"
    (runs / "dead").mkdir(parents=True)
    starting: list[Run] = []

    class SlowLock(FileLock):
        """Another run starts, and all that it lacks yet is its lock, when the first one looks for leftovers."""

        def acquire(self, *arguments: Any, **options: Any) -> Any:
            ready.wait(0.5)
            return super().acquire(*arguments, **options)

    ready = threading.Event()
    slow = Run(clone)
    slow._lock = SlowLock(slow._lock.lock_file, thread_local=False)

    def start() -> None:
        starting.append(slow.__enter__())

    thread = threading.Thread(target=start)
    thread.start()
    while not (runs / slow.id).exists():
        time.sleep(0.001)
    with Run(clone):
        assert (runs / slow.id).exists()
        assert not (runs / "dead").exists()
    ready.set()
    thread.join()
    slow.__exit__()
