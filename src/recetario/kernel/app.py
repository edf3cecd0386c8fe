"""The Jupyter kernel: one live bash (bash.py) behind the base class of ipykernel 6 or 7."""

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

from recetario.errors import RecetarioError, from_os_error
from recetario.kernel.bash import Bash, Outcome

__all__ = ["BashKernel", "launch"]

_LIMIT_S = 600.0  # long, because a step on a reader's machine may have to pull an image
_LAST_LINES = 10


class BashKernel(Kernel):
    """A kernel process with one bash at a time.

    It handles two more requests on the shell channel than Jupyter defines. ``recetario_open_request`` has the content
    ``prefix``, ``outer``, ``inner`` and ``limit_s``, the arguments of Bash: later cells run in a new bash there.
    ``recetario_close_request`` ends the bash. Messages call a cell by the ``name`` in its metadata, or else by its id.
    Each ``execute_reply`` has the fields of Outcome: ``"recetario": {"status", "cut", "explanation"}``.
    """

    implementation = "recetario"
    implementation_version = "1"
    banner = "Bash, one step a cell, as in `bash file` under `set -Eeuo pipefail`."
    language_info = {  # noqa: RUF012 (ipykernel declares it so)
        "name": "bash",
        "file_extension": ".sh",
        "mimetype": "text/x-sh",
        "codemirror_mode": "shell",
        "pygments_lexer": "bash",
    }
    environment = ""  # id; the first bash runs in a host of it, or on this machine if empty

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self._bash: Bash | None = None
        self._refusal: RecetarioError | None = None  # raised for every cell while the requested bash does not exist
        self._host = contextlib.ExitStack()
        self.shell_handlers["recetario_open_request"] = self.recetario_open_request
        self.shell_handlers["recetario_close_request"] = self.recetario_close_request

    @property
    def kernel_info(self) -> dict[str, Any]:
        """The content of ``kernel_info_reply``; without ipykernel's Python debugger, which is slow to import."""
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
        """Run a cell, and publish its output as it arrives."""
        name = self._name()
        shown: dict[str, list[str]] = {"stdout": [], "stderr": []}

        def show(stream: str, text: str) -> None:
            shown[stream].append(text)
            if not silent:
                self._publish("stream", {"name": stream, "text": text})

        try:
            outcome = self._bash_for_cells().run(code, name, show)
        except Exception as error:  # any exception: without a reply, the client would wait forever
            outcome = Outcome(255, {"stdout": 0, "stderr": 0}, _message(error))
        for stream, count in outcome.cut.items():
            if count and not silent:
                note = f"{stream}: {count} more bytes were left out."
                self._publish("display_data", {"data": {"text/plain": note}, "metadata": {}})
        fields = {"status": outcome.status, "cut": outcome.cut, "explanation": outcome.explanation}
        reply: dict[str, Any] = {"execution_count": self.execution_count, "recetario": fields}
        if not outcome.failed:
            return reply | {"status": "ok", "payload": [], "user_expressions": {}}
        content = _error_content(name, code, outcome, {stream: "".join(texts) for stream, texts in shown.items()})
        if not silent:
            self._publish("error", content)
        return reply | {"status": "error"} | content

    async def recetario_open_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Run later cells in a new bash, on this machine or in a host."""
        self._close_bash()
        content = parent["content"]
        reply = {"status": "ok"}
        try:
            self._refusal = None
            self._bash = Bash(content["prefix"], Path(content["outer"]), content["inner"], content["limit_s"])
        except Exception as error:
            # Otherwise cells meant for a host would run on this machine.
            self._refusal = RecetarioError(_message(error))
            reply = {"status": "error", "ename": "RecetarioError", "evalue": str(self._refusal)}
        self._reply(stream, "recetario_open_reply", reply, parent, ident)

    async def recetario_close_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """End bash and what it started; cells fail until a client opens another one."""
        self._close_bash()
        self._refusal = RecetarioError(
            "The bash of this kernel was closed.", "Open another one: recetario_open_request"
        )
        self._reply(stream, "recetario_close_reply", {"status": "ok"}, parent, ident)

    async def interrupt_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Interrupt the step in bash; ipykernel would send a signal to this process instead."""
        if self._bash:
            self._bash.interrupt()
        self._reply(stream, "interrupt_reply", {"status": "ok"}, parent, ident)

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:
        """End bash, what it started, and the kernel's own host."""
        self.close()
        return {"status": "ok", "restart": restart}

    def close(self) -> None:
        """End bash, what it started, and the kernel's own host."""
        self._close_bash()
        self._host.close()

    def _close_bash(self) -> None:
        bash, self._bash = self._bash, None
        if bash:
            bash.close()

    def _bash_for_cells(self) -> Bash:
        """The bash that is open, or a new one."""
        if self._refusal:
            raise self._refusal
        if not self._bash and self.environment:
            self._bash = self._open_host()
        elif not self._bash:
            folder = tempfile.gettempdir()
            self._bash = Bash([], Path(folder), folder, _LIMIT_S)
        return self._bash

    def _open_host(self) -> Bash:
        # Imported here, because the kernel for this machine must also work where the lab's requirements are missing.
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
    """Run the kernel until its Jupyter client shuts it down."""
    parser = argparse.ArgumentParser(prog="python -m recetario.kernel", add_help=False)
    parser.add_argument("--environment", default="")
    options, jupyter_arguments = parser.parse_known_args(arguments)
    BashKernel.environment = options.environment
    # What this process itself prints belongs to no cell, so ipykernel need not capture it (`outstream_class`). Flushing
    # its replacements for stdout and stderr would slow down each cell, and hang for 10 s if the shutdown has already
    # ended the thread that flushes.
    app = IPKernelApp.instance(kernel_class=BashKernel, log_level=logging.ERROR, outstream_class=None)
    app.initialize(jupyter_arguments)
    app.start()
    # This thread still answers the shutdown request. When Python exits, ipykernel 7.4 first closes the sockets that it
    # writes to, so a few shutdowns in a hundred printed a traceback: "Socket operation on non-socket".
    if app.control_thread and app.control_thread.is_alive():
        app.control_thread.stop()
        app.control_thread.join()


def _message(error: Exception) -> str:
    if isinstance(error, OSError):
        error = from_os_error(error) or error
    return str(error) if isinstance(error, RecetarioError) else f"{type(error).__name__}: {error}"


def _error_content(name: str, code: str, outcome: Outcome, shown: dict[str, str]) -> dict[str, Any]:
    """The content of Jupyter's ``error`` message: the step, its source, and the last lines that it printed."""
    summary = f"step {name} ended with status {outcome.status}"
    lines = [summary, *(f"    {line}" for line in code.splitlines())]
    if outcome.explanation:
        lines += [outcome.explanation]
    for stream, text in shown.items():
        if last_lines := text.splitlines()[-_LAST_LINES:]:
            lines += [f"{stream}, last lines:", *(f"    {line}" for line in last_lines)]
    return {"ename": "StepFailed", "evalue": summary, "traceback": lines}
