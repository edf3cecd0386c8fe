"""The list of recipes has each of them exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.demo import refusal

from recetario.book.listing import LISTING, add_to_listing, load_listing

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


def written(top: Path, text: str) -> Path:
    """Write this list to a project; return its top folder."""
    (top / LISTING).parent.mkdir()
    (top / LISTING).write_text(text, "utf-8")
    return top


def test_groups_and_their_recipes_are_read_in_order(tmp_path: Path) -> None:
    """Groups have titles in both languages, and their recipes in order."""
    groups = load_listing(written(tmp_path, LIST), {"one": 1, "two": 2})

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
def test_what_is_wrong_with_the_list_is_named(tmp_path: Path, text: str, message: str) -> None:
    """Invalid lists and missing, unknown or repeated recipes are refused."""
    top = written(tmp_path, text)

    assert f"{LISTING}: {message}" in refusal(lambda: load_listing(top, {"one": 1, "two": 2}))


def test_a_recipe_is_added_at_the_end(tmp_path: Path) -> None:
    """The rest of the text does not change."""
    text = add_to_listing(LIST, "three")

    assert text == LIST.replace('  "two",\n', '  "two",\n  "three",\n')
