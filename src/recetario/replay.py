"""Replay recipes: nbclient runs their steps through the kernel, in a pristine host, and nothing may be left behind."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from recetario.claims import ClaimFile
from recetario.environments import Environment
from recetario.errors import RecetarioError
from recetario.evidence import Evidence, Output
from recetario.lab import EXCHANGE, Host
from recetario.normalise import Normaliser
from recetario.recipes import Recipe, Step
from recetario.verdicts import check_end, judge

__all__ = ["Kernel", "replay", "run_story", "write_atomically"]

STEP_LIMIT_S = 120.0
_LAST_LINES = 12


class Kernel:
    """One kernel process that serves many replays: starting a process for each would cost more than the recipe.

    Use it as a context manager; ``open`` points it at a host, ``run`` runs one cell there.
    """

    def __enter__(self) -> Self:
        self._manager = _Manager(transport="ipc")
        self._manager.start_kernel()
        self._client: BlockingKernelClient = self._manager.blocking_client()
        self._client.start_channels()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=kind is not None)

    def open(self, prefix: list[str], outer: Path, inner: str, limit_s: float = STEP_LIMIT_S) -> None:
        """Start a fresh bash behind ``prefix``; ``outer`` and ``inner`` are one folder, seen from here and there."""
        content = {"prefix": prefix, "outer": str(outer), "inner": inner, "limit_s": limit_s}
        message = self._client.session.msg("recetario_open_request", content)
        self._client.wait_for_ready(timeout=60)
        self._client.shell_channel.send(message)
        while (reply := self._client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != message["msg_id"]:
            pass
        if reply["content"]["status"] != "ok":
            raise RecetarioError(f"No bash could be started: {reply['content'].get('evalue', 'no reason given')}")
        self._notebook = NotebookClient(
            new_notebook(),
            km=self._manager,
            coalesce_streams=True,
            on_cell_executed=self._keep_reply,
            record_timing=False,
        )
        self._notebook.kc = self._manager.client()
        self._notebook.kc.start_channels()

    def run(self, source: str) -> Output:
        """Run one cell; nothing is raised for a failed one, its status tells."""
        cell = new_code_cell(source)
        self._reply: dict[str, Any] = {}
        with contextlib.suppress(CellExecutionError):
            self._notebook.execute_cell(cell, self._notebook.code_cells_executed)
        told = self._reply["content"]["recetario"]
        text = {output.name: output.text for output in cell.outputs if output.output_type == "stream"}
        stderr = text.get("stderr", "") + (f"{told['words']}\n" if told.get("words") else "")
        return Output(text.get("stdout", ""), stderr, told["status"], sum(told["cut"].values()))

    def _keep_reply(self, execute_reply: dict[str, Any], **_: Any) -> None:
        self._reply = execute_reply


class _Manager(KernelManager):
    """Starts our kernel with the Python that runs this, installed as a kernelspec or not."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "recetario.kernel", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Bash", language="bash", interrupt_mode="message")


def replay(
    recipe: Recipe,
    file: ClaimFile,
    host: Host,
    kernel: Kernel,
) -> Evidence:
    """Replay one recipe in a pristine host.

    Returns:
        What it printed, normalised: every claim is decided by it and nothing was left behind.

    Raises:
        RecetarioError: A step failed, a story did not end as declared, a claim is undecided, cleanup failed, or
            something leaked; says which, with what was printed.
    """
    environment = host.environment
    kernel.open(host.argv([], interactive=True), host.exchange, EXCHANGE)
    outputs = run_story(recipe, file, environment, kernel.run)
    evidence = Evidence(recipe.slug, environment.id, host.versions, _normalised(outputs))
    check_end(file, recipe, environment, evidence)
    for claim in file.claims.values():
        if not claim.derived:
            judge(claim, file, recipe, environment, evidence)
    _check_leaks(recipe, host)
    return evidence


def run_story(
    recipe: Recipe, file: ClaimFile, environment: Environment, run: Callable[[str], Output]
) -> dict[str, Output]:
    """Run header and steps in order; a failed step ends the story, and cleanup runs all the same.

    Raises:
        RecetarioError: A step failed where no end is declared, or cleanup failed after a complete story.
    """
    *story, cleanup = recipe.steps
    outputs = {step.name: Output(status=None) for step in recipe.steps}
    run(recipe.header)
    failed: Step | None = None
    for step in story:
        outputs[step.name] = run(step.source)
        if outputs[step.name].status != 0:
            failed = step
            break
    # Under `||` bash looks at no line's status, so each runs whatever the one before said.
    outputs[cleanup.name] = run(f"{{\n{cleanup.source}\n}} || :" if failed else cleanup.source)
    end = file.end(environment)
    if failed and (end is None or end.step != failed.name):
        raise RecetarioError(*_step_failed(recipe, environment, failed, outputs[failed.name]))
    if outputs[cleanup.name].status != 0:
        raise RecetarioError(*_step_failed(recipe, environment, cleanup, outputs[cleanup.name]))
    return outputs


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _normalised(outputs: Mapping[str, Output]) -> dict[str, Output]:
    normalise = Normaliser()
    return {
        name: Output(normalise(output.stdout), normalise(output.stderr), output.status, output.cut)
        for name, output in outputs.items()
    }


def _check_leaks(recipe: Recipe, host: Host) -> None:
    leaks = sorted(host.snapshot() - host.pristine - host.residue)
    if leaks:
        raise RecetarioError(
            f"{recipe.slug} on {host.environment.id} left something behind:",
            *leaks,
            "Delete it in the step cleanup. To look around in the host:",
            f"nox -s replay -- {recipe.slug} --env {host.environment.id} --keep",
        )


def _step_failed(recipe: Recipe, environment: Environment, step: Step, output: Output) -> Iterator[str]:
    yield f'{recipe.slug} on {environment.id}: step "{step.name}" ended with status {output.status}.'
    lines = output.lines[-_LAST_LINES:] or ("nothing",)
    yield f"It said: {lines[0]}"
    yield from (f"         {line}" for line in lines[1:])
    yield "Replay only this, and keep the host to look around:"
    yield f"nox -s replay -- {recipe.slug} --env {environment.id} --keep"
