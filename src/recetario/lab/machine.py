"""Find out what the outer machine is, and run its Podman in a way that suits it.

Nothing under /etc or in the user's home is touched: the settings that lab hosts need are in a private file of the state
folder, named to each Podman command by ``CONTAINERS_CONF``.
"""

from __future__ import annotations

import functools
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from recetario.errors import RecetarioError
from recetario.workspace import Workspace

__all__ = ["KEYRING", "Machine", "Progress"]

Progress = Callable[[str], None]
"""Called with one line of text whenever something that takes a while begins or ends."""

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_TOOLS = {"podman": "podman", "mmdebstrap": "mmdebstrap", "runc": "runc"}
_SERVE = "Reading the recipes and building the site needs none of this: python3 noxfile.py -s serve"


@dataclass(frozen=True)
class Machine:
    """The outer machine, seen from one clone of the repository.

    Attributes:
        top: The repository's folder.
    """

    top: Path
    _children: set[subprocess.Popen[str]] = field(default_factory=set, init=False, repr=False, compare=False)

    @property
    def state(self) -> Path:
        """The lab's own folder, ignored by git."""
        return Workspace(self.top).lab

    @property
    def build_lock(self) -> Path:
        """Held while images are built."""
        return self.state / "build.lock"

    @property
    def has_tools(self) -> bool:
        """Whether everything that the lab needs of the outer machine is installed."""
        return all(_packages().values())

    @functools.cached_property
    def sudo(self) -> tuple[str, ...]:
        """What comes before a command that needs root; nothing when we are root.

        Raises:
            RecetarioError: We are not, and cannot become it without a password.
        """
        if os.geteuid() == 0:
            return ()
        if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
            return ("sudo", "-n")
        raise RecetarioError(
            "The lab needs root, or sudo that asks for no password: its hosts are privileged containers.",
            "Become root, or run `sudo -v` first, and try again.",
            f"It also needs, on Debian or Ubuntu: apt-get install {' '.join(sorted(_packages()))}",
            _SERVE,
        )

    @functools.cached_property
    def podman_prefix(self) -> tuple[str, ...]:
        """The outer Podman as a command line to which arguments are added."""
        conf = self.state / "containers.conf"
        conf.parent.mkdir(parents=True, exist_ok=True)
        wanted = outer_settings(systemd=Path("/run/systemd/system").is_dir(), limit=_hard_limit)
        if not conf.exists() or conf.read_text("utf-8") != wanted:
            fresh = conf.with_suffix(f".{os.getpid()}")
            fresh.write_text(wanted, "utf-8")
            fresh.replace(conf)
        return (*self.sudo, "env", f"CONTAINERS_CONF={conf}", "PODMAN_IGNORE_CGROUPSV1_WARNING=1", "podman")

    def run(self, command: Sequence[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of the outer machine to its end.

        Raises:
            RecetarioError: It failed, and ``check`` is true; the error has the last lines of what it said.
        """
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self._children.add(process)
        try:
            stdout, stderr = process.communicate()
        except BaseException:  # Ctrl-C; what it was making must not appear after we have cleaned up
            process.terminate()
            process.wait()
            raise
        finally:
            self._children.discard(process)
        if check and process.returncode:
            words = [word for word in command if word not in self.sudo and "=" not in word and word != "env"]
            said = "\n  ".join(stderr.strip().splitlines()[-12:]) or "nothing"
            raise RecetarioError(f"`{' '.join(words[:2])}` ended with status {process.returncode}.", f"It said: {said}")
        return subprocess.CompletedProcess(list(command), process.returncode, stdout, stderr)

    def podman(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the outer Podman to its end, like ``run``."""
        return self.run([*self.podman_prefix, *arguments], check=check)

    @contextmanager
    def ending_children(self) -> Iterator[None]:
        """End what ``run`` has started in other threads when the block is left by an exception, Ctrl-C included."""
        try:
            yield
        except BaseException:
            for process in list(self._children):
                process.terminate()
            raise

    def remove_folder(self, folder: Path) -> None:
        """Remove a folder in which hosts wrote, as root where we are not."""
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            subprocess.run([*self.sudo, "rm", "-rf", "--", str(folder)], check=False)

    def ensure_tools(self, progress: Progress) -> None:
        """Install what the lab needs of the outer machine and does not find, with apt-get.

        Raises:
            RecetarioError: There is no root and no sudo, or no apt-get, or it failed.
        """
        missing = sorted(package for package, there in _packages().items() if not there)
        if not missing:
            return
        if not shutil.which("apt-get"):
            raise RecetarioError(
                f"The lab needs {', '.join(missing)} (Debian's names), and this machine has no apt-get.",
                "Install them with its own package manager, and try again.",
                _SERVE,
            )
        progress(f"installing {' '.join(missing)}")
        apt = [*self.sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"]
        try:
            self.run([*apt, "update"])
            self.run([*apt, "install", "--no-install-recommends", *missing])
        except RecetarioError as error:
            raise RecetarioError(
                f"Installing {' '.join(missing)} failed: {error.what}",
                *error.todo,
                "Install them by hand and try again.",
                _SERVE,
            ) from None


def outer_settings(*, systemd: bool, limit: Callable[[int], int]) -> str:
    """The private containers.conf of the outer Podman.

    Args:
        systemd: The machine was started by systemd, which then manages cgroups.
        limit: The current hard limit of a resource: no container may be given more where root lacks CAP_SYS_RESOURCE.
    """
    files = min(limit(resource.RLIMIT_NOFILE), 16384)
    processes = min(limit(resource.RLIMIT_NPROC), 16384)
    lines = [
        "[containers]",
        f'default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]',
        "pids_limit = 0",  # where cgroups are hybrid, setting one fails
        "[engine]",
        'events_logger = "none"',
        'runtime = "runc"',  # crun refuses hybrid cgroups; and hosts are spoken to through runc itself
    ]
    if not systemd:
        lines.append('cgroup_manager = "cgroupfs"')
    return "\n".join(lines) + "\n"


def _hard_limit(which: int) -> int:
    hard = resource.getrlimit(which)[1]
    return 16384 if hard == resource.RLIM_INFINITY else hard


def _packages() -> dict[str, bool]:
    """Debian packages that the outer machine must have, and whether it has them."""
    there = {
        package: shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin") is not None
        for tool, package in _TOOLS.items()
    }
    return there | {"debian-archive-keyring": KEYRING.exists()}
