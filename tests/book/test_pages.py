"""Pages are read as text: front matter, headings, blocks; nothing is rendered."""

from __future__ import annotations

import pytest
from support.demo import Demo, refusal

from recetario.book.pages import Block, load_page, read_page

PAGE = """\
---
recipe: demo
---
# The question { #answer }

Prose.

/// step | create
///

## Why { #why }
More.
"""


def test_a_page_is_read_whole() -> None:
    """Front matter, title, headings with level and id, blocks with their lines."""
    page = read_page(PAGE, "docs/en/demo.md")

    assert (page.place, page.recipe, page.title, page.offset) == ("docs/en/demo.md", "demo", "The question", 3)
    assert page.headings == ((1, "The question", "answer"), (2, "Why", "why"))
    assert page.blocks == (Block("step", "create", 4, 5),)


def test_prose_and_blocks_come_in_order() -> None:
    """A notebook is made of them."""
    page = read_page(PAGE, "x")

    assert list(page.parts()) == ["# The question { #answer }\n\nProse.\n", page.blocks[0], "\n## Why { #why }\nMore."]


def test_a_page_without_front_matter_is_about_no_recipe() -> None:
    """Nor has it a title where it has no heading."""
    page = read_page("Prose.\n", "x")

    assert (page.recipe, page.title, page.offset, page.blocks) == ("", "", 0, ())


@pytest.mark.parametrize(
    "text", ["---\n# nothing\n---\n# T\n", "--- \nrecipe: demo\n...\n# T\n", "# T\n\n---\na: [\n---\n"]
)
def test_front_matter_is_what_mkdocs_takes_for_it(text: str) -> None:
    """It may be empty, and a rule further down is none."""
    assert read_page(text, "x").title == "T"


def test_front_matter_that_is_no_yaml_is_refused_with_its_line() -> None:
    """Where the reader of YAML gave up."""
    words = refusal(lambda: read_page("---\nrecipe: demo\nx: [\n---\n# T\n", "docs/en/demo.md"))

    assert words.startswith("docs/en/demo.md:4: the front matter is not YAML: ")
    assert words.endswith("\n  Write `recipe: SLUG`, one a line.")


@pytest.mark.parametrize("text", ["- demo", "demo", "3"])
def test_front_matter_without_names_is_refused(text: str) -> None:
    """A list says nothing about the page."""
    words = refusal(lambda: read_page(f"---\n{text}\n---\n", "docs/en/demo.md"))

    assert words == "docs/en/demo.md:1: the front matter has no names.\n  Write `recipe: SLUG`, one a line."


def test_a_missing_page_is_named(demo: Demo) -> None:
    """From the project's top."""
    demo.page("en").unlink()
    words = refusal(lambda: load_page(demo.page("en"), demo.top))

    assert words == "docs/en/recipes/demo.md is missing.\n  Every recipe has a page in both languages."


def test_an_unclosed_block_is_refused_with_its_line() -> None:
    """Counted in the file, front matter included."""
    words = refusal(lambda: read_page(PAGE.replace("///\n\n##", "\n##"), "docs/en/demo.md"))

    assert words == "docs/en/demo.md:8: the block `/// step | create` is not closed.\n  End it with a line `///`."


def test_an_unclosed_block_without_argument_is_named() -> None:
    """As it stands in the file."""
    assert refusal(lambda: read_page("////  verdicts\n///\n", "x")).startswith("x:2: this line closes no block.")
    assert refusal(lambda: read_page("//// verdicts\n", "x")).startswith(
        "x:1: the block `//// verdicts` is not closed."
    )


def test_a_line_that_closes_nothing_is_refused() -> None:
    """It would stand on the page as three slashes."""
    words = refusal(lambda: read_page(PAGE + "///\n", "docs/en/demo.md"))

    assert words == "docs/en/demo.md:13: this line closes no block.\n  Delete it."


def test_a_block_inside_another_belongs_to_it() -> None:
    """The outermost are the page's parts."""
    page = read_page("//// outer\n/// step | create\n///\n////\n", "x")

    assert page.blocks == (Block("outer", "", 0, 3),)


@pytest.mark.parametrize("fence", ["```", "~~~~", "``` markdown"])
def test_code_holds_no_blocks_and_no_headings(fence: str) -> None:
    """A page about pages may show one."""
    page = read_page(f"# T\n{fence}\n# no heading\n/// step | x\n{fence.split()[0]}\n## Really {{ #r }}\n", "x")

    assert page.blocks == ()
    assert page.headings == ((1, "T", ""), (2, "Really", "r"))


def test_a_fence_of_another_kind_does_not_end_code() -> None:
    """Nor does a shorter one, or one with a word behind it."""
    page = read_page("````\n```\n~~~~\n```` x\n# no heading\n````\n# T\n", "x")

    assert page.headings == ((1, "T", ""),)
