"""Differences between a replay and its evidence are shown step by step, side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.demo import Demo, refusal

from recetario.book.evidence import Output, picture_beside, to_notebook
from recetario.replay.drift import changes, check_drift, differences, grouped, grouped_messages, moved_versions


def test_equal_outputs_have_no_differences(demo: Demo) -> None:
    """The text is empty, so that callers can test it."""
    assert differences(demo.evidence(), demo.evidence()) == ""


def test_a_step_that_differs_is_shown_side_by_side(demo: Demo) -> None:
    """Steps with the same output are not shown."""
    table = differences(demo.evidence(), demo.evidence(check="answer: no\n"))
    row = next(line for line in table.splitlines() if "check" in line)

    assert "answer: yes" in row
    assert "answer: no" in row
    assert "create" not in table


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


def test_the_table_is_plain_text_of_a_fixed_width(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table becomes part of messages, so it ignores the width and colours of the terminal, even in CI."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    table = differences(demo.evidence(), demo.evidence(check="[bold]answer[/bold]: no\n"))

    assert "\x1b" not in table
    assert "[bold]answer[/bold]: no" in table


def test_a_replay_that_prints_something_else_has_drifted(demo: Demo) -> None:
    """The message shows both."""
    demo.keep(demo.evidence())

    message = refusal(lambda: check_drift(demo.case(), demo.evidence(check="answer: no\n")))

    assert message.startswith(f"{demo.case().id} drifted from its evidence.\n")


def test_other_versions_are_no_drift(demo: Demo) -> None:
    """They are a warning, because a person should read and accept them."""
    demo.keep(demo.evidence())

    with pytest.warns(UserWarning, match=r"same outputs, other versions: podman \S+ → 9"):
        check_drift(demo.case(), replace(demo.evidence(), versions={"podman": "9"}))


def test_another_picture_is_a_change(demo: Demo) -> None:
    """It is no drift, because the same window is not drawn with the same bytes twice; but `accept` keeps it."""
    case = demo.case()
    demo.keep(demo.evidence())
    replayed = demo.with_picture(b"\x89PNG")
    case.result.parent.mkdir(parents=True)
    case.result.write_bytes(to_notebook(case.recipe, replayed))
    picture_beside(case.evidence).rename(picture_beside(case.result))

    assert changes(case) == "another picture"


def test_all_outputs_of_a_new_recipe_are_shown(demo: Demo) -> None:
    """Its author reads them before they become evidence."""
    case = demo.case()
    case.result.parent.mkdir(parents=True)
    case.result.write_bytes(to_notebook(case.recipe, demo.evidence()))

    text = changes(case)

    assert text.startswith("new evidence\n")
    assert [name for name in demo.evidence().outputs if f"│ {name} " not in text] == []
    assert "answer: yes" in text


def test_versions_that_moved_are_named(demo: Demo) -> None:
    """New patch versions are not drift, but they are listed."""
    evidence = demo.evidence("5.4-netavark-rootless")
    replayed = replace(evidence, versions={"podman": "5.4.3", "netavark": "1.14.0"})

    assert moved_versions(evidence, replayed) == "netavark none → 1.14.0, podman 5.4.2 → 5.4.3"
    assert moved_versions(evidence, evidence) == ""


def test_environments_with_the_same_changes_are_named_together() -> None:
    """A command that every environment prints is shown once; environments are listed oldest first."""
    changes = [
        ("demo", "6.1-netavark-root", "a table"),
        ("demo", "5.4-netavark-root", "another table"),
        ("demo", "3.0-cni-root", "a table"),
        ("demo", "6.1-netavark-root", "a table"),
        ("other", "3.0-cni-root", "a table"),
    ]

    assert grouped(changes) == [
        "demo on 3.0-cni-root, 6.1-netavark-root: a table",
        "demo on 5.4-netavark-root: another table",
        "other on 3.0-cni-root: a table",
    ]


def test_messages_that_are_the_same_but_for_the_environment_are_printed_once() -> None:
    """Also if it is in a command, or the name of another environment begins with it."""
    texts = {"4.3-cni-rootless": "A", "4.3-cni-root": "A", "5.4-netavark-root": "B"}

    messages = grouped_messages(
        (name, f"demo on {name}: {text}\n  replay {name} --keep") for name, text in texts.items()
    )

    assert messages == [
        "demo on 4.3-cni-root: A\n  replay 4.3-cni-root --keep\n  The same on 4.3-cni-rootless.",
        "demo on 5.4-netavark-root: B\n  replay 5.4-netavark-root --keep",
    ]
