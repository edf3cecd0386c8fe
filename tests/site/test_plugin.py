"""What our MkDocs plugin adds to a page and to the search index."""

from __future__ import annotations

from pathlib import Path

import yaml
from conftest import TOP

from recetario.site.plugin import fold_accents, unread_block, unwrap_spaces


def test_a_block_left_as_text_is_named_by_its_line() -> None:
    """The Blocks API says nothing about it."""
    assert unread_block("<p>one</p>\n<p>/// step | crate\nwrong: 1\n///</p>") == "/// step | crate"
    assert unread_block("<p>a path like /etc//// is none</p><pre><code>/// step</code></pre>") == ""


def test_spaces_in_code_need_no_element() -> None:
    """Nobody sees their colour."""
    html = '<span></span>a<span class="w">  </span><span class="k">b</span>'

    assert unwrap_spaces(html) == 'a  <span class="k">b</span>'


def test_search_gets_accented_words_without_their_accents() -> None:
    """Only those: the others are in the index already."""
    index = {"config": {"fields": {}}, "docs": [{"title": "Código", "text": "<p>de la Dirección y el código</p>"}]}

    folded = fold_accents(index)

    assert folded["docs"][0]["fold"] == "Codigo Direccion codigo"
    assert folded["config"]["fields"]["fold"] == {"boost": 1.0}


def test_the_interface_has_the_same_words_in_both_languages() -> None:
    """English inherits the Spanish settings: a word that it lacks would show in Spanish."""
    es, en = (_settings(TOP / name) for name in ("mkdocs.yml", "mkdocs.en.yml"))

    assert list(es["extra"]["words"]) == list(en["extra"]["words"])
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
