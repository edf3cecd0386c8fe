"""Replay recipes in pristine hosts: run the steps through the kernel, check the claims, and look for leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from recetario.book.case import Case
from recetario.book.evidence import Evidence, Output
from recetario.book.normalise import Normaliser
from recetario.book.recipes import Step
from recetario.book.verdicts import check_case
from recetario.errors import RecetarioError
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.learning import settled
from recetario.replay.kernel import STEP_LIMIT_S, Kernel

__all__ = ["PICTURE", "prepare", "replay", "run_story"]

PICTURE = "picture.png"
"""The file in a host's exchange folder that steps find in RECETARIO_PICTURE, and may write a picture to."""
_LAST_LINES = 12


def replay(
    case: Case, host: Host, kernel: Kernel, keep: Callable[[Evidence], None] = lambda evidence: None
) -> Evidence:
    """Replay one recipe in a pristine host, after its ``prepare.sh`` if it has one.

    Args:
        case: The recipe and environment.
        host: A host that has just started.
        kernel: Runs the steps.
        keep: Called with the output to save it, also if a claim is undecided; not if something leaked.

    Returns:
        The normalised output of all steps. It decides every claim, and nothing was left behind.

    Raises:
        RecetarioError: ``prepare.sh``, a step or cleanup failed, the story did not end as declared, a claim is
            undecided, or something leaked. The message has the output.
    """
    prepare(case, host)
    kernel.open(host.argv([]), host.exchange, EXCHANGE)
    try:
        kernel.run(f"export RECETARIO_PICTURE={EXCHANGE}/{PICTURE}", "picture")
        outputs = run_story(case, kernel.run)
    finally:
        kernel.close()
    evidence = Evidence(*case.key, host.versions, _normalised(outputs))
    try:
        check_case(case, evidence)
    except RecetarioError:
        keep(evidence)  # to be read: `accept` refuses it
        raise
    _check_leaks(case, host)
    keep(evidence)
    return evidence


def prepare(case: Case, host: Host) -> None:
    """Prepare a pristine host for a recipe: allow sudo if its steps use it, and run ``prepare.sh`` if there is one.

    What ``prepare.sh`` creates does not belong to the recipe: it is added to ``host.pristine``, so it is no leak, and
    the recipe must not remove it.

    Raises:
        RecetarioError: ``prepare.sh`` failed, or the rule for sudo could not be written; the message has the output.
    """
    if case.file.sudo:
        _grant_sudo(host)
    if not case.recipe.prepare:
        return
    result = host.run(["bash", "-c", case.recipe.prepare], timeout_s=STEP_LIMIT_S)
    if result.returncode:
        lines = (result.stdout + result.stderr).strip().splitlines()[-_LAST_LINES:]
        raise RecetarioError(
            f"{case.id}: prepare.sh ended with status {result.returncode}.",
            "It said: " + "\n         ".join(lines or ["nothing"]),
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


def run_story(case: Case, run: Callable[[str, str], Output]) -> dict[str, Output]:
    """Run the header and the steps in order. A failed step ends the story, but cleanup always runs.

    Raises:
        RecetarioError: A step failed that is not the declared end of the story, or only cleanup failed.
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
    # After a failure, each line of cleanup must run even if the previous one fails: bash ignores `set -e` before `||`.
    outputs[cleanup.name] = run(f"{{\n{cleanup.source}\n}} || :" if failed else cleanup.source, cleanup.name)
    if failed and (case.end is None or case.step(case.end.step) != failed):
        raise RecetarioError(*_step_error(case, failed, outputs[failed.name]))
    if outputs[cleanup.name].status != 0:
        raise RecetarioError(*_step_error(case, cleanup, outputs[cleanup.name]))
    return outputs


def _normalised(outputs: Mapping[str, Output]) -> dict[str, Output]:
    normalise = Normaliser()
    return {
        name: Output(normalise(output.stdout), normalise(output.stderr), output.status, output.cut)
        for name, output in outputs.items()
    }


def _check_leaks(case: Case, host: Host) -> None:
    leaks = host.leaks()
    if leaks:
        raise RecetarioError(
            f"{case.id} left something behind:",
            *leaks,
            "Delete it in the step cleanup. To look around in the host:",
            f"{case.replay_command} --keep",
        )


def _step_error(case: Case, step: Step, output: Output) -> Iterator[str]:
    yield f'{case.id}: step "{step.name}" ended with status {output.status}.'
    lines = output.lines[-_LAST_LINES:] or ("nothing",)
    yield f"It said: {lines[0]}"
    yield from (f"         {line}" for line in lines[1:])
    yield "Replay only this, and keep the host to look around:"
    yield f"{case.replay_command} --keep"
