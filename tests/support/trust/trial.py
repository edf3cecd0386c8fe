"""A clone in which only one thing is tried at a time, and what must not be left in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
END_S = 300.0  # longer than this means that a command hangs, even while others use the machine


class Trial:
    """A clone, and a folder for temporary files, in which nothing else runs.

    Attributes:
        clone: Its top folder. The code that runs is the clone's.
        temporary: The folder for temporary files.
        mounts: Where this session has mounted something, which the tool need not remove.
    """

    def __init__(self, clone: Path, temporary: Path) -> None:
        self.clone = clone
        self.temporary = temporary
        self.mounts: set[Path] = set()
        self._tools: list[subprocess.Popen[str]] = []

    def tool(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start the tool, as the leader of a process group.

        Args:
            arguments: Its command line.
            environment: Environment variables that differ from those of this process.
        """
        own = {"TMPDIR": str(self.temporary), "PYTHONPATH": str(self.clone / "src")}
        tool = subprocess.Popen(
            [sys.executable, "-m", "recetario", *arguments],
            cwd=self.clone,
            env=os.environ | own | dict(environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or it stays ignored, if it is here
        )
        self._tools = [*(other for other in self._tools if other.poll() is None), tool]
        return tool

    def run(
        self, *arguments: str, environment: Mapping[str, str] | None = None, limit_s: float = END_S
    ) -> tuple[int, str]:
        """Run the tool to its end; return its exit status, and what it printed."""
        return self.finish(self.tool(*arguments, environment=environment), limit_s)

    def finish(self, tool: subprocess.Popen[str], limit_s: float = END_S) -> tuple[int, str]:
        """Wait for the end of a tool; return its exit status, and what it printed."""
        try:
            text = tool.communicate(timeout=limit_s)[0]
        except subprocess.TimeoutExpired:
            kill_all(tree(tool.pid))
            text = f"{tool.communicate()[0]}\nIt did not end within {limit_s:g} s.\n"
        return tool.returncode, text

    def stop(self) -> None:
        """Interrupt the tools that are running, and wait until they have removed their hosts."""
        for tool in self._tools:
            if tool.poll() is None:
                os.killpg(tool.pid, signal.SIGINT)
                tool.communicate()

    def succeed(self, *arguments: str) -> None:
        """Run the tool to its end, which is an exit status of 0, or this session ends."""
        status, text = self.run(*arguments)
        if status:
            sys.exit(text)

    def after(self, environment: str) -> Iterator[str]:
        """Run the next command, and say what is wrong then, one sentence each."""
        status, text = self.run("lab", "build", environment)
        if status:
            yield f"the next command ended with status {status}: {text.strip()[-500:]}"
        yield from self.left()

    def left(self) -> Iterator[str]:
        """What is left of a replay, one sentence each."""
        yield from (f"container {container[:12]} is left" for container in self.containers())
        yield from (f"process {pid} is left: {command(pid)}" for pid in self.processes())
        # Podman itself leaves a file with a number as its name if the disk is full.
        temporary = [path for path in self.temporary.iterdir() if not re.match(r"pytest-of-|\d+$", path.name)]
        yield from (f"{path} is left" for path in temporary)
        yield from (f"{path} is left" for path in (self.clone / ".recetario" / "lab" / "runs").glob("*"))
        yield from (f"{path} is unfinished" for path in self.clone.rglob(".*.[0-9]*") if path.suffix[1:].isdecimal())
        yield from (f"{place} is mounted" for place in mounted(self.clone) if place not in self.mounts)
        replays = (self.clone / ".recetario" / "replays").rglob("*.ipynb")
        yield from (f"{path} is half-written" for path in replays if not _is_json(path))
        yield from (f"git: {line}" for line in output("git", "-C", str(self.clone), "status", "-s").splitlines())

    def containers(self) -> list[str]:
        """The ids of the hosts of this clone."""
        form = '{{.ID}} {{index .Labels "recetario.lock"}}'
        lines = output("podman", "ps", "--all", "--no-trunc", "--format", form).splitlines()
        return [line.split()[0] for line in lines if f" {self.clone}/" in line]

    def processes(self) -> list[int]:
        """The processes that have our folder for temporary files in their environment."""
        mark = f"TMPDIR={self.temporary}".encode()
        return [pid for pid in pids() if mark in _read(f"/proc/{pid}/environ").split(b"\0")]


def update_clone(folder: Path) -> Path:
    """A clone of the last commit of this clone, with what it knows of its lab."""
    for place in mounted(folder):  # by a session that was killed
        subprocess.run(["umount", str(place)], check=True)
    if not (folder / "mkdocs.yml").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", "--shared", str(TOP), str(folder)], check=True)
    git = ("git", "-C", str(folder))
    subprocess.run([*git, "fetch", "--quiet", str(TOP), "HEAD"], check=True)
    subprocess.run([*git, "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"], check=True)
    known = Path(".recetario", "lab", "known")
    if (TOP / known).is_dir():  # learning it takes longer than ten kills
        shutil.copytree(TOP / known, folder / known, dirs_exist_ok=True)
    return folder


def commit_of(clone: Path) -> str:
    """The commit of a clone, abbreviated."""
    return output("git", "-C", str(clone), "rev-parse", "--short=12", "HEAD").strip()


def tracebacks(text: str) -> list[str]:
    """The last line of each traceback, of Python and of pytest."""
    python = re.findall(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(.*)", text, re.MULTILINE)
    return python + re.findall(r"^E +([\w.]+(?:Error|Exception|Interrupt)\b.*)", text, re.MULTILINE)


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    children = [int(child) for child in output("pgrep", "--parent", str(pid)).split()]
    return [pid, *(descendant for child in children for descendant in tree(child))]


def parent(pid: int) -> int:
    """The parent of a process; 0 if it has ended."""
    found = re.search(rb"^PPid:\s+(\d+)", _read(f"/proc/{pid}/status"), re.MULTILINE)
    return int(found[1]) if found else 0


def kill_all(victims: list[int]) -> None:
    """Kill processes; some may have ended already."""
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def pids() -> list[int]:
    """All processes."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def command(pid: int) -> str:
    """The command line of a process; empty if it has ended."""
    return _read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace")


def output(*words: str) -> str:
    """What a command prints."""
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def mounted(folder: Path) -> list[Path]:
    """Where something is mounted at or below a folder, the innermost first."""
    places = [Path(line.split()[1]) for line in Path("/proc/mounts").read_text().splitlines()]
    return sorted((place for place in places if place.is_relative_to(folder)), reverse=True)


def _read(path: str) -> bytes:
    with contextlib.suppress(OSError):
        return Path(path).read_bytes()
    return b""


def _is_json(path: Path) -> bool:
    with contextlib.suppress(ValueError):
        json.loads(path.read_text("utf-8"))
        return True
    return False
