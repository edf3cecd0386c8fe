"""Tune the search index so that readers find pages by other words than the pages use.

The last block of ``before.js`` turns what a reader types into beginnings of words, without accents. This module adds
words for them to match to the index, in two fields of their own, and sets weights that rank the best page first.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from recetario.private_apis.material import sections

__all__ = ["index_page", "load_synonyms", "tune"]

_TITLE_BOOST = 4.0  # with the theme's 1000, one word in a title outweighs all other words together
_MESSAGE = re.compile(r"errors/#.+-[0-9a-f]{8}")  # the entry of an error message; see blocks/messages.py
_LIST_BOOST = 0.5  # a page that lists other pages has the words of their titles, but not their answers
# The theme splits this pattern at each "|", so it may only have one at the top level.
_SEPARATOR = r"[\s\-,;:!?¿¡()«»“”\"'’…=/\\\[\]{}<>&]+|\.(?!\w)"


@cache
def load_synonyms(language: str) -> dict[str, list[str]]:
    """Read the synonyms of a language from ``synonyms.toml``.

    Returns:
        Words that readers type, by the beginning of the word that pages use. Empty for a language without synonyms.
    """
    tables = tomllib.loads(Path(__file__).with_name("synonyms.toml").read_text("utf-8"))
    return {prefix: synonyms.split() for prefix, synonyms in tables.get(language, {}).items()}


def index_page(html: str, url: str, title: str, boost: float = 1.0) -> list[dict[str, Any]]:
    """Split a page into the index's entries, one for each heading, as the theme's own plugin does.

    Args:
        html: The page's content.
        url: The page's address.
        title: The page's title, for the entry of the text before the first heading.
        boost: The page's weight: ``search: {boost: 1.5}`` in its front matter, as in the theme's own plugin.
    """
    return [
        {"location": f"{url}#{anchor}" if anchor else url, "title": heading or title, "text": text, "boost": boost}
        for anchor, heading, text in _sections(html)
    ]


# The index leaves out verdicts. Without them, a third of a page's elements, it is read in two thirds of the time.
_VERDICTS = re.compile(r'<(table|ul) class="(?:grid grid--verdicts|marks__list)".*?</\1>', re.DOTALL)


@lru_cache(256)  # while the site is served, most pages are the same at the next build
def _sections(html: str) -> list[tuple[str, str, str]]:
    return sections(_VERDICTS.sub("", html))


def tune(index: dict[str, Any], synonyms: dict[str, list[str]], lab_only: str) -> dict[str, Any]:
    """Add words and weights to the index, and separate words at punctuation.

    Args:
        index: The content of ``search_index.json``. It is changed in place.
        synonyms: What ``load_synonyms`` returned.
        lab_only: The beginning of the sentence above each lab-only command. A search result shows only the code block
            that matches, so that sentence is moved into the block, as a comment.

    Returns:
        The same index.
    """
    lab_only_block = re.compile(
        rf"<p>({re.escape(lab_only)}(?:(?!</p>).)*)</p>\s*(<pre>(?:<span></span>)?<code>)", re.DOTALL
    )

    @cache  # sections repeat each other's words
    def synonyms_of(word: str) -> list[str]:
        return [synonym for prefix, theirs in synonyms.items() if word.startswith(prefix) for synonym in theirs]

    index["config"]["separator"] = _SEPARATOR
    fields = index["config"]["fields"]
    fields |= {"title": {"boost": _TITLE_BOOST}, "title_also": {"boost": _TITLE_BOOST}, "text_also": {"boost": 1.0}}
    pages = {entry["location"].partition("#")[0] for entry in index["docs"]}
    _explain_messages(index["docs"])
    for entry in index["docs"]:
        page = entry["location"].partition("#")[0]
        if any(other.startswith(page) for other in pages - {page}):
            entry["boost"] = _LIST_BOOST
        entry["text"] = lab_only_block.sub(lambda match: f"{match[2]}# {_strip_tags(match[1])}\n", entry["text"])
        for field in ("title", "text"):
            if extra := _extra_words(entry[field], synonyms_of):
                entry[f"{field}_also"] = extra
    return index


def _explain_messages(entries: list[dict[str, Any]]) -> None:
    """Give messages that are listed above a common cause its text, which only the last one of them has."""
    text = ""
    for entry in reversed(entries):
        if _MESSAGE.fullmatch(entry["location"]):
            text = entry["text"] = entry["text"] or text


def _extra_words(html: str, synonyms_of: Callable[[str], list[str]]) -> str:
    """The words, separated by spaces, that should also find this text.

    They are its words without accents, parts of its names, the singular of its short plurals, and synonyms.
    """
    words, forms = _words(html)
    extra = set(forms)
    for word in forms:
        extra.update(synonyms_of(word))
    for word in tuple(extra):
        for ending in ("s", "es"):
            singular = word.removesuffix(ending)
            if 1 < len(singular) < 4:
                extra.add(singular)
    return " ".join(sorted(extra - words))


@lru_cache(2048)
def _words(html: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a text; and the same without accents, with parts of names."""
    words = frozenset(re.findall(r"\w+(?:\.\w+)*", _strip_tags(html, " ").lower()))
    folded = frozenset(_strip_accents(word) for word in words)
    return words, folded.union(*(_name_parts(word) for word in folded))


def _name_parts(name: str) -> set[str]:
    """The parts of a setting's name that readers may search for: ``port_start`` and ``start`` of ``net.port_start``.

    The index has a name as one word, and the search only finds words by their beginning. Versions and addresses, which
    don't begin with a letter, have no parts.
    """
    if not re.match(r"[^\W\d_]", name):
        return set()
    return {name[separator.end() :] for separator in re.finditer(r"[._](?=[^\W\d_])", name)}


def _strip_tags(html: str, replacement: str = "") -> str:
    return re.sub(r"<[^>]+>", replacement, html)


def _strip_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
