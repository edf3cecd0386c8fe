"""Convert the output of a replay to evidence and back: one normalised notebook per recipe and environment.

Nothing here writes files: functions return bytes, and their callers write them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from recetario.book.case import Case
from recetario.book.environments import load_environments
from recetario.book.ids import CaseKey
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, escaped, joined, read_bytes, where

__all__ = [
    "LANGUAGE_INFO",
    "SCHEMA",
    "Evidence",
    "Output",
    "StaleEvidenceError",
    "picture_beside",
    "picture_digest",
    "read_all",
    "read_commands",
    "read_evidence",
    "stream_outputs",
    "to_notebook",
]

SCHEMA = 2
LANGUAGE_INFO = {"name": "bash", "file_extension": ".sh", "mimetype": "text/x-sh", "pygments_lexer": "bash"}
_STREAMS = ("stdout", "stderr")
_NOT_STEPS = ("header", "prepare")
"""Ids of cells whose output is not part of the evidence."""


@dataclass(frozen=True)
class Output:
    """The output of one step.

    Attributes:
        stdout: Normalised text with LF line ends.
        stderr: Normalised text with LF line ends.
        status: The exit status; None if the story ended before this step.
        cut: The number of bytes that were left out of both streams; if it is not 0, the output decides no claim.
    """

    stdout: str = ""
    stderr: str = ""
    status: int | None = 0
    cut: int = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of both streams, stdout first. Only LF ends a line, as for bash's ``read``."""
        streams = (stream.removesuffix("\n") for stream in (self.stdout, self.stderr) if stream)
        return tuple(line for stream in streams for line in stream.split("\n"))


@dataclass(frozen=True)
class Evidence:
    """The output of one replay.

    Attributes:
        recipe: The slug.
        environment: The id.
        versions: Exact versions by component.
        outputs: By step name, in the order of the recipe.
        picture: The digest of the picture that a step made, or empty.
    """

    recipe: str
    environment: str
    versions: Mapping[str, str]
    outputs: Mapping[str, Output]
    picture: str = ""


class StaleEvidenceError(RecetarioError):
    """Evidence of a case was made by other commands than its recipe has now.

    Args:
        case: The recipe and environment.
        path: The notebook.
        difference: What differs, as a sentence without its full stop.
    """

    def __init__(self, case: Case, path: Path, difference: str) -> None:
        self.case = case
        self.path = path
        self.difference = difference
        self.undo = (case.undo_advice,) if path == case.evidence else ()
        super().__init__(f"{where(path)}: stale: {difference}.", *case.renew_advice, *self.undo)


def picture_beside(path: Path) -> Path:
    """The path of the picture that belongs to this evidence, if its recipe makes one."""
    return path.with_suffix(".png")


def picture_digest(path: Path) -> str:
    """The digest of a picture; empty if there is none."""
    return _sha256(path.read_bytes()) if path.is_file() else ""


def stream_outputs(output: Output) -> list[nbformat.NotebookNode]:
    """The outputs of a notebook cell: one for each stream that is not empty."""
    return [new_output("stream", name=name, text=text) for name in _STREAMS if (text := getattr(output, name))]


def to_notebook(recipe: Recipe, evidence: Evidence) -> bytes:
    """Serialize evidence as a notebook, nbformat 4.5, with a code cell for each step, whose id is the step's name.

    Cells with the header and, if there is one, ``prepare.sh`` come first.
    """
    cells = [new_code_cell(recipe.header, id="header", execution_count=None)]
    if recipe.prepare:
        cells.append(new_code_cell(recipe.prepare, id="prepare", execution_count=None))
    for step in recipe.steps:
        output = evidence.outputs[step.name]
        cell = new_code_cell(step.source, id=step.name, execution_count=None, outputs=stream_outputs(output))
        cell.metadata["recetario"] = {"status": output.status} | ({"cut": output.cut} if output.cut else {})
        cells.append(cell)
    notebook = new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": {"name": "recetario-here", "display_name": "Bash", "language": "bash"},
        "language_info": LANGUAGE_INFO,
        "recetario": {
            "schema": SCHEMA,
            "recipe": recipe.slug,
            "environment": evidence.environment,
            "versions": dict(evidence.versions),
            "digest": _digest(evidence, cells),
        }
        | ({"picture": evidence.picture} if evidence.picture else {}),
    }
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook, version=4)}\n".encode()


def read_evidence(case: Case, path: Path | None = None, *, stale: bool = False) -> Evidence:
    """Read the evidence of a case.

    Args:
        case: The recipe and environment.
        path: A notebook to read instead of the case's own evidence.
        stale: Accept stale evidence, to compare it with a newer replay.

    Raises:
        StaleEvidenceError: Its steps or its ``prepare.sh`` differ from the recipe.
        RecetarioError: The file is missing, has another schema, belongs to another case, was edited by hand, or does
            not fit the picture beside it.
    """
    path = path or case.evidence
    location = where(path)
    if not path.is_file():
        raise RecetarioError(
            f"{case.recipe.slug} has no evidence for {case.environment.id}: {location} is missing.", *case.renew_advice
        )
    try:
        text = read_bytes(path).decode("utf-8")
        sources = {cell.id: cell.source for cell in _notebook(text).cells}
        evidence = _parse(text)
    except _InvalidEvidenceError as error:
        raise RecetarioError(f"{location}: {error}.", *case.renew_advice) from error
    except (ValueError, KeyError, AttributeError, TypeError, nbformat.ValidationError) as error:
        message = f"{location}: this is not evidence ({type(error).__name__})."
        raise RecetarioError(message, *case.renew_advice) from error
    if (evidence.recipe, evidence.environment) != case.key:
        message = f"{location}: it is evidence of {evidence.recipe} on {evidence.environment}."
        raise RecetarioError(message, *case.renew_advice)
    picture = picture_beside(path)
    if evidence.picture != picture_digest(picture):
        raise RecetarioError(f"{where(picture)}: this is not the picture that the replay made.", *case.renew_advice)
    if not stale:
        _check_fresh(path, case, sources)
    return evidence


