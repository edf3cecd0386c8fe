"""Single steps, scripts and notebooks do in a lab host what the page shows.

test_readers_machine.py tests that they change nothing of the reader's.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.verdicts import expected_verdicts, printed_verdicts

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.book.normalise import Normaliser
from recetario.book.project import Project
from recetario.book.recipes import Step
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.runs import Run
from recetario.replay.story import prepare
from recetario.takeaway.script import reader_script

pytestmark = pytest.mark.podman

NEWEST = load_environments()[-2:]
_RUN_NOTEBOOK = """
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


def _run_in_new_shell(host: Host, step: Step, normalise: Normaliser) -> Output:
    """Run the commands that a reader copies from a page."""
    result = host.run(["bash", "-c", step.command])
    return Output(normalise(result.stdout), normalise(result.stderr), result.returncode)


def test_each_step_copied_from_the_page_prints_what_the_page_shows(
    project: Project, slug: str, environment: Environment, run: Run
) -> None:
    """No step needs the header or a variable of another step."""
    recipe = project.recipes[slug]
    steps = [recipe.variant_for(name, environment) for name in recipe.names]
    normalise = Normaliser()

    with run.host(environment, _image_for(project, slug)) as host:
        prepare(project.case(slug, environment), host)
        printed = {step.name: _run_in_new_shell(host, step, normalise) for step in steps}

    kept = project.evidence[slug, environment.id].outputs
    assert printed == {step.name: kept[step.name] for step in steps}


def _language(environment: Environment) -> str:
    """The language to test in an environment; the code is the same in both, which test_notebooks.py checks."""
    return "en" if environment.rootless else "es"


def test_script_judges_as_the_site_does(project: Project, slug: str, environment: Environment, run: Run) -> None:
    """It runs to the end, leaves nothing behind, and prints the site's verdict on each claim."""
    if not any(step.lab_only for step in project.recipes[slug].steps) and not project.files[slug].sudo:
        pytest.skip("It judges the same on a reader's machine: test_readers_machine.py.")
    language = _language(environment)
    script = reader_script(project.recipes[slug], project.files[slug], "?", language)

    with run.host(environment, _image_for(project, slug)) as host:
        prepare(project.case(slug, environment), host)
        (host.exchange / "recipe.sh").write_bytes(script)
        result = host.run(["bash", f"{EXCHANGE}/recipe.sh"], timeout_s=120)
        leaks = host.leaks()

    assert result.returncode == 0, result.stderr
    assert leaks == []
    assert printed_verdicts(result.stdout, language) == expected_verdicts(project, slug, environment, language)


def test_notebook_prints_what_the_page_shows(project: Project, slug: str, environment: Environment, run: Run) -> None:
    """It runs with the kernel `here`, and with the nbclient and ipykernel of Debian."""
    import nbformat

    if environment not in NEWEST:
        pytest.skip("Only the newest Podman has an image with Jupyter.")
    if not environment.rootless and project.files[slug].about.fits(NEWEST[-1]):
        pytest.skip("The kernel and its libraries are the same in both modes.")
    if project.files[slug].needs:
        pytest.skip("No image has both Jupyter and what the recipe needs.")
    sources = {Path(__file__).parents[2] / "src": "/src"}
    with run.host(environment, image_for="notebooks", mounts=sources) as host:
        prepare(project.case(slug, environment), host)
        copy = host.exchange / "notebook.ipynb"
        copy.write_bytes((project.top / "notebooks" / _language(environment) / f"{slug}.ipynb").read_bytes())
        copy.chmod(0o666)
        python = ["env", "PYTHONPATH=/src", "PYTHONDONTWRITEBYTECODE=1", "python3"]
        result = host.run([*python, "-c", _RUN_NOTEBOOK, f"{EXCHANGE}/notebook.ipynb"], timeout_s=180)
        executed = nbformat.read(copy, as_version=4)

    normalise = Normaliser()
    printed = {
        cell.id: "".join(normalise(output.text) for output in cell.outputs if output.get("name") == "stdout")
        for cell in executed.cells
        if cell.cell_type == "code" and cell.id != "header"
    }
    kept = project.evidence[slug, environment.id].outputs
    assert result.returncode == 0, result.stderr
    assert printed == {name: output.stdout for name, output in kept.items()}
