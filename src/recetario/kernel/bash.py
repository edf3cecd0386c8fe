"""Run steps in one live bash, here or inside a host, each as ``bash file`` would under ``set -Eeuo pipefail``.

A step is sourced straight in that bash (live.sh). A failure ends it; what it held is kept, and the next step finds that
in a fresh one. Open files, background children and ``set`` options do not come back. Known differences from
``bash file``: ``return`` outside of a function ends a step quietly; an ERR trap runs twice where the last line fails
without ending bash (``[ -n "" ] && ...``); ``set -x`` shows one more ``+`` and ends with its step.
"""

from __future__ import annotations

import contextlib
import functools
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
_PATIENCE_S = 5.0  # for what only something broken takes longer for
_PAUSE_S = 0.005
_LAST_S = 0.3  # for what a host that ended has left

_EXITED = (
    'ended the bash that all steps share ("exit 0"): what came after that did not run. Use a subshell: ( exit 0 ).'
)
_LOST = (
    "replaced or killed the bash that all steps share, or set a trap on its end (exec, kill -9, trap ... EXIT): what it"
    " set is lost, what the step before left is back. Use a subshell: ( exec ... )."
)
_ODD = {
    "options": 'left "set -Eeuo pipefail" undone for the steps after it. Use a subshell: ( set +e; ... ).',
    "output": 'sent the output of the steps after it elsewhere ("exec >..."). Redirect commands: { ...; } >file.',
    "trap": "set a trap on the end of the bash that all steps share. Use a subshell: ( trap ... EXIT; ... ).",
}


@dataclass(frozen=True)
class Outcome:
    """How a step went.

    Attributes:
        status: bash's exit status; 124 when the limit ended it, 130 when it was interrupted, 255 when its host ended.
        cut: How many bytes of ``stdout`` and ``stderr`` were left out.
        words: What the status does not say, in a sentence; such a step has failed even if its status is 0.
    """

    status: int
    cut: dict[str, int]
    words: str

    @property
    def failed(self) -> bool:
        """Whether the story stops here."""
        return bool(self.status or self.words)


