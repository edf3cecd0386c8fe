"""Own lab hosts: a run holds a lock and labels its hosts, so that whoever comes next can tell whose run is over."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from recetario.environments import Environment
from recetario.lab._machine import Machine, Progress, find_top
from recetario.lab.building import ensure_images
from recetario.lab.hosts import Host, Start
from recetario.lab.images import image_of

__all__ = ["Run"]


class Run:
    """A series of hosts with one owner; a context manager.

    Entering removes the hosts of runs whose lock is free, and no others; leaving removes this run's own, but for those
    to keep.

    Args:
        top: The repository's folder; without it found from the current one upwards.
        progress: Told when an image has to be built first.
    """

    def __init__(self, top: Path | None = None, progress: Progress = lambda line: None) -> None:
        self.id = secrets.token_hex(4)
        self._machine = Machine(top or find_top())
        self._progress = progress
        self._folder = self._machine.state / "runs" / self.id
        self._lock = FileLock(self._folder / "lock")
        self._images: dict[tuple[str, str], str] = {}
        self._made = 0

    def __enter__(self) -> Self:
        self._machine.ensure_tools(self._progress)
        self._folder.mkdir(parents=True)
        self._lock.acquire()
        remove_orphans(self._machine)
        return self

    def __exit__(self, *exception: object) -> None:
        _remove_hosts(self._machine, f"recetario.run={self.id}")
        self._lock.release()
        if not _hosts(self._machine, f"recetario.run={self.id}"):  # a kept host still needs its exchange folder
            self._machine.remove_folder(self._folder)

    def host(
        self,
        environment: Environment,
        image_for: str = "",
        *,
        mounts: Mapping[Path, str] | None = None,
        keep: bool = False,
    ) -> Host:
        """A pristine host of an environment, to be entered with ``with``.

        Args:
            environment: Which Podman.
            image_for: A name of extra packages, ``"notebooks"`` or ``"browser"``.
            mounts: Outer paths and where the host sees them, read-only.
            keep: Leave it running; ``Host.way_in`` tells how to get in, and `lab clean` removes it.

        Raises:
            RecetarioError: There is no such extra, or its image cannot be built.
        """
        key = (environment.suite, image_for)
        if key not in self._images:
            image = image_of(environment, image_for)
            self._images[key] = ensure_images(self._machine, [image], self._progress)[image]
        self._made += 1
        labels = ("recetario=host", f"recetario.run={self.id}", f"recetario.lock={self._lock.lock_file}")
        start = Start(
            name=f"recetario-{self.id}-{self._made}",
            image=self._images[key],
            labels=(*labels, "recetario.keep=yes") if keep else labels,
            exchange=self._folder / str(self._made),
            mounts=mounts or {},
            keep=keep,
        )
        return Host(self._machine, environment, start)


def remove_orphans(machine: Machine) -> None:
    """Remove the hosts, and half-made images' containers, of runs whose lock is free; kept hosts stay."""
    form = '{{.ID}} {{index .Labels "recetario.lock"}} {{index .Labels "recetario.keep"}}'
    said = machine.podman("ps", "--all", "--filter", "label=recetario.lock", "--format", form)
    locks = [line.split() for line in said.stdout.splitlines()]
    over = [words[0] for words in locks if words[2:] != ["yes"] and _is_free(Path(words[1]))]
    if over:
        machine.podman("rm", "--force", "--time", "0", *over, check=False)


def _is_free(lock_file: Path) -> bool:
    if not lock_file.exists():
        return True
    lock = FileLock(lock_file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    lock.release()
    return True


def _hosts(machine: Machine, label: str) -> list[str]:
    return machine.podman("ps", "--all", "--quiet", "--filter", f"label={label}").stdout.split()


def _remove_hosts(machine: Machine, label: str) -> None:
    keep = set(_hosts(machine, "recetario.keep=yes"))
    over = [host for host in _hosts(machine, label) if host not in keep]
    if over:
        machine.podman("rm", "--force", "--time", "0", *over, check=False)
