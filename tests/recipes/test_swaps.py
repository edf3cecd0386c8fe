"""If another step decided a claim, its verdict would change; where it would not, ``swaps.toml`` says why."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from recetario.book.case import Case
from recetario.book.claims import Answer, Claim
from recetario.book.environments import load_environments
from recetario.book.project import Project
from recetario.book.verdicts import judge
from recetario.errors import RecetarioError

_FILE = Path(__file__).with_name("swaps.toml")
EXPLAINED: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))


def test_a_claim_that_names_another_step_has_another_verdict_or_a_reason(project: Project) -> None:
    """Else its patterns match too much, and would also match if the step did not do what the claim says."""
    claims = [claims for entry in EXPLAINED["swaps"] for claims in entry["claims"].items()]
    explained = [f"{claim}, step {step}" for claim, steps in claims for step in steps]

    kept = {
        f"{claim.id}, step {step}" for claim, step, case in swaps(project) if same_verdict(project, claim, step, case)
    }

    unexplained = sorted(kept - set(explained))
    assert not unexplained, f"its patterns match the output of another step: narrow them, or say why: {unexplained}"
    needless = sorted((Counter(explained) - Counter(kept)).elements())
    assert not needless, f"{_FILE.name}: these need no explanation: {needless}"


def swaps(project: Project) -> Iterator[tuple[Claim, str, Case]]:
    """Each claim with each step that does not decide it, where both ran.

    A control whose answer, as the claim says, is the verdict is no mistake: where a claim fails, what shows that it
    could hold no longer differs from the control for that.
    """
    for claim in project.claims.values():
        for environment in load_environments():
            true = project.verdicts[claim.id, environment.id].verdict
            if claim.derived or true is Answer.NOT_APPLICABLE:
                continue
            case = project.case(claim.recipe, environment)
            declared = {step for answer, step in claim.controls.items() if answer is not true}
            outputs = project.evidence[case.key].outputs
            for step in case.recipe.names:
                if step not in {claim.step, *declared} and outputs[case.step(step).name].status is not None:
                    yield claim, step, case


def same_verdict(project: Project, claim: Claim, step: str, case: Case) -> bool:
    """Whether the verdict stays as it is if the claim is decided by the output of this step."""
    evidence = project.evidence[case.key]
    decider, other = case.step(claim.step).name, case.step(step).name
    swapped = replace(evidence, outputs={**evidence.outputs, decider: evidence.outputs[other]})
    try:
        return judge(claim, case, swapped).verdict is project.verdicts[claim.id, case.environment.id].verdict
    except RecetarioError:
        return False
