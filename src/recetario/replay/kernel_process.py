"""Run cells with nbclient in our Jupyter kernel; one kernel process serves any number of replays."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from recetario.book.evidence import Output
from recetario.errors import RecetarioError
from recetario.files import temporary_folder
from recetario.kernel.client import close_bash, name_step, open_bash
from recetario.kernel.specs import HERE, write_specs
from recetario.private_apis.nbclient import shut_down

__all__ = ["STEP_LIMIT_S", "KernelProcess"]

STEP_LIMIT_S = 120.0
"""The number of seconds after which a step fails, unless ``KernelProcess.open`` gets another limit."""


class KernelProcess:
    """A kernel process for many replays, because starting one takes longer than most recipes; a context manager.

    ``open`` starts a bash, in a host or on this machine, and ``run`` runs cells there.
    """

    def __enter__(self) -> Self:
        self._temporary = contextlib.ExitStack()
        folder = self._temporary.enter_context(temporary_folder())
        write_specs(folder)
        self._manager = AsyncKernelManager(
            kernel_name=HERE,
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder)]),
            connection_file=str(folder / "connection.json"),
            transport="ipc",
            ip=str(folder / "socket"),  # in a new folder, so that no other kernel uses the same sockets
        )
        self._notebook = NotebookClient(
            new_notebook(),
            km=self._manager,
            on_cell_executed=self._keep_reply,
            record_timing=False,
            coalesce_streams=True,
        )
        try:
            self._notebook.start_new_kernel()
            self._client: AsyncKernelClient = self._notebook.start_new_kernel_client()  # type: ignore[assignment]
        except RuntimeError as error:  # it ended before it was ready
            self._temporary.close()
            raise _dead() from error
        return self

    def __exit__(self, *_: object) -> None:
        shut_down(self._notebook)
        self._temporary.close()

    def open(self, prefix: Sequence[str], outer: Path, inner: str, limit_s: float = STEP_LIMIT_S) -> None:
        """Start a new bash; for the arguments see ``kernel.bash.Bash``."""
        if not self._is_alive():
            raise _dead()
        run_sync(open_bash)(self._client, prefix, outer, inner, limit_s)

    def close(self) -> None:
        """End the bash, and every process that it started."""
        if self._is_alive():  # else bash has ended with it
            run_sync(close_bash)(self._client)

    def run(self, source: str, name: str = "cell") -> Output:
        """Run one cell; if it fails, no exception is raised, and the output has its exit status.

        Raises:
            RecetarioError: The kernel has ended.
        """
        cell = new_code_cell(source)
        name_step(self._client, name)
        self._reply: dict[str, Any] = {}
        self._notebook.nb.cells = [cell]
        try:
            with contextlib.suppress(CellExecutionError):
                self._notebook.execute_cell(cell, 0)
        except DeadKernelError as error:
            raise _dead() from error
        outcome = self._reply["content"]["recetario"]
        text = {output.name: output.text for output in cell.outputs if output.output_type == "stream"}
        explanation = f"{outcome['explanation']}\n" if outcome["explanation"] else ""
        status = outcome["status"] or (1 if explanation else 0)  # a step with an explanation failed even with status 0
        return Output(
            text.get("stdout", ""), text.get("stderr", "") + explanation, status, sum(outcome["cut"].values())
        )

    def _is_alive(self) -> bool:
        return bool(run_sync(self._manager.is_alive)())

    def _keep_reply(self, execute_reply: dict[str, Any], **_: Any) -> None:
        self._reply = execute_reply


def _dead() -> RecetarioError:
    return RecetarioError(
        "The kernel that runs the steps has ended.", "Was it killed, or was there no memory left? Replay again."
    )
