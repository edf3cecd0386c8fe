"""Notebook pages have the elements of recipes' pages, without JupyterLab's."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from support.sample_site import LONG, sample_notebook

from recetario.private_apis.mkdocs_jupyter import use_templates, without_styles
from recetario.site.plugin import NOTEBOOK_TEMPLATES


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    """The page of the sample notebook."""
    from mkdocs_jupyter.convert import nb2html

    notebook = tmp_path_factory.mktemp("notebook") / "sample.ipynb"
    notebook.write_text(sample_notebook("en"), "utf-8")
    use_templates(NOTEBOOK_TEMPLATES)
    return BeautifulSoup(without_styles(nb2html(str(notebook), theme="")), "html.parser")


def test_each_code_cell_becomes_a_step_with_its_id(page: BeautifulSoup) -> None:
    """In the order of the notebook."""
    assert [step["id"] for step in page.select(".step")] == [
        "step-header",
        "step-create",
        "step-use",
        "step-loop",
        "step-reset",
    ]


def test_the_copy_button_copies_the_exact_cell(page: BeautifulSoup) -> None:
    """With quotes, dollar signs and line ends. The theme copies the text of the code element."""
    assert _command(page, "use").get_text().strip() == LONG
    assert _command(page, "loop").get_text().strip() == 'for i in $(seq 2); do\n  echo "$i"\ndone'


def test_a_lab_only_cell_cannot_be_copied(page: BeautifulSoup) -> None:
    """It looks the same as a lab-only step on a recipe's page."""
    command = _command(page, "reset")

    assert command["class"] == ["step__cmd", "step__cmd--lab"]
    assert command.select_one(".highlight.no-copy") is not None


def test_outputs_keep_their_text_and_their_stream(page: BeautifulSoup) -> None:
    """They have no colours and no copy button."""
    step = page.select_one("#step-use")
    assert isinstance(step, Tag)
    out, err = step.select_one(".step__stdout"), step.select_one(".step__stderr")

    assert out is not None and out.get_text().strip() == "<container1>"
    assert err is not None and err.get_text().strip() == "Error: a message on the other stream, red & <angular>"
    assert not err.select("span") and err.select(".no-copy")


def test_prose_looks_as_on_other_pages(page: BeautifulSoup) -> None:
    """Headings have the theme's links, and no elements of JupyterLab are left."""
    heading = page.select_one("h2")
    assert heading is not None and heading.select_one("a.headerlink") is not None
    assert page.select_one("ol") is not None

    assert not page.select("style, script, [class*=jp-], [class*=clipboard]")


def _command(page: BeautifulSoup, name: str) -> Tag:
    command = page.select_one(f"#step-{name} .step__cmd")
    assert command is not None
    return command
