"""Pages have the same structure in both languages, and all their commands come from recipes."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from recetario.book.environments import load_environments
from recetario.book.pages import Page, load_page
from recetario.book.project import Project
from recetario.errors import nearest
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.extension import check_blocks
from recetario.site.blocks.render import Renderer

TOP = Path(__file__).parents[2]
PAGES = sorted(str(path.relative_to(TOP / "docs" / "es")) for path in (TOP / "docs" / "es").rglob("*.md"))


def _both(project: Project, path: str) -> tuple[Page, Page]:
    top = project.top
    return load_page(top / "docs" / "es" / path, top), load_page(top / "docs" / "en" / path, top)


def _differs(path: str, what: str, spanish: Sequence[tuple[object, str]], english: Sequence[tuple[object, str]]) -> str:
    """A sentence that names the first difference between the two languages of a page."""
    first = next(pair for pair in itertools.zip_longest(spanish, english) if pair[0] != pair[1])
    here, there = (" ".join(map(str, one)) if one else "nothing more" for one in first)
    return f"docs/es/{path} and docs/en/{path} have different {what}: {here} in Spanish, {there} in English"


def _menu(entries: list[Any]) -> list[object]:
    """The pages and submenus of a menu, in order and without their titles."""
    pages: list[object] = []
    for entry in entries:
        for value in entry.values() if isinstance(entry, dict) else [entry]:
            pages.append(value if isinstance(value, str) else _menu(value))
    return pages


def test_both_languages_have_the_same_pages(project: Project) -> None:
    """Readers can switch languages on every page."""
    spanish, english = (
        {
            str(path.relative_to(project.top / "docs" / language))
            for path in project.top.glob(f"docs/{language}/**/*.md")
        }
        for language in ("es", "en")
    )

    assert spanish == english, f"only in one language: {', '.join(sorted(spanish ^ english))}"


def test_both_menus_have_the_same_pages(project: Project) -> None:
    """They are in the same order, too."""
    spanish, english = (
        yaml.load((project.top / name).read_text("utf-8"), yaml.BaseLoader)["nav"]
        for name in ("mkdocs.yml", "mkdocs.en.yml")
    )

    assert _menu(spanish) == _menu(english), "mkdocs.yml and mkdocs.en.yml must list the same pages in the same order"


@pytest.mark.parametrize("path", PAGES)
def test_headings_have_the_same_ids_in_both(project: Project, path: str) -> None:
    """Every heading has an id, so that links to it work in both languages."""
    spanish, english = ([(level, anchor) for level, _, anchor in page.headings] for page in _both(project, path))

    assert spanish == english, _differs(path, "headings", spanish, english)
    assert all(anchor for _, anchor in spanish), (
        f"{path}: a heading has no id: write {{ #id }} after it, in both languages"
    )


def test_pages_say_what_machine_their_recipe_was_tested_on(project: Project) -> None:
    """If it has more than a plain host; readers see at once whether it is like theirs."""
    silent = [
        f"docs/en/recipes/{slug}.md"
        for slug, file in project.claim_files.items()
        if bool(file.needs or file.without) != any(block.name == "needs" for block in project.page(slug, "en").blocks)
    ]

    assert silent == [], f"Write `/// needs` and `///` below “How it was tested” in these, or delete it: {silent}"


@pytest.mark.parametrize("path", PAGES)
def test_blocks_are_the_same_in_both(project: Project, path: str) -> None:
    """Pages show the same steps and claims, in the same order."""
    spanish, english = ([(block.name, block.argument) for block in page.blocks] for page in _both(project, path))

    assert spanish == english, _differs(path, "blocks", spanish, english)


@pytest.mark.parametrize("path", PAGES)
def test_every_block_exists(project: Project, path: str) -> None:
    """A misspelled block would be shown as text."""
    for page in _both(project, path):
        check_blocks(page)


@pytest.mark.parametrize("path", PAGES)
def test_every_block_shows_something_that_exists(project: Project, path: str, language: str) -> None:
    """The build would say so too, but much later."""
    page = load_page(project.top / "docs" / language / path, project.top)
    context = PageContext(Renderer(project, language, "x/"), page.location, page.recipe)

    for block in page.blocks:
        BLOCKS[block.name].content(context, block.argument)


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_to_a_page_and_a_section(project: Project, path: str, language: str) -> None:
    """The build follows links, too, also those of blocks."""
    folder = project.top / "docs" / language
    page = load_page(folder / path, project.top)
    generated = {f"environments/{environment.id}.md" for environment in load_environments()}

    for link in re.findall(r"\]\((?![a-z]+:)([^)\s]+)\)", "\n".join(page.lines)):
        target, _, anchor = link.partition("#")
        to = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
        assert to in generated or (folder / to).is_file(), f"{page.location}: the link {link} leads to no page"
        if anchor and to not in generated:
            anchors = _anchors(load_page(folder / to, project.top))
            assert anchor in anchors, (
                f"{page.location}: the link {link} leads to no section. {nearest(anchor, anchors)}"
            )


def _anchors(page: Page) -> set[str]:
    """The ids that links to a page may have: those of its headings and steps."""
    steps = {f"step-{block.argument.replace(':', '-')}" for block in page.blocks if block.name == "step"}
    return steps | {anchor for _, _, anchor in page.headings}


def test_every_recipe_is_listed(project: Project) -> None:
    """Menus and lists of recipes are made from recipes/list.toml."""
    assert project.groups


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_code_block(project: Project, path: str) -> None:
    """Every command on a page is a step of a recipe."""
    code = [
        f"{page.location}: {line.strip()}"
        for page in _both(project, path)
        for line in page.lines
        if line.lstrip().startswith(("```", "~~~")) or line.startswith("    ")
    ]

    assert not code, f"{code[0]}: make this a step of a recipe, and show that with `/// step | NAME`"


def test_the_page_about_downloads_does_not_promise_them_for_every_recipe(project: Project, language: str) -> None:
    """Recipes that change the machine have no downloads on their page; most recipes have them, as the page says."""
    text = "\n".join(load_page(project.top / "docs" / language / "take-along.md", project.top).lines)
    pages = [project.page(slug, language) for slug in project.recipes]
    without = [page for page in pages if "downloads" not in [block.name for block in page.blocks]]

    assert without == [] or not re.search(r"(?:Each|Every|Cada) \[", text)
    assert len(without) < len(pages) / 2


def test_every_recipe_has_its_page(project: Project, slug: str, language: str) -> None:
    """The page names the recipe, and shows its claims."""
    page = project.page(slug, language)

    assert page.recipe == slug, f"{page.location}: its front matter must say `recipe: {slug}`"
    assert ("verdicts", "") in [(block.name, block.argument) for block in page.blocks], f"{page.location}: no verdicts"


def test_no_page_is_still_the_one_that_new_wrote(project: Project, slug: str, language: str) -> None:
    """`recetario new` begins with an example; its question must be replaced."""
    template = resources.files("recetario.replay") / "template" / f"{language}.md"

    assert f"# {project.page(slug, language).title} {{ #answer }}" not in template.read_text("utf-8")


def test_recipe_pages_have_the_same_sections(project: Project, slug: str, language: str) -> None:
    """Readers find the answer, the steps, the reasons, the differences and the sources in the same order everywhere."""
    sections = ["answer", "steps", "why", "when-it-differs", "sources"]
    if project.claim_files[slug].first_claim.fix:
        sections = ["answer", "worked", "still-broken", "why", "when-it-differs", "steps", "sources"]

    page = project.page(slug, language)

    anchors = [anchor for _, _, anchor in page.headings if anchor in sections]
    assert anchors == sections, f"{page.location}: the sections must be {', '.join(sections)}, not {', '.join(anchors)}"


def test_each_line_has_one_sentence(project: Project, slug: str, language: str) -> None:
    """Diffs of prose stay readable, and languages can be compared line by line."""
    page = project.page(slug, language)
    prose = [line for line in page.lines if not line.startswith(("-", "#", "/"))]

    long = [line for line in prose if ". " in line.replace("p. ej. ", "")]
    assert not long, f"{page.location}: a line for each sentence: {long[0]}"


def test_the_page_about_the_notes_has_a_verdict_on_each_of_them(project: Project) -> None:
    """All thirty are there once, as claims of recipes; recipes may have further claims."""
    page, _ = _both(project, "notes.md")
    answered = {block.argument for block in page.blocks}

    assert len(page.blocks) == len(answered) == 30
    assert answered <= set(project.claims)
