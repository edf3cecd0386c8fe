"""What our search index has besides the words of our pages."""

from __future__ import annotations

from typing import Any

import pytest

from recetario.site.search.index import index_page, load_synonyms, tune


def _tuned(*parts: tuple[str, str, str], synonyms: dict[str, list[str]] | None = None) -> list[dict[str, Any]]:
    docs = [{"location": location, "title": title, "text": text} for location, title, text in parts]
    index = {"config": {"separator": " ", "fields": {"title": {"boost": 1000.0}}}, "docs": docs}
    return list(tune(index, synonyms or {}, "Only for the lab: ")["docs"])


def test_each_heading_of_a_page_begins_a_part_of_its_own() -> None:
    """As the theme's own plugin has them; text before the first heading is found by the page's title."""
    parts = index_page('<p>Before <em>it</em>.</p><h2 id="why">Why?</h2><p>So.</p>', "a/", "A")

    assert parts == [
        {"location": "a/", "title": "A", "text": "<p>Before it.</p>"},
        {"location": "a/#why", "title": "Why?", "text": "<p>So.</p>"},
    ]


def test_accented_words_are_found_without_their_accents() -> None:
    """Only those are added: the others are in the index already."""
    [part] = _tuned(("a/", "Código", "<p>de la Dirección y el código</p>"))

    assert part["title_also"] == "codigo"
    assert part["text_also"] == "codigo direccion"


def test_short_plurals_are_found_by_their_singular() -> None:
    """The search asks for short words as they are: "pod" must not find every "podman"."""
    [part] = _tuned(("a/", "Pods", "redes, IPs, nombres, es, podman"))

    assert part["title_also"] == "pod"
    assert part["text_also"] == "ip red"


def test_a_name_is_found_by_what_follows_a_sign_in_it() -> None:
    """Readers leave out where a setting belongs; numbers and addresses have no such parts."""
    [part] = _tuned(("a/", "", "net.ipv4.ip_local_port 10.88.0.1 3.0.x"))

    assert part["text_also"] == "ip_local_port ipv4.ip_local_port local_port port"


def test_a_lab_only_command_carries_its_sentence() -> None:
    """A result shows only the block that matches."""
    [part] = _tuned(
        ("a/", "", "<p>Only for the lab: it <code>resets</code>.</p><pre><code>reset\n</code></pre> <p>More.</p>")
    )

    assert part["text"] == "<pre><code># Only for the lab: it resets.\nreset\n</code></pre> <p>More.</p>"


def test_synonyms_go_where_our_word_is() -> None:
    """Forms of it, and words with accents, by how they begin."""
    synonyms = {"publi": ["exponer"], "conexi": ["enlace", "red"]}
    [title, text] = _tuned(("a/", "Publiqué", "nada"), ("b/", "Nada", "la conexión de red"), synonyms=synonyms)

    assert title["title_also"] == "exponer publique"
    assert text["text_also"] == "conexion enlace"


def test_a_page_that_lists_others_weighs_less() -> None:
    """It has the words of them all."""
    parts = _tuned(("recipes/", "", ""), ("recipes/a/", "", ""), ("recipes/a/#why", "", ""), ("recipesque/", "", ""))

    assert [part.get("boost", 1) for part in parts] == [0.5, 1, 1, 1]


def test_a_language_may_lack_synonyms() -> None:
    """Its site builds before somebody has thought of any."""
    assert load_synonyms("xx") == {}


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_synonyms_need_no_accents(language: str) -> None:
    """What is typed loses them, and so do the words they are compared with."""
    for ours, theirs in load_synonyms(language).items():
        assert f"{ours}{''.join(theirs)}".isascii(), ours
        assert f"{ours}{''.join(theirs)}".islower(), ours
