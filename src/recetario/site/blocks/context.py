"""The page that is being rendered, and the recipes, claims and environments that its blocks refer to."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.render import Renderer

__all__ = ["PageContext", "remembered_blocks"]


@dataclass
class PageContext:
    """The page that is being rendered. The plugin updates it before each page.

    Attributes:
        renderer: Renders in the page's language.
        location: The page's path, for error messages: ``docs/en/recipes/dns-network.md``.
        recipe: Slug of the recipe in the page's front matter; empty if there is none.
        remembered: Blocks that were rendered before, by block and page; see ``remembered_blocks``.
    """

    renderer: Renderer
    location: str = ""
    recipe: str = ""
    remembered: dict[Hashable, str] = field(default_factory=dict)

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
        recipes, slug = self.renderer.project.recipes, slug or self.recipe
        if slug not in recipes:
            raise RecetarioError(f'{self.location}: recipe "{slug}" does not exist.', nearest(slug, recipes))
        return recipes[slug]

    def claim(self, name: str) -> Claim:
        """Look up a claim by its id.

        Raises:
            RecetarioError: The claim does not exist.
        """
        claims = self.renderer.project.claims
        if name not in claims:
            raise RecetarioError(f'{self.location} shows claim "{name}", which does not exist.', nearest(name, claims))
        return claims[name]

    def environment(self, name: str) -> Environment:
        """Look up an environment by its id.

        Raises:
            RecetarioError: The environment does not exist.
        """
        known = {str(environment.id): environment for environment in load_environments()}
        if name not in known:
            raise RecetarioError(
                f'{self.location} shows environment "{name}", which does not exist.', nearest(name, known)
            )
        return known[name]


_blocks: dict[Hashable, str] = {}
_blocks_made_from: list[Hashable] = []


def remembered_blocks(made_from: Hashable) -> dict[Hashable, str]:
    """Blocks that the last build of this process rendered; empty if it was made from something else.

    While somebody writes, prose changes far more often than evidence, and rendering blocks is most of a build.

    Args:
        made_from: Anything that differs whenever something that blocks show has changed.
    """
    if _blocks_made_from != [made_from]:
        _blocks.clear()
        _blocks_made_from[:] = [made_from]
    return _blocks
