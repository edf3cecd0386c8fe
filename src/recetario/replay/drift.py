"""Show how a replay differs from its evidence: expected and actual side by side, step by step."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recetario.book.case import Case
from recetario.book.evidence import Evidence, Output, read_commands, read_evidence
from recetario.errors import RecetarioError

__all__ = ["changes", "differences", "moved_versions"]

_WIDTH = 132


def differences(kept: Evidence, found: Evidence) -> str:
    """The steps whose outputs differ, as a table in plain text; empty when none does."""
    missing = Output(status=None)
    names = [*found.outputs, *(name for name in kept.outputs if name not in found.outputs)]
    pairs = [(name, kept.outputs.get(name, missing), found.outputs.get(name, missing)) for name in names]
    return _side_by_side(
        ("step", "evidence", "this replay"),
        [(name, _shown(before), _shown(after)) for name, before, after in pairs if before != after],
    )


def _side_by_side(columns: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> str:
    """The rows whose second and third cell differ, as a table in plain text; empty when there is none."""
    table = Table(*columns, show_lines=True, width=_WIDTH)
    for name, before, after in rows:
        if before != after:
            table.add_row(name, Text(before), Text(after))
    if not table.rows:
        return ""
    text = io.StringIO()
    # Plain text wherever it is printed, also where CI sets FORCE_COLOR.
    Console(file=text, width=_WIDTH, force_terminal=False, color_system=None, highlight=False).print(table)
    return text.getvalue()


def changes(case: Case) -> str:
    """What accepting the last replay of this case would change: commands, outputs and versions.

    Raises:
        RecetarioError: The replay is not there, or is not evidence.
    """
    result = read_evidence(case, case.result)
    if not case.evidence.is_file():
        return "new evidence"
    try:
        evidence = read_evidence(case, stale=True)
    except RecetarioError as error:
        return f"new evidence: {error.what}"
    parts = (
        _changed_commands(read_commands(case.evidence), read_commands(case.result)),
        differences(evidence, result),
        moved_versions(evidence, result),
    )
    return "\n".join(filter(None, parts)) or "as before"


def _changed_commands(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """The steps whose commands differ, as a table in plain text; empty when none does."""
    names = [*after, *(name for name in before if name not in after)]
    return _side_by_side(
        ("step", "commands of the evidence", "commands of this replay"),
        [(name, before.get(name, "(no such step)"), after.get(name, "(no such step)")) for name in names],
    )


def moved_versions(kept: Evidence, found: Evidence) -> str:
    """The versions that are not those of the evidence: ``netavark 1.14.0 → 1.14.1``; empty when all are."""
    names = sorted({*kept.versions, *found.versions})
    return ", ".join(
        f"{name} {kept.versions.get(name, 'none')} → {found.versions.get(name, 'none')}"
        for name in names
        if kept.versions.get(name) != found.versions.get(name)
    )


def _shown(output: Output) -> str:
    if output.status is None:
        return "(did not run)"
    lines = [*_shown_stream(output.stdout), *(["(stderr:)"] if output.stderr else []), *_shown_stream(output.stderr)]
    lines = lines or ["(no output)"]
    if output.cut:
        lines.append(f"({output.cut} bytes cut)")
    if output.status:
        lines.append(f"(exit status {output.status})")
    return "\n".join(lines)


def _shown_stream(text: str) -> list[str]:
    *lines, rest = text.split("\n")
    return [*lines, rest, "(no line end)"] if rest else lines
