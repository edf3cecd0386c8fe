"""Say when the evidence of a recipe was last verified or, if that is unknown, when it last changed."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from recetario.book.project import Project
from recetario.translations import translations
from recetario.workspace import Workspace

__all__ = ["last_words", "written"]


def last_words(project: Project, slug: str, language: str) -> str:
    """A sentence such as "Last verified November 24, 2026", for below a recipe's grid.

    ``drift`` records the days on which it verified the evidence of each environment. If all of a recipe's environments
    have such a day, the sentence has the oldest one. Otherwise it says when the evidence last changed according to git,
    and it is empty if git does not know either, for example because the folder is not a clone.
    """
    workspace = Workspace(project.top)
    days = [workspace.verified(case.environment.id).get(slug) for case in project.cases([slug])]
    sentences = translations(language)["site"]
    if all(days):
        oldest = min(day for day in days if day)
        return sentences["verified"].format(date=written(oldest, language))
    changed = workspace.changed.get(slug)
    return sentences["changed"].format(date=written(changed, language)) if changed else ""


def written(iso: str, language: str) -> str:
    """An ISO date in words: "24 de noviembre de 2026", "November 24, 2026"."""
    return str(format_date(date.fromisoformat(iso), "long", locale=language))
