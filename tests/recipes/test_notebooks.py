"""The committed notebooks fit the current pages and evidence."""

from __future__ import annotations

import itertools
import re

import nbformat
from nbformat import NotebookNode

from recetario.book.project import Project
from recetario.takeaway.notebook import notebook_of


def _notebook(project: Project, slug: str, language: str) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(project.top / "notebooks" / language / f"{slug}.ipynb", as_version=4)
    return notebook


def test_notebooks_are_up_to_date(project: Project, slug: str, language: str) -> None:
    """`recetario notebooks` would write the same bytes."""
    path = project.top / "notebooks" / language / f"{slug}.ipynb"

    committed, current = path.read_bytes(), notebook_of(project, slug, language)
    is_current = committed == current
    assert is_current, (
        f"notebooks/{language}/{slug}.ipynb is out of date, or was edited by hand: recetario notebooks"
        f"{_first_difference(committed, current, f'docs/{language}/recipes/{slug}.md')}"
    )


def _first_difference(committed: bytes, current: bytes, page: str) -> str:
    """The first line of text or commands that differs, such as a heading; empty if only something else does."""
    before, after = (
        [line for cell in nbformat.reads(content.decode(), as_version=4).cells for line in cell.source.splitlines()]
        for content in (committed, current)
    )
    for old, new in itertools.zip_longest(before, after, fillvalue="nothing"):
        if old != new:
            return f' ("{old}" is "{new}" in {page} and its recipe)'
    return ""


def test_cells_have_the_source_and_output_of_the_evidence(project: Project, slug: str, language: str) -> None:
    """The reference environment's evidence is used, without the cell with ``prepare.sh``, which is only for the lab."""
    evidence = nbformat.read(project.case(slug, project.reference(slug)).evidence, as_version=4).cells
    kept = {cell.id: cell for cell in evidence if cell.id != "prepare"}

    cells = {cell.id: cell for cell in _notebook(project, slug, language).cells if cell.id in kept}

    assert {name: cell.outputs for name, cell in cells.items()} == {name: cell.outputs for name, cell in kept.items()}
    assert [name for name, cell in cells.items() if kept[name].source not in cell.source] == []
    assert "prepare" not in {cell.id for cell in _notebook(project, slug, language).cells}


def test_both_languages_have_the_same_code(project: Project, slug: str) -> None:
    """Only the messages that cells print differ, so it is enough to run the notebook in one language."""
    spanish, english = (
        [cell for cell in _notebook(project, slug, language).cells if cell.cell_type == "code"]
        for language in ("es", "en")
    )

    messages = re.compile(r"\$\{work:\?[^}]*|^  echo .* >&2$", re.MULTILINE)
    assert [messages.sub("", cell.source) for cell in spanish] == [messages.sub("", cell.source) for cell in english]


def test_prose_is_plain_markdown(project: Project, slug: str, language: str) -> None:
    """It has no blocks and no attributes, which Jupyter would show as text."""
    prose = "\n".join(cell.source for cell in _notebook(project, slug, language).cells if cell.cell_type == "markdown")

    without_code = re.sub(r"```.*?```|`[^`\n]*`", "", prose, flags=re.DOTALL)

    assert re.findall(r"^/{3,}.*|\{ *[:#.][^}]*\}", without_code, re.MULTILINE) == []


def test_links_are_absolute(project: Project, slug: str, language: str) -> None:
    """A notebook may be opened in any folder."""
    prose = "\n".join(cell.source for cell in _notebook(project, slug, language).cells if cell.cell_type == "markdown")

    assert [link for link in re.findall(r"\]\(([^)]*)\)", prose) if not link.startswith("https://")] == []
