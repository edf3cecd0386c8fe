"""Notebooks print in a lab host what the page shows, with the nbclient and ipykernel of Debian."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from recetario.book.case import Case
from recetario.book.environments import Environment, load_environments
from recetario.book.normalise import Normaliser
from recetario.book.project import Project
from recetario.lab.hosts import EXCHANGE
from recetario.lab.runs import Run
from recetario.replay.story import prepare

_PROJECT = Project(Path(__file__).parents[2])
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


def environments_of(slug: str) -> list[Environment]:
    """For every third recipe, those of the newest Podman, the only one with an image that has Jupyter.

    That image has nothing else that a recipe needs. Cells have the source of steps (test_notebooks.py), and what runs
    them is the same for all.
    """
    file = _PROJECT.claim_files[slug]
    if file.needs or list(_PROJECT.recipes).index(slug) % 3:
        return []
    newest = load_environments()[-1].podman
    return [candidate for candidate in filter(file.about.fits, load_environments()) if candidate.podman == newest]


@pytest.mark.podman
def test_a_notebook_prints_what_its_page_shows(case: Case, run: Run) -> None:
    """It runs with the kernel `here`, in one language: the code is the same in both (test_notebooks.py)."""
    language = "en" if case.environment.rootless else "es"
    sources = {_PROJECT.top / "src": "/src"}
    with run.host(case.environment, needs=["notebooks"], mounts=sources) as host:
        prepare(case, host)
        copy = host.exchange / "notebook.ipynb"
        copy.write_bytes((_PROJECT.top / "notebooks" / language / f"{case.recipe.slug}.ipynb").read_bytes())
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
    kept = _PROJECT.evidence[case.key].outputs
    assert result.returncode == 0, result.stderr
    assert printed == {name: output.stdout for name, output in kept.items()}
