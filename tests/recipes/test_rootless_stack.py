"""What the recipe rootless-stack says about one container is true even if the user has others."""

from __future__ import annotations

import pytest

from recetario.book.environments import Environment, load_environments
from recetario.book.project import Project
from recetario.lab.runs import Run

pytestmark = pytest.mark.podman

_ROOTLESS = [environment for environment in load_environments() if environment.rootless]
_OTHER = "podman run --detach --name other --publish 8001:80 docker.io/library/busybox sleep infinity"


@pytest.mark.parametrize("environment", _ROOTLESS, ids=lambda environment: environment.id)
def test_programs_of_other_containers_are_not_counted(project: Project, environment: Environment) -> None:
    """A container without a network has no network program, even while another container has one."""
    recipe = project.recipes["rootless-stack"]
    none, helpers = (recipe.variant_for(name, environment).command for name in ("none", "none-helpers"))

    with Run() as run, run.host(environment) as host:
        assert host.run(["bash", "-c", _OTHER]).returncode == 0
        assert host.run(["bash", "-c", none]).returncode == 0
        printed = host.run(["bash", "-c", helpers]).stdout

    assert printed == "program: none\n"
