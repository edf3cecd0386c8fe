"""A lab host: a container that acts as a small machine with the Podman of one environment. Each is used once."""

from __future__ import annotations

import contextlib
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Self

from recetario.book.environments import Environment, load_environments
from recetario.book.needs import SYSTEMD, load_needs
from recetario.errors import RecetarioError
from recetario.lab.images import HOST_OPTIONS, SYSTEMD_OPTIONS
from recetario.lab.known import Known
from recetario.lab.machine import Machine
from recetario.lab.state import leaks, normalise_state

__all__ = ["EXCHANGE", "Host", "Start"]

EXCHANGE = "/run/recetario"
_BOOT_SYSTEMD = "/usr/lib/recetario/world/boot"
_READY_S = 60.0  # it takes 1.5 s with firewalld; 30 s were too few once, beside seven others on two cores
_SHUTDOWN_S = 30.0
_LOOK_S = 1.0  # looking whether the host is still running takes 0.1 s, and a boot takes less than a second
_REBUILD = "Rebuild the lab and try again: recetario lab clean, then recetario lab build"
_BUSY = "Is this machine very busy, or its disk? Try again when it isn't."
_KILLED = "Was it killed, or was there no memory left? Try again."
_SNAPSHOT = resources.files("recetario.lab").joinpath("scripts", "snapshot").read_text("utf-8")
_HOMES = {"root": "/root", "reader": "/home/reader"}
_IDS = {"root": "0:0", "reader": "1000:1000"}
_RUNTIME = "/run/user/1000"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Start:
    """How to start a host.

    Attributes:
        name: The container's name on the outer machine.
        image: Id of the image.
        needs: What the host has beyond a plain one.
        without: What it has not, of what the lab adds to a plain Debian.
        labels: Labels of the container, which say whose it is.
        exchange: The folder on the outer machine that is mounted at EXCHANGE; created and removed with the host.
        mounts: Read-only mounts: paths inside the host, by path on the outer machine.
        keep: Do not remove the host at the end of its ``with`` block.
    """

    name: str
    image: str
    needs: tuple[str, ...]
    without: tuple[str, ...]
    labels: tuple[str, ...]
    exchange: Path
    mounts: Mapping[Path, str]
    keep: bool


