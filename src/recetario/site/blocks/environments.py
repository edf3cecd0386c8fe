"""Blocks that show environments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.recipes import Recipe
from recetario.book.verdicts import Verdict
from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.context import PageContext

__all__ = ["EnvironmentDetails", "Environments"]


@dataclass(frozen=True)
class EnvironmentsContent:
    """Each environment with its main versions."""

    rows: list[tuple[Environment, str]]


class Environments(PageBlock):
    """``/// environments``: the table of environments, with the versions that matter."""

    NAME, ARGUMENT = "environments", False

    @staticmethod
    def content(page: PageContext, argument: str) -> EnvironmentsContent:
        renderer = page.renderer
        return EnvironmentsContent(
            [
                (environment, renderer.main_versions(renderer.versions(environment)))
                for environment in load_environments()
            ]
        )


@dataclass(frozen=True)
class EnvironmentContent:
    """One environment.

    Attributes:
        environment: The environment.
        versions: All exact versions, by program.
        recipes: The recipes that were replayed there, each with the address of its transcript.
        verdicts: All claims with their verdicts there.
    """

    environment: Environment
    versions: Mapping[str, str]
    recipes: list[tuple[Recipe, str]]
    verdicts: list[tuple[Claim, Verdict]]


class EnvironmentDetails(PageBlock):
    """``/// environment | 5.4-netavark-root``: its versions, its departures from Debian's set-up, its verdicts."""

    NAME, ARGUMENT = "environment", True

    @staticmethod
    def content(page: PageContext, argument: str) -> EnvironmentContent:
        environment, renderer = page.environment(argument), page.renderer
        project = renderer.project
        recipes = [
            (recipe, renderer.transcript_url(recipe.slug, environment))
            for recipe in project.recipes.values()
            if (recipe.slug, environment.id) in project.evidence
        ]
        verdicts = [(claim, project.verdicts[claim.id, environment.id]) for claim in project.claims.values()]
        return EnvironmentContent(environment, renderer.versions(environment), recipes, verdicts)
