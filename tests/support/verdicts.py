"""The verdicts that a reader's script prints, and those of the site."""

from __future__ import annotations

import re

from recetario.book.environments import Environment
from recetario.book.ids import Slug
from recetario.book.project import Project
from recetario.translations import translations

__all__ = ["expected_verdicts", "printed_verdicts"]


def printed_verdicts(stdout: str, language: str) -> list[tuple[str, str]]:
    """What a script says about each claim: (word, claim)."""
    words = "|".join(translations(language)["site"][word] for word in ("holds", "fails", "scope"))
    return re.findall(rf"^({words}): (.*)$", stdout, re.MULTILINE)


def expected_verdicts(project: Project, slug: Slug, environment: Environment, language: str) -> list[tuple[str, str]]:
    """What the site says about the claims that the recipe decides."""
    texts = translations(language)["site"]
    claims = [claim for claim in project.claim_files[slug].claims.values() if not claim.derived]
    return [(texts[project.verdicts[claim.id, environment.id].word], claim.text[language]) for claim in claims]
