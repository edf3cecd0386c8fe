"""Read ``recipes/list.toml``, which has the order and the groups of recipes in menus and on index pages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recetario.book.claims import Text
from recetario.errors import RecetarioError, nearest, read_text
from recetario.translations import LANGUAGES

__all__ = ["RECIPE_LIST", "Group", "add_to_list", "load_groups"]

RECIPE_LIST = "recipes/list.toml"
_KEYS = {"id", "recipes", *LANGUAGES}


@dataclass(frozen=True)
class Group:
    """Recipes with a common heading.

    Attributes:
        id: The anchor of the heading.
        title: The heading, by language.
        recipes: Slugs, in order.
    """

    id: str
    title: Text
    recipes: tuple[str, ...]


def load_groups(top: Path, slugs: Mapping[str, object]) -> tuple[Group, ...]:
    """Read the groups, in order.

    Args:
        top: The project's top folder.
        slugs: The recipes that exist, by slug.

    Raises:
        RecetarioError: The file is invalid, or a recipe does not exist, is listed twice or is missing.
    """
    try:
        tables = tomllib.loads(read_text(top / RECIPE_LIST)).get("group", [])
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"{RECIPE_LIST}: this is not TOML: {error}.") from error
    groups = tuple(_group(number, table) for number, table in enumerate(tables, 1))
    _check_recipes([slug for group in groups for slug in group.recipes], slugs)
    return groups


def _group(number: int, table: Mapping[str, Any]) -> Group:
    if set(table) != _KEYS:
        raise RecetarioError(
            f"{RECIPE_LIST}: group {number} has the keys {', '.join(sorted(table))}.",
            f"It must have {', '.join(sorted(_KEYS))}.",
        )
    title = {language: table[language] for language in LANGUAGES}
    return Group(table["id"], title, tuple(table["recipes"]))


def _check_recipes(listed: Sequence[str], slugs: Mapping[str, object]) -> None:
    """Check that each recipe that exists is listed exactly once, and no other."""
    for slug in listed:
        if slug not in slugs:
            raise RecetarioError(f'{RECIPE_LIST}: there is no recipe "{slug}".', nearest(slug, slugs))
        if listed.count(slug) > 1:
            raise RecetarioError(f'{RECIPE_LIST}: recipe "{slug}" is listed twice.', "Delete one line.")
    for slug in slugs:
        if slug not in listed:
            raise RecetarioError(f'{RECIPE_LIST}: recipe "{slug}" is missing.', "Add a line to one of the groups.")


def add_to_list(text: str, slug: str) -> str:
    """Add a recipe to the text of the file, at the end of the last group."""
    before, bracket, after = text.rpartition("]")  # of the last list of recipes
    return f'{before}  "{slug}",\n{bracket}{after}'
