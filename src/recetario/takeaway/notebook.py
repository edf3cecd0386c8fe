"""Make the notebook that readers download: the page's prose, and the recipe's steps with their output."""

from __future__ import annotations

import itertools
import posixpath
import re
import shlex
from collections.abc import Iterator

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from recetario.book.case import Case
from recetario.book.citations import cite
from recetario.book.evidence import LANGUAGE_INFO, Evidence, StaleEvidenceError, read_all, read_evidence, stream_outputs
from recetario.book.ids import ClaimId
from recetario.book.pages import Block, Page
from recetario.book.project import SITE, Project
from recetario.book.recipes import LAB_ONLY, Recipe, Step
from recetario.errors import RecetarioError, nearest
from recetario.takeaway.script import check_taken
from recetario.translations import translations

__all__ = ["notebook_of", "plain_prose", "reader_notebook"]

# What plain_prose removes or replaces. Code comes first, because nothing changes in it.
_SYNTAX = re.compile(
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,}).*?^ {0,3}(?P=fence)[ \t]*$"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|\]\((?P<link>[^)\s]+)(?P<title> +\"[^\"]*\")?\)"
    r"| *(?<!\{)\{:? *[#.][^{}\n]*\}(?!\})",  # attributes: { #id .class }
    re.MULTILINE | re.DOTALL,
)
_FIX_BLOCKS = ("fix", "worked")
_DELETES = re.compile(r"(?<!-)\b(?:rm|rmdir|kill|pkill)\b|\bufw (?:route )?delete\b|--remove-port\b")


def notebook_of(project: Project, slug: str, language: str) -> bytes:
    """The reader notebook of a recipe, as ``reader_notebook`` makes it, with the project's own address.

    Raises:
        RecetarioError: The page or the evidence of the reference environment is missing or invalid.
    """
    case = project.case(slug, project.reference(slug))
    # Read no other evidence: that of other recipes may be incomplete.
    try:
        evidence = read_evidence(case, project.drafts.get(case.key))
    except StaleEvidenceError:
        read_all(project.cases([slug]), project.drafts)  # its message names all environments
        raise
    return reader_notebook(project.page(slug, language), case, evidence, language, f"{SITE}{language}/")


def reader_notebook(page: Page, case: Case, evidence: Evidence, language: str, site: str) -> bytes:
    """Convert a page to a notebook: its prose, and in place of each step block a cell with the step and its output.

    The first code cell fails if a name or a port of the recipe is in use; otherwise it goes to a new folder. Cells that
    delete or kill something fail unless that cell has run, so they delete only what the notebook created. A lab-only
    cell fails outside a lab host, even if no other cell has run.

    Args:
        page: ``docs/<language>/recipes/<slug>.md``.
        case: The page's recipe in its reference environment. Cells have the source of its steps unchanged.
        evidence: The case's evidence.
        language: One of ``LANGUAGES``.
        site: The address of the site in this language, ending in a slash, for links.

    Returns:
        The notebook, nbformat 4.5, as UTF-8. The same arguments give the same bytes.

    Raises:
        RecetarioError: The page does not show every step of its recipe once, in order.
    """
    recipe = case.recipe
    _check_steps(page, recipe)
    cells = list(_page_cells(page, case, evidence, language, site))
    _make_ids_unique(cells)
    about = translations(language)["notebook"]["about"].format(
        environment=evidence.environment, podman=evidence.versions.get("podman", "?"), url=_absolute("", page, site)
    )
    cells[1:1] = [
        new_markdown_cell(about, id="about"),
        new_code_cell(_first_source(recipe, language), id="header", execution_count=None),
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": {"name": "recetario-here", "display_name": "Bash (here)", "language": "bash"},
        "language_info": LANGUAGE_INFO,
        "title": page.title,
        "recetario": {"made-by": "recetario notebooks", "environment": evidence.environment},
    }
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook, version=4)}\n".encode()


def _page_cells(
    page: Page, case: Case, evidence: Evidence, language: str, site: str
) -> Iterator[nbformat.NotebookNode]:
    """The cells of a page's prose and blocks, in the order of the page."""
    for part in page.parts():
        if isinstance(part, Block) and part.name in _FIX_BLOCKS:
            if commands := _fix(part, page, case):
                yield new_markdown_cell(commands, id=f"{part.name}-commands")
        elif isinstance(part, Block):
            yield from _step_cells(part, case.recipe, evidence, language)
        elif prose := plain_prose(part, page, site):
            yield new_markdown_cell(prose, id=_prose_id(prose))


