"""A lab host: a whole small machine with the Podman of one environment, pristine, gone when it is left."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Self

from recetario.book.environments import Environment, load_environments
from recetario.errors import RecetarioError
from recetario.lab.images import HOST_OPTIONS
from recetario.lab.known import Known
from recetario.lab.machine import Machine
from recetario.lab.state import leaks, normalise_state

__all__ = ["EXCHANGE", "Host", "Start"]

EXCHANGE = "/run/recetario"
_READY_S = 30.0
_SNAPSHOT = resources.files("recetario.lab").joinpath("scripts", "snapshot").read_text("utf-8")
_HOMES = {"root": "/root", "reader": "/home/reader"}
_IDS = {"root": "0:0", "reader": "1000:1000"}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Start:
    """How to start a host.

    Attributes:
        name: The container's name on the outer machine.
        image: Id of the image.
        labels: Whose it is.
        exchange: The outer folder that is seen inside at EXCHANGE; made here, removed with the host.
        mounts: Outer paths and where they are seen inside, read-only.
        keep: Leave the host running when its block is left.
    """

    name: str
    image: str
    labels: tuple[str, ...]
    exchange: Path
    mounts: Mapping[Path, str]
    keep: bool


class Host:
    """A running lab host; a context manager that starts it, ready for its first command, and removes it.

    Attributes:
        environment: What it is a host of.
        versions: What is in use there: ``{"podman": "5.4.2", "netavark": "1.14.0", "runtime": "runc 1.1.15", ...}``.
        pristine: The state of a host in which nothing was done yet.
        residue: What Podman itself leaves there after any container and network.
    """

    def __init__(self, machine: Machine, environment: Environment, start: Start, known: Known | None = None) -> None:
        self.environment = environment
        self.versions: dict[str, str] = known.versions if known else {}
        self.pristine: frozenset[str] = known.pristine if known else frozenset()
        self.residue: frozenset[str] = known.residue if known else frozenset()
        self._machine = machine
        self._start = start
        self._container = ""

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        if not self._start.keep:
            self.remove()

    @property
    def exchange(self) -> Path:
        """The outer folder that the host sees at EXCHANGE; every user inside may write there."""
        return self._start.exchange

    @property
    def way_in(self) -> str:
        """A command line for a person to get into a host that was kept."""
        return shlex.join(self.argv(["bash"], terminal=True))

    @property
    def way_out(self) -> str:
        """A command line that removes a host that was kept."""
        return shlex.join([*self._machine.sudo, "podman", "rm", "--force", "--time", "0", self._start.name])

    def argv(self, command: Sequence[str], *, user: str | None = None, terminal: bool = False) -> list[str]:
        """The command line that, on the outer machine, runs a command inside; for a host that was entered.

        Standard input, output and error are the caller's. The environment is made afresh: nothing of the outer
        machine's is in it, nor of the container's.

        Args:
            command: What to run, in the user's home.
            user: ``root`` or ``reader``; without it the environment's.
            terminal: Ask for a terminal; what runs may then use colours.
        """
        user = user or self.environment.user
        variables = {
            "HOME": _HOMES[user],
            "USER": user,
            "LOGNAME": user,
            "SHELL": "/bin/bash",
            "PATH": _PATH,
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "xterm" if terminal else "dumb",
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",  # the outer machine's business, not a recipe's
        }
        # A login session would set it; `sudo -i` leaves root without. With it, Podman 3.0 as root leaves networks
        # behind: what cleans up after a container has not got it, and dnsname then looks for its files elsewhere.
        if user != "root":
            variables["XDG_RUNTIME_DIR"] = "/run/user/1000"
        # Podman would do the same in 130 ms, runc does it in 20.
        return [
            *(*self._machine.sudo, "runc", "exec", "--user", _IDS[user], "--cwd", _HOMES[user]),
            *(["--tty"] if terminal else []),
            *(self._container, "env", "--ignore-environment"),
            *(f"{name}={value}" for name, value in variables.items()),
            *command,
        ]

    def run(
        self, command: Sequence[str], user: str | None = None, timeout_s: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end, without standard input.

        Raises:
            subprocess.TimeoutExpired: It took longer. What it started inside may go on until the host is removed.
        """
        return subprocess.run(
            self.argv(command, user=user),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
        )

    def snapshot(self) -> frozenset[str]:
        """What is in the host now, one "KIND NAME" line each.

        Kinds are container, pod, network, volume, interface, firewall, process and file; what asks is not among them.
        Equal states give equal sets: see ``state.normalise_state``.

        Raises:
            RecetarioError: The host does not answer, as when something in it ended everything.
        """
        done = self.run(["bash", "-c", _SNAPSHOT], user="root")
        if done.returncode:
            raise RecetarioError(
                f"The host of {self.environment.id} does not tell what is in it: status {done.returncode}.",
                f"It said: {done.stderr.strip()}",
            )
        return normalise_state(done.stdout)

    def leaks(self, settle_s: float = 3.0) -> list[str]:
        """What was left in the host beside Podman's own residue, and what is no longer there; see ``state.leaks``.

        Args:
            settle_s: Podman cleans up behind our back: how long a leak may take to go away.
        """
        limit = time.monotonic() + settle_s
        while (found := leaks(self.pristine, self.snapshot(), self.residue)) and time.monotonic() < limit:
            time.sleep(0.1)
        return found

    def remove(self) -> None:
        """End everything that runs inside, and remove the host."""
        self._machine.podman("rm", "--force", "--time", "0", self._start.name, check=False)
        self._machine.remove_folder(self.exchange)

    def _begin(self) -> None:
        start = self._start
        start.exchange.mkdir(parents=True)
        start.exchange.chmod(0o777)
        # Said only where the image has a choice: elsewhere Podman is left as Debian ships it.
        backends = {other.backend for other in load_environments() if other.suite == self.environment.suite}
        backend = self.environment.backend if len(backends) > 1 else ""
        options = [
            *("--detach", "--name", start.name, *(f"--label={label}" for label in start.labels)),
            *(*HOST_OPTIONS, "--env", f"RECETARIO_BACKEND={backend}"),
            *("--volume", f"{start.exchange}:{EXCHANGE}"),
            *(f"--volume={outer}:{inner}:ro" for outer, inner in start.mounts.items()),
        ]
        self._container = self._machine.podman("run", *options, start.image).stdout.strip()
        limit = time.monotonic() + _READY_S
        # A file in a shared folder: asking inside, again and again, would slow the boot down.
        while not (start.exchange / "ready").exists():
            if (start.exchange / "failed").exists() or time.monotonic() > limit:
                raise self._did_not_start()
            time.sleep(0.004)

    def _did_not_start(self) -> RecetarioError:
        log = self._machine.podman("logs", "--tail", "12", self._start.name, check=False)
        said = "\n  ".join((log.stdout + log.stderr).strip().splitlines()) or "nothing"
        return RecetarioError(
            f"A host for {self.environment.id} did not get ready.",
            f"It said: {said}",
            "Build the lab afresh and try again: recetario lab clean, then recetario lab build",
        )
