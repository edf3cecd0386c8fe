"""Kill replays at random moments, and check that the next command leaves nothing of them.

``nox -s trust -- --kills 100``; as root. Each kill hits the tool (INT, TERM or KILL), a host, the kernel, or the Podman
inside. It works in a clone of its own, and a ledger there says where to go on after an interruption.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from recetario.files import temporary_folder, write_atomically
from recetario.workspace import Workspace

TOP = Path(__file__).resolve().parents[1]
TARGETS = ("tool INT", "tool TERM", "tool KILL", "host", "kernel", "inner podman")
CASES = (
    *(("dns-network", "3.0-cni-root"), ("dns-network", "4.3-cni-rootless")),
    *(("pod-names", "6.1-netavark-root"), ("dns-network", "6.1-netavark-rootless")),
)
END_S = 180.0


@dataclass(frozen=True)
class Kill:
    """One kill and what came of it.

    Attributes:
        number: Its number, which with the seed decides everything random.
        case: The recipe and the environment.
        target: One of TARGETS.
        after_s: When, since the tool was started.
        hit: Whether there was anything to kill before the replay ended.
        status: The exit status of the replay.
        problems: What was not as it should be, one sentence each.
    """

    number: int
    case: str
    target: str
    after_s: float
    hit: bool
    status: int
    problems: list[str]


class Trial:
    """A clone, and a folder for temporary files, in which nothing else runs."""

    def __init__(self, clone: Path, temporary: Path) -> None:
        self.clone = clone
        self.temporary = temporary
        self.replay_s = 0.0
        self._environment = os.environ | {"TMPDIR": str(temporary)}

    def tool(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the tool, as the leader of a process group."""
        return subprocess.Popen(
            [sys.executable, "-m", "recetario", *arguments],
            cwd=self.clone,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or it stays ignored, if it is here
        )

    def prepare(self) -> None:
        """Learn about hosts, which the first replays would do, and measure how long a replay takes."""
        for environment in dict.fromkeys(environment for _, environment in CASES):
            self._succeed("lab", "build", environment)
        start_s = time.monotonic()
        self._succeed("replay", CASES[-1][0], "--env", CASES[-1][1])
        self.replay_s = time.monotonic() - start_s

    def _succeed(self, *arguments: str) -> None:
        tool = self.tool(*arguments)
        text = tool.communicate()[0]
        if tool.returncode:
            sys.exit(text)

    def containers(self) -> list[str]:
        """The ids of the hosts of this clone."""
        form = '{{.ID}} {{index .Labels "recetario.lock"}}'
        lines = _output("podman", "ps", "--all", "--no-trunc", "--format", form).splitlines()
        return [line.split()[0] for line in lines if f" {self.clone}/" in line]

    def processes(self) -> list[int]:
        """The processes that have our folder for temporary files in their environment."""
        mark = f"TMPDIR={self.temporary}".encode()
        return [pid for pid in _pids() if mark in _read(f"/proc/{pid}/environ").split(b"\0")]

    def committed(self) -> str:
        """What git says about the files of the clone."""
        return _output("git", "-C", str(self.clone), "status", "--porcelain")

    def left(self) -> Iterator[str]:
        """What is left of a replay, one sentence each."""
        yield from (f"container {container[:12]} is left" for container in self.containers())
        yield from (f"process {pid} is left: {_command(pid)}" for pid in self.processes())
        yield from (f"{path} is left" for path in self.temporary.iterdir() if not path.name.startswith("pytest-of-"))
        yield from (f"{path} is left" for path in (self.clone / ".recetario" / "lab" / "runs").glob("*"))
        yield from (f"{path} is unfinished" for path in self.clone.rglob(".*.[0-9]*") if path.suffix[1:].isdecimal())
        yield from (f"{line.split()[1]} is mounted" for line in _mounts() if str(self.clone) in line)
        yield from (f"{path} is half-written" for path in self._replays() if not _is_json(path))
        yield from (f"git: {line}" for line in self.committed().splitlines())

    def _replays(self) -> Iterator[Path]:
        return (self.clone / ".recetario" / "replays").rglob("*.ipynb")


def run_kill(trial: Trial, seed: int, number: int) -> Kill:
    """Start a replay, kill, wait for its end, run the next command, and look around."""
    chance = random.Random(f"{seed}-{number}")
    slug, environment = chance.choice(CASES)
    target, after_s = chance.choice(TARGETS), round(chance.random() * trial.replay_s, 2)
    tool = trial.tool("replay", slug, "--env", environment)
    with contextlib.suppress(subprocess.TimeoutExpired):
        tool.wait(after_s)
    hit = _hit(trial, tool, target)
    problems = []
    try:
        text = tool.communicate(timeout=END_S)[0]
    except subprocess.TimeoutExpired:
        problems.append(f"the replay did not end within {END_S:g} s")
        _kill_all(_tree(tool.pid))
        text = tool.communicate()[0]
    problems += [f"it printed a traceback: {line}" for line in _tracebacks(text)]
    following = trial.tool("lab", "build", environment)
    following.communicate(timeout=END_S)
    if following.returncode:
        problems.append(f"the next command ended with status {following.returncode}")
    problems += trial.left()
    return Kill(number, f"{slug} on {environment}", target, after_s, hit, tool.returncode, problems)


