"""The page that is being rendered, and what its blocks may name."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.render import Renderer, find_recipe

__all__ = ["PageContext", "remembered_blocks"]


@dataclass
class PageContext:
    """The page that is being rendered: the plugin sets it before each one.

    Attributes:
        renderer: For its language.
        location: How messages name it.
        recipe: Slug of the recipe that its front matter names; empty if none.
        remembered: What blocks became, to be used again while the same project is built: see ``remembered_blocks``.
    """

    renderer: Renderer
    location: str = ""
    recipe: str = ""
    remembered: dict[Hashable, str] = field(default_factory=dict)

    def find_recipe(self, slug: str = "") -> Recipe:
        """The recipe of this slug, or the page's own."""
        if not slug and not self.recipe:
            raise RecetarioError(
                f"{self.location} shows a recipe's parts and names no recipe.", "Add `recipe: SLUG` on top."
            )
        return find_recipe(self.renderer.project, slug or self.recipe, self.location)

    def claim(self, name: str) -> Claim:
        """The claim of this id."""
        claims = self.renderer.project.claims
        if name not in claims:
            raise RecetarioError(f'{self.location} shows claim "{name}", which does not exist.', nearest(name, claims))
        return claims[name]

    def environment(self, name: str) -> Environment:
        """The environment of this id."""
        known = {environment.id: environment for environment in load_environments()}
        if name not in known:
            raise RecetarioError(
                f'{self.location} shows environment "{name}", which does not exist.', nearest(name, known)
            )
        return known[name]


_blocks: dict[Hashable, str] = {}
_blocks_made_from: list[Hashable] = []


def remembered_blocks(made_from: Hashable) -> dict[Hashable, str]:
    """What blocks became in the last build of this process, if that was made from the same; else empty.

    Somebody who writes changes prose far more often than evidence, and most of a build renders blocks.

    Args:
        made_from: Stands for all that blocks show: it must be another one when any of that changes.
    """
    if _blocks_made_from != [made_from]:
        _blocks.clear()
        _blocks_made_from[:] = [made_from]
    return _blocks
