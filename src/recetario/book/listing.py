"""Read ``recipes/list.toml``: the groups of recipes in menus and index pages, and their order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recetario.book.claims import Text
from recetario.errors import RecetarioError, nearest, read_text
from recetario.translations import LANGUAGES

__all__ = ["LISTING", "Group", "add_to_listing", "load_listing"]

LISTING = "recipes/list.toml"
_KEYS = {"id", "recipes", *LANGUAGES}


@dataclass(frozen=True)
class Group:
    """Recipes under one heading.

    Attributes:
        id: The anchor of the heading.
        title: The heading.
        recipes: Slugs, in order.
    """

    id: str
    title: Text
    recipes: tuple[str, ...]


def load_listing(top: Path, slugs: Mapping[str, object]) -> tuple[Group, ...]:
    """The groups, in order.

    Args:
        top: The project's top folder.
        slugs: The existing recipes, by slug.

    Raises:
        RecetarioError: The file is invalid, or a recipe in it does not exist, is listed twice or is missing.
    """
    try:
        tables = tomllib.loads(read_text(top / LISTING)).get("group", [])
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"{LISTING}: this is not TOML: {error}.") from error
    for number, table in enumerate(tables, 1):
        if set(table) != _KEYS:
            raise RecetarioError(
                f"{LISTING}: group {number} has the keys {', '.join(sorted(table))}.",
                f"It must have {', '.join(sorted(_KEYS))}.",
            )
    groups = tuple(
        Group(table["id"], {language: table[language] for language in LANGUAGES}, tuple(table["recipes"]))
        for table in tables
    )
    listed = [slug for group in groups for slug in group.recipes]
    for slug in listed:
        if slug not in slugs:
            raise RecetarioError(f'{LISTING}: there is no recipe "{slug}".', nearest(slug, slugs))
        if listed.count(slug) > 1:
            raise RecetarioError(f'{LISTING}: recipe "{slug}" is listed twice.', "Delete one line.")
    for slug in slugs:
        if slug not in listed:
            raise RecetarioError(f'{LISTING}: recipe "{slug}" is missing.', "Add a line to one of the groups.")
    return groups


def add_to_listing(text: str, slug: str) -> str:
    """The text of the file with another recipe at the end of the last group."""
    before, bracket, after = text.rpartition("]")
    return f'{before}  "{slug}",\n{bracket}{after}'
