"""The Atom feed (RFC 4287) of changed verdicts."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from support.demo import ANSWERS, NEWEST, Demo, environment

from recetario.book.environments import load_environments
from recetario.book.history import Event
from recetario.book.ids import ClaimId
from recetario.site.blocks.render import MarkdownRenderer
from recetario.site.outputs.feed import atom

SITE = "https://example.org/en/"
ATOM = "{http://www.w3.org/2005/Atom}"
FIRST = [Event("2026-11-24", ANSWERS, environment.id, "holds") for environment in load_environments()]


def entries(demo: Demo, *events: Event) -> list[dict[str, str | None]]:
    """The entries of the feed of these events: the text or the link of each element, by its name."""
    feed = ElementTree.fromstring(atom(MarkdownRenderer(demo.project(), "en", "", SITE), events, "Recetario"))
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        assert {f"{ATOM}{name}" for name in ("id", "title", "updated", "link")} <= {child.tag for child in parent}
    return [
        {child.tag.removeprefix(ATOM): child.get("href") or child.text for child in entry}
        for entry in feed.iter(f"{ATOM}entry")
    ]


def test_a_new_claim_is_one_entry(demo: Demo) -> None:
    """It has one description for all environments, and says what to do."""
    assert entries(demo, *FIRST) == [
        {
            "title": "The demo answers yes.",
            "id": "https://example.org/en/feed.xml#2026-11-24-demo-answers",
            "link": "https://example.org/en/recipes/demo/#demo-answers",
            "updated": "2026-11-24T00:00:00Z",
            "summary": "holds: Every environment. What to do: Ask with demo.",
        }
    ]


def test_a_change_has_the_old_and_the_new_verdict(demo: Demo) -> None:
    """The newest entry comes first."""
    first, second = entries(demo, *FIRST, Event("2026-12-01", ANSWERS, NEWEST, "fails"))

    assert (first["summary"] or "").startswith(f"holds → does not hold: Podman {environment().podman}, rootless.")
    assert (first["updated"], second["updated"]) == ("2026-12-01T00:00:00Z", "2026-11-24T00:00:00Z")


def test_claims_that_no_longer_exist_are_left_out(demo: Demo) -> None:
    """There is no page to link."""
    assert entries(demo, Event("2026-11-24", ClaimId("demo-old"), NEWEST, "holds")) == []
