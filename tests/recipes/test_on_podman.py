"""What readers take away does on a real machine what the page shows: single steps, scripts, notebooks.

test_readers_machine.py tests that it leaves alone what it finds there.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.book.normalise import Normaliser
from recetario.book.project import Project
from recetario.book.recipes import Step
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.runs import Run
from recetario.replay.story import prepare
from recetario.takeaway.script import reader_script
from recetario.translations import translations

pytestmark = pytest.mark.podman

NEWEST = load_environments()[-2:]
_IN_JUPYTER = """
import sys, nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from pathlib import Path
from recetario.kernel.specs import HERE, write_specs
folder = Path.home() / "kernels"
write_specs(folder)
finder = KernelSpecManager(kernel_dirs=[str(folder)])
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, km=AsyncKernelManager(kernel_name=HERE, kernel_spec_manager=finder)).execute()
nbformat.write(notebook, sys.argv[1])
"""


def _image_for(project: Project, slug: str) -> str:
    return "-".join(project.files[slug].needs)


def _alone(host: Host, step: Step, normalise: Normaliser) -> Output:
    """Run what a page copies, in a shell of its own."""
    done = host.run(["bash", "-c", step.command])
    return Output(normalise(done.stdout), normalise(done.stderr), done.returncode)


def test_each_step_copied_alone_prints_what_the_page_shows(
    project: Project, slug: str, environment: Environment, run: Run
) -> None:
    """No step needs a variable of another, nor the header."""
    recipe = project.recipes[slug]
    steps = [recipe.variant_for(name, environment) for name in recipe.names]
    normalise = Normaliser()

    with run.host(environment, _image_for(project, slug)) as host:
        prepare(project.case(slug, environment), host)
        printed = {step.name: _alone(host, step, normalise) for step in steps}

    kept = project.evidence[slug, environment.id].outputs
    assert printed == {step.name: kept[step.name] for step in steps}


def _language(environment: Environment) -> str:
    """Each language in one mode: what runs is the same in both, which a test without Podman holds."""
    return "en" if environment.rootless else "es"


def test_script_judges_as_the_site_does(project: Project, slug: str, environment: Environment, run: Run) -> None:
    """It runs to its end, cleans up, and says of each claim what the matrix says."""
    language = _language(environment)
    words = translations(language)["site"]
    script = reader_script(project.recipes[slug], project.files[slug], "?", language)

    with run.host(environment, _image_for(project, slug)) as host:
        prepare(project.case(slug, environment), host)
        (host.exchange / "recipe.sh").write_bytes(script)
        done = host.run(["bash", f"{EXCHANGE}/recipe.sh"], timeout_s=120)
        leaks = host.leaks()

    told = re.findall(rf"^({words['holds']}|{words['fails']}|{words['scope']}): (.*)$", done.stdout, re.MULTILINE)
    claims = [claim for claim in project.files[slug].claims.values() if not claim.derived]  # by more than one machine
    assert done.returncode == 0, done.stderr
    assert leaks == []
    assert told == [(words[project.verdicts[c.id, environment.id].word], c.text[language]) for c in claims]


def test_notebook_runs_where_a_reader_opens_it(project: Project, slug: str, environment: Environment, run: Run) -> None:
    """With that suite's own nbclient and ipykernel, on `here`; its cells print what the page shows."""
    import nbformat

    if environment not in NEWEST:
        pytest.skip("Only the newest Podman has an image with Jupyter.")
    if project.files[slug].needs:
        pytest.skip("No image has both Jupyter and what the recipe needs.")
    sources = {Path(__file__).parents[2] / "src": "/src"}
    with run.host(environment, image_for="notebooks", mounts=sources) as host:
        prepare(project.case(slug, environment), host)
        copy = host.exchange / "notebook.ipynb"
        copy.write_bytes((project.top / "notebooks" / _language(environment) / f"{slug}.ipynb").read_bytes())
        copy.chmod(0o666)
        done: subprocess.CompletedProcess[str] = host.run(
            [
                "env",
                "PYTHONPATH=/src",
                "PYTHONDONTWRITEBYTECODE=1",
                "python3",
                "-c",
                _IN_JUPYTER,
                f"{EXCHANGE}/notebook.ipynb",
            ],
            timeout_s=180,
        )
        executed = nbformat.read(copy, as_version=4)

    normalise = Normaliser()
    printed = {
        cell.id: "".join(normalise(output.text) for output in cell.outputs if output.get("name") == "stdout")
        for cell in executed.cells
        if cell.cell_type == "code" and cell.id != "header"
    }
    kept = project.evidence[slug, environment.id].outputs
    assert done.returncode == 0, done.stderr
    assert printed == {name: output.stdout for name, output in kept.items()}
