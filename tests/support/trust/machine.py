"""Take from replays what they need of the machine: disk space, a clone that can be written, Podman, being alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.trust.trial import Trial, mounted, tracebacks

Scenario = Callable[[Trial], Iterator[str]]

ENVIRONMENT = "6.1-netavark-rootless"
REPLAY = ("replay", "dns-network", "--env", ENVIRONMENT)
FULL = "(?i)no space (is )?left on"
READ_ONLY = "the disk is read-only"
NO_PODMAN = "podman.*(No such file or directory|not found)"
DISK = 8 * 1024 * 1024
FREE = (0, 4, 16, 64, 256, 1024)
"""In KiB: from a full disk to one on which most of a replay finds space."""


def _full_clone(free: int) -> Scenario:
    """The clone's own files, such as what hosts exchange with replays, are on a disk with that little space."""

    def scenario(trial: Trial) -> Iterator[str]:
        with _small_disk(trial, trial.clone / ".recetario", free) as filler:
            yield from _fails(trial, REPLAY, FULL, may_succeed=free > 0)
            filler.unlink()
            yield from trial.after(ENVIRONMENT)

    return scenario


def _full_temporary(free: int) -> Scenario:
    """Temporary files are on a disk with that little space."""

    def scenario(trial: Trial) -> Iterator[str]:
        # Not our folder itself: its lock would not be seen, and other clones would remove it.
        inner = Trial(trial.clone, trial.temporary / "small")
        with _small_disk(trial, inner.temporary, free) as filler:
            yield from _fails(inner, REPLAY, FULL, may_succeed=free > 0)
            filler.unlink()
            yield from inner.after(ENVIRONMENT)
        shutil.rmtree(inner.temporary)

    return scenario


def read_only_clone(trial: Trial) -> Iterator[str]:
    """A clone that cannot be written: whatever would write there says so."""
    commands = (REPLAY, ("drift", *REPLAY[1:]), ("lab", "build", ENVIRONMENT), ("new", "read-only"), ("notebooks",))
    with _mounted(trial, trial.clone, "--bind", str(trial.clone)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(trial.clone)], check=True)
        for command in (*commands, ("site", "build", "--out", str(trial.temporary / "site"))):
            yield from _fails(trial, command, READ_ONLY, may_succeed=command == ("notebooks",))
        shutil.rmtree(trial.temporary / "site", ignore_errors=True)
    yield from trial.after(ENVIRONMENT)


def no_podman(trial: Trial) -> Iterator[str]:
    """Podman is not there from the start."""
    with _own_path(trial) as (path, podman):
        podman.unlink()
        yield from _fails(trial, REPLAY, NO_PODMAN, path=path)
    yield from trial.after(ENVIRONMENT)


def podman_goes_away(trial: Trial) -> Iterator[str]:
    """Podman goes away while a host is running, which then cannot be removed."""
    with _own_path(trial) as (path, podman):
        tool = trial.tool(*REPLAY, environment={"PATH": path})
        while tool.poll() is None and not trial.containers():
            time.sleep(0.05)
        podman.unlink(missing_ok=True)
        status, text = trial.finish(tool)
        yield from _failure("replay", status, text, NO_PODMAN, may_succeed=True)
    yield from trial.after(ENVIRONMENT)


def two_in_one_clone(trial: Trial) -> Iterator[str]:
    """Two replays of the same recipes in the same clone."""
    yield from _two(trial, trial)


def two_clones(trial: Trial) -> Iterator[str]:
    """Two replays of the same recipes in two clones."""
    other = Trial(trial.clone.with_name("other-clone"), trial.temporary)
    shutil.rmtree(other.clone, ignore_errors=True)
    clone = ("git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--shared")
    subprocess.run([*clone, str(trial.clone), str(other.clone)], check=True)
    yield from _two(trial, other)
    yield from other.left()
    shutil.rmtree(other.clone)


SCENARIOS: dict[str, Scenario] = {
    **{f"{free} KiB for the clone": _full_clone(free) for free in FREE},
    **{f"{free} KiB for the temporary folder": _full_temporary(free) for free in FREE},
    "read-only clone": read_only_clone,
    "no Podman": no_podman,
    "Podman goes away": podman_goes_away,
    "two replays in one clone": two_in_one_clone,
    "two replays in two clones": two_clones,
}


def _two(trial: Trial, other: Trial) -> Iterator[str]:
    command = ("replay", "dns-network", "pod-names", "--env", "3.0-cni-root", "--env", ENVIRONMENT)
    for tool in [trial.tool(*command), other.tool(*command)]:
        status, text = trial.finish(tool)
        if status:
            yield f"one ended with status {status}: {text[-2000:]}"
    yield from trial.after(ENVIRONMENT)


def _fails(
    trial: Trial, command: tuple[str, ...], sentence: str, *, may_succeed: bool = False, path: str = ""
) -> Iterator[str]:
    status, text = trial.run(*command, environment={"PATH": path} if path else None)
    yield from _failure(" ".join(command[:2]), status, text, sentence, may_succeed=may_succeed)


def _failure(name: str, status: int, text: str, sentence: str, *, may_succeed: bool) -> Iterator[str]:
    """What is wrong with how a command failed, one sentence each."""
    yield from (f"{name} printed a traceback: {line}" for line in tracebacks(text))
    if status == 0 and not may_succeed:
        yield f"{name} succeeded"
    if status not in (0, 1):
        yield f"{name} ended with status {status}"
    if status and not re.search(sentence, text):
        yield f"{name} did not name the cause: {text[-2000:]}"


@contextmanager
def _mounted(trial: Trial, folder: Path, *options: str) -> Iterator[None]:
    subprocess.run(["mount", *options, str(folder)], check=True)
    trial.mounts.add(folder)
    try:
        yield
    finally:
        for place in mounted(folder):
            subprocess.run(["umount", "--lazy", str(place)], check=True)
        trial.mounts.discard(folder)


@contextmanager
def _small_disk(trial: Trial, folder: Path, free: int) -> Iterator[Path]:
    """A disk with little space in place of a folder, with the same files, and with one that fills it."""
    folder.mkdir(exist_ok=True)
    copy = trial.clone.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    with _mounted(trial, folder, "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs"):
        shutil.copytree(copy, folder, dirs_exist_ok=True)
        room = os.statvfs(folder)
        filler = folder / "filler"
        filler.write_bytes(b"\0" * (room.f_bavail * room.f_frsize - free * 1024))
        yield filler
    shutil.rmtree(copy)


@contextmanager
def _own_path(trial: Trial) -> Iterator[tuple[str, Path]]:
    """A folder with links to all programs, as a PATH, and the link to Podman in it."""
    folder = trial.clone.with_name("programs")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            if not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    yield str(folder), folder / "podman"
    shutil.rmtree(folder)
