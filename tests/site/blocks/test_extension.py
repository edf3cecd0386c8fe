"""Blocks put steps and verdicts on pages, and complain with the page's name."""

from __future__ import annotations

import markdown
import pytest
from support.demo import Demo, refusal

from recetario.book.pages import read_page
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.extension import RecetarioBlocks, check_blocks
from recetario.site.blocks.render import Renderer

PLACE = "docs/en/recipes/demo.md"


def render(demo: Demo, text: str, recipe: str = "demo") -> str:
    """A page of this text, with the extensions that the site has."""
    shown = PageContext(Renderer(demo.project(), "en", "recipes/demo/"), PLACE, recipe)
    return markdown.markdown(text, extensions=["pymdownx.highlight", "pymdownx.superfences", RecetarioBlocks(shown)])


def test_a_block_stands_between_paragraphs(demo: Demo) -> None:
    """As HTML of its own, not inside one."""
    html = render(demo, "Before.\n\n/// step | check\n///\n\nAfter.")

    assert html.startswith('<p>Before.</p>\n<div class="block" id="step-check"><section class="step">')
    assert html.endswith("</section>\n</div>\n<p>After.</p>")


def test_commands_are_highlighted_as_fenced_code_is(demo: Demo) -> None:
    """By the page's own highlighter."""
    html = render(demo, "/// step | check\n///\n")

    assert '<span class="nb">echo</span>' in html
    assert "no-copy" in html


def test_a_command_with_empty_lines_stays_whole(demo: Demo) -> None:
    """Markdown would begin a paragraph there."""
    demo.recipe('echo "answer: yes"', "cat <<X\n\n\n# no heading\n\n    no code\nX")

    assert 'data-copy="cat &lt;&lt;X\n\n\n# no heading\n\n    no code\nX"' in render(demo, "/// step | check\n///\n")


def test_a_step_can_stand_in_a_list(demo: Demo) -> None:
    """A numbered story."""
    html = render(demo, "1. Look:\n\n    /// step | check\n    ///\n")

    assert '<li>\n<p>Look:</p>\n<div class="block" id="step-check"><section class="step"' in html


def test_a_step_can_be_borrowed(demo: Demo) -> None:
    """From a page that is about another recipe, or none."""
    assert 'id="step-demo-check"' in render(demo, "/// step | demo:check\n///\n", recipe="")


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        ("verdict | demo-answers", 'id="about-demo-answers"'),
        ("verdicts", 'id="demo-answers"'),
        ("matrix", 'href="#demo-answers"'),
        ("transcripts", 'class="transcript"'),
        ("environments", "podman 6.1.2"),
        ("environment | 3.0-cni-root", 'id="departures"'),
        ("downloads", "downloads/demo.sh"),
        ("picture | 3.0-cni-root", "<img"),
        ("file | matrix.csv", 'href="../../../matrix.csv"'),
    ],
)
def test_every_block_shows_its_part(demo: Demo, block: str, shown: str) -> None:
    """Those that are about the page's recipe, and those about all."""
    text = render(demo, f"/// {block}\n///\n")

    assert (
        shown.replace('href="#', 'href="') in text.replace('href="./#', 'href="').replace("../#", "") or shown in text
    )


def test_every_block_is_known_by_name() -> None:
    """The check of pages knows them, too."""
    assert set(BLOCKS) == {
        *(
            "step",
            "verdict",
            "verdicts",
            "matrix",
            "transcripts",
            "environments",
            "environment",
            "downloads",
            "picture",
        ),
        *("differences", "drawing", "errors", "file"),
    }


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("step | chek", 'shows step "chek", which recipe demo does not have.\n  Did you mean "check"?'),
        ("step | who-root", 'shows step "who-root", which recipe demo does not have.\n'),
        (
            "differences | 4.9",
            'shows what differs in Podman "4.9", which follows none.\n  There is: 4.3, 5.4, 5.8, 6.1.',
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
def test_what_a_page_shows_must_exist(demo: Demo, block: str, words: str) -> None:
    """The page is named, and the nearest name."""
    assert refusal(lambda: render(demo, f"/// {block}\n///\n")).startswith(f"{PLACE} {words}")


def test_a_borrowed_recipe_must_exist(demo: Demo) -> None:
    """It is named with the page."""
    words = refusal(lambda: render(demo, "/// step | demi:check\n///\n"))

    assert words == f'{PLACE}: there is no recipe "demi".\n  Did you mean "demo"?'


@pytest.mark.parametrize("block", ["step | check", "verdicts", "transcripts", "downloads"])
def test_a_page_about_nothing_cannot_show_its_recipe(demo: Demo, block: str) -> None:
    """It says what to write on top."""
    words = refusal(lambda: render(demo, f"/// {block}\n///\n", recipe=""))

    assert words == f"{PLACE} shows a recipe's parts and names no recipe.\n  Add `recipe: SLUG` on top."


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("step", "`/// step` is not of its form.\n  It has no options (given: none); write `/// step | NAME`."),
        (
            "verdicts | x",
            "`/// verdicts | x` is not of its form.\n  It has no options (given: none); write `/// verdicts`.",
        ),
        (
            "step | check\n    colour: red",
            "`/// step | check` is not of its form.\n  It has no options (given: colour);",
        ),
    ],
)
def test_a_block_of_another_form_is_refused(demo: Demo, block: str, words: str) -> None:
    """The Blocks API alone would leave it on the page as text."""
    assert refusal(lambda: render(demo, f"/// {block}\n///\n")).startswith(f"{PLACE}: the block {words}")


def test_an_unknown_block_is_refused_with_its_line() -> None:
    """And the nearest one."""
    words = refusal(lambda: check_blocks(read_page("---\nrecipe: demo\n---\nText\n\n/// setp | check\n///\n", PLACE)))

    assert words == f'{PLACE}:6: block "setp" does not exist.\n  Did you mean "step"?'


@pytest.mark.parametrize("inside", ["colour: red", "    colour: red", "Prose."])
def test_a_block_with_something_inside_is_refused(inside: str) -> None:
    """Nobody would read it."""
    words = refusal(lambda: check_blocks(read_page(f"/// step | check\n{inside}\n///\n", PLACE)))

    assert words == (
        f"{PLACE}:1: the block `/// step` has no options and no text of its own: {inside.strip()}\n"
        "  Write `///` on the next line, and your text after it."
    )


def test_a_page_of_known_blocks_is_as_it_should_be() -> None:
    """Empty lines inside do no harm."""
    check_blocks(read_page("/// step | check\n\n///\n\n/// verdicts\n///\n", PLACE))
