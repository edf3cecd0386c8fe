"""mkdocs-jupyter still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

import shutil
from pathlib import Path

from support.sample_site import sample_notebook

from recetario.private_apis.mkdocs_jupyter import use_templates, without_styles
from recetario.site.plugin import NOTEBOOK_TEMPLATES


def test_our_templates_make_the_page_of_a_notebook(tmp_path: Path) -> None:
    """And nothing of its own but a stylesheet, which is removed."""
    from mkdocs_jupyter.convert import nb2html

    shutil.copytree(NOTEBOOK_TEMPLATES, tmp_path / "templates")
    (tmp_path / "templates/mkdocs_html/notebook.html.j2").write_text("<p>{{ nb.cells | length }} cells</p>", "utf-8")
    (tmp_path / "sample.ipynb").write_text(sample_notebook("en"), "utf-8")
    use_templates(tmp_path / "templates")
    page = nb2html(str(tmp_path / "sample.ipynb"), theme="")
    use_templates(NOTEBOOK_TEMPLATES)

    assert "<style>" in page
    assert without_styles(page) == "<p>7 cells</p>"


def test_our_templates_make_the_table_of_contents(tmp_path: Path) -> None:
    """Of the prose alone: a comment in code is no heading."""
    from mkdocs_jupyter.convert import nb2md

    (tmp_path / "sample.ipynb").write_text(sample_notebook("en"), "utf-8")
    use_templates(NOTEBOOK_TEMPLATES)

    headings = [line for line in nb2md(str(tmp_path / "sample.ipynb")).splitlines() if line.startswith("#")]
    assert headings == ["# Do they find each other by name?", "## Más / more"]
