"""One recipe in one environment: what is replayed at once, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recetario.book.claims import ClaimFile
from recetario.book.environments import Environment
from recetario.book.evidence import evidence_path
from recetario.book.recipes import Recipe
from recetario.workspace import Workspace

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """One recipe in one environment: what is replayed at once."""

    recipe: Recipe
    file: ClaimFile
    environment: Environment

    @property
    def id(self) -> str:
        """As messages and tests name it: ``dns-network on 5.4-netavark-root``."""
        return f"{self.recipe.slug} on {self.environment.id}"

    @property
    def evidence(self) -> Path:
        """Where its evidence is kept."""
        return evidence_path(self.recipe, self.environment)

    @property
    def result(self) -> Path:
        """Where its last replay waits to be accepted, in a folder that git ignores."""
        return Workspace(self.recipe.path.parents[2]).result(self.recipe.slug, self.environment.id)
