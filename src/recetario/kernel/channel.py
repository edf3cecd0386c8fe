"""Start driver.sh, on this machine or in a host, send it orders, and receive events and output.

Orders and events go through FIFOs in a shared folder, so that nothing a step prints can be mistaken for an event.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import IO

from recetario.errors import RecetarioError

__all__ = ["STREAMS", "Channel"]

STREAMS = ("stdout", "stderr")
_PIPE = 64 * 1024  # the size of a pipe's buffer, so that one read returns whole lines
_TICKS = os.sysconf("SC_CLK_TCK")  # per second, the unit of times in /proc
_END_S = 1.0  # for the driver to end after its FIFOs were closed


class Channel:
    """The connection to one driver.

    Args:
        prefix: The command line before ``bash``.
        outer: A folder that the driver can write to.
        inner: The path of that folder as the driver sees it.

    Attributes:
        folder: A new folder in ``outer`` with the FIFOs and scripts.
        inner: The path of that new folder as the driver sees it.

    Raises:
        RecetarioError: The command cannot be started.
    """

    def __init__(self, prefix: Sequence[str], outer: Path, inner: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="recetario-", dir=outer))
        self.inner = f"{inner.rstrip('/')}/{self.folder.name}"
        if prefix:
            self.folder.chmod(0o777)  # in a host, bash runs as another user
        for script in ("driver.sh", "live.sh"):
            _write(self.folder / script, (resources.files("recetario.kernel") / script).read_bytes())
        self._fifos = {name: _open_fifo(self.folder / name) for name in ("go", "watch", "said")}
        self._awake, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._process = self._start([*prefix, "bash", "--noprofile", "--norc", f"{self.inner}/driver.sh", self.inner])
        self._outputs = {name: _Output(getattr(self._process, name)) for name in STREAMS}
        self._events: deque[str] = deque()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._fifos["said"], selectors.EVENT_READ, self._read_events)
        self._selector.register(self._awake, selectors.EVENT_READ, self._read_events)
        self._process_fd = os.pidfd_open(self._process.pid)
        self._selector.register(self._process_fd, selectors.EVENT_READ, self._on_end)

    def step(self, source: str, show: Mapping[str, Callable[[bytes], None]]) -> None:
        """Start a step. From now on, next() passes its output to the functions in ``show``, by stream."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._awake, _PIPE)  # discard calls of wake() and events that belong to the previous step
        self._events = deque(event for event in self._events if event == "ended")
        _write(self.folder / "cell", f"{source}\n".encode(errors="replace"))
        for name, output in self._outputs.items():
            output.begin(show[name])
            if not output.at_end:
                self._selector.register(output.pipe, selectors.EVENT_READ, self._read_output)
        self.tell("watch", f"step {int(time.clock_gettime(time.CLOCK_BOOTTIME) * _TICKS)}")
        self.tell("go", "")

    def tell(self, fifo: str, order: str) -> None:
        """Send the driver an order."""
        with contextlib.suppress(BlockingIOError):  # the FIFO is full: the driver has not read for a long time
            os.write(self._fifos[fifo], f"{order}\n".encode())

    def wake(self, event: str) -> None:
        """Make next() return this event; may be called from any thread."""
        os.write(self._wake, f"{event}\n".encode())

    def next(self, until: float) -> str:
        """Wait for an event from the driver ("done 0") or from wake(), its end ("ended"), or the deadline ("late")."""
        while not self._events:
            if time.monotonic() >= until:
                return "late"
            self._pump(until)
        return self._events.popleft()

    def drain(self, until: float, *, marked: bool = True) -> bool:
        """Pass on output of the step that has not arrived yet; return whether all of it arrived by the deadline.

        Output from a host goes through relays, and may arrive after the event that the step is done. So the driver
        prints a secret mark on both streams: everything before the mark is output of the step.
        """
        if marked:
            mark = secrets.token_hex(16)
            for output in self._outputs.values():
                output.mark = mark.encode()
            self.tell("watch", f"mark {mark}")
        while (listening := self._listening()) and time.monotonic() < until:
            self._pump(until)
        for output in listening:
            self._selector.unregister(output.pipe)
        return not listening

    def close(self) -> None:
        """End the driver and all that it started, and remove the folder."""
        self._selector.close()
        for fd in self._fifos.values():
            os.close(fd)  # the driver reads end of file and ends
        if not select.select([self._process_fd], [], [], _END_S)[0]:
            os.killpg(self._process.pid, signal.SIGKILL)  # the process that reads the FIFO has died
        self._process.wait()
        for fd in (self._process_fd, self._awake, self._wake):
            os.close(fd)
        for output in self._outputs.values():
            output.pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            for fd in (*self._fifos.values(), self._awake, self._wake):
                os.close(fd)
            shutil.rmtree(self.folder)
            raise RecetarioError(f"{command[0]} cannot be started: {error.strerror}.", "Is it installed?") from error

    def _pump(self, until: float) -> None:
        try:
            for key, _ in self._selector.select(max(0.0, until - time.monotonic())):
                key.data(key.fd)
        except KeyboardInterrupt:
            self._events.append("interrupt")

    def _listening(self) -> list[_Output]:
        return [output for output in self._outputs.values() if output.pipe in self._selector.get_map()]

    def _read_output(self, fd: int) -> None:
        output = next(output for output in self._outputs.values() if output.pipe.fileno() == fd)
        if not output.read():
            self._selector.unregister(fd)

    def _read_events(self, fd: int) -> None:
        self._events.extend(os.read(fd, _PIPE).decode().splitlines())

    def _on_end(self, fd: int) -> None:
        self._selector.unregister(fd)
        self._events.append("ended")


class _Output:
    """One stream of the driver, read only while a step runs: output between steps is left for the next step."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.pipe = pipe
        self.at_end = False
        self.mark = b""
        self._show: Callable[[bytes], None] = lambda data: None
        self._pending = b""

    def begin(self, show: Callable[[bytes], None]) -> None:
        """Pass on the output from now on to ``show``, which belongs to the next step."""
        self._show, self.mark = show, b""
        self._show(self._pending)
        self._pending = b""

    def read(self) -> bool:
        """Read and pass on what has arrived; return whether more output of this step may follow."""
        new = os.read(self.pipe.fileno(), _PIPE)
        data, self._pending = self._pending + new, b""
        self.at_end = not new
        if self.at_end or not self.mark:
            self._show(data)
            return not self.at_end
        data, mark, after = data.partition(self.mark)
        if mark:
            self.mark = b""
            self._show(data)
            self._pending = after
            return False
        almost = len(self.mark) - 1  # the data may end with the beginning of the mark
        self._show(data[:-almost])
        self._pending = data[-almost:]
        return True


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        error.filename = str(path)  # a full disk leaves it empty
        raise


def _open_fifo(path: Path) -> int:
    """Make a FIFO and open both ends, so that opening never blocks and readers see no end of file until we close it."""
    os.mkfifo(path)
    path.chmod(0o666)
    return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
