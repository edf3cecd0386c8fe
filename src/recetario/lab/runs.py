"""Own lab hosts: a run holds a lock and labels its hosts, so that whoever comes next can tell whose run is over."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from recetario.book.environments import Environment
from recetario.lab.building import ensure_images
from recetario.lab.hosts import Host, Start
from recetario.lab.images import Image, image_of
from recetario.lab.known import Known
from recetario.lab.learning import QUESTIONS, check_row, learn
from recetario.lab.machine import Machine, Progress
from recetario.workspace import find_top

__all__ = ["Run", "is_free", "remove_orphans"]

_STALE_S = 3600.0


class Run:
    """A series of hosts with one owner; a context manager.

    Entering removes the hosts of runs whose lock is free, and no others; leaving removes this run's own, but for those
    to keep. Several threads may ask one run for hosts.

    Args:
        top: The repository's folder; without it found from the current one upwards.
        progress: Told when an image has to be built, or a host to be got to know, first.
    """

    def __init__(self, top: Path | None = None, progress: Progress = lambda line: None) -> None:
        self.id = secrets.token_hex(4)
        self._machine = Machine(top or find_top())
        self._progress = progress
        self._folder = self._machine.state / "runs" / self.id
        self._lock = FileLock(self._folder / "lock", thread_local=False)
        self._numbers = itertools.count(1)
        self._ready: dict[tuple[Image, Environment], tuple[str, Known]] = {}
        self._preparing = threading.Lock()

    def __enter__(self) -> Self:
        self._machine.ensure_tools(self._progress)
        self._folder.mkdir(parents=True)
        self._lock.acquire()
        remove_orphans(self._machine)
        return self

    def __exit__(self, *exception: object) -> None:
        kept = _hosts(self._machine, f"label=recetario.run={self.id}", "label=recetario.keep=yes")
        own = _hosts(self._machine, f"label=recetario.run={self.id}")
        _remove(self._machine, sorted(own - kept))
        self._lock.release()
        if not kept:  # they still need their exchange folders
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
            keep: Leave it running, also after this run; ``Host.way_in`` and ``Host.way_out`` tell what to do with it.

        Raises:
            RecetarioError: There is no such extra, its image cannot be built, or a host made from it is not what the
                table of environments says.
        """
        image_id, known = self._prepare(environment, image_of(environment, image_for))
        check_row(environment, known)
        return Host(self._machine, environment, self._start(image_id, mounts or {}, keep), known)

    def known(self, environment: Environment) -> Known:
        """What is true of every host of an environment; learned first where nobody did.

        Raises:
            RecetarioError: As ``host``.
        """
        known = self._prepare(environment, image_of(environment))[1]
        check_row(environment, known)
        return known

    def _prepare(self, environment: Environment, image: Image) -> tuple[str, Known]:
        key = (image, environment)
        if key not in self._ready:
            with self._preparing:
                image_id = ensure_images(self._machine, [image], self._progress)[image]
            self._ready[key] = (image_id, self._learn(environment, image_id))
        return self._ready[key]

    def _learn(self, environment: Environment, image_id: str) -> Known:
        """Read what is known of the environment's hosts, or find it out on one."""
        file = self._machine.state / "known" / f"{image_id[:16]}-{QUESTIONS}-{environment.id}.json"
        file.parent.mkdir(exist_ok=True)
        with FileLock(file.with_suffix(".lock")):  # a test worker beside us may be at it
            if not file.exists():
                self._progress(f"{environment.id}: learning what Podman leaves behind")
                with Host(self._machine, environment, self._start(image_id, {}, keep=False)) as host:
                    fresh = file.with_suffix(".new")
                    fresh.write_text(learn(host).to_json(), "utf-8")
                fresh.replace(file)
        return Known.from_json(file.read_text("utf-8"))

    def _start(self, image_id: str, mounts: Mapping[Path, str], keep: bool) -> Start:
        number = next(self._numbers)
        labels = ("recetario=host", f"recetario.run={self.id}", f"recetario.lock={self._lock.lock_file}")
        return Start(
            name=f"recetario-{self.id}-{number}",
            image=image_id,
            labels=(*labels, "recetario.keep=yes") if keep else labels,
            exchange=self._folder / str(number),
            mounts=mounts,
            keep=keep,
        )


def remove_orphans(machine: Machine) -> None:
    """Remove what runs whose lock is free left: hosts, half-made images' containers, folders. Kept hosts stay."""
    form = '{{.ID}} {{index .Labels "recetario.keep"}} {{index .Labels "recetario.lock"}}'
    said = machine.podman("ps", "--all", "--filter", "label=recetario.lock", "--format", form)
    found = [line.split(" ", 2) for line in said.stdout.splitlines()]
    _remove(machine, [host for host, keep, lock in found if keep != "yes" and is_free(Path(lock))])
    kept = {Path(lock).parent for _, keep, lock in found if keep == "yes"}
    for lock in machine.state.glob("runs/*/lock"):
        # A lock that was made just now may be free for a moment: its owner has still to take it.
        if time.time() - lock.stat().st_mtime > _STALE_S and is_free(lock) and lock.parent not in kept:
            machine.remove_folder(lock.parent)


def is_free(lock_file: Path) -> bool:
    """Whether nobody holds a lock; the operating system frees it when a process ends, however it ends."""
    try:
        if not lock_file.exists():
            return True
        lock = FileLock(lock_file)
        lock.acquire(blocking=False)
    except (Timeout, PermissionError):  # another user's is not ours to judge
        return False
    lock.release()
    return True


def _hosts(machine: Machine, *filters: str) -> set[str]:
    asked = [word for condition in filters for word in ("--filter", condition)]
    return set(machine.podman("ps", "--all", "--quiet", *asked).stdout.split())


def _remove(machine: Machine, hosts: list[str]) -> None:
    if hosts:
        machine.podman("rm", "--force", "--time", "0", *hosts, check=False)
