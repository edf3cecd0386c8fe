"""Accept replays: make them the evidence, and update the notebooks and the history of verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from recetario.book.case import Case
from recetario.book.evidence import Evidence, picture_beside, read_all
from recetario.book.history import HISTORY, load_history, new_events, to_csv
from recetario.book.ids import CaseKey
from recetario.book.messages import CAUSES, load_causes, printed, unexplained
from recetario.book.project import Project
from recetario.book.verdicts import check_case
from recetario.errors import RecetarioError, where
from recetario.files import write_atomically
from recetario.replay.drift import changes, grouped, grouped_messages
from recetario.takeaway.notebook import notebook_of
from recetario.translations import LANGUAGES, translations

__all__ = ["accept", "today", "waiting_cases", "write_history", "write_notebooks"]

Say = Callable[[str], None]
"""Called with lines that the user should read."""


def waiting_cases(top: Path, recipes: Iterable[str], environments: Iterable[str], warn: Say) -> list[Case]:
    """The cases of these recipes and environments, or of all, whose last replay can be accepted.

    ``warn`` is called with those whose last replay failed.

    Raises:
        RecetarioError: None of them was replayed, all replays failed, or a recipe or an environment does not exist.
    """
    cases = Project(top).cases(recipes, environments)
    failed = [case for case in cases if case.failure.is_file()]
    failures = grouped_messages(
        (case.environment.id, f"{case.id}: the last replay failed. What it printed: {where(case.failure)}")
        for case in failed
    )
    waiting = [case for case in cases if case.result.is_file()]
    if waiting:
        for line in failures:
            warn(line)
        return waiting
    if failures:
        slugs = dict.fromkeys(case.recipe.slug for case in failed)
        raise RecetarioError("\n".join(failures), f"python3 noxfile.py -s replay -- {' '.join(slugs)}")
    raise RecetarioError("There is no replay to accept.", "python3 noxfile.py -s replay -- RECIPE")


def accept(top: Path, recipes: Iterable[str], environments: Iterable[str], say: Say, warn: Say) -> None:
    """Make the last replays of these recipes and environments, or of all, the evidence.

    Args:
        top: The project's top folder.
        recipes: Slugs.
        environments: Ids.
        say: Called with what changes.
        warn: Called if a replay failed, the history cannot be updated yet, or ``docs/errors.toml`` lacks a message.

    Raises:
        RecetarioError: There is no replay to accept, or one of them is invalid or leaves a claim undecided. Nothing
            was written then.
    """
    waiting = waiting_cases(top, recipes, environments, warn)
    replayed = read_all(waiting, {case.key: case.result for case in waiting})
    for line in grouped((*case.key, changes(case)) for case in waiting):
        say(line)
    _check_all(waiting, replayed)
    after = Project(top, {case.key: case.result for case in waiting})
    files: dict[Path, bytes] = {}
    for case in waiting:
        files[case.evidence] = case.result.read_bytes()
        if picture_beside(case.result).is_file():
            files[picture_beside(case.evidence)] = picture_beside(case.result).read_bytes()
    files |= _notebooks(after, [case.recipe.slug for case in waiting]) | _history(after, say, warn)
    for line, places in unexplained(load_causes(top), printed(after, replayed)).items():
        warn(f"{CAUSES} has no cause for this message of {places[0].recipe}, step {places[0].step}: {line}")
    _write(files)  # all at the end, so that nothing is written after an error, and `serve` builds the site only once


def _check_all(cases: Iterable[Case], replayed: Mapping[CaseKey, Evidence]) -> None:
    """Check that replays can be accepted; the error has all messages, each once."""
    messages = []
    for case in cases:
        try:
            check_case(case, replayed[case.key])
        except RecetarioError as error:
            messages.append((case.environment.id, str(error)))
    if messages:
        raise RecetarioError("\n".join(grouped_messages(messages)))


def write_notebooks(project: Project) -> None:
    """Write the reader notebooks of all recipes, in all languages."""
    _write(_notebooks(project, project.recipes))


def write_history(project: Project, say: Say, warn: Say) -> None:
    """Add the verdicts that changed to the history, and say which ones."""
    _write(_history(project, say, warn))


def today() -> str:
    """Today's date in UTC, in ISO format."""
    return datetime.now(UTC).date().isoformat()


def _notebooks(project: Project, slugs: Iterable[str]) -> dict[Path, bytes]:
    return {
        project.top / "notebooks" / language / f"{slug}.ipynb": notebook_of(project, slug, language)
        for slug in dict.fromkeys(slugs)
        for language in LANGUAGES
    }


def _history(project: Project, say: Say, warn: Say) -> dict[Path, bytes]:
    recorded = load_history(project.top)
    try:
        changed = new_events(project.verdicts, recorded, today())
    except RecetarioError as error:  # usually, other environments have no evidence yet
        warn(f"The history of verdicts was not updated, because some evidence is missing or invalid: {error}")
        warn("At the end, when all evidence has been accepted: recetario history")
        return {}
    words = translations("en")["site"]
    for event in changed:
        say(f"{event.claim} on {event.environment}: {words.get(event.word, event.word)}")
    return {project.top / HISTORY: to_csv([*recorded, *changed])}


def _write(files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        if not path.is_file() or path.read_bytes() != content:  # `serve` renders again what was written
            write_atomically(path, content)
