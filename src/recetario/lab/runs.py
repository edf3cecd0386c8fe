"""Give each lab host an owner: a run holds a lock and labels its hosts, so that leftovers of dead runs can be found."""

from __future__ import annotations

import itertools
import secrets
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from recetario.book.adjustments import check_without
from recetario.book.environments import Environment
from recetario.book.needs import SYSTEMD, check_needs, image_for, load_needs
from recetario.files import remove_leftovers, remove_unfinished, write_atomically
from recetario.lab.building import ensure_images
from recetario.lab.hosts import Host, Start
from recetario.lab.images import image_of
from recetario.lab.known import Known
from recetario.lab.learning import LEARNING_DIGEST, check_row, learn
from recetario.lab.machine import Machine, Progress
from recetario.workspace import find_top

__all__ = ["Run", "is_free", "remove_orphans", "uninterrupted"]


class Run:
    """A series of hosts with one owner; a context manager.

    Entering removes the hosts of runs that no longer hold their lock. Leaving removes the hosts of this run, except
    those to keep. Several threads may ask one run for hosts.

    Args:
        top: The project's top folder; by default found from the current folder upwards.
        progress: Called with one line of text when an image must be built or a host must be probed first.
    """

    def __init__(self, top: Path | None = None, progress: Progress = lambda line: None) -> None:
        self.id = secrets.token_hex(4)
        self._machine = Machine(top or find_top())
        self._progress = progress
        self._folder = self._machine.state / "runs" / self.id
        self._lock = FileLock(self._folder / "lock", thread_local=False)
        self._numbers = itertools.count(1)
        self._ready: dict[tuple[Environment, tuple[str, ...], tuple[str, ...]], tuple[str, Known]] = {}
        self._preparing = threading.Lock()

    def __enter__(self) -> Self:
        self._machine.ensure_tools(self._progress)
        with _starting(self._machine):
            self._folder.mkdir(parents=True)
            self._lock.acquire()
        remove_orphans(self._machine)
        return self

    def __exit__(self, *exception: object) -> None:
        with uninterrupted():
            kept = _hosts(self._machine, f"label=recetario.run={self.id}", "label=recetario.keep=yes")
            own = _hosts(self._machine, f"label=recetario.run={self.id}")
            _remove(self._machine, sorted(own - kept))
            self._lock.release()
            if not kept:  # kept hosts still need their exchange folders
                self._machine.remove_folder(self._folder)

    def host(
        self,
        environment: Environment,
        needs: Sequence[str] = (),
        *,
        without: Sequence[str] = (),
        mounts: Mapping[Path, str] | None = None,
        keep: bool = False,
    ) -> Host:
        """A pristine host of an environment, which a ``with`` statement starts.

        Args:
            environment: Which Podman, backend and mode.
            needs: What it has beyond a plain host, such as ``"browser"``; see ``book.needs``.
            without: What it has not, of what the lab adds to a plain Debian; see ``book.adjustments``.
            mounts: Read-only mounts: paths inside the host, by path on the outer machine.
            keep: Leave the host running, even after this run: see ``Host.enter_command`` and ``Host.remove_command``.

        Raises:
            RecetarioError: No host can have these needs, the image cannot be built, or a host made from it differs
                from its row in environments.toml.
        """
        check_needs(needs)
        check_without(without, needs)
        image_id, known = self._prepare(environment, tuple(needs), tuple(without))
        check_row(environment, known)
        start = self._start(environment, image_id, tuple(needs), tuple(without), mounts or {}, keep)
        return Host(self._machine, environment, start, known)

    def known(self, environment: Environment) -> Known:
        """The facts that are the same for every host of an environment; learned now if they are not known yet.

        Raises:
            RecetarioError: See ``host``.
        """
        known = self._prepare(environment)[1]
        check_row(environment, known)
        return known

    def _prepare(
        self, environment: Environment, needs: tuple[str, ...] = (), without: tuple[str, ...] = ()
    ) -> tuple[str, Known]:
        key = (environment, needs, without)
        if key not in self._ready:
            image = image_of(environment, image_for(needs))
            with self._preparing:
                image_id = ensure_images(self._machine, [image], self._progress)[image]
            self._ready[key] = (image_id, self._learn(environment, image_id, needs, without))
        return self._ready[key]

    def _learn(
        self, environment: Environment, image_id: str, needs: tuple[str, ...], without: tuple[str, ...]
    ) -> Known:
        """Read the saved facts about the environment's hosts, or start a host to learn and save them."""
        running = _running(needs)
        name = "-".join(
            (
                image_id[:16],
                LEARNING_DIGEST,
                environment.id,
                *sorted(running),
                *(f"no-{name}" for name in sorted(without)),
            )
        )
        file = self._machine.state / "known" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        with FileLock(file.with_suffix(".lock")):  # another process may be learning them
            if not file.exists():
                simplest = _leaving_the_same(environment, running)
                is_simplest = not without and (simplest, image_for(simplest)) == (running, image_for(needs))
                residue = None if is_simplest else self._prepare(environment, simplest)[1].residue
                self._progress(f"{environment.id}: learning what Podman leaves behind")
                start = self._start(environment, image_id, needs, without, {}, False)
                with Host(self._machine, environment, start) as host:
                    known = learn(host, residue)
                write_atomically(file, known.to_json().encode())
        return Known.from_json(file.read_text("utf-8"))

    def _start(
        self,
        environment: Environment,
        image_id: str,
        needs: tuple[str, ...],
        without: tuple[str, ...],
        mounts: Mapping[Path, str],
        keep: bool,
    ) -> Start:
        number = next(self._numbers)
        labels = (
            *("recetario=host", f"recetario.environment={environment.id}"),
            *(f"recetario.run={self.id}", f"recetario.lock={self._lock.lock_file}"),
        )
        return Start(
            name=f"recetario-{self.id}-{number}",
            image=image_id,
            needs=needs,
            without=without,
            labels=(*labels, "recetario.keep=yes") if keep else labels,
            exchange=self._folder / str(number),
            mounts=mounts,
            keep=keep,
        )


