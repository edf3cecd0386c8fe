"""Create a recipe with files that can be replayed, for its author to change line by line."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from recetario.book.project import Project
from recetario.book.recipe_list import RECIPE_LIST, add_to_list
from recetario.book.recipes import check_slug
from recetario.errors import RecetarioError, read_text
from recetario.files import write_atomically
from recetario.translations import LANGUAGES

__all__ = ["begin_recipe"]

_TEMPLATE = resources.files("recetario.replay") / "template"


def begin_recipe(top: Path, slug: str) -> list[Path]:
    """Write a recipe, its claims, its page in each language, and its line in the list of recipes.

    Args:
        top: The project's top folder.
        slug: The name of the recipe, and of its first claim.

    Returns:
        The files that were created or changed.

    Raises:
        RecetarioError: The name is not valid, or a recipe or claim has it already.
    """
    check_slug(slug)
    project = Project(top)
    if slug in project.recipes or slug in project.claims:
        raise RecetarioError(f'"{slug}" is already the name of a recipe or claim.', "Choose another one.")
    files = {
        top / "recipes" / slug / "recipe.sh": "recipe.sh",
        top / "recipes" / slug / "claims.toml": "claims.toml",
        **{top / "docs" / language / "recipes" / f"{slug}.md": f"{language}.md" for language in LANGUAGES},
    }
    for path, name in files.items():
        text = (_TEMPLATE / name).read_text("utf-8").replace("SLUG", slug)
        write_atomically(path, text.encode())
    recipe_list = top / RECIPE_LIST
    write_atomically(recipe_list, add_to_list(read_text(recipe_list), slug).encode())
    return [*files, recipe_list]
