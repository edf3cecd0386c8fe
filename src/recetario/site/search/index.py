"""Let the search find what readers type: other forms of our words, and words that we do not write.

What the browser does with what is typed is the last block of ``before.js``: it asks for the beginnings of words,
without accents. Here the index gets what they must match, in two more fields, and weights that put the best page first.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from recetario.private_apis.material import sections

__all__ = ["index_page", "load_synonyms", "tune"]

_TITLE = 4.0  # the theme's 1000 lets any word of a title win over all the others together
_LIST = 0.5  # a page that lists others has their words, not what they say
# Nowhere else may it have a "|": the theme splits it there.
_BETWEEN_WORDS = r"[\s\-,;:!?¿¡()«»“”\"'’…=/\\\[\]{}<>&]+|\.(?!\w)"


@cache
def load_synonyms(language: str) -> dict[str, list[str]]:
    """How words that we write begin, each with the words to find it by; none for a language without a table."""
    rules = tomllib.loads(Path(__file__).with_name("synonyms.toml").read_text("utf-8"))
    return {ours: theirs.split() for ours, theirs in rules.get(language, {}).items()}


def index_page(html: str, url: str, title: str) -> list[dict[str, str]]:
    """A page's parts for the index, as the theme's own plugin makes them.

    Args:
        html: Its content.
        url: Its address.
        title: What the part before the first heading is called.
    """
    return [
        {"location": f"{url}#{part}" if part else url, "title": heading or title, "text": text}
        for part, heading, text in _sections(html)
    ]


# While somebody writes, most pages stay as they are.
_sections = lru_cache(256)(sections)


def tune(index: dict[str, Any], synonyms: dict[str, list[str]], lab_only: str) -> dict[str, Any]:
    """The index that MkDocs wrote, with more words, our weights, and punctuation no longer a part of words.

    Args:
        index: As MkDocs wrote it.
        synonyms: See ``load_synonyms``.
        lab_only: How the sentence above a lab-only command begins. A result shows only the block of code that matches,
            so the sentence moves into it.
    """
    sentence = re.compile(rf"<p>({re.escape(lab_only)}(?:(?!</p>).)*)</p>\s*(<pre>(?:<span></span>)?<code>)", re.DOTALL)
    index["config"]["separator"] = _BETWEEN_WORDS
    fields = index["config"]["fields"]
    fields |= {"title": {"boost": _TITLE}, "title_also": {"boost": _TITLE}, "text_also": {"boost": 1.0}}
    pages = {part["location"].partition("#")[0] for part in index["docs"]}
    for part in index["docs"]:
        page = part["location"].partition("#")[0]
        if any(other.startswith(page) for other in pages - {page}):
            part["boost"] = _LIST
        part["text"] = sentence.sub(lambda found: f"{found[2]}# {_plain(found[1])}\n", part["text"])
        for field in ("title", "text"):
            if also := _also(part[field], synonyms):
                part[f"{field}_also"] = also
    return index


def _also(html: str, synonyms: dict[str, list[str]]) -> str:
    """What else to find this text by: words without accents, parts of names, the singular of short ones, synonyms."""
    words, also = _words(html)
    also |= {other for ours, theirs in synonyms.items() if any(w.startswith(ours) for w in also) for other in theirs}
    also |= {one for word in also for end in ("s", "es") if 1 < len(one := word.removesuffix(end)) < 4}
    return " ".join(sorted(also - words))


@lru_cache(2048)
def _words(html: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a text; the same without accents, with parts of names."""
    words = frozenset(re.findall(r"\w+(?:\.\w+)*", _plain(html, " ").lower()))
    folded = frozenset(map(_fold, words))
    return words, folded.union(*map(_parts, folded))


def _parts(name: str) -> set[str]:
    """What a name may be asked for by, besides its beginning: ``port_start`` and ``start`` of ``net.port_start``.

    The index has ``net.ipv4.ip_unprivileged_port_start`` as one word, and is asked for beginnings of words.
    """
    return {name[found.end() :] for found in re.finditer(r"[._](?=[^\W\d_])", name) if re.match(r"[^\W\d_]", name)}


def _plain(html: str, instead: str = "") -> str:
    return re.sub(r"<[^>]+>", instead, html)


def _fold(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
