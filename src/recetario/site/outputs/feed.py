"""An Atom feed of the verdicts that changed, from ``recipes/history.csv`` (RFC 4287)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from recetario.book.environments import Environment, load_environments
from recetario.book.history import GONE, Event
from recetario.site.blocks.groups import describe
from recetario.site.blocks.render import MarkdownRenderer
from recetario.translations import translations

__all__ = ["atom"]

_NAMESPACE = "http://www.w3.org/2005/Atom"
_NEWEST = 60


@dataclass
class _Entry:
    """What became of one claim on one day: by (word before, word after), the environments."""

    claim: str
    day: str
    changes: dict[tuple[str, str], list[Environment]] = field(default_factory=dict)


def atom(renderer: MarkdownRenderer, history: Iterable[Event], name: str) -> bytes:
    """The feed of one language, newest first: an entry for each claim and day.

    Args:
        renderer: Its claims' words and addresses.
        history: Oldest first. Claims that were taken back are left out.
        name: Of the site.
    """
    words, claims = translations(renderer.language)["site"], renderer.project.claims
    entries = [entry for entry in reversed(_entries(history)) if entry.claim in claims][:_NEWEST]
    feed = ElementTree.Element("feed", {"xmlns": _NAMESPACE, "xml:lang": renderer.language})
    address = f"{renderer.site}feed.xml"
    _add(feed, "title", words["feed-title"].format(name=name))
    _add(feed, "id", address)
    _add(feed, "link", rel="self", href=address)
    _add(feed, "link", href=renderer.site)
    _add(feed, "updated", _time(entries[0].day if entries else "1970-01-01"))
    _add(_add(feed, "author"), "name", name)
    for entry in entries:
        claim = claims[entry.claim]
        element = _add(feed, "entry")
        _add(element, "title", re.sub(r"[`*]", "", claim.text[renderer.language]))
        _add(element, "id", f"{address}#{entry.day}-{entry.claim}")
        _add(element, "link", href=renderer.claim_url(claim))
        _add(element, "updated", _time(entry.day))
        lines = [
            f"{_change(*pair, words)}: {describe(where, load_environments(), renderer.language)}."
            for pair, where in entry.changes.items()
        ]
        _add(
            element,
            "summary",
            " ".join((*lines, words["instead"], re.sub(r"[`*]", "", claim.instead[renderer.language]))),
        )
    ElementTree.indent(feed, " ")
    text: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _entries(history: Iterable[Event]) -> list[_Entry]:
    environments = {one.id: one for one in load_environments()}
    noted: dict[tuple[str, str], str] = {}
    entries: dict[tuple[str, str], _Entry] = {}
    for event in history:
        before, noted[event.claim, event.environment] = noted.get((event.claim, event.environment), GONE), event.word
        if event.environment in environments:
            entry = entries.setdefault((event.day, event.claim), _Entry(event.claim, event.day))
            entry.changes.setdefault((before, event.word), []).append(environments[event.environment])
    return list(entries.values())


def _change(before: str, after: str, words: Mapping[str, str]) -> str:
    return words[after] if before == GONE else f"{words[before]} → {words[after]}"


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text
    return element


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"
