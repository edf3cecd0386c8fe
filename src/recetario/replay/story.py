"""Replay recipes in pristine hosts: run their steps with the kernel, check that claims are decided, find leaks."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence

from recetario.book.case import Case
from recetario.book.evidence import Evidence, Output, picture_digest
from recetario.book.normalise import Normaliser
from recetario.book.recipes import Step
from recetario.book.verdicts import check_case
from recetario.errors import RecetarioError, joined
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.learning import settled
from recetario.replay.kernel_process import STEP_LIMIT_S, KernelProcess

__all__ = ["PICTURE", "FailedReplayError", "prepare", "replay", "run_recipe", "run_story"]

PICTURE = "picture.png"
"""A file in the host's exchange folder; steps may write a picture to it, and have its path in RECETARIO_PICTURE."""
_KILLED = re.compile(r": line \d+: +\S+ Killed ")
_LAST_LINES = 12
"""The number of lines of output in error messages."""


class FailedReplayError(RecetarioError):
    """A step failed, or something leaked; ``outputs`` has what all steps printed, by name."""

    def __init__(self, outputs: Mapping[str, Output], what: str, *todo: str) -> None:
        super().__init__(what, *todo)
        self.outputs = outputs


def replay(
    case: Case, host: Host, kernel: KernelProcess, save: Callable[[Evidence], None] = lambda evidence: None
) -> Evidence:
    """Replay a recipe in a pristine host, after its ``prepare.sh`` if it has one.

    Args:
        case: The recipe and environment.
        host: A host that has just started.
        kernel: Runs the steps.
        save: Called to save the output, even if a claim is undecided, but not if something leaked.

    Returns:
        The normalised output of all steps. It decides every claim.

    Raises:
        RecetarioError: ``prepare.sh``, a step or cleanup failed, the story did not end as declared, a claim is
            undecided, or something leaked. The message has the output; if a claim is undecided and something leaked,
            it reports both.
    """
    evidence = run_recipe(case, host, kernel)
    leak = _leak_error(case, host, evidence)
    if not leak:
        save(evidence)  # even if a claim is undecided, for the author to read: `accept` refuses it
    try:
        check_case(case, evidence)
    except RecetarioError as error:
        raise joined([error, leak] if leak else [error]) from None
    if leak:
        raise leak
    return evidence


def run_recipe(case: Case, host: Host, kernel: KernelProcess, last: Step | None = None) -> Evidence:
    """Run a recipe in a pristine host, as ``replay`` does, but judge nothing.

    Args:
        case: The recipe and environment.
        host: A host that has just started.
        kernel: Runs the steps.
        last: Stop after this step, without cleanup: the host will be thrown away.

    Raises:
        RecetarioError: ``prepare.sh``, a step or cleanup failed in a way that no story may end.
    """
    prepare(case, host)
    _open(host, kernel)
    try:
        run = functools.partial(_run_step, case, host, kernel)
        outputs = run_story(case, run, last=last, cleanup_after_failure=not host.kept)
    finally:
        kernel.close()
    return Evidence(*case.key, host.versions, _normalised(outputs), picture_digest(host.exchange / PICTURE))


def _run_step(case: Case, host: Host, kernel: KernelProcess, source: str, name: str) -> Output:
    """Run a step in a host that is open; after one that restarts the machine, wait until the host is ready again.

    Returns:
        Its output; empty, with status 0, for a restart.

    Raises:
        RecetarioError: The host did not restart.
    """
    output = kernel.run(source, name)
    step = next((step for step in case.recipe.steps if step.name == name), None)
    if step is None or not step.reboots or step.mode not in (None, case.environment.mode):
        return output
    kernel.close()
    try:
        host.reboot()
    except RecetarioError as error:
        what = f'{case.id}: step "{name}" did not restart the machine.'
        raise RecetarioError(what, str(error), *_said(output.lines)) from error
    _open(host, kernel)
    kernel.run(case.recipe.header, "header")
    return Output()


def _open(host: Host, kernel: KernelProcess) -> None:
    kernel.open(host.argv([]), host.exchange, EXCHANGE)
    kernel.run(f"export RECETARIO_PICTURE={EXCHANGE}/{PICTURE}", "picture")


