"""Verdicts that change are noted, once each, and by nobody else."""

from __future__ import annotations

from support.demo import NEWEST, Demo, refusal

from recetario.book.environments import load_environments
from recetario.book.history import GONE, HISTORY, Event, load_history, news, to_csv


def keep(demo: Demo, *events: Event) -> None:
    """Write the demo's history."""
    (demo.top / HISTORY).write_bytes(to_csv(events))


def test_at_first_every_verdict_is_news(demo: Demo) -> None:
    """One line for each claim and environment."""
    found = news(demo.project().verdicts, load_history(demo.top), "2026-11-24")

    assert len(found) == len(load_environments())
    assert found[-1] == Event("2026-11-24", "demo-answers", NEWEST, "holds")


def test_what_is_noted_is_no_news(demo: Demo) -> None:
    """Written and read again."""
    verdicts = demo.project().verdicts
    keep(demo, *news(verdicts, [], "2026-11-24"))

    assert news(verdicts, load_history(demo.top), "2026-11-25") == []


def test_a_verdict_that_changed_is_news_alone(demo: Demo) -> None:
    """After all that was noted before, also when it changes back."""
    verdicts = demo.project().verdicts
    keep(demo, *news(verdicts, [], "2026-11-24"), Event("2026-11-25", "demo-answers", NEWEST, "fails"))

    found = news(verdicts, load_history(demo.top), "2026-11-26")

    assert found == [Event("2026-11-26", "demo-answers", NEWEST, "holds")]


def test_a_claim_that_was_taken_back_is_news_once(demo: Demo) -> None:
    """And not again on the next day."""
    old = Event("2026-11-24", "demo-old", NEWEST, "holds")
    gone = Event("2026-11-25", "demo-old", NEWEST, GONE)
    verdicts = demo.project().verdicts

    assert gone in news(verdicts, [old], "2026-11-25")
    assert [event for event in news(verdicts, [old, gone], "2026-11-26") if event.claim == "demo-old"] == []


def test_a_line_that_is_none_of_ours_is_named(demo: Demo) -> None:
    """With its number, and what to do."""
    (demo.top / HISTORY).write_text("day,claim,environment,word\n2026-11-24,demo-answers\n", "utf-8")

    assert refusal(lambda: load_history(demo.top)).startswith(f"{HISTORY}:2: expected day, claim, environment, word;")
