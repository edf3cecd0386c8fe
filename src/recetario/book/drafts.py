"""Show replays as drafts until they are accepted, so that their pages can be written first."""

from __future__ import annotations

from pathlib import Path

from recetario.book.case import Case
from recetario.book.evidence import read_evidence
from recetario.book.ids import CaseKey
from recetario.book.project import Project
from recetario.book.verdicts import check_case
from recetario.errors import RecetarioError

__all__ = ["with_drafts"]


def with_drafts(top: Path) -> Project:
    """Load the project with drafts in place of the evidence of their cases; pages may be in one language only.

    A replay is a draft if it is newer than the evidence, differs from it, and could be accepted. Other replays are
    ignored; `accept` reports what is wrong with them.
    """
    drafts: dict[CaseKey, Path] = {}
    project = Project(top, drafts, untranslated=True)
    # Filled before any evidence is read, and in the same project, so that recipes and claims are read once.
    drafts.update((case.key, case.result) for case in project.cases() if _is_draft(case))
    return project


def _is_draft(case: Case) -> bool:
    if not case.result.is_file():
        return False
    if case.evidence.is_file():
        is_older = case.result.stat().st_mtime_ns < case.evidence.stat().st_mtime_ns
        if is_older or case.result.read_bytes() == case.evidence.read_bytes():
            return False
    try:
        check_case(case, read_evidence(case, case.result))
    except RecetarioError:
        return False
    return True
