"""Put the recipes of ``recipes/list.toml`` into the menu, and on the page that lists them."""

from __future__ import annotations

from typing import Any

from recetario.site.blocks.render import Renderer

__all__ = ["INDEX", "list_recipes", "menu_with_recipes"]

INDEX = "recipes/index.md"
_PLACEHOLDER = "<!-- recipes/list.toml stands here -->"


def menu_with_recipes(nav: list[Any], renderer: Renderer) -> list[Any]:
    """Add all recipes to the menu, after the page that lists them.

    Args:
        nav: The ``nav`` of mkdocs.yml: paths, and sections as ``{title: [...]}``.
        renderer: Has the project whose recipes are listed.
    """
    if INDEX in nav:
        pages = [f"recipes/{slug}.md" for group in renderer.project.groups for slug in group.recipes]
        position = nav.index(INDEX) + 1
        return [*nav[:position], *pages, *nav[position:]]
    return [_section_with_recipes(entry, renderer) if isinstance(entry, dict) else entry for entry in nav]


def _section_with_recipes(section: dict[str, Any], renderer: Renderer) -> dict[str, Any]:
    return {
        title: menu_with_recipes(content, renderer) if isinstance(content, list) else content
        for title, content in section.items()
    }


def list_recipes(text: str, renderer: Renderer) -> str:
    """Replace the placeholder on the index page with the groups and their recipes, as Markdown."""
    if _PLACEHOLDER not in text:
        return text
    recipes = renderer.project.recipes
    groups = []
    for group in renderer.project.groups:
        links = [f"- [{renderer.title(recipes[slug])}]({slug}.md)" for slug in group.recipes]
        groups.append("\n".join((f"## {group.title[renderer.language]} {{ #{group.id} }}\n", *links)))
    return text.replace(_PLACEHOLDER, "\n\n".join(groups))
