"""The list of recipes, in the menu and on its own page, as ``recipes/list.toml`` has it."""

from __future__ import annotations

from typing import Any

from recetario.site.blocks.render import Renderer

__all__ = ["INDEX", "list_recipes", "menu_with_recipes"]

INDEX = "recipes/index.md"
_MARK = "<!-- recipes/list.toml stands here -->"


def menu_with_recipes(nav: list[Any], renderer: Renderer) -> list[Any]:
    """MkDocs' menu with all recipes after the page that lists them."""
    if INDEX in nav:
        pages = [f"recipes/{slug}.md" for group in renderer.project.listing for slug in group.recipes]
        position = nav.index(INDEX) + 1
        return [*nav[:position], *pages, *nav[position:]]
    return [_entry_with_recipes(entry, renderer) for entry in nav]


def _entry_with_recipes(entry: Any, renderer: Renderer) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {
        title: menu_with_recipes(inside, renderer) if isinstance(inside, list) else inside
        for title, inside in entry.items()
    }


def list_recipes(text: str, renderer: Renderer) -> str:
    """The index page with the groups and their recipes in place of its mark."""
    if _MARK not in text:
        return text
    language, recipes = renderer.language, renderer.project.recipes
    groups = [
        f"## {group.title[language]} {{ #{group.id} }}\n\n"
        + "\n".join(f"- [{renderer.title(recipes[slug])}]({slug}.md)" for slug in group.recipes)
        for group in renderer.project.listing
    ]
    return text.replace(_MARK, "\n\n".join(groups))
