"""The page that is being rendered, and the recipes, claims and environments that its blocks refer to."""

from __future__ import annotations

from dataclasses import dataclass

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.render import Renderer, find_recipe

__all__ = ["PageContext"]


@dataclass
class PageContext:
    """The page that is being rendered. The plugin updates it before each page.

    Attributes:
        renderer: Renders in the page's language.
        location: The page's path, for error messages: ``docs/en/recipes/dns-network.md``.
        recipe: Slug of the recipe in the page's front matter; empty if there is none.
    """

    renderer: Renderer
    location: str = ""
    recipe: str = ""

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
        return find_recipe(self.renderer.project, slug or self.recipe, self.location)

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
        known = {environment.id: environment for environment in load_environments()}
        if name not in known:
            raise RecetarioError(
                f'{self.location} shows environment "{name}", which does not exist.', nearest(name, known)
            )
        return known[name]
