"""Do what readers do with the commands of a page: copy them one by one into new shells."""

from __future__ import annotations

from recetario.book.case import Case
from recetario.book.evidence import Output
from recetario.book.normalise import Normaliser
from recetario.lab.hosts import Host
from recetario.replay.story import prepare

__all__ = ["copy_each_step"]


def copy_each_step(case: Case, host: Host) -> dict[str, Output]:
    """Prepare a host, and run each step of a recipe there in a shell of its own; the outputs by step."""
    prepare(case, host)
    normalise = Normaliser()
    outputs = {}
    for step in [case.recipe.variant_for(name, case.environment) for name in case.recipe.names]:
        result = host.run(["bash", "-c", step.command])
        outputs[step.name] = Output(normalise(result.stdout), normalise(result.stderr), result.returncode)
    return outputs
