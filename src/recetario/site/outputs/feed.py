"""Make an Atom feed (RFC 4287) of changed verdicts from ``recipes/history.csv``."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.history import GONE, Event
from recetario.book.ids import ClaimId, VerdictKey
from recetario.site.blocks.groups import describe
from recetario.site.blocks.render import MarkdownRenderer
from recetario.translations import translations

__all__ = ["atom"]

_NAMESPACE = "http://www.w3.org/2005/Atom"
_MAX_ENTRIES = 60


@dataclass
class _Entry:
    """How the verdicts of one claim changed on one day.

    Attributes:
        claim: Its id.
        day: As an ISO date.
        changes: The environments by their (old verdict, new verdict).
    """

    claim: ClaimId
    day: str
    changes: dict[tuple[str, str], list[Environment]] = field(default_factory=dict)


def atom(renderer: MarkdownRenderer, history: Iterable[Event], name: str) -> bytes:
    """Make the feed of one language, with an entry for each claim and day, newest first.

    Args:
        renderer: Has the claims, the language and the site's address.
        history: All events, oldest first. Those of claims that no longer exist are left out.
        name: The site's name.
    """
    texts, claims = translations(renderer.language)["site"], renderer.project.claims
    entries = [entry for entry in reversed(_entries(history)) if entry.claim in claims][:_MAX_ENTRIES]
    feed = ElementTree.Element("feed", {"xmlns": _NAMESPACE, "xml:lang": renderer.language})
    address = f"{renderer.site}feed.xml"
    _add(feed, "title", texts["feed-title"].format(name=name))
    _add(feed, "id", address)
    _add(feed, "link", rel="self", href=address)
    _add(feed, "link", href=renderer.site)
    _add(feed, "updated", _time(entries[0].day if entries else "1970-01-01"))
    _add(_add(feed, "author"), "name", name)
    for entry in entries:
        claim = claims[entry.claim]
        element = _add(feed, "entry")
        _add(element, "title", _without_markup(claim.text[renderer.language]))
        _add(element, "id", f"{address}#{entry.day}-{entry.claim}")
        _add(element, "link", href=renderer.claim_url(claim))
        _add(element, "updated", _time(entry.day))
        _add(element, "summary", _summary(entry, claim, renderer.language))
    ElementTree.indent(feed, " ")
    text: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _entries(history: Iterable[Event]) -> list[_Entry]:
    """Group events by day and claim, oldest first. Events of environments that no longer exist are left out."""
    environments = {environment.id: environment for environment in load_environments()}
    latest: dict[VerdictKey, str] = {}
    entries: dict[tuple[str, ClaimId], _Entry] = {}
    for event in history:
        before = latest.get((event.claim, event.environment), GONE)
        latest[event.claim, event.environment] = event.word
        if event.environment in environments:
            entry = entries.setdefault((event.day, event.claim), _Entry(event.claim, event.day))
            entry.changes.setdefault((before, event.word), []).append(environments[event.environment])
    return list(entries.values())


def _summary(entry: _Entry, claim: Claim, language: str) -> str:
    """One sentence for each change, and what to do instead: "holds → does not hold: Podman 6.1, rootless. ..."."""
    texts = translations(language)["site"]
    sentences = []
    for (before, after), environments in entry.changes.items():
        where = describe(environments, load_environments(), language)
        sentences.append(f"{_change(before, after, texts)}: {where}.")
    return " ".join((*sentences, texts["instead"], _without_markup(claim.instead[language])))


def _change(before: str, after: str, texts: Mapping[str, str]) -> str:
    return texts[after] if before == GONE else f"{texts[before]} → {texts[after]}"


def _without_markup(text: str) -> str:
    """A sentence of claims.toml without the signs of Markdown."""
    return re.sub(r"[`*]", "", text)


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    """Add a child element, and return it."""
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text
    return element


def _time(day: str) -> str:
    """Midnight (UTC) of an ISO date, as Atom requires a time."""
    return f"{day}T00:00:00Z"
