"""The list of recipes is read, and refused unless each recipe is in it exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.demo import refusal

from recetario.book.recipe_list import RECIPE_LIST, add_to_list, load_groups

LIST = """\
[[group]]
id = "names"
es = "Nombres"
en = "Names"
recipes = [
  "one",
]

[[group]]
id = "ports"
es = "Puertos"
en = "Ports"
recipes = [
  "two",
]
"""


def project_with(top: Path, text: str) -> Path:
    """Write this text to the project's list of recipes, and return the project's top folder."""
    (top / RECIPE_LIST).parent.mkdir()
    (top / RECIPE_LIST).write_text(text, "utf-8")
    return top


def test_groups_and_their_recipes_are_read_in_order(tmp_path: Path) -> None:
    """Groups and recipes keep the order of the file, which is that of the menu."""
    groups = load_groups(project_with(tmp_path, LIST), {"one": 1, "two": 2})

    assert [(group.id, group.title["es"], group.recipes) for group in groups] == [
        ("names", "Nombres", ("one",)),
        ("ports", "Puertos", ("two",)),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LIST.replace('"two"', '"tow"'), 'there is no recipe "tow".\n  Did you mean "two"?'),
        (LIST.replace('"two"', '"one"'), 'recipe "one" is listed twice.'),
        (LIST.replace('  "two",\n', ""), 'recipe "two" is missing.\n  Add a line'),
        (
            LIST.replace("\nes = ", "\nsp = "),
            "group 1 has the keys en, id, recipes, sp.\n  It must have en, es, id, recipes.",
        ),
        (LIST.replace("]]", "]"), "this is not TOML: "),
    ],
)
def test_an_invalid_list_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """The message names the recipe that is unknown, repeated or missing, or the group whose keys are wrong."""
    top = project_with(tmp_path, text)

    assert f"{RECIPE_LIST}: {message}" in refusal(lambda: load_groups(top, {"one": 1, "two": 2}))


def test_a_recipe_is_added_at_the_end(tmp_path: Path) -> None:
    """The rest of the text does not change."""
    text = add_to_list(LIST, "three")

    assert text == LIST.replace('  "two",\n', '  "two",\n  "three",\n')
