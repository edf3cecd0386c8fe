"""Replays that are not accepted yet are shown as drafts instead of the evidence."""

from __future__ import annotations

import os

import pytest
from support.demo import DEMO, NEWEST, Demo

from recetario.book.drafts import with_drafts
from recetario.book.evidence import to_notebook
from recetario.book.ids import EnvironmentId

DRAFT = {"check": "answer: yes\n", "create": "demo created again\n"}


def replayed(demo: Demo, **prints: str) -> None:
    """Write the result of a replay with this output."""
    case = demo.case()
    case.result.parent.mkdir(parents=True, exist_ok=True)
    case.result.write_bytes(to_notebook(case.recipe, demo.evidence(**prints)))


def test_a_replay_that_could_be_accepted_is_a_draft(demo: Demo) -> None:
    """The draft replaces the evidence of its case only."""
    demo.project()
    replayed(demo, **DRAFT)
    project = with_drafts(demo.top)

    assert list(project.drafts) == [(DEMO, NEWEST)]
    assert project.evidence[DEMO, NEWEST].outputs["create"].stdout == "demo created again\n"
    assert project.evidence[DEMO, EnvironmentId("5.4-netavark-root")].outputs["create"].stdout == "demo created\n"


def test_a_recipe_without_evidence_is_shown_by_its_drafts(demo: Demo) -> None:
    """Its page can be written before any evidence exists."""
    demo.project()
    demo.case().evidence.unlink()
    replayed(demo)

    assert list(with_drafts(demo.top).drafts) == [(DEMO, NEWEST)]


@pytest.mark.parametrize("prints", [{"check": "answer: perhaps\n"}, {}], ids=["undecided", "as the evidence"])
def test_other_replays_are_not_drafts(demo: Demo, prints: dict[str, str]) -> None:
    """Replays that `accept` would refuse or that change nothing are ignored."""
    demo.project()
    replayed(demo, **prints)

    assert with_drafts(demo.top).drafts == {}


def test_a_replay_older_than_the_evidence_is_not_a_draft(demo: Demo) -> None:
    """If evidence is newer than the replay, the evidence counts."""
    demo.project()
    replayed(demo, **DRAFT)
    os.utime(demo.case().result, (1, 1))

    assert with_drafts(demo.top).drafts == {}
