"""A site of sample pages and a notebook with everything that is hard to show, such as long lines and colour codes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

__all__ = ["LONG", "TOP", "sample_notebook", "sample_project"]

TOP = Path(__file__).parents[2]

_MENU = """\
  - Home: index.md
  - Verdicts: matrix.md
  - Sample:
      - sample/blocks.md
      - sample/transcripts.md
      - sample/notebook.ipynb
"""
LONG = "podman run --detach --name dns-network-web --network dns-network docker.io/library/busybox sleep infinity"
_PROSE = {
    "es": "# ¿Se encuentran por su nombre?\n\nCrea una red, y *mira* con `inspect`. [Más](https://podman.io/).",
    "en": "# Do they find each other by name?\n\nCreate a network, and *look* with `inspect`. [More](https://podman.io/).",
}
_HEADER = '#!/usr/bin/env bash\nset -Eeuo pipefail\nroot() { [ "$(id -u)" = 0 ]; }'
_ERROR = "Error: a message on the other stream, \x1b[31mred\x1b[0m & <angular>\n"


def sample_notebook(language: str) -> str:
    """Make the sample notebook, as JSON."""
    cells = [
        new_markdown_cell(_PROSE[language], id="prose-answer"),
        new_code_cell(_HEADER, id="header"),
        new_markdown_cell("## Más / more\n\n1. uno\n2. two", id="prose-steps"),
        new_code_cell("podman network create dns-network", id="create", outputs=[_stream("stdout", "dns-network\n")]),
        new_code_cell(LONG, id="use", outputs=[_stream("stdout", "<container1>\n"), _stream("stderr", _ERROR)]),
        new_code_cell('for i in $(seq 2); do\n  echo "$i"\ndone', id="loop", outputs=[_stream("stdout", "1\n2\n")]),
        new_code_cell('if lab_only "It resets Podman."; then\n  podman system reset\nfi', id="reset"),
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": {"name": "recetario-here", "display_name": "Bash (here)", "language": "bash"},
        "language_info": {"name": "bash", "file_extension": ".sh", "mimetype": "text/x-sh", "pygments_lexer": "bash"},
    }
    return str(nbformat.writes(notebook, version=4))


def _stream(name: str, text: str) -> nbformat.NotebookNode:
    output: nbformat.NotebookNode = new_output("stream", name=name, text=text)
    return output


def sample_project(top: Path) -> Path:
    """Write a project of sample pages in both languages, with this project's settings and theme; return its folder."""
    (top / "src").symlink_to(TOP / "src")
    (top / "recipes").mkdir()
    shutil.copytree(TOP / "tests" / "site" / "sample", top / "docs")
    for language in ("es", "en"):
        (top / "docs" / language / "sample" / "notebook.ipynb").write_text(sample_notebook(language), "utf-8")
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        configuration = (TOP / name).read_text("utf-8")
        (top / name).write_text(re.sub(r"(?m)(^nav:\n)(?: .*\n)+", rf"\1{_MENU}", configuration), "utf-8")
    return top