class Bash:
    """A live bash. Its steps share variables, functions and the directory.

    What a background child prints while no step runs waits, and belongs to the next step. A step that takes too long,
    or is interrupted, is ended inside: everything in the process group of bash, and what this step started elsewhere in
    its session. What has a session of its own lives on (conmon), and so does what an earlier step left in a group of
    its own (rootlessport, slirp4netns), as it does when a terminal is closed.

    Args:
        prefix: What comes before ``bash`` on the command line: nothing for here, ``podman exec ...`` for a host.
        outer: A folder that bash can write to.
        inner: The same folder as bash sees it.
        limit_s: How long a step may take.

    Raises:
        RecetarioError: The command does not start.
    """

    def __init__(self, prefix: Sequence[str], outer: Path, inner: str, limit_s: float = 120.0) -> None:
        self._channel = Channel(prefix, outer, inner)
        self._limit_s = limit_s
        self._running = threading.Lock()
        self._over = ""  # why no step can run any more
        self._closing = False
        self._kept = False  # whether the bash of this step has kept its state
        self._gone = False  # whether it has gone

    def run(self, source: str, name: str, on_output: Callable[[str, str], None]) -> Outcome:
        """Run a step.

        Args:
            source: Its lines.
            name: What the words of the outcome call it.
            on_output: Called with ``"stdout"`` or ``"stderr"`` and text, whole lines, as they come.
        """
        readers = {stream: Readable(f"{self._channel.inner}/cell") for stream in STREAMS}

        def show(stream: str, text: str) -> None:
            if text:
                on_output(stream, text)

        def take(stream: str, data: bytes) -> None:
            show(stream, readers[stream].feed(data))

        with self._running:
            if self._closing:
                self._over = "its bash was closed."
            if self._over:
                return Outcome(255, dict.fromkeys(STREAMS, 0), f'Step "{name}" did not run: {self._over}')
            self._kept = self._gone = False
            self._channel.step(source, {stream: functools.partial(take, stream) for stream in STREAMS})
            if self._closing:  # close() came while the step began
                self._channel.wake("interrupt")
            status, words = self._follow()
            lost = self._drain()
            words = words or lost
        for stream, reader in readers.items():
            show(stream, reader.end())
        cut = {stream: reader.cut for stream, reader in readers.items()}
        return Outcome(status, cut, words and f'Step "{name}" {words}')

    def interrupt(self) -> None:
        """End the step that runs, if any does; from any thread."""
        if not self._closing:
            self._channel.wake("interrupt")

    def close(self) -> None:
        """End bash, what runs in its process group, and the step that runs; from any thread, any number of times."""
        if self._closing:
            return
        self._closing = True
        self._channel.wake("interrupt")
        with self._running:
            self._sweep()
            self._channel.close()

    def _follow(self) -> tuple[int, str]:
        """See the step through; its status, and what is wrong with it."""
        until = time.monotonic() + self._limit_s
        while True:
            match self._next(until).split():
                case ["done", status]:
                    return int(status), ""
                case ["done", status, *odd]:
                    self._await_gone()
                    return int(status), " It ".join(_ODD[word] for word in odd)
                case ["gone", status]:
                    if not self._kept:
                        return int(status), _LOST
                    return int(status), "" if int(status) else _EXITED
                case ["late"]:
                    return 124, f"did not end within {self._limit_s:g} s; {self._end()}."
                case ["interrupt"]:
                    return 130, f"was interrupted; {self._end()}."
                case ["ended"]:
                    return 255, f"was cut off: {self._over}"

    def _next(self, until: float) -> str:
        """The next event, after noting what it says of this step's bash."""
        event = self._channel.next(until)
        if event == "dumped":
            self._kept = True
            with contextlib.suppress(FileNotFoundError):
                (self._channel.folder / "state.new").replace(self._channel.folder / "state")
        elif event.startswith("gone"):
            self._gone = True
        elif event == "ended":
            self._over = self._over or "the host ended."
        return event

    def _end(self) -> str:
        """End what the step runs; in words, how that went."""
        ended = self._sweep()
        self._await_gone()
        return "everything it ran was ended" if ended else "not everything it ran could be ended"

    def _sweep(self) -> bool:
        """End bash and what the step that runs has started, by TERM, then by KILL; whether nothing is left."""
        for signal in ("TERM", "KILL"):
            begun, pause_s, calm = time.monotonic(), _PAUSE_S, 0
            while time.monotonic() < (until := begun + self._time_s(signal)):
                calm = calm + 1 if self._ask(f"kill {signal}", until) == 0 else 0
                if calm == 2:  # once is not enough: one may have started while we counted
                    return True
                if not calm:
                    self._next(time.monotonic() + pause_s)
                    pause_s *= 2  # and signal again: between fork and exec a signal is lost
        return False

    def _time_s(self, signal: str) -> float:
        """How long to wait for what a signal does."""
        if self._over:
            return _LAST_S
        if signal == "KILL":
            return _PATIENCE_S
        return _CLOSE_GRACE_S if self._closing else _GRACE_S

    def _ask(self, order: str, until: float) -> int:
        """How many processes an order found."""
        self._channel.tell("watch", order)
        while True:
            match self._next(until).split():
                case ["left", count]:
                    return int(count)
                case ["ended"]:
                    return 0
                case ["late"]:
                    return -1

    def _await_gone(self) -> None:
        """Wait until the driver is ready to start a fresh bash."""
        until = time.monotonic() + _PATIENCE_S
        while not self._gone and not self._over:
            if self._next(until) == "late":
                self._over = "its bash could not be ended."

    def _drain(self) -> str:
        """Show the rest of the step's output; in words, if that cannot be had."""
        if self._over:
            self._channel.drain(time.monotonic() + _LAST_S, marked=False)
        elif not self._channel.drain(time.monotonic() + _PATIENCE_S):
            self._over = "what watches its bash is gone."
            return f"was cut off: {self._over}"
        return ""
