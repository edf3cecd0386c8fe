"""Sections whose heading says so are closed at first."""

from __future__ import annotations

from recetario.site.html.folding import fold_sections

PAGE = (
    '<h1 id="answer">A</h1>\n'
    '<h2 class="folded" id="steps">S</h2>\n<p>One.</p>\n<h3 id="x">X</h3>\n'
    '<h2 id="sources">Q</h2>\n'
)


def test_a_folded_section_ends_at_the_next_heading_of_its_level() -> None:
    """Its heading stays visible, as what opens it."""
    assert fold_sections(PAGE) == (
        '<h1 id="answer">A</h1>\n'
        '<details class="folded"><summary><h2 class="folded" id="steps">S</h2></summary>\n'
        '<p>One.</p>\n<h3 id="x">X</h3>\n</details>\n'
        '<h2 id="sources">Q</h2>\n'
    )


def test_the_heading_of_a_folded_section_has_no_link() -> None:
    """It would be a control inside a control."""
    html = '<h2 class="folded" id="steps">S<a class="headerlink" href="#steps">#</a></h2>\n'

    assert '<summary><h2 class="folded" id="steps">S</h2></summary>' in fold_sections(html)


def test_the_last_section_may_be_folded() -> None:
    """It ends with the page."""
    assert fold_sections('<h2 class="folded" id="steps">S</h2>\n<p>One.</p>').endswith("<p>One.</p></details>\n")


def test_other_sections_stay_as_they_are() -> None:
    """Most pages have none that is folded."""
    html = PAGE.replace(' class="folded"', "")

    assert fold_sections(html) == html