class Host:
    """A running lab host; a context manager that starts it, waits until it is ready, and removes it.

    Attributes:
        environment: Its environment.
        versions: The versions in use: ``{"podman": "5.4.2", "netavark": "1.14.0", "runtime": "runc 1.1.15", ...}``.
        pristine: The state of a host that has just started, as lines "KIND NAME".
        residue: What Podman itself leaves behind after any container and network, as lines "KIND NAME".
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

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        try:
            # Whatever failed in a host that has ended failed for that reason.
            if isinstance(error, RecetarioError) and (end := self._how_ended()):
                raise RecetarioError(f"The host for {self.environment.id} {end}.", _KILLED, str(error)) from None
        finally:
            if not self._start.keep:
                self.remove()

    @property
    def needs(self) -> tuple[str, ...]:
        """What it has beyond a plain host."""
        return self._start.needs

    @property
    def exchange(self) -> Path:
        """The folder on the outer machine that the host has at EXCHANGE; every user inside may write there."""
        return self._start.exchange

    @property
    def kept(self) -> bool:
        """Whether the host stays after its ``with`` block."""
        return self._start.keep

    @property
    def enter_command(self) -> str:
        """The command line that opens a shell in a kept host."""
        return shlex.join(self.argv(["bash"], terminal=True))

    @property
    def remove_command(self) -> str:
        """The command line that removes a kept host."""
        return shlex.join([*self._machine.sudo, "podman", "rm", "--force", "--time", "0", self._start.name])

    def argv(self, command: Sequence[str], *, user: str | None = None, terminal: bool = False) -> list[str]:
        """The command line on the outer machine that runs a command inside; only for a host that has started.

        Standard input, output and error are passed through. The command gets a new set of environment variables,
        with nothing from the outer machine or from the container.

        Args:
            command: What to run, in the user's home folder.
            user: ``root`` or ``reader``; by default the user of the environment.
            terminal: Allocate a terminal; the command may then print colours.
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
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",  # about the outer machine, so no recipe should print it
        }
        # A login session sets it for users; `sudo -i` does not set it for root. If root had it, Podman 3.0 would leave
        # networks behind: the process that cleans up after a container does not get the variable, so dnsname looks
        # for its files in another folder.
        if user != "root":
            variables["XDG_RUNTIME_DIR"] = _RUNTIME
            if SYSTEMD in self._start.needs:
                variables["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={_RUNTIME}/bus"
        # `podman exec` takes 130 ms, `runc exec` 20 ms.
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
        """Run a command inside and wait for it; its standard input is empty.

        Raises:
            RecetarioError: It took longer than ``timeout_s``. Its processes inside may still be running.
        """
        try:
            return subprocess.run(
                self.argv(command, user=user),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_s,
            )
        except subprocess.TimeoutExpired:
            first_line = " ".join(command).partition("\n")[0]
            raise RecetarioError(
                f"`{first_line}` took longer than {timeout_s:.0f} s in a host for {self.environment.id}.",
                _BUSY,
            ) from None

    def snapshot(self) -> frozenset[str]:
        """What exists in the host now, as lines "KIND NAME".

        Kinds are container, pod, network, volume, interface, firewall, process and file. The processes that take the
        snapshot are left out. Equal states give equal sets: see ``state.normalise_state``.

        Raises:
            RecetarioError: The snapshot failed, for example because a process in the host killed all others.
        """
        result = self.run(["bash", "-c", _SNAPSHOT], user="root")
        if result.returncode:
            raise RecetarioError(
                f"Taking a snapshot of the host for {self.environment.id} failed with status {result.returncode}.",
                f"It said: {result.stderr.strip()}",
            )
        return normalise_state(result.stdout)

    def leaks(self, settle_s: float = 3.0) -> list[str]:
        """What was left in the host except Podman's own residue, and what has disappeared; see ``state.leaks``.

        Args:
            settle_s: How long to wait for leaks to go away: Podman goes on cleaning up after its commands have ended.
        """
        deadline = time.monotonic() + settle_s
        while (lines := leaks(self.pristine, self.snapshot(), self.residue)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return lines

    def remove(self) -> None:
        """Kill all processes inside, and remove the host and its exchange folder."""
        self._machine.podman("rm", "--force", "--volumes", "--time", "0", self._start.name, check=False)
        self._machine.remove_folder(self.exchange)

    def reboot(self) -> None:
        """Wait until the host, which is shutting down, has ended, and start it again; what is on disk stays.

        Raises:
            RecetarioError: It did not end, or did not become ready again.
        """
        deadline = time.monotonic() + _SHUTDOWN_S
        while not self._how_ended():
            if time.monotonic() > deadline:
                raise self._start_error(f"did not shut down within {_SHUTDOWN_S:.0f} s", _REBUILD)
            time.sleep(0.02)
        (self.exchange / "ready").unlink()
        self._machine.podman("start", self._start.name)
        self._wait()

    def _begin(self) -> None:
        start = self._start
        start.exchange.mkdir(parents=True)
        start.exchange.chmod(0o777)
        # Set only if the image has both backends: otherwise Podman stays as Debian ships it.
        backends = {other.backend for other in load_environments() if other.suite == self.environment.suite}
        backend = self.environment.backend if len(backends) > 1 else ""
        with_systemd = SYSTEMD in start.needs
        units = [unit for need in start.needs for unit in load_needs()[need].units]
        options = [
            *("--detach", "--name", start.name, *(f"--label={label}" for label in start.labels)),
            *(SYSTEMD_OPTIONS if with_systemd else HOST_OPTIONS),
            *("--env", f"RECETARIO_BACKEND={backend}", "--env", f"RECETARIO_UNITS={' '.join(units)}"),
            *("--env", f"RECETARIO_WITHOUT={' '.join(start.without)}"),
            *("--volume", f"{start.exchange}:{EXCHANGE}"),
            *(f"--volume={outer}:{inner}:ro" for outer, inner in start.mounts.items()),
        ]
        command = [_BOOT_SYSTEMD] if with_systemd else []
        self._container = self._machine.podman("run", *options, start.image, *command).stdout.strip()
        self._wait()

    def _wait(self) -> None:
        """Wait until the host is ready."""
        deadline = time.monotonic() + _READY_S
        look_again = time.monotonic() + _LOOK_S
        # Boot creates a file in the shared folder: polling with commands inside would slow the boot down.
        while not (self.exchange / "ready").exists():
            if (self.exchange / "failed").exists():
                raise self._start_error("did not become ready", _REBUILD)
            if time.monotonic() > deadline:
                raise self._start_error(f"did not become ready within {_READY_S:.0f} s", _BUSY)
            if time.monotonic() > look_again:
                if end := self._how_ended():
                    raise self._start_error(end, _KILLED)
                look_again = time.monotonic() + _LOOK_S
            time.sleep(0.004)

    def _start_error(self, what: str, todo: str) -> RecetarioError:
        log = self._machine.podman("logs", "--tail", "12", self._start.name, check=False)
        failed = self.exchange / "failed"  # systemd keeps what its units print to itself
        said = log.stdout + log.stderr + (failed.read_text() if failed.exists() else "")
        lines = "\n  ".join(dict.fromkeys(said.strip().splitlines())) or "nothing"
        return RecetarioError(
            f"The host for {self.environment.id} {what}.",
            f"It said: {lines}",
            todo,
        )

    def _how_ended(self) -> str:
        """How the host ended, such as "was killed by SIGKILL"; empty while it is running."""
        for _ in range(20):
            form = "{{.State.Status}} {{.State.Pid}} {{.State.ExitCode}}"
            shown = self._machine.podman("container", "inspect", "--format", form, self._start.name, check=False)
            if shown.returncode:
                return "was removed" if "no such container" in shown.stderr.lower() else ""
            status, pid, code = shown.stdout.split()
            if status in ("exited", "stopped"):
                return _describe_status(int(code))
            if Path("/proc", pid).exists():
                return ""
            time.sleep(0.1)  # Podman has not been told yet
        return "ended"


def _describe_status(status: int) -> str:
    """What the exit status of a host's main process means; a shell adds 128 to the number of a signal."""
    with contextlib.suppress(ValueError):
        return f"was killed by {signal.Signals(status - 128).name}"
    return f"ended with status {status}"
