"""The changes that the MkDocs plugin makes to a page's HTML."""

from __future__ import annotations

from pathlib import Path

import yaml
from support.sample_site import TOP

from recetario.site.html.reading import first_paragraph, unread_block
from recetario.site.html.typography import drop_neighbors, keep_words, protect_outer_links, unwrap_plain


def test_a_block_left_as_text_is_found() -> None:
    """The Blocks API does not report it."""
    assert unread_block("<p>one</p>\n<p>/// step | crate\nwrong: 1\n///</p>") == "/// step | crate"
    assert unread_block("<p>a path like /etc//// is none</p><pre><code>/// step</code></pre>") == ""


def test_elements_around_spaces_and_signs_in_code_are_removed() -> None:
    """They have the same colour as the text around them."""
    html = '<span></span>a<span class="w">  </span><span class="k">b</span><span class="p">;</span>'

    assert unwrap_plain(html) == 'a  <span class="k">b</span>;'


def test_short_code_in_sentences_is_marked() -> None:
    """Neither code with spaces, which must break to fit, nor blocks of code."""
    html = "<p><code>--network</code> <code>podman run</code></p><pre><code>--all</code></pre>"

    assert keep_words(html) == html.replace("<code>--network", '<code class="word">--network')


def test_options_of_commands_in_sentences_are_marked() -> None:
    """A line would end after the first hyphen of ``--all``. Commands in blocks wrap as they are."""
    html = "<p><code>podman ps --all</code></p><pre><code>podman ps --all</code></pre>"

    assert keep_words(html) == html.replace("--all", '<span class="word">--all</span>', 1)


def test_options_in_the_menu_are_marked() -> None:
    """Menu titles have no code elements, so a line would end after the first hyphen."""
    html = '<p>--all</p><span class="md-ellipsis">\n  ¿Y sin --network?\n</span><span class="md-ellipsis">a--b</span>'

    assert keep_words(html) == html.replace("--network", '<span class="word">--network</span>')


def test_links_that_browsers_prefetch_are_removed() -> None:
    """Firefox would prefetch the next page. Links in the page's text stay."""
    own, links = '<link rel="canonical" href="x">', '\n<a rel="next" href="../b/">'
    head = own + '\n  <link rel="prev" href="../a/">\n  <link rel="next" href="../b/">' + links

    assert drop_neighbors(head) == own + links


def test_links_to_other_sites_are_marked() -> None:
    """Links that already have `rel` stay as they are."""
    ours, marked = '<a href="../x/">x</a>', '<a href="https://a" rel="noopener">a</a>'

    assert protect_outer_links(ours + marked + '<a href="https://b">b</a>') == (
        ours + marked + '<a rel="noopener" href="https://b">b</a>'
    )


def test_both_languages_have_the_same_settings() -> None:
    """English inherits the Spanish settings, so a label that it lacks would be shown in Spanish."""
    es, en = (_settings(TOP / name) for name in ("mkdocs.yml", "mkdocs.en.yml"))

    assert len(es["theme"]["palette"]) == len(en["theme"]["palette"])
    assert _paths(es["nav"]) == _paths(en["nav"])


def _settings(path: Path) -> dict:  # type: ignore[type-arg]
    return dict(yaml.safe_load(path.read_text("utf-8")))


def _paths(nav: object) -> list[str]:
    """The paths of all pages in a menu, in order."""
    if isinstance(nav, str):
        return [nav]
    inside = nav.values() if isinstance(nav, dict) else nav
    return [path for item in inside for path in _paths(item)]  # type: ignore[attr-defined]


def test_a_page_is_described_by_its_first_paragraph() -> None:
    """Without markup and line breaks."""
    assert first_paragraph("<h1>Why?</h1>\n<p>Because <code>a</code>.\nDo b.</p><p>More.</p>") == "Because a. Do b."
    assert first_paragraph("<h1>Nothing</h1>") == ""
