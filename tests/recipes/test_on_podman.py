"""Single steps and scripts do in a lab host what the page shows.

test_readers_machine.py tests that they change nothing of the reader's.
"""

from __future__ import annotations

import pytest
from support.copied import copy_each_step
from support.verdicts import expected_verdicts, printed_verdicts

from recetario.book.environments import Environment
from recetario.book.ids import Slug
from recetario.book.project import Project
from recetario.lab.hosts import EXCHANGE
from recetario.lab.runs import Run
from recetario.replay.story import prepare
from recetario.takeaway.script import reader_script

pytestmark = pytest.mark.podman


def test_each_step_copied_from_the_page_prints_what_the_page_shows(
    project: Project, slug: Slug, environment: Environment, turn: bool, differs: bool, run: Run
) -> None:
    """No step needs the header or a variable of another step."""
    if not differs and (not turn or project.claim_files[slug].fields):
        pytest.skip("Its steps are the same in both modes, or test_renamed.py copies them under other names.")
    case = project.case(slug, environment)

    file = project.claim_files[slug]
    with run.host(environment, file.needs, without=file.without) as host:
        printed = copy_each_step(case, host)

    kept = project.evidence[slug, environment.id].outputs
    assert printed == {name: kept[name] for name in printed}


def test_script_judges_as_the_site_does(
    project: Project, slug: Slug, environment: Environment, turn: bool, differs: bool, run: Run
) -> None:
    """It runs to the end, leaves nothing behind, and prints the site's verdict on each claim."""
    if not (turn or differs):
        pytest.skip("Its steps are the same in both modes.")
    if not any(step.lab_only for step in project.recipes[slug].steps) and not project.claim_files[slug].sudo:
        pytest.skip("It judges the same on a reader's machine: test_readers_machine.py.")
    if any(step.reboots for step in project.recipes[slug].steps):
        pytest.skip("It would end with the machine, which it restarts.")
    language = "en" if environment.rootless else "es"
    script = reader_script(project.recipes[slug], project.claim_files[slug], "?", language)

    file = project.claim_files[slug]
    with run.host(environment, file.needs, without=file.without) as host:
        prepare(project.case(slug, environment), host)
        (host.exchange / "recipe.sh").write_bytes(script)
        result = host.run(["bash", f"{EXCHANGE}/recipe.sh"], timeout_s=120)
        leaks = host.leaks()

    assert result.returncode == 0, result.stderr
    assert leaks == []
    assert printed_verdicts(result.stdout, language) == expected_verdicts(project, slug, environment, language)
