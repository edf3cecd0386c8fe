"""What a notebook's page says about Jupyter and the kernel, done as a reader does it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.sample_site import TOP

from recetario.translations import LANGUAGES, translations


def _commands(language: str) -> list[str]:
    """The commands in what the page says."""
    return re.findall(r"<code>(.+?)</code>", translations(language)["theme"]["notebook.jupyter"])


def test_the_commands_are_the_same_in_all_languages() -> None:
    """Two of them, and a third that opens Jupyter."""
    (commands,) = {tuple(_commands(language)) for language in LANGUAGES}

    assert commands == ("pip install jupyterlab .", "recetario kernels install", "jupyter lab")


@pytest.mark.install
def test_after_these_commands_a_notebook_runs(tmp_path: Path) -> None:
    """In a fresh virtual environment, as a reader has it, with what the package registry has today."""
    venv.create(tmp_path / "venv", with_pip=True)
    copy = shutil.copytree(TOP, tmp_path / "recetario", ignore=shutil.ignore_patterns(".*", "evidence", "notebooks"))
    environment = {
        "PATH": f"{tmp_path / 'venv' / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
    }

    def run(command: str) -> None:
        subprocess.run(command.split(), check=True, cwd=copy, env=environment)

    for command in _commands("en")[:2]:
        run(command)
    notebook = new_notebook(cells=[new_code_cell("set -u; work=$HOME"), new_code_cell('echo "$work"')])
    notebook.metadata["kernelspec"] = {"name": "recetario-here", "display_name": "Bash (here)"}
    nbformat.write(notebook, tmp_path / "a.ipynb")
    run(f"jupyter execute --inplace {tmp_path / 'a.ipynb'}")
    run("jupyter lab --version")

    assert nbformat.read(tmp_path / "a.ipynb", 4).cells[1].outputs[0].text == f"{tmp_path}\n"
