"""Blocks put steps and verdicts on pages, and their errors name the page."""

from __future__ import annotations

import importlib
import pkgutil

import markdown
import pytest
from support.demo import Demo, refusal

from recetario.book.environments import load_environments
from recetario.book.pages import read_page
from recetario.site import blocks
from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.differences import upgrades
from recetario.site.blocks.extension import RecetarioBlocks, check_blocks
from recetario.site.blocks.render import Renderer

LOCATION = "docs/en/recipes/demo.md"


def render(demo: Demo, text: str, recipe: str = "demo") -> str:
    """Render a page with this text, with the extensions that the site uses."""
    context = PageContext(Renderer(demo.project(), "en", "recipes/demo/"), LOCATION, recipe)
    extensions = ["pymdownx.highlight", "pymdownx.superfences", RecetarioBlocks(context)]
    html: str = markdown.markdown(text, extensions=extensions)
    return html


def test_a_block_is_not_inside_a_paragraph(demo: Demo) -> None:
    """It ends the paragraph above it, and text below starts a new one."""
    html = render(demo, "Before.\n\n/// step | check\n///\n\nAfter.")

    assert html.startswith('<p>Before.</p>\n<div class="block" id="step-check"><section class="step">')
    assert html.endswith("</section>\n</div>\n<p>After.</p>")


def test_commands_are_highlighted_like_fenced_code(demo: Demo) -> None:
    """They use the page's own highlighter."""
    html = render(demo, "/// step | check\n///\n")

    assert '<span class="nb">echo</span>' in html
    assert "no-copy" in html


def test_a_command_with_empty_lines_stays_whole(demo: Demo) -> None:
    """Markdown would otherwise start a new paragraph at each empty line."""
    demo.recipe('echo "answer: yes"', "cat <<X\n\n\n# no heading\n\n    no code\nX")

    assert 'data-copy="cat &lt;&lt;X\n\n\n# no heading\n\n    no code\nX"' in render(demo, "/// step | check\n///\n")


def test_a_step_can_be_in_a_list(demo: Demo) -> None:
    """Instructions are often numbered lists."""
    html = render(demo, "1. Look:\n\n    /// step | check\n    ///\n")

    assert '<li>\n<p>Look:</p>\n<div class="block" id="step-check"><section class="step"' in html


def test_a_page_can_show_a_step_of_another_recipe(demo: Demo) -> None:
    """Even a page without a recipe can."""
    assert 'id="step-demo-check"' in render(demo, "/// step | demo:check\n///\n", recipe="")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("verdicts", 'id="about-demo-answers"'),
        ("matrix", 'href="./#demo-answers"'),
        ("transcripts", 'class="transcript"'),
        ("environments", "podman 3.0.2"),
        ("environment | 3.0-cni-root", 'id="departures"'),
        ("downloads", "downloads/demo.sh"),
        ("picture | 3.0-cni-root", "<img"),
        ("file | matrix.csv", 'href="../../../matrix.csv"'),
    ],
)
def test_every_block_renders_its_content(demo: Demo, block: str, expected: str) -> None:
    """Both those about the page's recipe and those about all recipes."""
    html = render(demo, f"/// {block}\n///\n")

    assert expected in html


def test_the_catalog_has_every_block() -> None:
    """A block that is missing from it would stay on pages as text."""
    for module in pkgutil.iter_modules(blocks.__path__, f"{blocks.__name__}."):
        importlib.import_module(module.name)

    assert set(BLOCKS.values()) == {*PageBlock.__subclasses__()}


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("step | chek", 'shows step "chek", which recipe demo does not have.\n  Did you mean "check"?'),
        ("step | who-root", 'shows step "who-root", which recipe demo does not have.\n'),
        (
            "differences | 2.9",
            'shows differences of Podman "2.9", but it or the version before it is not tested.\n'
            f"  Use one of: {', '.join(new for _, new in upgrades(load_environments()))}.",
        ),
        ("drawing | bridge", 'shows drawing "bridge", which does not exist.\n  There are none yet.'),
        ("verdict | demo-answer", 'shows claim "demo-answer", which does not exist.\n  Did you mean "demo-answers"?'),
        ("matrix | demo-answer", 'shows claim "demo-answer", which does not exist.\n  Did you mean "demo-answers"?'),
        (
            "environment | 3.1-cni-root",
            'shows environment "3.1-cni-root", which does not exist.\n  Did you mean "3.0-cni-',
        ),
        ("file | matrix.cvs", 'shows file "matrix.cvs", which the site does not have.\n  Did you mean "matrix.csv"?'),
        ("picture | 3.1-cni-root", 'shows environment "3.1-cni-root", which does not exist.\n  Did you mean "3.0-cni-'),
    ],
)
def test_a_block_with_an_unknown_argument_is_refused(demo: Demo, block: str, message: str) -> None:
    """The message has the page's path, and suggests the most similar name."""
    assert refusal(lambda: render(demo, f"/// {block}\n///\n")).startswith(f"{LOCATION} {message}")


def test_a_step_of_an_unknown_recipe_is_refused(demo: Demo) -> None:
    """The message has the page's path, and suggests the most similar name."""
    message = refusal(lambda: render(demo, "/// step | demi:check\n///\n"))

    assert message == f'{LOCATION} shows recipe "demi", which does not exist.\n  Did you mean "demo"?'


@pytest.mark.parametrize("block", ["step | check", "verdicts", "transcripts", "downloads"])
def test_a_recipe_block_needs_a_recipe_in_the_front_matter(demo: Demo, block: str) -> None:
    """The message says what to add."""
    message = refusal(lambda: render(demo, f"/// {block}\n///\n", recipe=""))

    assert message == (
        f"{LOCATION} shows a part of a recipe, but does not say of which one.\n"
        "  Add `recipe: SLUG` to its front matter."
    )


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("step", "`/// step` is not written correctly.\n  It has no options (given: none); write `/// step | NAME`."),
        (
            "verdicts | x",
            "`/// verdicts | x` is not written correctly.\n  It has no options (given: none); write `/// verdicts`.",
        ),
        (
            "step | check\n    colour: red",
            "`/// step | check` is not written correctly.\n  It has no options (given: colour);",
        ),
    ],
)
def test_a_malformed_block_is_refused(demo: Demo, block: str, message: str) -> None:
    """The Blocks API would leave it on the page as text."""
    assert refusal(lambda: render(demo, f"/// {block}\n///\n")).startswith(f"{LOCATION}: the block {message}")


def test_an_unknown_block_is_refused_with_its_line() -> None:
    """The message also suggests the most similar name."""
    page = read_page("---\nrecipe: demo\n---\nText\n\n/// setp | check\n///\n", LOCATION)

    assert refusal(lambda: check_blocks(page)) == f'{LOCATION}:6: block "setp" does not exist.\n  Did you mean "step"?'


@pytest.mark.parametrize("content", ["colour: red", "    colour: red", "Prose."])
def test_a_block_with_content_is_refused(content: str) -> None:
    """Content of a block is not rendered, so it would be lost."""
    page = read_page(f"/// step | check\n{content}\n///\n", LOCATION)

    assert refusal(lambda: check_blocks(page)) == (
        f"{LOCATION}:1: the block `/// step` takes no options and no text: {content.strip()}\n"
        "  Write `///` on the line below it, and your text after that."
    )


def test_a_block_may_contain_empty_lines() -> None:
    """They lose no content."""
    check_blocks(read_page("/// step | check\n\n///\n\n/// verdicts\n///\n", LOCATION))
