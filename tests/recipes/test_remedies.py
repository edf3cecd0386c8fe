"""No page tells its readers to run a lab-only step."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from support.demo import Demo

from recetario.book.pages import Page, load_page
from recetario.book.project import Project

_LINK = re.compile(r"\]\(([^)#\s]*)#step-([a-z0-9-]+)\)")
_HEADING = re.compile(r"#+ .*\{ *#([\w-]+) *\}")
# Sections in which a recipe's own page explains its proof. Anywhere else, a link to a step means "do this".
_PROOF = {"steps", "why", "when-it-differs", "sources"}


def lab_only_remedies(project: Project) -> list[str]:
    """Links to lab-only steps, except in the sections in which a recipe's own page explains its proof."""
    lab_only = set(_lab_only_steps(project))
    paths = [path for path in sorted(project.top.glob("docs/*/**/*.md")) if "decisions" not in path.parts]
    links = []
    for page in (load_page(path, project.top) for path in paths):
        for section, target, step, link in _links(page):
            is_proof = target == _path(page) and section in _PROOF
            if (target, step) in lab_only and not is_proof:
                links.append(f"{page.location}: {link}")
    return links


def _lab_only_steps(project: Project) -> Iterator[tuple[str, str]]:
    """(Path of the page, name) of each lab-only step, by its full name and by its common name."""
    for slug, recipe in project.recipes.items():
        for step in recipe.steps:
            if step.lab_only:
                yield f"recipes/{slug}.md", step.name
                yield f"recipes/{slug}.md", step.common


def _path(page: Page) -> str:
    """The path of a page below the folder of its language."""
    return page.location.split("/", 2)[2]


def _links(page: Page) -> Iterator[tuple[str, str, str, str]]:
    """(Id of the section, path of the target page, step, link as written) of each link to a step."""
    section = ""
    for line in page.lines:
        if heading := _HEADING.fullmatch(line):
            section = heading[1]
        for link, step in _LINK.findall(line):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(_path(page)), link)) if link else _path(page)
            yield section, target, step, f"{link}#step-{step}"


def test_no_remedy_is_a_lab_only_step(project: Project) -> None:
    """For example, the page about troubleshooting must not tell readers to reset Podman."""
    remedies = lab_only_remedies(project)

    assert not remedies, f"this link tells readers to run a lab-only step: {remedies[0]}"


def test_a_remedy_that_is_a_lab_only_step_is_found(demo: Demo) -> None:
    """Links from another page and from the answer are found; a link from the proof is allowed."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  true\nfi')
    demo.claims(more='[lab_only.create]\nes = "Borra todo."\nen = "It deletes everything."\n')
    page = demo.page("en")
    page.write_text("# T { #answer }\n\n[Do](#step-create)\n\n## Why { #why }\n\n[See](#step-create)\n", "utf-8")
    (page.parents[1] / "diagnosis.md").write_text("# D { #answer }\n\n[Reset](recipes/demo.md#step-create)\n", "utf-8")

    assert lab_only_remedies(Project(demo.top)) == [
        "docs/en/diagnosis.md: recipes/demo.md#step-create",
        "docs/en/recipes/demo.md: #step-create",
    ]
