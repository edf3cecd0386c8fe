"""Show how a replay differs from its evidence: expected and actual side by side, step by step."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recetario.book.evidence import Evidence, Output

__all__ = ["differences", "moved_versions"]

_WIDTH = 132


def differences(kept: Evidence, found: Evidence) -> str:
    """The steps whose outputs differ, as a table in plain text; empty when none does."""
    table = Table("step", "evidence", "this replay", show_lines=True, width=_WIDTH)
    for step, output in found.outputs.items():
        expected = kept.outputs.get(step, Output(status=None))
        if output != expected:
            table.add_row(step, Text(_shown(expected)), Text(_shown(output)))
    if not table.rows:
        return ""
    text = io.StringIO()
    # Plain wherever it is shown: CI sets FORCE_COLOR.
    Console(file=text, width=_WIDTH, force_terminal=False, color_system=None, highlight=False).print(table)
    return text.getvalue()


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