def prepare(case: Case, host: Host) -> None:
    """Prepare a pristine host for a recipe: allow sudo if its steps use it, and run ``prepare.sh`` if there is one.

    What ``prepare.sh`` creates becomes part of ``host.pristine``: it may remain, and it is a leak if the recipe
    removes it.

    Raises:
        RecetarioError: ``prepare.sh`` failed, or the rule for sudo could not be written; the message has the output.
    """
    if case.file.sudo:
        _grant_sudo(host)
    if not case.recipe.prepare:
        return
    result = host.run(["bash", "-c", case.recipe.prepare], timeout_s=STEP_LIMIT_S)
    if result.returncode:
        lines = (result.stdout + result.stderr).strip().splitlines()
        raise RecetarioError(
            f"{case.id}: prepare.sh ended with status {result.returncode}.",
            *_said(lines),
        )
    host.pristine = settled(host)


def _grant_sudo(host: Host) -> None:
    """Allow the host's user to run any command as root without a password."""
    rule = f"{host.environment.user} ALL=(ALL) NOPASSWD: ALL"
    result = host.run(["sh", "-c", f"umask 337; echo '{rule}' >/etc/sudoers.d/recetario"], user="root")
    if result.returncode:
        raise RecetarioError(
            f"Cannot allow sudo in the host for {host.environment.id}.", f"It said: {result.stderr.strip()}"
        )


def run_story(
    case: Case, run: Callable[[str, str], Output], *, last: Step | None = None, cleanup_after_failure: bool = True
) -> dict[str, Output]:
    """Run the header and the steps in order. A failed step ends the story, and then cleanup runs.

    Args:
        case: The recipe and environment.
        run: Runs source code with a name, and returns its output; it does not raise if the source fails.
        last: Stop after this step, without cleanup.
        cleanup_after_failure: Whether cleanup also runs if a step failed that is not a declared end.

    Returns:
        The output of each step by name; the status of a step that did not run is None.

    Raises:
        RecetarioError: A step failed without being declared as the end of the story, or only cleanup failed.
    """
    *story, cleanup = case.recipe.steps
    outputs = {step.name: Output(status=None) for step in case.recipe.steps}
    run(case.recipe.header, "header")
    failed: Step | None = None
    for step in story:
        outputs[step.name] = run(step.source, step.name)
        if outputs[step.name].status != 0:
            failed = step
            break
        if step == last:
            return outputs
    declared = case.step(case.end.step) if case.end else None
    unexpected = failed if failed != declared else None
    if unexpected and not cleanup_after_failure:
        raise _step_error(case, unexpected, outputs, "The host is as this step left it: cleanup did not run.")
    # After a failure, each line of cleanup must run even if the previous one fails: bash ignores `set -e` before `||`.
    outputs[cleanup.name] = run(f"{{\n{cleanup.source}\n}} || :" if failed else cleanup.source, cleanup.name)
    if unexpected:
        raise _step_error(case, unexpected, outputs)
    if outputs[cleanup.name].status != 0:
        raise _step_error(case, cleanup, outputs)
    return outputs


def _normalised(outputs: Mapping[str, Output]) -> dict[str, Output]:
    normalise = Normaliser()
    return {
        name: Output(normalise(output.stdout), normalise(output.stderr), output.status, output.cut)
        for name, output in outputs.items()
    }


def _leak_error(case: Case, host: Host, evidence: Evidence) -> RecetarioError | None:
    """The error that lists what a replay left behind, or None if nothing leaked."""
    leaks = host.leaks()
    if not leaks:
        return None
    return FailedReplayError(
        evidence.outputs,
        f"{case.id} left something behind:",
        *leaks,
        *_killed(evidence.outputs),
        "Delete it in the step cleanup. To look around in the host:",
        f"{case.replay_command} --keep",
    )


def _step_error(case: Case, step: Step, outputs: Mapping[str, Output], *todo: str) -> RecetarioError:
    output = outputs[step.name]
    how_to_look = ("Replay only this, and keep the host to look around:", f"{case.replay_command} --keep")
    return FailedReplayError(
        outputs,
        f'{case.id}: step "{step.name}" ended with status {output.status}.',
        *_said(output.lines),
        *_killed(outputs),
        *(todo or how_to_look),
    )


def _killed(outputs: Mapping[str, Output]) -> list[str]:
    """What bash said of killed commands: what they left unfinished may be why another step, or the replay, failed."""
    lines = [(name, line) for name, output in outputs.items() for line in output.lines if _KILLED.search(line)]
    return [f'In step "{name}", a command was killed: {line.strip()}' for name, line in lines]


def _said(lines: Sequence[str]) -> list[str]:
    """Lines of a message with the last lines of an output."""
    first, *others = lines[-_LAST_LINES:] or ["nothing"]
    return [f"It said: {first}", *(f"         {line}" for line in others)]
