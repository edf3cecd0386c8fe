"""Run commands on the outer machine, the one that lab hosts are containers on, with settings that suit it.

Nothing in /etc or in the user's home folder is changed: the settings that lab hosts need are in a file in the lab's
folder, which each Podman command gets through ``CONTAINERS_CONF``.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import resource
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from recetario.errors import RecetarioError
from recetario.files import write_atomically
from recetario.workspace import Workspace

__all__ = ["KEYRING", "Machine", "Progress"]

_log = logging.getLogger(__name__)

Progress = Callable[[str], None]
"""Called with one line of text when something slow starts or ends."""

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_TOOLS = {"podman": "podman", "mmdebstrap": "mmdebstrap", "runc": "runc"}
_SERVE = "You don't need any of this to read the recipes or build the site: python3 noxfile.py -s serve"


@dataclass(frozen=True)
class Machine:
    """The outer machine, as used by one clone of the repository.

    Attributes:
        top: The repository's folder.
    """

    top: Path
    _children: set[subprocess.Popen[str]] = field(default_factory=set, init=False, repr=False, compare=False)

    @property
    def state(self) -> Path:
        """The lab's folder, which git ignores."""
        return Workspace(self.top).lab

    @property
    def build_lock(self) -> Path:
        """The lock that is held while images are built."""
        return self.state / "build.lock"

    @property
    def clone_label(self) -> str:
        """The label of images that this clone made: an id of its top folder."""
        return f"recetario.clone={hashlib.sha256(bytes(self.top.resolve())).hexdigest()[:12]}"

    @property
    def has_tools(self) -> bool:
        """Whether everything that the lab needs on the outer machine is installed."""
        return not _missing_packages()

    def require_tools(self) -> None:
        """Check that the lab's tools are installed, without installing any.

        Raises:
            RecetarioError: One of them is missing.
        """
        if missing := _missing_packages():
            raise RecetarioError(
                f"This machine has no lab: it lacks {', '.join(missing)}.",
                "Build it: python3 noxfile.py -s lab -- build",
            )

    @functools.cached_property
    def sudo(self) -> tuple[str, ...]:
        """What to put before a command that needs root; empty if this process is root.

        Raises:
            RecetarioError: This process is not root, and sudo is missing or asks for a password.
        """
        if os.geteuid() == 0:
            return ()
        if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
            return ("sudo", "-n")
        raise RecetarioError(
            "The lab needs root, or sudo without a password: its hosts are privileged containers.",
            "Become root, or run `sudo -v` first, and try again.",
            f"It also needs packages; on Debian or Ubuntu: apt-get install {' '.join(sorted(_packages()))}",
            _SERVE,
        )

    @functools.cached_property
    def podman_prefix(self) -> tuple[str, ...]:
        """The beginning of a command line that runs the outer Podman."""
        conf = self.state / "containers.conf"
        settings = outer_settings(systemd=Path("/run/systemd/system").is_dir(), limit=_hard_limit)
        if not conf.exists() or conf.read_text("utf-8") != settings:
            write_atomically(conf, settings.encode())
        return (*self.sudo, "env", f"CONTAINERS_CONF={conf}", "PODMAN_IGNORE_CGROUPSV1_WARNING=1", "podman")

    def run(self, command: Sequence[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command on the outer machine and wait for it.

        Raises:
            RecetarioError: It failed and ``check`` is true; the message has the last lines of its stderr.
        """
        _log.debug("%s", shlex.join(command))
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
        except BaseException:  # Ctrl-C, for example: wait, so that the command creates nothing after our cleanup
            process.terminate()
            process.wait()
            raise
        finally:
            self._children.discard(process)
        if check and process.returncode:
            name = [word for word in command if word not in self.sudo and "=" not in word and word != "env"][:2]
            lines = "\n  ".join(stderr.strip().splitlines()[-12:]) or "nothing"
            raise RecetarioError(f"`{' '.join(name)}` ended with status {process.returncode}.", f"It said: {lines}")
        return subprocess.CompletedProcess(list(command), process.returncode, stdout, stderr)

    def podman(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the outer Podman; see ``run``."""
        return self.run([*self.podman_prefix, *arguments], check=check)

    @contextmanager
    def ending_children(self) -> Iterator[None]:
        """Terminate what ``run`` has started in other threads if the block raises anything, Ctrl-C included."""
        try:
            yield
        except BaseException:
            for process in list(self._children):
                process.terminate()
            raise

    def remove_folder(self, folder: Path) -> None:
        """Remove a folder; files that hosts wrote as another user are removed with sudo."""
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            subprocess.run([*self.sudo, "rm", "-rf", "--", str(folder)], check=False)

    def ensure_tools(self, progress: Progress) -> None:
        """Install the packages that the lab needs and the outer machine does not have, with apt-get.

        Raises:
            RecetarioError: Neither root nor sudo is available, apt-get is missing, or apt-get failed.
        """
        missing = _missing_packages()
        if not missing:
            return
        if not shutil.which("apt-get"):
            raise RecetarioError(
                f"The lab needs {', '.join(missing)} (Debian's names), and this machine has no apt-get.",
                "Install them with your package manager and try again.",
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
        if not self.has_tools:
            raise RecetarioError(
                f"apt-get says that {' '.join(missing)} is installed, but its programs are missing.",
                f"Install them again: apt-get install --reinstall {' '.join(missing)}",
            )


def outer_settings(*, systemd: bool, limit: Callable[[int], int]) -> str:
    """The text of the containers.conf that the outer Podman uses.

    Args:
        systemd: Whether systemd is running; it then manages cgroups.
        limit: Returns the hard limit of a resource. Without CAP_SYS_RESOURCE, root can't give a container more.
    """
    files = min(limit(resource.RLIMIT_NOFILE), 16384)
    processes = min(limit(resource.RLIMIT_NPROC), 16384)
    lines = [
        "[containers]",
        f'default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]',
        "pids_limit = 0",  # setting a limit fails on hybrid cgroups
        "[engine]",
        'events_logger = "none"',
        'runtime = "runc"',  # crun refuses hybrid cgroups, and Host.argv calls runc directly
    ]
    if not systemd:
        lines.append('cgroup_manager = "cgroupfs"')
    return "\n".join(lines) + "\n"


def _hard_limit(which: int) -> int:
    hard = resource.getrlimit(which)[1]
    return 16384 if hard == resource.RLIM_INFINITY else hard


def _missing_packages() -> list[str]:
    """The Debian packages that the outer machine must have and does not have."""
    return sorted(package for package, installed in _packages().items() if not installed)


def _packages() -> dict[str, bool]:
    """Debian packages that the outer machine must have, and whether it has them."""
    installed = {
        package: shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin") is not None
        for tool, package in _TOOLS.items()
    }
    return installed | {"debian-archive-keyring": KEYRING.exists()}
