"""Say when the evidence of a recipe was last verified, or, where nobody noted that, when it last changed."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from recetario.book.project import Project
from recetario.translations import translations
from recetario.workspace import Workspace

__all__ = ["last_words", "written"]


def last_words(project: Project, slug: str, language: str) -> str:
    """The sentence "Last verified November 24, 2026", by what ``drift`` noted; else when git says it last changed.

    A recipe counts as verified on the day of its oldest note, and only if each of its environments has one. Empty where
    nothing is known, as in a folder that is no clone.
    """
    workspace = Workspace(project.top)
    days = [workspace.verified(case.environment.id).get(slug) for case in project.cases([slug])]
    words = translations(language)["site"]
    if all(days):
        return words["verified"].format(date=written(min(day for day in days if day), language))
    changed = workspace.changed.get(slug)
    return words["changed"].format(date=written(changed, language)) if changed else ""


def written(iso: str, language: str) -> str:
    """A date as prose writes it: "24 de noviembre de 2026", "November 24, 2026"."""
    return str(format_date(date.fromisoformat(iso), "long", locale=language))
