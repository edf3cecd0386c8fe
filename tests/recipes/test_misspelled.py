"""The replay of a recipe with a misspelled command fails, because its output proves nothing."""

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
    ("step", "right", "wrong", "environment", "expected"),
    [
        ("use", "--detach", "--detatch", "3.0-cni-rootless", 'step "use" ended the story without the line'),
        ("control", "-type", "-tpye", "5.4-netavark-rootless", 'its control, step "control", does not give the opp'),
    ],
)
def test_a_misspelled_option_fails_the_replay(
    project: Project, tmp_path: Path, step: str, right: str, wrong: str, environment: str, expected: str
) -> None:
    """Both passed once: a usage error was taken for the declared end, or for a name that was not found."""
    folder = tmp_path / "dns-network"
    folder.mkdir()
    for file in ("recipe.sh", "claims.toml"):
        text = (project.top / "recipes" / "dns-network" / file).read_text("utf-8")
        before, marker, after = text.partition(f"# %% {step}\n")
        if marker:
            text = before + marker + after.replace(right, wrong, 1)
        (folder / file).write_text(text, "utf-8")
    recipe = load_recipe(folder)

    case = Case(recipe, load_claims(recipe), find([environment])[0])
    with Run(project.top) as run, Kernel() as kernel, run.host(case.environment) as host:
        message = refusal(lambda: replay(case, host, kernel))

    assert expected in message
    assert wrong in recipe.variants(step)[0].source
