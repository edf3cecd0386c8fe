"""The replay of a recipe with a misspelled command fails, because its output proves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.changed import changed
from support.demo import refusal

from recetario.book.environments import find
from recetario.book.project import Project
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

    def misspell(name: str, text: str) -> str:
        before, marker, after = text.partition(f"# %% {step}\n")
        return before + marker + after.replace(right, wrong, 1) if marker else text

    case = changed(project.case("dns-network", find([environment])[0]), tmp_path, misspell)
    with Run(project.top) as run, Kernel() as kernel, run.host(case.environment) as host:
        message = refusal(lambda: replay(case, host, kernel))

    assert expected in message
    assert wrong in case.recipe.variants(step)[0].source
