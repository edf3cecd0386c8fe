"""One recipe in one environment: what is replayed at once, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recetario.book.claims import ClaimFile, End
from recetario.book.environments import Environment
from recetario.book.recipes import Recipe, Step
from recetario.workspace import Workspace

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """A recipe, what it claims, and one environment."""

    recipe: Recipe
    file: ClaimFile
    environment: Environment

    @property
    def id(self) -> str:
        """As messages and tests name it: ``dns-network on 5.4-netavark-root``."""
        return f"{self.recipe.slug} on {self.environment.id}"

    @property
    def key(self) -> tuple[str, str]:
        """(Slug, environment id), by which evidence is kept."""
        return self.recipe.slug, self.environment.id

    @property
    def evidence(self) -> Path:
        """Where its evidence is kept."""
        return self.recipe.path.parent / "evidence" / f"{self.environment.id}.ipynb"

    @property
    def result(self) -> Path:
        """Where its last replay waits to be accepted, in a folder that git ignores."""
        return Workspace(self.recipe.path.parents[2]).result(*self.key)

    @property
    def end(self) -> End | None:
        """Where the story ends early, if it does."""
        return self.file.end(self.environment)

    @property
    def replay_command(self) -> str:
        """The command line that replays it."""
        return f"nox -s replay -- {self.recipe.slug} --env {self.environment.id}"

    @property
    def accept_command(self) -> str:
        """The command line that makes its last replay the evidence."""
        return f"nox -s accept -- {self.recipe.slug} --env {self.environment.id}"

    @property
    def renew(self) -> tuple[str, str]:
        """What to do where its evidence is missing or of no use, as two lines of a message."""
        return f"{self.replay_command}, then read the diff and keep it:", self.accept_command

    def step(self, name: str) -> Step:
        """The step of this name whose commands run here.

        Raises:
            RecetarioError: The recipe has no such step.
        """
        return self.recipe.variant_for(name, self.environment)
