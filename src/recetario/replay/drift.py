"""Show how a replay differs from its evidence: expected and actual side by side, step by step."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recetario.book.case import Case
from recetario.book.environments import load_environments
from recetario.book.evidence import Evidence, Output, read_commands, read_evidence
from recetario.errors import RecetarioError

__all__ = [
    "DRIFTED",
    "DriftError",
    "changes",
    "check_drift",
    "differences",
    "grouped",
    "grouped_messages",
    "moved_versions",
]

DRIFTED = "drifted"
"""The name of the report property of a replay that worked, but differs from its evidence."""
_ENVIRONMENT = "\0"
"""Stands for an environment's id when messages are compared; no message has it, because messages are escaped."""
_WIDTH = 132
"""The width of tables, in characters."""


class DriftError(RecetarioError):
    """A replay worked, but differs from its evidence."""


def check_drift(case: Case, replayed: Evidence) -> None:
    """Check that a replay printed what the evidence has; other versions are only a warning.

    Raises:
        DriftError: It printed something else; the message shows both side by side.
    """
    evidence = read_evidence(case)
    if moved := moved_versions(evidence, replayed):
        warnings.warn(f"{case.id}: same outputs, other versions: {moved}. Read and accept.", stacklevel=1)
    if drifted := differences(evidence, replayed):
        raise DriftError(f"{case.id} drifted from its evidence.", drifted)


def differences(evidence: Evidence, replayed: Evidence) -> str:
    """Show the steps whose outputs differ, as a table in plain text; empty if all are equal."""
    did_not_run = Output(status=None)
    rows = []
    for name in dict.fromkeys([*replayed.outputs, *evidence.outputs]):
        before = evidence.outputs.get(name, did_not_run)
        after = replayed.outputs.get(name, did_not_run)
        if before != after:
            rows.append((name, _format_output(before), _format_output(after)))
    return _side_by_side(("step", "evidence", "this replay"), rows)


def table_of(outputs: Mapping[str, Output]) -> str:
    """Show what each step printed, as a table in plain text."""
    return _table(("step", "this replay"), [(name, _format_output(output)) for name, output in outputs.items()])


def _side_by_side(columns: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> str:
    """A table in plain text of the rows whose second and third cells differ; empty if there are none."""
    return _table(columns, [row for row in rows if row[1] != row[2]])


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in plain text; empty if it has no rows."""
    if not rows:
        return ""
    table = Table(*columns, show_lines=True, width=_WIDTH)
    for name, *texts in rows:
        table.add_row(name, *map(Text, texts))
    text = io.StringIO()
    # No colours, even if CI sets FORCE_COLOR, because the table becomes part of messages.
    Console(file=text, width=_WIDTH, force_terminal=False, color_system=None, highlight=False).print(table)
    return text.getvalue()


def changes(case: Case) -> str:
    """Describe what accepting the last replay of a case would change: commands, outputs, versions and picture.

    Without evidence to compare it with, all of its outputs are new.

    Raises:
        RecetarioError: There is no replay, or it is not valid.
    """
    result = read_evidence(case, case.result)
    if not case.evidence.is_file():
        return f"new evidence\n{table_of(result.outputs)}"
    try:
        evidence = read_evidence(case, stale=True)
    except RecetarioError as error:
        return f"new evidence: {error.what}\n{table_of(result.outputs)}"
    parts = (
        _changed_commands(read_commands(case.evidence), read_commands(case.result)),
        differences(evidence, result),
        moved_versions(evidence, result),
        "another picture" if evidence.picture != result.picture else "",
    )
    return "\n".join(filter(None, parts)) or "no changes"


def grouped(changes: Iterable[tuple[str, str, str]]) -> list[str]:
    """Describe changes that are the same in several environments only once.

    Args:
        changes: A recipe's slug, an environment's id, and what ``changes`` says about them. Repetitions are ignored.

    Returns:
        For each recipe and each different text, "SLUG on ENVIRONMENT, ENVIRONMENT: TEXT"; oldest environments first.
    """
    order: list[str] = [environment.id for environment in load_environments()]
    environments: dict[tuple[str, str], list[str]] = {}
    for slug, environment, text in sorted(set(changes), key=lambda change: (change[0], order.index(change[1]))):
        environments.setdefault((slug, text), []).append(environment)
    return [f"{slug} on {', '.join(names)}: {text}" for (slug, text), names in environments.items()]


def grouped_messages(messages: Iterable[tuple[str, str]]) -> list[str]:
    """Print messages that are the same in several environments, but for the environment's name, only once.

    Args:
        messages: An environment's id, and a message about it.

    Returns:
        The messages about the oldest environments; the others are named at the end of each.
    """
    order: list[str] = [environment.id for environment in load_environments()]
    environments: dict[str, list[str]] = {}
    for environment, message in sorted(messages, key=lambda pair: order.index(pair[0])):
        environments.setdefault(message.replace(environment, _ENVIRONMENT), []).append(environment)
    return [
        message.replace(_ENVIRONMENT, first) + (f"\n  The same on {', '.join(others)}." if others else "")
        for message, (first, *others) in environments.items()
    ]


def _changed_commands(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Show the steps whose commands differ, as a table in plain text; empty if all are equal."""
    rows = [
        (name, before.get(name, "(no such step)"), after.get(name, "(no such step)"))
        for name in dict.fromkeys([*after, *before])
    ]
    return _side_by_side(("step", "commands of the evidence", "commands of this replay"), rows)


def moved_versions(evidence: Evidence, replayed: Evidence) -> str:
    """List the versions that differ: ``netavark 1.14.0 → 1.14.1``; empty if all are equal."""
    moves = []
    for name in sorted({*evidence.versions, *replayed.versions}):
        before = evidence.versions.get(name, "none")
        after = replayed.versions.get(name, "none")
        if before != after:
            moves.append(f"{name} {before} → {after}")
    return ", ".join(moves)


def _format_output(output: Output) -> str:
    """The text of an output, with notes about everything that the text does not show."""
    if output.status is None:
        return "(did not run)"
    lines = _format_stream(output.stdout)
    if output.stderr:
        lines += ["(stderr:)", *_format_stream(output.stderr)]
    if not lines:
        lines = ["(no output)"]
    if output.cut:
        lines.append(f"({output.cut} bytes cut)")
    if output.status:
        lines.append(f"(exit status {output.status})")
    return "\n".join(lines)


def _format_stream(text: str) -> list[str]:
    """The lines of a stream, with a note if the last one has no line end."""
    *lines, rest = text.split("\n")
    if rest:
        lines += [rest, "(no line end)"]
    return lines
