"""What our MkDocs plugin adds to a page."""

from __future__ import annotations

from pathlib import Path

import yaml
from support.sample_site import TOP

from recetario.site.html.reading import first_paragraph, unread_block
from recetario.site.html.typography import drop_neighbors, keep_words, mark_outside, unwrap_plain


def test_a_block_left_as_text_is_named_by_its_line() -> None:
    """The Blocks API says nothing about it."""
    assert unread_block("<p>one</p>\n<p>/// step | crate\nwrong: 1\n///</p>") == "/// step | crate"
    assert unread_block("<p>a path like /etc//// is none</p><pre><code>/// step</code></pre>") == ""


def test_spaces_and_signs_in_code_need_no_element() -> None:
    """They are the colour of the text around them."""
    html = '<span></span>a<span class="w">  </span><span class="k">b</span><span class="p">;</span>'

    assert unwrap_plain(html) == 'a  <span class="k">b</span>;'


def test_short_words_of_code_in_a_sentence_are_named() -> None:
    """Not those that must break to fit, nor blocks of code."""
    html = "<p><code>--network</code> <code>podman run</code></p><pre><code>--all</code></pre>"

    assert keep_words(html) == html.replace("<code>--network", '<code class="word">--network')


def test_options_in_the_menu_are_named() -> None:
    """A title there has no code, and would end its line after the first hyphen."""
    html = '<p>--all</p><span class="md-ellipsis">\n  ¿Y sin --network?\n</span><span class="md-ellipsis">a--b</span>'

    assert keep_words(html) == html.replace("--network", '<span class="word">--network</span>')


def test_a_page_does_not_name_its_neighbors_to_the_browser() -> None:
    """Firefox would fetch the next one; links to read stay."""
    own, links = '<link rel="canonical" href="x">', '\n<a rel="next" href="../b/">'
    head = own + '\n  <link rel="prev" href="../a/">\n  <link rel="next" href="../b/">' + links

    assert drop_neighbors(head) == own + links


def test_links_to_other_sites_are_marked() -> None:
    """Those that say themselves what they are stay."""
    ours, marked = '<a href="../x/">x</a>', '<a href="https://a" rel="noopener">a</a>'

    assert mark_outside(ours + marked + '<a href="https://b">b</a>') == (
        ours + marked + '<a rel="noopener" href="https://b">b</a>'
    )


def test_both_languages_have_the_same_settings() -> None:
    """English inherits the Spanish settings: a label that it lacks would show in Spanish."""
    es, en = (_settings(TOP / name) for name in ("mkdocs.yml", "mkdocs.en.yml"))

    assert len(es["theme"]["palette"]) == len(en["theme"]["palette"])
    assert _paths(es["nav"]) == _paths(en["nav"])


def _settings(path: Path) -> dict:  # type: ignore[type-arg]
    return dict(yaml.safe_load(path.read_text("utf-8")))


def _paths(nav: object) -> list[str]:
    """The pages of a menu, in order."""
    if isinstance(nav, str):
        return [nav]
    inside = nav.values() if isinstance(nav, dict) else nav
    return [path for item in inside for path in _paths(item)]  # type: ignore[attr-defined]


def test_a_page_is_described_by_its_answer() -> None:
    """Its first paragraph, as text."""
    assert first_paragraph("<h1>Why?</h1>\n<p>Because <code>a</code>.\nDo b.</p><p>More.</p>") == "Because a. Do b."
    assert first_paragraph("<h1>Nothing</h1>") == ""
