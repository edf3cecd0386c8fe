"""Differences between evidence and a replay are shown step by step, side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.demo import Demo

from recetario.book.evidence import Output
from recetario.replay.drift import differences, moved_versions


def test_equal_outputs_have_no_differences(demo: Demo) -> None:
    """The text of the differences is empty."""
    assert differences(demo.evidence(), demo.evidence()) == ""


def test_a_step_that_differs_is_shown_side_by_side(demo: Demo) -> None:
    """Steps with the same output are not shown."""
    shown = differences(demo.evidence(), demo.evidence(check="answer: no\n"))
    row = next(line for line in shown.splitlines() if "check" in line)

    assert "answer: yes" in row
    assert "answer: no" in row
    assert "create" not in shown


@pytest.mark.parametrize(
    ("output", "note"),
    [
        (Output(status=None), "(did not run)"),
        (Output(""), "(no output)"),
        (Output("answer: yes\n", status=3), "(exit status 3)"),
        (Output("answer: yes\n", cut=17), "(17 bytes cut)"),
        (Output("answer: yes"), "(no line end)"),
        (Output("", "answer: yes\n"), "(stderr:)"),
    ],
)
def test_every_kind_of_difference_can_be_seen(demo: Demo, output: Output, note: str) -> None:
    """A note shows differences that the text alone would hide."""
    assert note in differences(demo.evidence(), demo.evidence(check=output))


def test_it_is_plain_text_wherever_it_is_shown(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text becomes part of a message, so it ignores the width and colours of a terminal, also in CI."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    shown = differences(demo.evidence(), demo.evidence(check="[bold]answer[/bold]: no\n"))

    assert "\x1b" not in shown
    assert "[bold]answer[/bold]: no" in shown


def test_versions_that_moved_are_named(demo: Demo) -> None:
    """A new patch version alone is no drift, but the versions that changed are listed."""
    kept, replayed = demo.evidence(), replace(demo.evidence(), versions={"podman": "6.1.3", "netavark": "1.14.0"})

    assert moved_versions(kept, replayed) == "netavark none → 1.14.0, podman 6.1.2 → 6.1.3"
    assert moved_versions(kept, kept) == ""
