"""Make replays the evidence, with the notebooks and the history that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from recetario.book.case import Case
from recetario.book.evidence import picture_beside, read_evidence
from recetario.book.history import HISTORY, load_history, news, to_csv
from recetario.book.project import Project
from recetario.book.verdicts import check_case
from recetario.errors import RecetarioError
from recetario.files import write_atomically
from recetario.replay.drift import changes
from recetario.takeaway.notebook import notebook_of
from recetario.translations import LANGUAGES

__all__ = ["accept", "replays", "today", "write_history", "write_notebooks"]

Say = Callable[[str], None]
"""Called with lines that the user should read."""


def replays(top: Path, recipes: Iterable[str], environments: Iterable[str]) -> list[Case]:
    """The cases that were replayed: of these recipes and environments, or all.

    Raises:
        RecetarioError: There is none.
    """
    waiting = [case for case in Project(top).cases(recipes, environments) if case.result.is_file()]
    if not waiting:
        raise RecetarioError("No replay waits to be accepted.", "nox -s replay -- RECIPE")
    return waiting


def accept(top: Path, recipes: Iterable[str], environments: Iterable[str], say: Say, warn: Say) -> None:
    """Keep the replays that wait: all that were asked for, or, after an error, none.

    Raises:
        RecetarioError: No replay waits, or one of them is not evidence or leaves a claim undecided.
    """
    waiting = replays(top, recipes, environments)
    for case in waiting:
        say(f"{case.id}: {changes(case)}")
    for case in waiting:
        check_case(case, read_evidence(case, case.result))
    after = Project(top, {case.key: case.result for case in waiting})
    files: dict[Path, bytes] = {}
    for case in waiting:
        files[case.evidence] = case.result.read_bytes()
        if picture_beside(case.result).is_file():
            files[picture_beside(case.evidence)] = picture_beside(case.result).read_bytes()
    files |= _notebooks(after, [case.recipe.slug for case in waiting]) | _history(after, say, warn)
    _write(files)  # at once and last: `serve` then builds the site once


def write_notebooks(project: Project) -> None:
    """Write the notebooks that readers open, of all recipes in all languages."""
    _write(_notebooks(project, project.recipes))


def write_history(project: Project, say: Say, warn: Say) -> None:
    """Add the verdicts that changed to the history, and say which."""
    _write(_history(project, say, warn))


def today() -> str:
    """The day in UTC, ISO."""
    return datetime.now(UTC).date().isoformat()


def _notebooks(project: Project, slugs: Iterable[str]) -> dict[Path, bytes]:
    return {
        project.top / "notebooks" / language / f"{slug}.ipynb": notebook_of(project, slug, language)
        for slug in dict.fromkeys(slugs)
        for language in LANGUAGES
    }


def _history(project: Project, say: Say, warn: Say) -> dict[Path, bytes]:
    noted = load_history(project.top)
    try:
        changed = news(project.verdicts, noted, today())
    except RecetarioError as error:  # the recipe's other environments were not replayed yet
        warn(f"Verdicts not noted, because not all are there: {error}")
        return {}
    for event in changed:
        say(f"{event.claim} on {event.environment}: {event.word}")
    return {project.top / HISTORY: to_csv([*noted, *changed])}


def _write(files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        write_atomically(path, content)
