"""Pages have the same structure in both languages, and all their commands come from recipes."""

from __future__ import annotations

import re
from importlib import resources
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
    """The pages and submenus of a menu, in order and without their titles."""
    pages: list[object] = []
    for entry in entries:
        for value in entry.values() if isinstance(entry, dict) else [entry]:
            pages.append(value if isinstance(value, str) else _menu(value))
    return pages


def test_both_languages_have_the_same_pages() -> None:
    """Readers can switch languages on every page."""
    english = {str(path.relative_to(TOP / "docs" / "en")) for path in (TOP / "docs" / "en").rglob("*.md")}

    assert sorted(english) == PAGES


def test_both_menus_have_the_same_pages() -> None:
    """They are in the same order, too."""
    spanish, english = (
        yaml.load((TOP / name).read_text("utf-8"), yaml.BaseLoader)["nav"] for name in ("mkdocs.yml", "mkdocs.en.yml")
    )

    assert _menu(spanish) == _menu(english)


@pytest.mark.parametrize("path", PAGES)
def test_headings_have_the_same_ids_in_both(path: str) -> None:
    """Every heading has an id, so that links to it work in both languages."""
    spanish, english = ([(level, anchor) for level, _, anchor in page.headings] for page in _both(path))

    assert spanish == english
    assert all(anchor for _, anchor in spanish)


@pytest.mark.parametrize("path", PAGES)
def test_blocks_are_the_same_in_both(path: str) -> None:
    """Pages show the same steps and claims, in the same order."""
    spanish, english = ([(block.name, block.argument) for block in page.blocks] for page in _both(path))

    assert spanish == english


@pytest.mark.parametrize("path", PAGES)
def test_every_block_exists(path: str) -> None:
    """A misspelled block would be shown as text."""
    for page in _both(path):
        check_blocks(page)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_code_block(path: str) -> None:
    """Every command on a page is a step of a recipe."""
    lines = [line for page in _both(path) for line in page.lines]

    assert [line for line in lines if line.lstrip().startswith(("```", "~~~")) or line.startswith("    ")] == []


def test_the_page_about_downloads_does_not_promise_them_for_every_recipe(project: Project, language: str) -> None:
    """Recipes that change the machine have no downloads on their page; most recipes have them, as the page says."""
    text = "\n".join(load_page(TOP / "docs" / language / "take-along.md", TOP).lines)
    pages = [project.page(slug, language) for slug in project.recipes]
    without = [page for page in pages if "downloads" not in [block.name for block in page.blocks]]

    assert without == [] or not re.search(r"(?:Each|Every|Cada) \[", text)
    assert len(without) < len(pages) / 2


def test_every_recipe_has_its_page(project: Project, slug: str, language: str) -> None:
    """The page names the recipe, and shows its claims."""
    page = project.page(slug, language)

    assert page.recipe == slug
    assert ("verdicts", "") in [(block.name, block.argument) for block in page.blocks]


def test_no_page_is_still_the_one_that_new_wrote(project: Project, slug: str, language: str) -> None:
    """`recetario new` begins with an example; its question must be replaced."""
    template = resources.files("recetario.replay") / "template" / f"{language}.md"

    assert f"# {project.page(slug, language).title} {{ #answer }}" not in template.read_text("utf-8")


def test_recipe_pages_have_the_same_sections(project: Project, slug: str, language: str) -> None:
    """Readers find the answer, the steps, the reasons, the differences and the sources in the same order everywhere."""
    sections = ["answer", "steps", "why", "when-it-differs", "sources"]
    if project.files[slug].first_claim.fix:
        sections = ["answer", "worked", "still-broken", "why", "when-it-differs", "steps", "sources"]

    anchors = [anchor for _, _, anchor in project.page(slug, language).headings]

    assert [anchor for anchor in anchors if anchor in sections] == sections


def test_each_line_has_one_sentence(project: Project, slug: str, language: str) -> None:
    """Diffs of prose stay readable, and languages can be compared line by line."""
    prose = [line for line in project.page(slug, language).lines if not line.startswith(("-", "#", "/"))]

    assert [line for line in prose if ". " in line.replace("p. ej. ", "")] == []


def test_the_page_about_the_notes_has_a_verdict_on_each_of_them(project: Project) -> None:
    """All thirty are there once, as claims of recipes; recipes may have further claims."""
    page, _ = _both("notes.md")
    answered = {block.argument for block in page.blocks}

    assert len(page.blocks) == len(answered) == 30
    assert answered <= set(project.claims)
