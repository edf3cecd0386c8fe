"""nbconvert still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbconvert.exporters import MarkdownExporter

from recetario.private_apis.nbconvert import keep_compiled_templates


def test_an_exporter_keeps_its_compiled_templates(tmp_path: Path) -> None:
    """The next one, of another notebook, takes them from there."""
    keep_compiled_templates(tmp_path)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title")])

    text, _ = MarkdownExporter().from_notebook_node(notebook)
    compiled = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again, _ = MarkdownExporter().from_notebook_node(notebook)

    assert compiled
    assert text == again == "# Title\n"
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == compiled
