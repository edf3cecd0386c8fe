"""A notebook as readers get it, with what is hard to show: long lines, both streams, colour codes, angle brackets."""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

__all__ = ["LONG", "sample_notebook"]

LONG = (
    "podman run --detach --stop-timeout 0 --name dns-network-web --network dns-network "
    "docker.io/library/busybox sleep infinity"
)
_PROSE = {
    "es": "# ¿Se encuentran por su nombre?\n\nCrea una red, y *mira* con `inspect`. [Más](https://podman.io/).",
    "en": "# Do they find each other by name?\n\nCreate a network, and *look* with `inspect`. [More](https://podman.io/).",
}
_HEADER = '#!/usr/bin/env bash\nset -Eeuo pipefail\nroot() { [ "$(id -u)" = 0 ]; }'
_ERROR = "Error: a message on the other stream, \x1b[31mred\x1b[0m & <angular>\n"


def sample_notebook(language: str) -> str:
    """The notebook's JSON."""
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
    return new_output("stream", name=name, text=text)
