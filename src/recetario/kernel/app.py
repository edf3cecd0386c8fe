"""Be a Jupyter kernel: one live bash (bash.py) behind ipykernel's base class, version 6 or 7."""

from __future__ import annotations

import argparse
import contextlib
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ipykernel import kernel_protocol_version  # type: ignore[attr-defined]  # not in its __all__
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

from recetario.errors import RecetarioError
from recetario.kernel.bash import Bash, Outcome

__all__ = ["BashKernel", "launch"]

_LIMIT_S = 600.0  # a reader's own machine may have an image to download
_LAST_LINES = 10


class BashKernel(Kernel):
    """One kernel process; one bash at a time.

    Beside Jupyter's own messages it answers, on the shell channel, ``recetario_open_request`` (``prefix``, ``outer``,
    ``inner``, ``limit_s``, as Bash takes them): the cells that follow run in a fresh bash there; and
    ``recetario_close_request``. A cell is called what the ``name`` in its metadata says, or by its id. An
    ``execute_reply`` tells how it went: ``"recetario": {"status", "cut", "words"}``.
    """

    implementation = "recetario"
    implementation_version = "1"
    banner = "Bash, one step a cell, as in `bash file` under `set -Eeuo pipefail`."
    language_info = {  # noqa: RUF012 (ipykernel's declaration)
        "name": "bash",
        "file_extension": ".sh",
        "mimetype": "text/x-sh",
        "codemirror_mode": "shell",
        "pygments_lexer": "bash",
    }
    environment = ""  # whose host the first bash runs in; empty: here

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self._bash: Bash | None = None
        self._refused: RecetarioError | None = None  # why the bash that was asked for is not there
        self._host = contextlib.ExitStack()
        self.shell_handlers["recetario_open_request"] = self.recetario_open_request
        self.shell_handlers["recetario_close_request"] = self.recetario_close_request

    @property
    def kernel_info(self) -> dict[str, Any]:
        """What frontends are told; without ipykernel's Python debugger, which takes long to import."""
        return {
            "protocol_version": kernel_protocol_version,
            "implementation": self.implementation,
            "implementation_version": self.implementation_version,
            "language_info": self.language_info,
            "banner": self.banner,
            "help_links": [],
        }

    async def do_execute(
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: dict[str, str] | None = None,
        allow_stdin: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """Run a cell, showing what it prints as it comes."""
        name = self._name()
        shown: dict[str, list[str]] = {"stdout": [], "stderr": []}

        def show(stream: str, text: str) -> None:
            shown[stream].append(text)
            if not silent:
                self._publish("stream", {"name": stream, "text": text})

        try:
            outcome = self._open_bash().run(code, name, show)
        except Exception as problem:  # whatever it is: without a reply a client waits for ever
            outcome = Outcome(255, {"stdout": 0, "stderr": 0}, _say(problem))
        for stream, count in outcome.cut.items():
            if count and not silent:
                note = f"{stream}: {count} bytes more were left out."
                self._publish("display_data", {"data": {"text/plain": note}, "metadata": {}})
        facts = {"status": outcome.status, "cut": outcome.cut, "words": outcome.words}
        reply: dict[str, Any] = {"execution_count": self.execution_count, "recetario": facts}
        if not outcome.failed:
            return reply | {"status": "ok", "payload": [], "user_expressions": {}}
        error = _describe(name, code, outcome, {stream: "".join(texts) for stream, texts in shown.items()})
        if not silent:
            self._publish("error", error)
        return reply | {"status": "error"} | error

    async def recetario_open_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Go on in a fresh bash, here or in a host."""
        self._close_bash()
        content = parent["content"]
        reply = {"status": "ok"}
        try:
            self._refused = None
            self._bash = Bash(content["prefix"], Path(content["outer"]), content["inner"], content["limit_s"])
        except Exception as problem:
            self._refused = RecetarioError(_say(problem))  # or cells that were meant for a host would run here
            reply = {"status": "error", "ename": "RecetarioError", "evalue": str(self._refused)}
        self._reply(stream, "recetario_open_reply", reply, parent, ident)

    async def recetario_close_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """End bash and what it started; cells are refused until another one is opened."""
        self._close_bash()
        self._refused = RecetarioError(
            "The bash of this kernel was closed.", "Open another one: recetario_open_request"
        )
        self._reply(stream, "recetario_close_reply", {"status": "ok"}, parent, ident)

    async def interrupt_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """End what runs, inside; ipykernel would signal this process."""
        if self._bash:
            self._bash.interrupt()
        self._reply(stream, "interrupt_reply", {"status": "ok"}, parent, ident)

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:
        """End bash, what it started, and the host if we have one."""
        self.close()
        return {"status": "ok", "restart": restart}

    def close(self) -> None:
        """End bash, what it started, and the host if we have one."""
        self._close_bash()
        self._host.close()

    def _close_bash(self) -> None:
        bash, self._bash = self._bash, None
        if bash:
            bash.close()

    def _open_bash(self) -> Bash:
        if self._refused:
            raise self._refused
        if not self._bash and self.environment:
            self._bash = self._open_host()
        elif not self._bash:
            folder = tempfile.gettempdir()
            self._bash = Bash([], Path(folder), folder, _LIMIT_S)
        return self._bash

    def _open_host(self) -> Bash:
        # Here, because the kernel "here" must work where the lab's own requirements are missing.
        from recetario.book.environments import find
        from recetario.lab.hosts import EXCHANGE
        from recetario.lab.runs import Run

        (environment,) = find([self.environment])
        host = self._host.enter_context(self._host.enter_context(Run()).host(environment))
        return Bash(host.argv([]), host.exchange, EXCHANGE, _LIMIT_S)

    def _name(self) -> str:
        metadata = self.get_parent("shell").get("metadata", {})  # type: ignore[no-untyped-call]
        return str(metadata.get("name") or metadata.get("cellId") or "cell")

    def _publish(self, kind: str, content: dict[str, Any]) -> None:
        self.send_response(self.iopub_socket, kind, content)  # type: ignore[no-untyped-call]

    def _reply(self, stream: Any, kind: str, content: dict[str, Any], parent: dict[str, Any], ident: Any) -> None:
        if self.session:
            self.session.send(stream, kind, content, parent, ident)


def launch(arguments: Sequence[str]) -> None:
    """Be the kernel of one Jupyter client, until that ends it."""
    parser = argparse.ArgumentParser(prog="python -m recetario.kernel", add_help=False)
    parser.add_argument("--environment", default="")
    known, rest = parser.parse_known_args(arguments)
    BashKernel.environment = known.environment
    # What this process itself prints is nobody's output. To flush ipykernel's stand-ins for stdout and stderr would
    # take each cell a while, and hang for 10 s where the shutdown has ended the thread that does it.
    IPKernelApp.launch_instance(rest, kernel_class=BashKernel, log_level=logging.ERROR, outstream_class=None)


def _say(problem: Exception) -> str:
    return str(problem) if isinstance(problem, RecetarioError) else f"{type(problem).__name__}: {problem}"


def _describe(name: str, code: str, outcome: Outcome, shown: dict[str, str]) -> dict[str, Any]:
    """The content of Jupyter's ``error`` message: the step, its lines, and the last that it printed."""
    summary = f"step {name} ended with status {outcome.status}"
    lines = [summary, *(f"    {line}" for line in code.splitlines())]
    if outcome.words:
        lines += [outcome.words]
    for stream, text in shown.items():
        if last := text.splitlines()[-_LAST_LINES:]:
            lines += [f"{stream}, last lines:", *(f"    {line}" for line in last)]
    return {"ename": "StepFailed", "evalue": summary, "traceback": lines}
