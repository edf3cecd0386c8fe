"""The search index has more words than the pages."""

from __future__ import annotations

from typing import Any

import pytest

from recetario.site.search.index import index_page, load_synonyms, tune


def _tuned(*entries: tuple[str, str, str], synonyms: dict[str, list[str]] | None = None) -> list[dict[str, Any]]:
    """The tuned entries of an index with these (location, title, text)."""
    docs = [{"location": location, "title": title, "text": text} for location, title, text in entries]
    index = {"config": {"separator": " ", "fields": {"title": {"boost": 1000.0}}}, "docs": docs}
    return list(tune(index, synonyms or {}, "Only for the lab: ")["docs"])


def test_each_heading_of_a_page_has_an_entry() -> None:
    """As with the theme's own plugin. Text before the first heading gets the page's title."""
    entries = index_page('<p>Before <em>it</em>.</p><h2 id="why">Why?</h2><p>So.</p>', "a/", "A")

    assert entries == [
        {"location": "a/", "title": "A", "text": "<p>Before it.</p>", "boost": 1.0},
        {"location": "a/#why", "title": "Why?", "text": "<p>So.</p>", "boost": 1.0},
    ]


def test_a_page_may_weigh_more_than_others() -> None:
    """All its sections do."""
    entries = index_page('<p>Before.</p><h2 id="why">Why?</h2>', "a/", "A", 1.5)

    assert [entry["boost"] for entry in entries] == [1.5, 1.5]


def test_accented_words_are_found_without_their_accents() -> None:
    """Words without accents are not added again."""
    [entry] = _tuned(("a/", "Código", "<p>de la Dirección y el código</p>"))

    assert entry["title_also"] == "codigo"
    assert entry["text_also"] == "codigo direccion"


def test_short_plurals_are_found_by_their_singular() -> None:
    """The search looks for short words as they are, or "pod" would find every "podman"."""
    [entry] = _tuned(("a/", "Pods", "redes, IPs, nombres, es, podman"))

    assert entry["title_also"] == "pod"
    assert entry["text_also"] == "ip red"


def test_a_setting_is_found_by_the_last_parts_of_its_name() -> None:
    """Readers leave out the first ones. Versions and addresses have no such parts."""
    [entry] = _tuned(("a/", "", "net.ipv4.ip_local_port 10.88.0.1 3.0.x"))

    assert entry["text_also"] == "ip_local_port ipv4.ip_local_port local_port port"


def test_the_sentence_of_a_lab_only_command_is_in_its_code_block() -> None:
    """A search result shows only the block that matches."""
    [entry] = _tuned(
        ("a/", "", "<p>Only for the lab: it <code>resets</code>.</p><pre><code>reset\n</code></pre> <p>More.</p>")
    )

    assert entry["text"] == "<pre><code># Only for the lab: it resets.\nreset\n</code></pre> <p>More.</p>"


def test_synonyms_are_added_to_texts_with_our_word() -> None:
    """The word is recognised by its beginning, without accents."""
    synonyms = {"publi": ["exponer"], "conexi": ["enlace", "red"]}
    [title, text] = _tuned(("a/", "Publiqué", "nada"), ("b/", "Nada", "la conexión de red"), synonyms=synonyms)

    assert title["title_also"] == "exponer publique"
    assert text["text_also"] == "conexion enlace"


def test_a_page_that_lists_others_weighs_less() -> None:
    """It has the words of all their titles."""
    entries = _tuned(("recipes/", "", ""), ("recipes/a/", "", ""), ("recipes/a/#why", "", ""), ("recipesque/", "", ""))

    assert [entry.get("boost", 1) for entry in entries] == [0.5, 1, 1, 1]


def test_messages_above_a_common_cause_have_its_text() -> None:
    """Each of them is a result of its own. Headings of other pages are left alone."""
    first, second = ("errors/#no-00000001", "No", ""), ("errors/#not-found-00000002", "Not found", "<p>Why.</p>")
    entries = _tuned(("errors/#names", "Names", ""), first, second, ("a/#a", "A", ""), ("a/#b", "B", "b"))

    assert [entry["text"] for entry in entries] == ["", "<p>Why.</p>", "<p>Why.</p>", "", "b"]


def test_a_language_may_lack_synonyms() -> None:
    """A new language can be built before it has any."""
    assert load_synonyms("xx") == {}


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_synonyms_are_lowercase_without_accents(language: str) -> None:
    """They are compared with words that were converted in the same way."""
    for prefix, synonyms in load_synonyms(language).items():
        assert f"{prefix}{''.join(synonyms)}".isascii(), prefix
        assert f"{prefix}{''.join(synonyms)}".islower(), prefix
