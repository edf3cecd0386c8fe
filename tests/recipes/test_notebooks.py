"""The committed reader notebooks are what pages and evidence make today."""

from __future__ import annotations

import re

import nbformat
from nbformat import NotebookNode

from recetario.book.project import Project
from recetario.takeaway.notebook import notebook_of


def _notebook(project: Project, slug: str, language: str) -> NotebookNode:
    return nbformat.read(project.top / "notebooks" / language / f"{slug}.ipynb", as_version=4)


def test_notebook_is_fresh(project: Project, slug: str, language: str) -> None:
    """`recetario notebooks` would write the same bytes."""
    path = project.top / "notebooks" / language / f"{slug}.ipynb"

    assert path.read_bytes() == notebook_of(project, slug, language)


def test_cells_are_those_of_the_evidence(project: Project, slug: str, language: str) -> None:
    """The step's lines byte for byte, with the outputs of the reference environment."""
    evidence = nbformat.read(project.case(slug, project.reference(slug)).evidence, as_version=4).cells
    kept = {cell.id: cell for cell in evidence if cell.id != "prepare"}  # which is the lab's

    cells = {cell.id: cell for cell in _notebook(project, slug, language).cells if cell.id in kept}

    assert {name: cell.outputs for name, cell in cells.items()} == {name: cell.outputs for name, cell in kept.items()}
    assert [name for name, cell in cells.items() if kept[name].source not in cell.source] == []
    assert "prepare" not in {cell.id for cell in _notebook(project, slug, language).cells}


def test_both_languages_run_the_same(project: Project, slug: str) -> None:
    """But for the sentences that two cells print, so that a machine has to run only one of them."""
    spanish, english = (
        [cell for cell in _notebook(project, slug, language).cells if cell.cell_type == "code"]
        for language in ("es", "en")
    )

    said = re.compile(r"\$\{work:\?[^}]*|^  echo .* >&2$", re.MULTILINE)
    assert [said.sub("", cell.source) for cell in spanish] == [said.sub("", cell.source) for cell in english]


def test_prose_has_no_syntax_of_ours(project: Project, slug: str, language: str) -> None:
    """No block and no attribute is left in it."""
    prose = "\n".join(cell.source for cell in _notebook(project, slug, language).cells if cell.cell_type == "markdown")

    assert re.findall(r"^/{3,}.*|\{ *[:#.][^}]*\}", re.sub(r"`[^`\n]*`", "", prose), re.MULTILINE) == []


def test_links_are_absolute(project: Project, slug: str, language: str) -> None:
    """A notebook is opened anywhere."""
    prose = "\n".join(cell.source for cell in _notebook(project, slug, language).cells if cell.cell_type == "markdown")

    assert [link for link in re.findall(r"\]\(([^)]*)\)", prose) if not link.startswith("https://")] == []