def _check_steps(page: Page, recipe: Recipe) -> None:
    shown = [block for block in page.blocks if _is_own_step(block)]
    for block in shown:
        if block.argument not in recipe.names:
            raise RecetarioError(
                f'{_location(page, block)}: recipe {recipe.slug} has no step "{block.argument}".',
                nearest(block.argument, recipe.names),
            )
    for name, block in itertools.zip_longest(recipe.names, shown):
        if name is None:
            raise RecetarioError(
                f'{_location(page, block)}: step "{block.argument}" is shown a second time.',
                "Delete one of the two blocks.",
            )
        if block is None or block.argument != name:
            raise RecetarioError(
                f"{page.location} must show each step of recipe {recipe.slug} once, in order, "
                f'but "{name}" is missing or in another position.',
                f"Put `/// step | {name}` and `///` where the step belongs.",
            )


def _is_own_step(block: Block) -> bool:
    """Whether a block shows a step of the page's own recipe; those of other recipes are ``OTHER:STEP``."""
    return block.name == "step" and ":" not in block.argument


def _location(page: Page, block: Block) -> str:
    return f"{page.location}:{page.offset + block.first + 1}"


def _step_cells(block: Block, recipe: Recipe, evidence: Evidence, language: str) -> Iterator[nbformat.NotebookNode]:
    """A cell for the step that a block shows, or two for a pair; none for other blocks."""
    if not _is_own_step(block):
        return
    for step in recipe.variants(block.argument):
        outputs = stream_outputs(evidence.outputs[step.name])
        source = _cell_source(recipe, step, language)
        yield new_code_cell(source, id=step.name, execution_count=None, outputs=outputs)


def _fix(block: Block, page: Page, case: Case) -> str:
    """The commands of a fix, or of what shows that it worked, to read; empty if the fix shows that itself.

    The cells that run them come later, in the recipe's order.
    """
    claim = case.file.claims.get(ClaimId(block.argument))
    if claim is None or not claim.fix:
        raise RecetarioError(
            f'{_location(page, block)}: recipe {case.recipe.slug} has no claim "{block.argument}" with a fix.',
            nearest(block.argument, case.file.claims),
        )
    if block.name == "worked" and (claim.step in claim.fix or case.step(claim.step).lab_only):
        return ""
    names = claim.fix if block.name == "fix" else (claim.step,)
    commands = "\n".join(case.step(name).command for name in names)
    return f"```bash\n{commands}\n```"


def _cell_source(recipe: Recipe, step: Step, language: str) -> str:
    """The source of a step, preceded by what makes the cell safe to run by itself."""
    lines = [step.source]
    is_last = step == recipe.steps[-1]
    if step.lab_only:
        lines.insert(0, f"{LAB_ONLY}\n")
    elif is_last or _DELETES.search(step.source):
        lines.insert(0, f': "${{work:?{translations(language)["notebook"]["first"]}}}"')
    if is_last:
        lines.append('cd / && rm --recursive "$work" && unset work')
    return "\n".join(lines)


def _first_source(recipe: Recipe, language: str) -> str:
    """The source of the first code cell: the recipe's header, and a check that its names and ports are free."""
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


def _prose_id(prose: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", prose.lower()).strip("-")
    return f"prose-{slug[:48]}"


def _make_ids_unique(cells: list[nbformat.NotebookNode]) -> None:
    """Number cells with equal ids, because nbformat would replace the second id by a random one."""
    seen: dict[str, int] = {}
    for cell in cells:
        seen[cell.id] = seen.get(cell.id, 0) + 1
        if seen[cell.id] > 1:
            cell.id = f"{cell.id}-{seen[cell.id]}"


def plain_prose(prose: str, page: Page, site: str) -> str:
    """Remove attribute syntax from a page's prose, link its citations, and make its links absolute.

    Args:
        prose: Markdown without blocks, part of ``page``.
        page: The page that relative links start from, below ``docs/<language>/``.
        site: The address of the site in the page's language, ending in a slash.
    """

    def replacement(match: re.Match[str]) -> str:
        if match["link"]:
            return f"]({_absolute(match['link'], page, site)}{match['title'] or ''})"
        return match["code"] or ""

    return _SYNTAX.sub(replacement, cite(prose)).strip()


def _absolute(link: str, page: Page, site: str) -> str:
    """The address on the site of a link in a page; the page's own address if the link is empty."""
    if re.match(r"[a-z]+:", link):
        return link
    target, _, anchor = link.partition("#")
    source = page.location.split("/", 2)[2]  # without docs/<language>/
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target)) if target else source
    path = re.sub(r"(^|/)index\.md$", r"\1", path)  # MkDocs makes a folder of each page
    path = re.sub(r"\.md$", "/", path)
    return f"{site}{path}#{anchor}" if anchor else site + path
