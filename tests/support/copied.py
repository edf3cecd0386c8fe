"""Do what readers do with the commands of a page: copy them one by one into new shells."""

from __future__ import annotations

from recetario.book.case import Case
from recetario.book.evidence import Output
from recetario.book.normalise import Normaliser
from recetario.book.recipes import Step
from recetario.lab.hosts import Host
from recetario.replay.story import prepare

__all__ = ["copy_each_step"]


def copy_each_step(case: Case, host: Host) -> dict[str, Output]:
    """Prepare a host, and run each step of a recipe there in a shell of its own; the outputs by step.

    Where the story ends early, the step that ends it stops at its first failure, and only cleanup comes after it.
    """
    prepare(case, host)
    normalise = Normaliser()
    outputs: dict[str, Output] = {}
    *story, cleanup = [case.recipe.variant_for(name, case.environment) for name in case.recipe.names]

    def run(step: Step, command: str, *options: str) -> None:
        result = host.run(["bash", *options, "-c", command])
        if step.reboots:
            host.reboot()
            outputs[step.name] = Output()
            return
        outputs[step.name] = Output(normalise(result.stdout), normalise(result.stderr), result.returncode)

    for step in story:
        if case.end and case.step(case.end.step) == step:
            run(step, step.command, "-e")
            run(cleanup, f"{{\n{cleanup.command}\n}} || :")
            return outputs
        run(step, step.command)
    run(cleanup, cleanup.command)
    return outputs
