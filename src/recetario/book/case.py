"""One recipe in one environment: the unit of a replay, with its files and commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recetario.book.claims import ClaimFile, End
from recetario.book.environments import Environment
from recetario.book.ids import CaseKey
from recetario.book.recipes import Recipe, Step
from recetario.errors import where
from recetario.workspace import REPLAYS

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """A recipe and its claims in one environment.

    Attributes:
        recipe: The recipe.
        file: Its claims and settings.
        environment: The environment.
    """

    recipe: Recipe
    file: ClaimFile
    environment: Environment

    @property
    def id(self) -> str:
        """Its name in messages and test ids: ``dns-network on 5.4-netavark-root``."""
        return f"{self.recipe.slug} on {self.environment.id}"

    @property
    def key(self) -> CaseKey:
        """(Slug, environment id), the key of its evidence in mappings."""
        return self.recipe.slug, self.environment.id

    @property
    def evidence(self) -> Path:
        """The path of its evidence."""
        return self.recipe.path.parent / "evidence" / f"{self.environment.id}.ipynb"

    @property
    def result(self) -> Path:
        """The path of its last replay, until it is accepted; in a folder that git ignores."""
        return self.recipe.path.parents[2] / REPLAYS / self.recipe.slug / f"{self.environment.id}.ipynb"

    @property
    def failure(self) -> Path:
        """The path of what its last replay said, if that failed without a result."""
        return self.result.with_suffix(".failed.txt")

    @property
    def end(self) -> End | None:
        """The declared early end of the story in this environment, if there is one."""
        return self.file.end(self.environment)

    @property
    def replay_command(self) -> str:
        """The command line that replays it."""
        return f"python3 noxfile.py -s replay -- {self.recipe.slug} --env {self.environment.id}"

    @property
    def accept_command(self) -> str:
        """The command line that makes its last replay the evidence."""
        return f"python3 noxfile.py -s accept -- {self.recipe.slug} --env {self.environment.id}"

    @property
    def renew_advice(self) -> tuple[str, str]:
        """Two lines of an error message: what to do if the evidence is missing or invalid."""
        return f"{self.replay_command}, then read the diff and keep it:", self.accept_command

    @property
    def undo_advice(self) -> str:
        """A line of an error message: how to undo changes of the recipe instead of replaying it."""
        return f"Or undo your change: git checkout -- {where(self.recipe.path.parent)}"

    def step(self, name: str) -> Step:
        """The step with this name, or the half of the pair with this name, that runs in this environment.

        Raises:
            RecetarioError: The recipe has no such step.
        """
        return self.recipe.variant_for(name, self.environment)
