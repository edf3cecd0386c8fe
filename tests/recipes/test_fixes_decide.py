"""The first claim of a recipe judges its fix: without the fix's last step, it does not hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.changed import changed

from recetario.book.case import Case
from recetario.book.claims import Answer, Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.project import Project
from recetario.book.recipes import Step
from recetario.book.verdicts import judge
from recetario.errors import RecetarioError
from recetario.lab.runs import Run
from recetario.replay.kernel_process import KernelProcess
from recetario.replay.story import run_recipe

_PROJECT = Project(Path(__file__).parents[2])


def _first_claim(slug: str) -> Claim:
    return _PROJECT.claim_files[slug].first_claim


def environments_of(slug: str) -> list[Environment]:
    """For a recipe with a fix, where its first claim holds and did not before the fix, as its control shows."""
    claim = _first_claim(slug)
    if not claim.fix:
        return []
    row = zip(load_environments(), _PROJECT.row(claim.id), strict=True)
    return [environment for environment, verdict in row if verdict.verdict is Answer.HOLDS and verdict.control]


def _without_last_step_of_fix(case: Case, folder: Path) -> Case:
    """The same case, but the last step of the fix does nothing."""

    def change(name: str, text: str) -> str:
        if name == "claims.toml":  # without fields, which the fix may no longer have
            return re.sub(r"^\[fields\]\n(?:.+\n)+", "", text, flags=re.MULTILINE)
        if name != "recipe.sh":
            return text
        for step in case.recipe.variants(_first_claim(case.recipe.slug).fix[-1]):
            true = "sudo true" if step.common in case.file.sudo else "true"  # a declared sudo must be there
            nothing = f"if {step.mode}; then\n  {true}\nfi" if step.mode else true
            text, count = re.subn(rf"(# %% {step.name}\n).*?(?=\n+# %% )", rf"\g<1>{nothing}", text, flags=re.DOTALL)
            assert count == 1
        return text

    return changed(case, folder, change)


def _last_that_decides(case: Case) -> Step:
    """The later one of the steps that the first claim needs; what follows takes time and changes nothing."""
    claim = case.file.first_claim
    needed = [case.step(name) for name in (claim.step, *claim.controls.values())]
    return max(needed, key=case.recipe.steps.index)


@pytest.mark.podman
def test_without_its_last_step_a_fix_does_not_work(case: Case, run: Run, kernel: KernelProcess, tmp_path: Path) -> None:
    """The claim fails or is undecided, or the story ends before it: nobody would be told that the fix works."""
    mutated = _without_last_step_of_fix(case, tmp_path)
    answer = None
    with run.host(case.environment, case.file.needs, without=case.file.without) as host:
        try:
            evidence = run_recipe(mutated, host, kernel, _last_that_decides(mutated))
            answer = judge(mutated.file.first_claim, mutated, evidence).verdict
        except RecetarioError as error:  # also if a step or cleanup fails; but not if the lab does
            assert re.search(r'step "|claim "', str(error)), error

    assert answer is not Answer.HOLDS
