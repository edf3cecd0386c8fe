"""A misspelled command proves nothing: the replay of a recipe that has one fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.demo import refusal

from recetario.book.case import Case
from recetario.book.claims_toml import load_claims
from recetario.book.environments import find
from recetario.book.project import Project
from recetario.book.recipes import load_recipe
from recetario.lab.runs import Run
from recetario.replay.kernel import Kernel
from recetario.replay.story import replay

pytestmark = pytest.mark.podman


@pytest.mark.parametrize(
    ("step", "right", "wrong", "environment", "complaint"),
    [
        ("use", "--detach", "--detatch", "3.0-cni-rootless", 'step "use" ended the story without the line'),
        ("control", "-type", "-tpye", "5.4-netavark-rootless", 'its control, step "control", does not give the opp'),
    ],
)
def test_a_misspelled_option_fails_the_replay(
    project: Project, tmp_path: Path, step: str, right: str, wrong: str, environment: str, complaint: str
) -> None:
    """Once both passed: a usage error was taken for the expected end, or for the name that is not found."""
    folder = tmp_path / "dns-network"
    folder.mkdir()
    for file in ("recipe.sh", "claims.toml"):
        text = (project.top / "recipes" / "dns-network" / file).read_text("utf-8")
        before, marker, after = text.partition(f"# %% {step}\n")
        (folder / file).write_text(before + marker + after.replace(right, wrong, 1 if marker else 0), "utf-8")
    recipe = load_recipe(folder)

    case = Case(recipe, load_claims(recipe), find([environment])[0])
    with Run(project.top) as run, Kernel() as kernel, run.host(case.environment) as host:
        told = refusal(lambda: replay(case, host, kernel))

    assert complaint in told
    assert wrong in recipe.variants(step)[0].source
