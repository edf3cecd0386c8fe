"""No page sends its reader to a step that is only for the lab."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from support.demo import Demo

from recetario.book.pages import Page, load_page
from recetario.book.project import Project

_LINK = re.compile(r"\]\(([^)#\s]*)#step-([a-z0-9-]+)\)")
_HEADING = re.compile(r"#+ .*\{ *#([\w-]+) *\}")
# Where a recipe's own page speaks of the proof; everywhere else a link to a step means "do this".
_PROOF = {"steps", "why", "when-it-differs", "sources"}


def lab_only_remedies(project: Project) -> list[str]:
    """Links of pages to lab-only steps, but for those by which a recipe's own page explains its proof."""
    lab_only = {
        (f"recipes/{slug}.md", name)
        for slug, recipe in project.recipes.items()
        for step in recipe.steps
        if step.lab_only
        for name in (step.name, step.common)
    }
    pages = [load_page(path, project.top) for path in sorted(project.top.glob("docs/*/**/*.md")) if _is_page(path)]
    return [
        f"{page.location}: {link}"
        for page in pages
        for part, target, step, link in _links(page)
        if (target, step) in lab_only and (target != _path(page) or part not in _PROOF)
    ]


def _is_page(path: Path) -> bool:
    return "decisions" not in path.parts


def _path(page: Page) -> str:
    """Below the language's docs."""
    return page.location.split("/", 2)[2]


def _links(page: Page) -> Iterator[tuple[str, str, str, str]]:
    """(Id of the heading above, page, step, link as it is written) of each link to a step."""
    part = ""
    for line in page.lines:
        if heading := _HEADING.fullmatch(line):
            part = heading[1]
        for link, step in _LINK.findall(line):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(_path(page)), link)) if link else _path(page)
            yield part, target, step, f"{link}#step-{step}"


def test_no_remedy_is_a_lab_only_step(project: Project) -> None:
    """A reader who follows the diagnosis at night must not end at a reset."""
    assert lab_only_remedies(project) == []


def test_a_remedy_that_is_a_lab_only_step_is_found(demo: Demo) -> None:
    """Seeded, from another page and from the answer; the proof may be spoken of."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  true\nfi')
    demo.claims(more='[lab_only.create]\nes = "Borra todo."\nen = "It deletes everything."\n')
    page = demo.page("en")
    page.write_text("# T { #answer }\n\n[Do](#step-create)\n\n## Why { #why }\n\n[See](#step-create)\n", "utf-8")
    (page.parents[1] / "diagnosis.md").write_text("# D { #answer }\n\n[Reset](recipes/demo.md#step-create)\n", "utf-8")

    assert lab_only_remedies(Project(demo.top)) == [
        "docs/en/diagnosis.md: recipes/demo.md#step-create",
        "docs/en/recipes/demo.md: #step-create",
    ]
