"""The page that is being rendered, and the recipes, claims and environments that its blocks refer to."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.render import Renderer

__all__ = ["PageContext", "remembered_blocks"]

_Found = TypeVar("_Found")


@dataclass
class PageContext:
    """The page that is being rendered. The plugin updates it before each page.

    Attributes:
        renderer: Renders in the page's language.
        location: The page's path, for error messages: ``docs/en/recipes/dns-network.md``.
        recipe: Slug of the recipe in the page's front matter; empty if there is none.
        remembered: Blocks that were rendered before, by block and page; see ``remembered_blocks``.
        evidence_states: For each recipe, something that differs when its evidence has changed.
    """

    renderer: Renderer
    location: str = ""
    recipe: str = ""
    remembered: dict[Hashable, tuple[object, str]] = field(default_factory=dict)
    evidence_states: Mapping[str, object] = field(default_factory=dict)

    def find_recipe(self, slug: str = "") -> Recipe:
        """Look up a recipe by its slug; without one, the page's own recipe.

        Raises:
            RecetarioError: The recipe does not exist, or the page has none.
        """
        if not slug and not self.recipe:
            raise RecetarioError(
                f"{self.location} shows a part of a recipe, but does not say of which one.",
                "Add `recipe: SLUG` to its front matter.",
            )
        return self._find("recipe", slug or self.recipe, self.renderer.project.recipes)

    def claim(self, name: str) -> Claim:
        """Look up a claim by its id.

        Raises:
            RecetarioError: The claim does not exist.
        """
        return self._find("claim", name, self.renderer.project.claims)

    def environment(self, name: str) -> Environment:
        """Look up an environment by its id.

        Raises:
            RecetarioError: The environment does not exist.
        """
        return self._find("environment", name, {str(one.id): one for one in load_environments()})

    def _find(self, kind: str, name: str, known: Mapping[str, _Found]) -> _Found:
        if name not in known:
            raise RecetarioError(f'{self.location} shows {kind} "{name}", which does not exist.', nearest(name, known))
        return known[name]


@lru_cache(1)
def remembered_blocks(made_from: Hashable) -> dict[Hashable, tuple[object, str]]:
    """Blocks that the last build of this process rendered; empty if it was made from something else.

    While somebody writes, prose changes far more often than evidence, and evidence of one recipe at a time; rendering
    blocks is most of a build.

    Args:
        made_from: Anything that differs whenever something that blocks show has changed, except evidence.

    Returns:
        The state of the evidence that the block shows, and the block.
    """
    return {}
