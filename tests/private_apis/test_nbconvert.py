"""nbconvert still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

from pathlib import Path

import jinja2
import nbformat
from nbconvert.exporters import HTMLExporter, MarkdownExporter

from recetario.private_apis.nbconvert import keep_compiled_templates, skip_what_our_templates_do_not_need

_NOTEBOOK = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title")])


def test_an_exporter_keeps_its_compiled_templates(tmp_path: Path) -> None:
    """The next one, of another notebook, takes them from there."""
    keep_compiled_templates(tmp_path)

    text, _ = MarkdownExporter().from_notebook_node(_NOTEBOOK)
    compiled = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again, _ = MarkdownExporter().from_notebook_node(_NOTEBOOK)

    assert compiled
    assert text == again == "# Title\n"
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == compiled


def test_pages_are_neither_parsed_nor_validated_again() -> None:
    """They are what the template makes of the notebook."""
    skip_what_our_templates_do_not_need()
    loader = jinja2.DictLoader({"page.html.j2": "<p>{{ nb.cells[0].source }}<br>"})

    page, _ = HTMLExporter(template_file="page.html.j2", extra_loaders=[loader]).from_notebook_node(_NOTEBOOK)

    assert page == "<p># Title<br>"  # BeautifulSoup would end the paragraph, and the line break
