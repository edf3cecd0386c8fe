"""Replay recipes: nbclient runs their steps through the kernel, in a pristine host, and nothing may be left behind."""

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
"""The file in a host's exchange folder that RECETARIO_PICTURE names to its steps."""
_LAST_LINES = 12


def replay(
    case: Case, host: Host, kernel: Kernel, keep: Callable[[Evidence], None] = lambda evidence: None
) -> Evidence:
    """Replay one recipe in a pristine host; what its ``prepare.sh`` makes is made first.

    Args:
        case: Which.
        host: It was just entered.
        kernel: Which runs the steps.
        keep: Called with what the recipe printed, before any claim is judged by it.

    Returns:
        What it printed, normalised: every claim is decided by it and nothing was left behind.

    Raises:
        RecetarioError: ``prepare.sh`` or a step failed, a story did not end as declared, a claim is undecided,
            cleanup failed, or something leaked; says which, with what was printed.
    """
    prepare(case, host)
    kernel.open(host.argv([]), host.exchange, EXCHANGE)
    try:
        kernel.run(f"export RECETARIO_PICTURE={EXCHANGE}/{PICTURE}", "picture")
        outputs = run_story(case, kernel.run)
    finally:
        kernel.close()
    evidence = Evidence(*case.key, host.versions, _normalised(outputs))
    keep(evidence)
    check_case(case, evidence)
    _check_leaks(case, host)
    return evidence


def prepare(case: Case, host: Host) -> None:
    """Get a host in which nothing was done yet ready for a recipe.

    Its user may run anything as root without a password where steps use sudo, and ``prepare.sh`` runs where there is
    one. What that makes is none of the recipe's: from now on ``host.pristine`` has it, so it does not count as left
    behind, and it has to be there at the end.

    Raises:
        RecetarioError: It failed, or the host takes no rule for sudo; says what was printed.
    """
    if case.file.sudo:
        _grant_sudo(host)
    if not case.recipe.prepare:
        return
    done = host.run(["bash", "-c", case.recipe.prepare], timeout_s=STEP_LIMIT_S)
    if done.returncode:
        printed = (done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:]
        raise RecetarioError(
            f"{case.id}: prepare.sh ended with status {done.returncode}.",
            "It said: " + "\n         ".join(printed or ["nothing"]),
        )
    host.pristine = settled(host)


def _grant_sudo(host: Host) -> None:
    """Let the user of a host run anything as root without a password."""
    rule = f"{host.environment.user} ALL=(ALL) NOPASSWD: ALL"
    done = host.run(["sh", "-c", f"umask 337; echo '{rule}' >/etc/sudoers.d/recetario"], user="root")
    if done.returncode:
        raise RecetarioError(
            f"The host of {host.environment.id} does not take a rule for sudo.", f"It said: {done.stderr.strip()}"
        )


def run_story(case: Case, run: Callable[[str, str], Output]) -> dict[str, Output]:
    """Run header and steps in order; a failed step ends the story, and cleanup runs all the same.

    Raises:
        RecetarioError: A step failed where no end is declared, or cleanup failed after a complete story.
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
    # Under `||` bash looks at no line's status, so each runs whatever the one before said.
    outputs[cleanup.name] = run(f"{{\n{cleanup.source}\n}} || :" if failed else cleanup.source, cleanup.name)
    if failed and (case.end is None or case.step(case.end.step) != failed):
        raise RecetarioError(*_step_failed(case, failed, outputs[failed.name]))
    if outputs[cleanup.name].status != 0:
        raise RecetarioError(*_step_failed(case, cleanup, outputs[cleanup.name]))
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


def _step_failed(case: Case, step: Step, output: Output) -> Iterator[str]:
    yield f'{case.id}: step "{step.name}" ended with status {output.status}.'
    lines = output.lines[-_LAST_LINES:] or ("nothing",)
    yield f"It said: {lines[0]}"
    yield from (f"         {line}" for line in lines[1:])
    yield "Replay only this, and keep the host to look around:"
    yield f"{case.replay_command} --keep"
