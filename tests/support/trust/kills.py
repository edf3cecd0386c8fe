"""Kill replays at random moments."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from support.trust.trial import Trial, command, kill_all, output, parent, pids, tracebacks, tree

CASES = (
    *(("dns-network", "3.0-cni-root"), ("dns-network", "4.3-cni-rootless")),
    *(("pod-names", "6.1-netavark-root"), ("dns-network", "6.1-netavark-rootless")),
)
# What a replay prints that was not killed itself, and fails because of it.
CAUSES = {
    "host": r"The host for \S+ (was killed by SIGKILL|ended)",
    "kernel": "The kernel that runs the steps has ended",
    "inner podman": r"Killed|SIGKILL|signal: killed|status:? 137",
}
STATUSES = {"tool INT": 130, "tool TERM": -signal.SIGTERM, "tool KILL": -signal.SIGKILL}
IMPORTING = -signal.SIGINT
"""Python's exit status if Ctrl-C comes before our code runs: it prints a traceback, and nothing has been started."""
SIGNALS = {"tool INT": signal.SIGINT, "tool TERM": signal.SIGTERM}  # all others: KILL
TARGETS = (*STATUSES, *CAUSES)


@dataclass(frozen=True)
class Kill:
    """One kill and what came of it.

    Attributes:
        number: Its number, which with the seed decides everything random.
        case: The recipe and the environment.
        target: One of TARGETS.
        after_s: When, since the tool was started.
        hit: Whether there was anything to kill before the replay ended.
        killed: The command lines of what was killed, each after its parent's.
        status: The exit status of the replay.
        problems: What was not as it should be, one sentence each.
        printed: The end of what the replay printed, if there are problems.
    """

    number: int
    case: str
    target: str
    after_s: float
    hit: bool
    status: int
    problems: list[str]
    printed: str = ""
    killed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.target} after {self.after_s} s, {self.case}"


def prepare(trial: Trial) -> float:
    """Learn about hosts, which the first replays would do; return how long a replay takes, in seconds."""
    for environment in dict.fromkeys(environment for _, environment in CASES):
        trial.succeed("lab", "build", environment)
    start_s = time.monotonic()
    trial.succeed("replay", CASES[-1][0], "--env", CASES[-1][1])
    return time.monotonic() - start_s


def run_kill(trial: Trial, seed: int, number: int, replay_s: float) -> Kill:
    """Start a replay, kill, wait for its end, run the next command, and look around."""
    chance = random.Random(f"{seed}-{number}")
    slug, environment = chance.choice(CASES)
    target, after_s = chance.choice(TARGETS), round(chance.random() * replay_s, 2)
    tool = trial.tool("replay", slug, "--env", environment)
    with contextlib.suppress(subprocess.TimeoutExpired):
        tool.wait(after_s)
    killed = _kill(trial, tool, target)
    hit = bool(killed)
    status, text = trial.finish(tool)
    if importing := target == "tool INT" and status == IMPORTING:
        text = ""
    problems = [f"it printed a traceback: {line}" for line in tracebacks(text)]
    if hit and not importing and status not in (0, STATUSES.get(target, 1)):
        problems.append(f"it ended with status {status}")
    if hit and status and target in CAUSES and not re.search(CAUSES[target], text):
        problems.append("it did not name the cause")
    problems += trial.after(environment)
    printed = text[-4000:] if problems else ""
    lines = [" → ".join(pair) for pair in killed]
    return Kill(number, f"{slug} on {environment}", target, after_s, hit, status, problems, printed, lines)


def _kill(trial: Trial, tool: subprocess.Popen[str], target: str) -> list[tuple[str, str]]:
    """Kill the target as soon as there is one, if there is one before the replay ends.

    Returns:
        The command lines of what was killed: the parent's, and its own.
    """
    while tool.poll() is None:
        victims = [tool.pid] if target in SIGNALS else _victims(trial, tool.pid, target)
        killed = [(command(parent(pid)), command(pid)) for pid in victims]
        if target in SIGNALS:
            os.killpg(tool.pid, SIGNALS[target])
        kill_all([] if target in SIGNALS else victims)
        if killed:
            return killed
        time.sleep(0.02)
    return []


def _victims(trial: Trial, tool: int, target: str) -> list[int]:
    """The processes to kill: for the tool, its whole tree."""
    if target == "tool KILL":
        return tree(tool)
    if target == "kernel":
        return [pid for pid in tree(tool) if "recetario.kernel" in command(pid)]
    hosts = [output("podman", "inspect", "--format", "{{.State.Pid}}", host) for host in trial.containers()]
    mains = [int(pid) for pid in hosts if pid.strip() not in ("", "0")]
    if target == "host":
        return mains
    spaces = {_namespace(pid) for pid in mains} - {""}
    return [pid for pid in pids() if command(pid).startswith("podman ") and _namespace(pid) in spaces]


def _namespace(pid: int) -> str:
    """The PID namespace of a process; each host has one."""
    with contextlib.suppress(OSError):
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    return ""