def read_all(cases: Iterable[Case], paths: Mapping[CaseKey, Path]) -> dict[CaseKey, Evidence]:
    """Read the evidence of several cases.

    Args:
        cases: The recipes and environments.
        paths: Notebooks to read instead of a case's own evidence.

    Returns:
        The evidence by (slug, environment id).

    Raises:
        RecetarioError: As ``read_evidence``, but a recipe's stale evidence is named in one message.
    """
    evidence: dict[CaseKey, Evidence] = {}
    stale: dict[tuple[Path, str], list[StaleEvidenceError]] = {}
    for case in cases:
        try:
            evidence[case.key] = read_evidence(case, paths.get(case.key))
        except StaleEvidenceError as error:
            stale.setdefault((error.path.parent, error.difference), []).append(error)
    if stale:
        raise joined([_same_difference(errors) for errors in stale.values()])
    return evidence


def _same_difference(errors: Sequence[StaleEvidenceError]) -> RecetarioError:
    """One error for evidence of a recipe that is stale for the same reason."""
    first, *others = errors
    if not others:
        return first
    environments = [error.case.environment.id for error in errors]
    everywhere = len(errors) == sum(map(first.case.file.about.fits, load_environments()))
    options = "" if everywhere else "".join(f" --env {name}" for name in environments)
    return RecetarioError(
        f"{where(first.path.parent)}: stale in {'all ' * everywhere}{len(errors)} environments: {first.difference}.",
        f"python3 noxfile.py -s replay -- {first.case.recipe.slug}{options}, then read the diff and keep it:",
        # Of all environments: with what was replayed before and isn't accepted yet.
        f"python3 noxfile.py -s accept -- {first.case.recipe.slug}",
        *first.undo,
    )


class _InvalidEvidenceError(Exception):
    """The notebook is evidence, but must not be used; the message is the reason."""


@lru_cache(maxsize=1024)
def _parse(text: str) -> Evidence:
    """Convert a notebook to evidence. It is cached, as the notebook is.

    Raises:
        _InvalidEvidenceError: The schema is another one, or the notebook was edited.
        KeyError, AttributeError, TypeError: The notebook is not evidence.
    """
    notebook = _notebook(text)
    about = notebook.metadata["recetario"]
    if about["schema"] != SCHEMA:
        raise _InvalidEvidenceError(f"its schema is {about['schema']}, but this tool reads schema {SCHEMA}")
    evidence = _convert(notebook)
    if about["digest"] != _digest(evidence, notebook.cells):
        raise _InvalidEvidenceError("it was edited by hand (its digest differs)")
    texts = [*evidence.versions.values(), *(line for output in evidence.outputs.values() for line in output.lines)]
    if any(escaped(text) != text for text in texts):
        raise _InvalidEvidenceError("it has control characters, which replays escape")
    return evidence


def _convert(notebook: nbformat.NotebookNode) -> Evidence:
    """What a notebook says, whether or not its digest is right."""
    about = notebook.metadata["recetario"]
    outputs = {cell.id: _output(cell) for cell in notebook.cells if cell.id not in _NOT_STEPS}
    return Evidence(about["recipe"], about["environment"], dict(about["versions"]), outputs, about.get("picture", ""))


@lru_cache(maxsize=1024)
def _notebook(text: str) -> nbformat.NotebookNode:
    """Parse a notebook. Callers must not change it: it is cached, because `serve` often reads the same files again."""
    notebook: nbformat.NotebookNode = nbformat.reads(text, as_version=4)
    return notebook


def read_commands(path: Path) -> Mapping[str, str]:
    """The commands of each step in evidence that ``read_evidence`` has read."""
    return {cell.id: cell.source for cell in _notebook(path.read_text("utf-8")).cells if cell.id not in _NOT_STEPS}


def _check_fresh(path: Path, case: Case, sources: Mapping[str, str]) -> None:
    """Check that the cells of evidence, by id, have the current sources of the recipe."""
    if sources.get("prepare", "") != case.recipe.prepare:
        raise StaleEvidenceError(case, path, "prepare.sh differs from what was replayed")
    replayed = {name: source for name, source in sources.items() if name not in _NOT_STEPS}
    steps = {step.name: step.source for step in case.recipe.steps}
    if replayed == steps and list(replayed) == list(steps):
        return
    changed = next((name for name in steps if replayed.get(name) != steps[name]), None)
    difference = f'step "{changed}" differs from what was replayed' if changed else "its steps or their order differ"
    raise StaleEvidenceError(case, path, difference)


def _output(cell: nbformat.NotebookNode) -> Output:
    text = {stream.name: stream.text for stream in cell.outputs}
    about = cell.metadata.get("recetario", {})
    return Output(text.get("stdout", ""), text.get("stderr", ""), about.get("status"), about.get("cut", 0))


def _digest(evidence: Evidence, cells: Iterable[nbformat.NotebookNode]) -> str:
    """The digest of what was run, where, and what it printed. It shows edits, but anyone can compute it."""
    sources = [(cell.id, cell.source) for cell in cells]
    return _sha256(json.dumps([asdict(evidence), sources], sort_keys=True).encode())


def _sha256(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
