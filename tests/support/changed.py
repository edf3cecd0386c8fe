"""Change a recipe, to see what a replay of it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recetario.book.case import Case
from recetario.book.claims_toml import load_claims
from recetario.book.recipes import load_recipe

__all__ = ["changed"]


def changed(case: Case, folder: Path, change: Callable[[str, str], str]) -> Case:
    """The same case in a folder of its own, with files that ``change`` makes of each file's name and text."""
    copy = folder / case.recipe.slug
    copy.mkdir()
    for file in case.recipe.path.parent.glob("*.*"):
        (copy / file.name).write_text(change(file.name, file.read_text("utf-8")), "utf-8")
    recipe = load_recipe(copy)
    return Case(recipe, load_claims(recipe), case.environment)
