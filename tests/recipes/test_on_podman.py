"""Single steps and scripts do in a lab host what the page shows.

test_readers_machine.py tests that they change nothing of the reader's.
"""

from __future__ import annotations

import pytest
from support.verdicts import expected_verdicts, printed_verdicts

from recetario.book.environments import Environment
from recetario.book.evidence import Output
from recetario.book.normalise import Normaliser
from recetario.book.project import Project
from recetario.book.recipes import Step
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.runs import Run
from recetario.replay.story import prepare
from recetario.takeaway.script import reader_script

pytestmark = pytest.mark.podman


def _image_for(project: Project, slug: str) -> str:
    return "-".join(project.files[slug].needs)


def _run_in_new_shell(host: Host, step: Step, normalise: Normaliser) -> Output:
    """Run the commands that a reader copies from a page."""
    result = host.run(["bash", "-c", step.command])
    return Output(normalise(result.stdout), normalise(result.stderr), result.returncode)


def test_each_step_copied_from_the_page_prints_what_the_page_shows(
    project: Project, slug: str, environment: Environment, turn: bool, run: Run
) -> None:
    """No step needs the header or a variable of another step."""
    recipe = project.recipes[slug]
    if not turn and not any(step.mode for step in recipe.steps):
        pytest.skip("Its steps are the same in both modes.")
    steps = [recipe.variant_for(name, environment) for name in recipe.names]
    normalise = Normaliser()

    with run.host(environment, _image_for(project, slug)) as host:
        prepare(project.case(slug, environment), host)
        printed = {step.name: _run_in_new_shell(host, step, normalise) for step in steps}

    kept = project.evidence[slug, environment.id].outputs
    assert printed == {step.name: kept[step.name] for step in steps}


def test_script_judges_as_the_site_does(project: Project, slug: str, environment: Environment, run: Run) -> None:
    """It runs to the end, leaves nothing behind, and prints the site's verdict on each claim."""
    if not any(step.lab_only for step in project.recipes[slug].steps) and not project.files[slug].sudo:
        pytest.skip("It judges the same on a reader's machine: test_readers_machine.py.")
    language = "en" if environment.rootless else "es"
    script = reader_script(project.recipes[slug], project.files[slug], "?", language)

    with run.host(environment, _image_for(project, slug)) as host:
        prepare(project.case(slug, environment), host)
        (host.exchange / "recipe.sh").write_bytes(script)
        result = host.run(["bash", f"{EXCHANGE}/recipe.sh"], timeout_s=120)
        leaks = host.leaks()

    assert result.returncode == 0, result.stderr
    assert leaks == []
    assert printed_verdicts(result.stdout, language) == expected_verdicts(project, slug, environment, language)
