"""Run steps in one live bash, on this machine or in a host, each as ``bash file`` would under ``set -Eeuo pipefail``.

That bash sources each step (live.sh). A failing step ends it; its variables, functions and folder are saved, and the
next step gets them in a new bash. Open files, background children and ``set`` options are not restored.

Known differences from ``bash file``: ``return`` outside of a function ends a step without an error; an ERR trap runs
twice if the last line fails without ending bash (``[ -n "" ] && ...``); ``set -x`` prints one more ``+`` and ends with
its step.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recetario.kernel.channel import STREAMS, Channel
from recetario.kernel.text import Readable

__all__ = ["Bash", "Outcome"]

_GRACE_S = 2.0  # between TERM and KILL
_CLOSE_GRACE_S = 0.5
_PATIENCE_S = 5.0  # longer than this means the driver is broken
_PAUSE_S = 0.005  # before the second signal; doubled each time
_LAST_S = 0.3  # for the last output of a host that has ended

_EXITED = (
    'ended the bash that all steps share ("exit 0"): the lines after that did not run. Use a subshell: ( exit 0 ).'
)
_LOST = (
    "replaced or killed the bash that all steps share, or set an EXIT trap in it (exec, kill -9, trap ... EXIT): what"
    " it set is lost, and the next step continues from the state before it. Use a subshell: ( exec ... )."
)
_FULL = (
    "could not save its variables for the next step: no space is left on the disk of {folder}. Free some, and run it"
    " again."
)
_FULL_BYTES = 64 * 1024  # with less than this, what was saved may be incomplete
_SIDE_EFFECTS = {
    "options": 'turned off "set -Eeuo pipefail" for later steps. Use a subshell: ( set +e; ... ).',
    "output": 'redirected the output of later steps ("exec >..."). Redirect single commands: { ...; } >file.',
    "trap": "set an EXIT trap in the bash that all steps share. Use a subshell: ( trap ... EXIT; ... ).",
}


@dataclass(frozen=True)
class Outcome:
    """How a step went.

    Attributes:
        status: The exit status of bash; 124 after a timeout, 130 after an interrupt, 255 if the host ended.
        cut: The number of bytes that were left out, by stream.
        explanation: What the status does not tell, or empty. With one, the step has failed even if the status is 0.
    """

    status: int
    cut: dict[str, int]
    explanation: str

    @property
    def failed(self) -> bool:
        """Whether the step failed."""
        return bool(self.status or self.explanation)


class Bash:
    """A live bash. Its steps share variables, functions and the current folder.

    Output that a background child prints between steps counts as output of the next step. If a step takes too long or
    is interrupted, all processes in the process group of bash are ended, and those that the step started elsewhere in
    its session. Processes in other sessions continue (conmon), and so do processes that an earlier step left in other
    process groups (rootlessport, slirp4netns): they would survive the end of a terminal, too.

    Args:
        prefix: The command line before ``bash``: empty for this machine, ``podman exec ...`` for a host.
        outer: A folder that bash can write to.
        inner: The path of that folder as bash sees it.
        limit_s: The time limit for each step.

    Raises:
        RecetarioError: The command cannot be started.
    """

    def __init__(self, prefix: Sequence[str], outer: Path, inner: str, limit_s: float = 120.0) -> None:
        self._channel = Channel(prefix, outer, inner)
        self._limit_s = limit_s
        self._running = threading.Lock()
        self._unusable = ""  # why no step can run any more; empty while steps can run
        self._closing = False
        self._state_saved = False  # whether the bash of this step has saved its state
        self._bash_ended = False  # whether the bash of this step has ended

    def run(self, source: str, name: str, on_output: Callable[[str, str], None]) -> Outcome:
        """Run a step.

        Args:
            source: Its lines of bash.
            name: Its name in messages.
            on_output: Called with ``"stdout"`` or ``"stderr"`` and whole lines of text, as they arrive.
        """
        readers = {stream: Readable(f"{self._channel.inner}/cell") for stream in STREAMS}

        def show(stream: str, text: str) -> None:
            if text:
                on_output(stream, text)

        def receive(stream: str, data: bytes) -> None:
            show(stream, readers[stream].feed(data))

        with self._running:
            if self._closing:
                self._unusable = "its bash was closed."
            if self._unusable:
                return Outcome(255, dict.fromkeys(STREAMS, 0), f'Step "{name}" did not run: {self._unusable}')
            self._state_saved = self._bash_ended = False
            self._channel.step(source, {stream: functools.partial(receive, stream) for stream in STREAMS})
            if self._closing:  # close() was called while the step was starting
                self._channel.wake("interrupt")
            status, explanation = self._wait_for_step()
            missing_output = self._drain()
            explanation = self._full_disk() or explanation or missing_output
        for stream, reader in readers.items():
            show(stream, reader.end())
        cut = {stream: reader.cut for stream, reader in readers.items()}
        return Outcome(status, cut, explanation and f'Step "{name}" {explanation}')

    def interrupt(self) -> None:
        """End the running step, if there is one; may be called from any thread."""
        if not self._closing:
            self._channel.wake("interrupt")

    def close(self) -> None:
        """End bash, its process group and the running step; may be called from any thread, and repeatedly."""
        if self._closing:
            return
        self._closing = True
        self._channel.wake("interrupt")
        with self._running:
            self._sweep()
            self._channel.close()

    def _wait_for_step(self) -> tuple[int, str]:
        """Wait for the end of the step; return its status, and what is wrong with it or an empty string."""
        until = time.monotonic() + self._limit_s
        while True:
            match self._next(until).split():
                case ["done", status]:
                    return int(status), ""
                case ["done", status, *side_effects]:
                    self._wait_for_bash_end()
                    return int(status), " It ".join(_SIDE_EFFECTS[key] for key in side_effects)
                case ["gone", status]:
                    if not self._state_saved:
                        return int(status), _LOST
                    return int(status), "" if int(status) else _EXITED
                case ["late"]:
                    return 124, f"did not end within {self._limit_s:g} s; {self._end_step()}."
                case ["interrupt"]:
                    return 130, f"was interrupted; {self._end_step()}."
                case ["ended"]:
                    return 255, f"was cut off: {self._unusable}"

    def _next(self, until: float) -> str:
        """Wait for the next event, and record what it means for the bash of this step."""
        event = self._channel.next(until)
        if event == "dumped":
            self._state_saved = True
            with contextlib.suppress(FileNotFoundError):
                (self._channel.folder / "state.new").replace(self._channel.folder / "state")
        elif event.startswith("gone"):
            self._bash_ended = True
        elif event == "ended":
            self._unusable = self._unusable or "the host ended."
        return event

    def _full_disk(self) -> str:
        """What is wrong if the state could not be saved because the disk is full, else an empty string."""
        folder = self._channel.folder.parent
        disk = os.statvfs(folder)
        # Only root may use the last blocks of some disks. Which user bash is only matters if nothing was saved.
        blocks = disk.f_bfree if self._state_saved else disk.f_bavail
        return _FULL.format(folder=folder) if blocks * disk.f_frsize < _FULL_BYTES else ""

    def _end_step(self) -> str:
        """End all processes of the step; return the result as a clause."""
        ended = self._sweep()
        self._wait_for_bash_end()
        return "everything it ran was ended" if ended else "not everything it ran could be ended"

    def _sweep(self) -> bool:
        """End bash and the processes of the running step, by TERM, then by KILL; return whether none is left."""
        for signal in ("TERM", "KILL"):
            started, pause_s, empty_counts = time.monotonic(), _PAUSE_S, 0
            while time.monotonic() < (until := started + self._grace_s(signal)):
                empty_counts = empty_counts + 1 if self._signal_all(signal, until) == 0 else 0
                if empty_counts == 2:  # once is not enough: a process may have started during the first count
                    return True
                if not empty_counts:
                    self._next(time.monotonic() + pause_s)
                    pause_s *= 2  # then signal again: a signal between fork and exec is lost
        return False

    def _grace_s(self, signal: str) -> float:
        """How long to wait for processes to end after a signal."""
        if self._unusable:
            return _LAST_S
        if signal == "KILL":
            return _PATIENCE_S
        return _CLOSE_GRACE_S if self._closing else _GRACE_S

    def _signal_all(self, signal: str, until: float) -> int:
        """Signal the step's processes; return how many there were, or -1 if the driver does not answer in time."""
        self._channel.tell("watch", f"kill {signal}")
        while True:
            match self._next(until).split():
                case ["left", count]:
                    return int(count)
                case ["ended"]:
                    return 0
                case ["late"]:
                    return -1

    def _wait_for_bash_end(self) -> None:
        """Wait until bash has ended, so that the driver can start a new one."""
        until = time.monotonic() + _PATIENCE_S
        while not self._bash_ended and not self._unusable:
            if self._next(until) == "late":
                self._unusable = "its bash could not be ended."

    def _drain(self) -> str:
        """Show the rest of the step's output; return what is wrong if some may be missing, else an empty string."""
        if self._unusable:
            self._channel.drain(time.monotonic() + _LAST_S, marked=False)
        elif not self._channel.drain(time.monotonic() + _PATIENCE_S):
            self._unusable = "the process that watches its bash has ended."
            return f"was cut off: {self._unusable}"
        return ""
