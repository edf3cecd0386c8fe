"""Each change of a verdict is recorded once."""

from __future__ import annotations

from support.demo import ANSWERS, NEWEST, Demo, refusal

from recetario.book.environments import load_environments
from recetario.book.history import GONE, HISTORY, Event, load_history, new_events, to_csv
from recetario.book.ids import ClaimId


def keep(demo: Demo, *events: Event) -> None:
    """Write these events to the demo's history."""
    (demo.top / HISTORY).write_bytes(to_csv(events))


def test_every_verdict_is_new_at_first(demo: Demo) -> None:
    """Without a history, there is an event for each claim and environment."""
    events = new_events(demo.project().verdicts, load_history(demo.top), "2026-11-24")

    assert len(events) == len(load_environments())
    assert events[-1] == Event("2026-11-24", ANSWERS, NEWEST, "holds")


def test_a_verdict_that_is_recorded_is_not_new(demo: Demo) -> None:
    """A history that was written and read again leaves nothing new."""
    verdicts = demo.project().verdicts
    keep(demo, *new_events(verdicts, [], "2026-11-24"))

    assert new_events(verdicts, load_history(demo.top), "2026-11-25") == []


def test_only_a_verdict_that_changed_is_new(demo: Demo) -> None:
    """The last event counts, so a verdict that changes back is new as well."""
    verdicts = demo.project().verdicts
    keep(demo, *new_events(verdicts, [], "2026-11-24"), Event("2026-11-25", ANSWERS, NEWEST, "fails"))

    events = new_events(verdicts, load_history(demo.top), "2026-11-26")

    assert events == [Event("2026-11-26", ANSWERS, NEWEST, "holds")]


def test_the_removal_of_a_claim_is_new_once(demo: Demo) -> None:
    """Its removal is recorded on the first day, and not again later."""
    old = Event("2026-11-24", ClaimId("demo-old"), NEWEST, "holds")
    gone = Event("2026-11-25", ClaimId("demo-old"), NEWEST, GONE)
    verdicts = demo.project().verdicts

    assert gone in new_events(verdicts, [old], "2026-11-25")
    assert [event for event in new_events(verdicts, [old, gone], "2026-11-26") if event.claim == "demo-old"] == []


def test_a_line_with_other_columns_is_refused(demo: Demo) -> None:
    """The message has the line number and the expected columns."""
    (demo.top / HISTORY).write_text("day,claim,environment,word\n2026-11-24,demo-answers\n", "utf-8")

    assert refusal(lambda: load_history(demo.top)).startswith(f"{HISTORY}:2: expected day, claim, environment, word, ")
