"""A mistake in a recipe changes its verdicts; where it does not, ``mutants.toml`` says why."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from support.mutation import mutants

from recetario.book.case import Case
from recetario.book.claims import Answer, Claim
from recetario.book.environments import load_environments
from recetario.book.ids import ClaimId
from recetario.book.project import Project
from recetario.book.verdicts import judge
from recetario.errors import RecetarioError

_FILE = Path(__file__).with_name("mutants.toml")
_SCORE = Path(__file__).with_name("mutants.json")
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


def test_a_mutant_that_survives_has_a_reason(project: Project) -> None:
    """``python tests/mutants.py --write`` lists those that do; what is no longer a mutant waits for its next run."""
    survivors = [
        survivor for survivor in json.loads(_SCORE.read_text("utf-8"))["survivors"] if exists(project, survivor)
    ]
    entries = EXPLAINED["mutants"]

    unexplained = [survivor for survivor in survivors if not any(explains(entry, survivor) for entry in entries)]
    assert not unexplained, f"no verdict notices this: narrow a pattern, or say why in {_FILE.name}: {unexplained[0]}"
    needless = [entry["because"] for entry in entries if not any(explains(entry, survivor) for survivor in survivors)]
    assert not needless, f"{_FILE.name}: this explains no mutant: {needless[0]}"


def exists(project: Project, survivor: Mapping[str, str]) -> bool:
    """Whether a survivor is still a mutant of its step."""
    claim = project.claims.get(ClaimId(survivor["claim"]))
    steps = [step for step in project.recipes[claim.recipe].steps if step.name == survivor["step"]] if claim else []
    made = ((mutant.kind, mutant.role, mutant.text) for step in steps for mutant in mutants(step))
    return (survivor["kind"], survivor["role"], survivor["text"]) in made


def explains(entry: Mapping[str, Any], survivor: Mapping[str, str]) -> bool:
    """Whether an entry of ``mutants.toml`` is about this survivor: patterns for whatever it names."""
    names = entry.keys() - {"because", "open"}
    return all(any(fnmatchcase(survivor[name], pattern) for pattern in entry[name]) for name in names)


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


def test_mutants_are_bash(project: Project, slug: str) -> None:
    """One that bash can't read would be noticed for the wrong reason."""
    sources = [mutant.source for step in project.recipes[slug].steps for mutant in mutants(step)]
    functions = "\n".join(f"mutant() {{\n{source}\n}}" for source in sources)

    checked = subprocess.run(["bash", "-n"], input=functions, capture_output=True, text=True, check=False)

    assert checked.stderr == ""
