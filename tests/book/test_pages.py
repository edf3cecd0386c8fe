"""The front matter, headings and blocks of pages are read without rendering them."""

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


def test_all_parts_of_a_page_are_read() -> None:
    """All parts of a page end up in its attributes."""
    page = read_page(PAGE, "docs/en/demo.md")

    assert (page.location, page.recipe, page.title, page.offset) == ("docs/en/demo.md", "demo", "The question", 3)
    assert page.headings == ((1, "The question", "answer"), (2, "Why", "why"))
    assert page.blocks == (Block("step", "create", 4, 5),)


def test_prose_and_blocks_come_in_order() -> None:
    """Notebooks are made of the parts, in the order of the page."""
    page = read_page(PAGE, "x")

    assert list(page.parts()) == ["# The question { #answer }\n\nProse.\n", page.blocks[0], "\n## Why { #why }\nMore."]


def test_a_page_without_front_matter_is_about_no_recipe() -> None:
    """A page without front matter and headings has no recipe and no title."""
    page = read_page("Prose.\n", "x")

    assert (page.recipe, page.title, page.offset, page.blocks) == ("", "", 0, ())


@pytest.mark.parametrize(
    "text", ["---\n# nothing\n---\n# T\n", "--- \nrecipe: demo\n...\n# T\n", "# T\n\n---\na: [\n---\n"]
)
def test_front_matter_is_read_as_mkdocs_does(text: str) -> None:
    """Front matter may be empty, and a horizontal rule further down does not begin one."""
    assert read_page(text, "x").title == "T"


def test_front_matter_that_is_not_yaml_is_refused_with_its_line() -> None:
    """The message has the line where the YAML parser failed."""
    message = refusal(lambda: read_page("---\nrecipe: demo\nx: [\n---\n# T\n", "docs/en/demo.md"))

    assert message.startswith("docs/en/demo.md:4: the front matter is not YAML: ")
    assert message.endswith("\n  Write `recipe: SLUG`.")


@pytest.mark.parametrize("text", ["- demo", "demo", "3"])
def test_front_matter_that_is_not_a_mapping_is_refused(text: str) -> None:
    """A list or a single value is not valid front matter."""
    message = refusal(lambda: read_page(f"---\n{text}\n---\n", "docs/en/demo.md"))

    assert message == "docs/en/demo.md:1: the front matter must be a mapping.\n  Write `recipe: SLUG`."


def test_a_missing_page_is_refused(demo: Demo) -> None:
    """The message has the path from the project's top folder."""
    demo.page("en").unlink()
    message = refusal(lambda: load_page(demo.page("en"), demo.top))

    assert message == "docs/en/recipes/demo.md is missing.\n  Every recipe needs a page in both languages."


def test_an_unclosed_block_is_refused_with_its_line() -> None:
    """The line number counts the front matter."""
    message = refusal(lambda: read_page(PAGE.replace("///\n\n##", "\n##"), "docs/en/demo.md"))

    assert message == "docs/en/demo.md:8: the block `/// step | create` is not closed.\n  End it with a line `///`."


def test_an_unclosed_block_without_argument_is_refused() -> None:
    """The message repeats the opening line of the block."""
    assert refusal(lambda: read_page("////  verdicts\n///\n", "x")).startswith("x:2: this line closes no block.")
    assert refusal(lambda: read_page("//// verdicts\n", "x")).startswith(
        "x:1: the block `//// verdicts` is not closed."
    )


def test_a_line_that_closes_nothing_is_refused() -> None:
    """Otherwise the page would show three slashes."""
    message = refusal(lambda: read_page(PAGE + "///\n", "docs/en/demo.md"))

    assert message == "docs/en/demo.md:13: this line closes no block.\n  Delete it."


def test_a_block_inside_another_is_not_listed() -> None:
    """Only the outermost blocks are listed."""
    page = read_page("//// outer\n/// step | create\n///\n////\n", "x")

    assert page.blocks == (Block("outer", "", 0, 3),)


@pytest.mark.parametrize("fence", ["```", "~~~~", "``` markdown"])
def test_code_has_no_blocks_and_no_headings(fence: str) -> None:
    """Blocks and headings in a code block are only text."""
    page = read_page(f"# T\n{fence}\n# no heading\n/// step | x\n{fence.split()[0]}\n## Really {{ #r }}\n", "x")

    assert page.blocks == ()
    assert page.headings == ((1, "T", ""), (2, "Really", "r"))


def test_a_fence_of_another_kind_does_not_end_code() -> None:
    """A fence ends only at a line with at least as many of the same characters, and nothing else."""
    page = read_page("````\n```\n~~~~\n```` x\n# no heading\n````\n# T\n", "x")

    assert page.headings == ((1, "T", ""),)