def _running(needs: Iterable[str]) -> tuple[str, ...]:
    """Those that run a program of their own in the host; others change nothing by being there."""
    return tuple(need for need in needs if load_needs()[need].runs_in_host)


def _leaving_the_same(environment: Environment, running: tuple[str, ...]) -> tuple[str, ...]:
    """The needs of the simplest hosts in which Podman leaves the same behind as in those where these run.

    Without systemd, no image makes a difference. With it, only a rootful Podman changes the rules of the host's
    firewall, which firewalld, ufw and Docker change, too.
    """
    return (SYSTEMD,) if environment.rootless and SYSTEMD in running else running


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore Ctrl-C, also in the programs that are started meanwhile: a second one would leave hosts behind.

    Only the main thread gets signals, so in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def remove_orphans(machine: Machine) -> None:
    """Remove what dead runs and builds left: hosts, containers of unfinished images, folders; but no kept hosts."""
    form = '{{.ID}} {{index .Labels "recetario.keep"}} {{index .Labels "recetario.lock"}}'
    listing = machine.podman("ps", "--all", "--filter", "label=recetario.lock", "--format", form)
    containers = [line.split(" ", 2) for line in listing.stdout.splitlines()]
    _remove(machine, [container for container, keep, lock in containers if keep != "yes" and is_free(Path(lock))])
    kept = {Path(lock).parent for _, keep, lock in containers if keep == "yes"}
    with _starting(machine):
        for folder in machine.state.glob("runs/*"):
            if folder not in kept and is_free(folder / "lock"):
                machine.remove_folder(folder)
    remove_leftovers()
    remove_unfinished(machine.state.parent)


def _starting(machine: Machine) -> FileLock:
    """The lock to hold while a run starts, when its folder exists and nobody holds the lock in it yet."""
    machine.state.mkdir(parents=True, exist_ok=True)
    return FileLock(machine.state / "starting.lock")


def is_free(lock_file: Path) -> bool:
    """Whether no process holds a lock; the operating system frees the lock of any process that ends."""
    try:
        if not lock_file.exists():
            return True
        lock = FileLock(lock_file)
        lock.acquire(blocking=False)
    except (Timeout, PermissionError):  # a lock of another user may be in use, so it counts as held
        return False
    lock.release()
    return True


def _hosts(machine: Machine, *filters: str) -> set[str]:
    options = [f"--filter={condition}" for condition in filters]
    return set(machine.podman("ps", "--all", "--quiet", *options).stdout.split())


def _remove(machine: Machine, hosts: list[str]) -> None:
    if hosts:
        machine.podman("rm", "--force", "--volumes", "--time", "0", *hosts, check=False)
