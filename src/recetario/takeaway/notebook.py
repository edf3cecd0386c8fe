"""Make the notebook that readers take away: the page's prose, and the recipe's steps with what they printed."""

from __future__ import annotations

import itertools
import posixpath
import re
import shlex
from collections.abc import Iterator

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from recetario.book.citations import cite
from recetario.book.evidence import LANGUAGE, Evidence, read_evidence, stream_outputs
from recetario.book.pages import Block, Page
from recetario.book.project import SITE, Project
from recetario.book.recipes import LAB_ONLY, Recipe, Step
from recetario.errors import RecetarioError, nearest
from recetario.takeaway.script import check_taken
from recetario.translations import translations

__all__ = ["notebook_of", "plain_prose", "reader_notebook"]

# What changes on the way into a notebook, and before it what does not: fenced blocks and `code`.
_SYNTAX = re.compile(
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,}).*?^ {0,3}(?P=fence)[ \t]*$"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|\]\((?P<link>[^)\s]+)(?P<title> +\"[^\"]*\")?\)"
    r"| *(?<!\{)\{:? *[#.][^{}\n]*\}(?!\})",
    re.MULTILINE | re.DOTALL,
)
_DELETES = re.compile(r"(?<!-)\b(?:rm|rmdir|kill|pkill)\b")


def notebook_of(project: Project, slug: str, language: str) -> bytes:
    """The reader notebook of a recipe, as ``reader_notebook`` makes it."""
    case = project.case(slug, project.reference(slug))
    evidence = read_evidence(case, project.drafts.get(case.key))  # of this recipe only: others may be half written
    return reader_notebook(project.page(slug, language), case.recipe, evidence, language, f"{SITE}{language}/")


def reader_notebook(page: Page, recipe: Recipe, evidence: Evidence, language: str, site: str) -> bytes:
    """The page as a notebook: its prose, and each step where its block stands, with the outputs of ``evidence``.

    It refuses to start where a name or a port of the recipe is taken, and works in a new folder. Cells that delete or
    kill something run only in a notebook that has started, so they touch only what it made. A lab-only cell refuses
    outside a lab host, also when no other cell was run before it.

    Args:
        page: ``docs/<language>/recipes/<slug>.md``.
        recipe: What its steps say stands in the cells byte for byte.
        evidence: Of the reference environment.
        language: One of ``LANGUAGES``.
        site: Address of the site in this language, ending in a slash; links become absolute by it.

    Raises:
        RecetarioError: The page does not show every step of its recipe once, in order.
    """
    _check_steps(page, recipe)
    cells = [cell for part in page.parts() for cell in _cells(part, recipe, evidence, page, site, language)]
    _number_alike(cells)
    url = _absolute("", page, site)
    about = translations(language)["notebook"]["about"].format(
        environment=evidence.environment, podman=evidence.versions.get("podman", "?"), url=url
    )
    cells[1:1] = [
        new_markdown_cell(about, id="about"),
        new_code_cell(_start(recipe, language), id="header", execution_count=None),
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": {"name": "recetario-here", "display_name": "Bash (here)", "language": "bash"},
        "language_info": LANGUAGE,
        "title": page.title,
        "recetario": {"made-by": "recetario notebooks", "environment": evidence.environment},
    }
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook, version=4)}\n".encode()


def _check_steps(page: Page, recipe: Recipe) -> None:
    shown = [block for block in page.blocks if block.name == "step" and ":" not in block.argument]
    for block in shown:
        if block.argument not in recipe.names:
            raise RecetarioError(
                f'{page.place}:{page.offset + block.first + 1}: recipe {recipe.slug} has no step "{block.argument}".',
                nearest(block.argument, recipe.names),
            )
    for name, block in itertools.zip_longest(recipe.names, shown):
        if name is None:
            raise RecetarioError(
                f'{page.place}:{page.offset + block.first + 1}: step "{block.argument}" is shown a second time.',
                "Delete one of the two.",
            )
        if block is None or block.argument != name:
            raise RecetarioError(
                f'{page.place} does not show the steps of recipe {recipe.slug} once each, in order: see "{name}".',
                f"Add `/// step | {name}` and `///` where it belongs.",
            )


def _number_alike(cells: list[nbformat.NotebookNode]) -> None:
    """Give each cell an id of its own: nbformat would draw a second one at random."""
    seen: dict[str, int] = {}
    for cell in cells:
        seen[cell.id] = seen.get(cell.id, 0) + 1
        if seen[cell.id] > 1:
            cell.id = f"{cell.id}-{seen[cell.id]}"


def _own_steps(recipe: Recipe, block: Block) -> tuple[Step, ...]:
    return () if ":" in block.argument else recipe.variants(block.argument)


def _start(recipe: Recipe, language: str) -> str:
    """The first code cell: the recipe's header, and what stops a notebook that would touch the reader's own."""
    taken = shlex.quote(translations(language)["notebook"]["taken"].format(slug=recipe.slug))
    return f"""\
{recipe.header}

{check_taken(recipe)}
if taken; then
  echo {taken} >&2
  exit 2
fi
work=$(mktemp --directory)
cd "$work\""""


def _cell_source(recipe: Recipe, step: Step, language: str) -> str:
    lines = [step.source]
    if step.lab_only:
        lines.insert(0, f"{LAB_ONLY}\n")
    elif step == recipe.steps[-1] or _DELETES.search(step.source):
        lines.insert(0, f': "${{work:?{translations(language)["notebook"]["first"]}}}"')
    if step == recipe.steps[-1]:
        lines.append('cd / && rm --recursive "$work" && unset work')
    return "\n".join(lines)


def _cells(
    part: str | Block, recipe: Recipe, evidence: Evidence, page: Page, site: str, language: str
) -> Iterator[nbformat.NotebookNode]:
    if isinstance(part, Block):
        if part.name != "step":
            return
        for step in _own_steps(recipe, part):
            outputs = stream_outputs(evidence.outputs[step.name])
            source = _cell_source(recipe, step, language)
            yield new_code_cell(source, id=step.name, execution_count=None, outputs=outputs)
        return
    prose = plain_prose(part, page, site)
    if prose:
        yield new_markdown_cell(prose, id=f"prose-{re.sub(r'[^a-z0-9]+', '-', prose.lower()).strip('-')[:48]}")


def plain_prose(prose: str, page: Page, site: str) -> str:
    """A page's prose without attribute syntax, its citations linked, its links absolute below ``site``."""

    def replaced(found: re.Match[str]) -> str:
        if found["link"]:
            return f"]({_absolute(found['link'], page, site)}{found['title'] or ''})"
        return found["code"] or ""

    return _SYNTAX.sub(replaced, cite(prose)).strip()


def _absolute(link: str, page: Page, site: str) -> str:
    if re.match(r"[a-z]+:", link):
        return link
    target, _, anchor = link.partition("#")
    source = page.place.split("/", 2)[2]  # below docs/<language>/
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target)) if target else source
    address = re.sub(r"(^|/)index\.md$|\.md$", lambda match: match[1] or "/" if match[0] == ".md" else match[1], path)
    return site + address + (f"#{anchor}" if anchor else "")
