"""Both languages say the same, and nothing but a recipe puts a command on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from recetario.book.pages import Page, load_page
from recetario.book.project import Project
from recetario.site.blocks.extension import check_blocks

TOP = Path(__file__).parents[2]
PAGES = sorted(str(path.relative_to(TOP / "docs" / "es")) for path in (TOP / "docs" / "es").rglob("*.md"))


def _both(path: str) -> tuple[Page, Page]:
    return load_page(TOP / "docs" / "es" / path, TOP), load_page(TOP / "docs" / "en" / path, TOP)


def _menu(entries: list[object]) -> list[object]:
    """A menu without its words: what stands in it, in order."""
    return [
        value if isinstance(value, str) else _menu(value)
        for entry in entries
        for value in (entry.values() if isinstance(entry, dict) else [entry])
    ]


def test_both_languages_have_the_same_pages() -> None:
    """A page that exists in one language alone does not land."""
    english = {str(path.relative_to(TOP / "docs" / "en")) for path in (TOP / "docs" / "en").rglob("*.md")}

    assert sorted(english) == PAGES


def test_both_menus_are_alike() -> None:
    """The same pages in the same order."""
    spanish, english = (
        yaml.load((TOP / name).read_text("utf-8"), yaml.BaseLoader)["nav"] for name in ("mkdocs.yml", "mkdocs.en.yml")
    )

    assert _menu(spanish) == _menu(english)


@pytest.mark.parametrize("path", PAGES)
def test_headings_have_the_same_ids_in_both(path: str) -> None:
    """An anchor works in either language, and names its part."""
    spanish, english = ([(level, anchor) for level, _, anchor in page.headings] for page in _both(path))

    assert spanish == english
    assert all(anchor for _, anchor in spanish)


@pytest.mark.parametrize("path", PAGES)
def test_blocks_are_the_same_in_both(path: str) -> None:
    """The same steps and claims, in the same order."""
    spanish, english = ([(block.name, block.argument) for block in page.blocks] for page in _both(path))

    assert spanish == english


@pytest.mark.parametrize("path", PAGES)
def test_every_block_is_one_that_is_read(path: str) -> None:
    """A misspelt block would stand on the page as text."""
    for page in _both(path):
        check_blocks(page)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_code_block_of_its_own(path: str) -> None:
    """Every command on a page is a step of a recipe."""
    lines = [line for page in _both(path) for line in page.lines]

    assert [line for line in lines if line.lstrip().startswith(("```", "~~~")) or line.startswith("    ")] == []


def test_what_can_be_downloaded_is_not_said_of_every_recipe(project: Project, language: str) -> None:
    """Some that change the machine offer nothing on their page; "most" has to be true as well."""
    text = "\n".join(load_page(TOP / "docs" / language / "take-along.md", TOP).lines)
    pages = [project.page(slug, language) for slug in project.recipes]
    without = [page for page in pages if "downloads" not in [block.name for block in page.blocks]]

    assert without == [] or not re.search(r"(?:Each|Every|Cada) \[", text)
    assert len(without) < len(pages) / 2


def test_every_recipe_has_its_page(project: Project, slug: str, language: str) -> None:
    """It names the recipe, and shows all of its claims."""
    page = project.page(slug, language)

    shown = {block.argument for block in page.blocks if block.name == "verdict"}

    assert page.recipe == slug
    assert ("verdicts", "") in [(block.name, block.argument) for block in page.blocks]
    assert shown == set(project.files[slug].claims)


def test_recipe_pages_have_their_parts(project: Project, slug: str, language: str) -> None:
    """Answer, steps, why, when it differs, sources: in this order."""
    anchors = [anchor for _, _, anchor in project.page(slug, language).headings]

    wanted = ["answer", "steps", "why", "when-it-differs", "sources"]

    assert [anchor for anchor in anchors if anchor in wanted] == wanted


def test_one_sentence_stands_on_a_line(project: Project, slug: str, language: str) -> None:
    """Diffs of prose stay readable, and languages can be compared line by line."""
    page = project.page(slug, language)

    crowded = [
        line for line in page.lines if not line.startswith(("-", "#", "/")) and ". " in line.replace("p. ej. ", "")
    ]

    assert crowded == []


def test_the_notes_are_answered_claim_by_claim(project: Project) -> None:
    """All thirty, each once, on the page for whoever wrote such notes; a recipe may claim more than they did."""
    page, _ = _both("notes.md")
    answered = {block.argument for block in page.blocks}

    assert len(page.blocks) == len(answered) == 30
    assert answered <= set(project.claims)
