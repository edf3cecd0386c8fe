"""Start driver.sh, here or inside a host, and speak with it: orders in; events and output out.

Orders and events travel through FIFOs in a folder that both sides see, so nothing that a step prints is taken for one.
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
_PIPE = 64 * 1024  # what a FIFO holds: one read takes whole lines
_TICKS = os.sysconf("SC_CLK_TCK")  # a second has in /proc
_END_S = 1.0  # how long a driver may take to end itself


class Channel:
    """The way to one driver and back.

    Args:
        prefix: What comes before ``bash`` on the command line.
        outer: A folder that the driver can write to.
        inner: The same folder as the driver sees it.

    Attributes:
        folder: Our own folder, in ``outer``.
        inner: The same as the driver sees it.

    Raises:
        RecetarioError: The command does not start.
    """

    def __init__(self, prefix: Sequence[str], outer: Path, inner: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="recetario-", dir=outer))
        self.inner = f"{inner.rstrip('/')}/{self.folder.name}"
        if prefix:
            self.folder.chmod(0o777)  # in a host, bash runs as somebody else
        for script in ("driver.sh", "live.sh"):
            (self.folder / script).write_bytes((resources.files("recetario.kernel") / script).read_bytes())
        self._fifos = {name: _open_fifo(self.folder / name) for name in ("go", "watch", "said")}
        self._awake, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._process = self._start([*prefix, "bash", "--noprofile", "--norc", f"{self.inner}/driver.sh", self.inner])
        self._outputs = {name: _Output(getattr(self._process, name)) for name in STREAMS}
        self._events: deque[str] = deque()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._fifos["said"], selectors.EVENT_READ, self._hear)
        self._selector.register(self._awake, selectors.EVENT_READ, self._hear)
        self._process_fd = os.pidfd_open(self._process.pid)
        self._selector.register(self._process_fd, selectors.EVENT_READ, self._ended)

    def step(self, source: str, show: Mapping[str, Callable[[bytes], None]]) -> None:
        """Start a step. From here on next() hands what it prints to ``show``, by stream."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._awake, _PIPE)  # meant for the step before, as is what nobody asked for
        self._events = deque(event for event in self._events if event == "ended")
        (self.folder / "cell").write_text(source + "\n", "utf-8", errors="replace")
        for name, output in self._outputs.items():
            output.begin(show[name])
            if not output.over:
                self._selector.register(output.pipe, selectors.EVENT_READ, self._print)
        self.tell("watch", f"step {int(time.clock_gettime(time.CLOCK_BOOTTIME) * _TICKS)}")
        self.tell("go", "")

    def tell(self, fifo: str, order: str) -> None:
        """Give the driver an order."""
        with contextlib.suppress(BlockingIOError):  # full: nobody has been there for long
            os.write(self._fifos[fifo], f"{order}\n".encode())

    def wake(self, event: str) -> None:
        """Make next() return this, from any thread."""
        os.write(self._wake, f"{event}\n".encode())

    def next(self, until: float) -> str:
        """What happens next: an event of the driver ("done 0"), of wake(), or "ended", or at that time "late"."""
        while not self._events:
            if time.monotonic() >= until:
                return "late"
            self._pump(until)
        return self._events.popleft()

    def drain(self, until: float, *, marked: bool = True) -> bool:
        """Show what the step printed and is still on its way here; whether all of it came in time.

        Relays between us and a host deliver it after the news that the step is done. So the driver is asked to print
        a mark, which nobody else knows, on both streams: what stands before that is the step's.
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
        """Let the driver end itself and all that it started, and remove our folder."""
        self._selector.close()
        for fd in self._fifos.values():
            os.close(fd)  # for the driver, the end of the file
        if not select.select([self._process_fd], [], [], _END_S)[0]:
            os.killpg(self._process.pid, signal.SIGKILL)  # its watch is gone
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
            raise RecetarioError(f"{command[0]} does not start: {error.strerror}.", "Is it installed?") from error

    def _pump(self, until: float) -> None:
        try:
            for key, _ in self._selector.select(max(0.0, until - time.monotonic())):
                key.data(key.fd)
        except KeyboardInterrupt:
            self._events.append("interrupt")

    def _listening(self) -> list[_Output]:
        return [output for output in self._outputs.values() if output.pipe in self._selector.get_map()]

    def _print(self, fd: int) -> None:
        output = next(output for output in self._outputs.values() if output.pipe.fileno() == fd)
        if not output.read():
            self._selector.unregister(fd)

    def _hear(self, fd: int) -> None:
        self._events.extend(os.read(fd, _PIPE).decode().splitlines())

    def _ended(self, fd: int) -> None:
        self._selector.unregister(fd)
        self._events.append("ended")


class _Output:
    """One stream of the driver, read only while a step runs: what comes between steps waits for the next."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.pipe = pipe
        self.over = False
        self.mark = b""
        self._show: Callable[[bytes], None] = lambda data: None
        self._held = b""

    def begin(self, show: Callable[[bytes], None]) -> None:
        """Let this stream belong to the next step."""
        self._show, self.mark = show, b""
        self._show(self._held)
        self._held = b""

    def read(self) -> bool:
        """Show what came; whether more of this step can come."""
        new = os.read(self.pipe.fileno(), _PIPE)
        data, self._held = self._held + new, b""
        self.over = not new
        if self.over or not self.mark:
            self._show(data)
            return not self.over
        data, found, after = data.partition(self.mark)
        if found:
            self.mark = b""
            self._show(data)
            self._held = after
            return False
        almost = len(self.mark) - 1  # the mark's beginning may be there already
        self._show(data[:-almost])
        self._held = data[-almost:]
        return True


def _open_fifo(path: Path) -> int:
    """Make a FIFO and open both its ends, so that opening never waits and there is no end of file while we live."""
    os.mkfifo(path)
    path.chmod(0o666)
    return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