def _hit(trial: Trial, tool: subprocess.Popen[str], target: str) -> bool:
    """Kill the target as soon as there is one; return whether there was one before the replay ended."""
    while tool.poll() is None:
        if target == "tool INT":
            os.killpg(tool.pid, signal.SIGINT)
            return True
        if target == "tool TERM":
            os.killpg(tool.pid, signal.SIGTERM)
            return True
        if pids := _victims(trial, tool.pid, target):
            return _kill_all(pids)
        time.sleep(0.02)
    return False


def _victims(trial: Trial, tool: int, target: str) -> list[int]:
    """The processes to kill: for the tool, its whole tree."""
    if target == "tool KILL":
        return _tree(tool)
    if target == "kernel":
        return [pid for pid in _tree(tool) if "recetario.kernel" in _command(pid)]
    hosts = [_output("podman", "inspect", "--format", "{{.State.Pid}}", host) for host in trial.containers()]
    mains = [int(pid) for pid in hosts if pid.strip() not in ("", "0")]
    if target == "host":
        return mains
    spaces = {_namespace(pid) for pid in mains} - {""}
    return [pid for pid in _pids() if _command(pid).startswith("podman ") and _namespace(pid) in spaces]


def _tree(pid: int) -> list[int]:
    children = [int(child) for child in _output("pgrep", "--parent", str(pid)).split()]
    return [pid, *(descendant for child in children for descendant in _tree(child))]


def _kill_all(pids: list[int]) -> bool:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return True


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _namespace(pid: int) -> str:
    """The PID namespace of a process; each host has one."""
    with contextlib.suppress(OSError):
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    return ""


def _command(pid: int) -> str:
    return _read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace")


def _read(path: str) -> bytes:
    with contextlib.suppress(OSError):
        return Path(path).read_bytes()
    return b""


def _mounts() -> list[str]:
    return Path("/proc/mounts").read_text().splitlines()


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _is_json(path: Path) -> bool:
    with contextlib.suppress(ValueError):
        json.loads(path.read_text("utf-8"))
        return True
    return False


def _tracebacks(text: str) -> list[str]:
    """The last line of each traceback, of Python and of pytest."""
    python = re.findall(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(.*)", text, re.MULTILINE)
    return python + re.findall(r"^E +([\w.]+(?:Error|Exception|Interrupt)\b.*)", text, re.MULTILINE)


def _clone(folder: Path) -> Path:
    """A clone of what is committed, made once; the code that runs is this folder's."""
    if not (folder / "mkdocs.yml").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", "--shared", str(TOP), str(folder)], check=True)
    return folder


def _report(kills: list[Kill]) -> None:
    print(f"{len(kills)} kills, {sum(kill.hit for kill in kills)} of them while there was something to kill:")
    for target, count in sorted(Counter(kill.target for kill in kills).items()):
        print(f"  {count:3} {target}")
    for kill in kills:
        for problem in kill.problems:
            print(f"kill {kill.number} ({kill.target} after {kill.after_s} s, {kill.case}): {problem}")


def main() -> int:
    """Kill as often as asked, from where the ledger ends; return an exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, help="By default that of the ledger, or a new one, which is printed.")
    parser.add_argument("--folder", type=Path, default=Workspace(TOP).trust, help="For the clone and the ledger.")
    options = parser.parse_args()
    ledger = options.folder / "ledger.json"
    data = json.loads(ledger.read_text()) if ledger.is_file() else {}
    if options.seed is not None and options.seed != data.get("seed"):
        data = {}
    seed = data.get("seed", options.seed if options.seed is not None else random.SystemRandom().randrange(10**6))
    kills = [Kill(**kill) for kill in data.get("kills", [])]
    print(f"seed {seed}, from kill {len(kills) + 1}", flush=True)
    with temporary_folder() as temporary:
        trial = Trial(_clone(options.folder / "clone"), temporary)
        trial.prepare()
        for number in range(len(kills) + 1, options.kills + 1):
            kills.append(run_kill(trial, seed, number))
            content = {"seed": seed, "kills": [asdict(kill) for kill in kills]}
            write_atomically(ledger, json.dumps(content, indent=1).encode())
            print(f"{number}: {kills[-1].target}, {len(kills[-1].problems)} problems", flush=True)
    _report(kills)
    return int(any(kill.problems for kill in kills))


if __name__ == "__main__":
    sys.exit(main())
