"""What the ledger says of full runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support.check.ledger import Part, add, read_ledger
from support.demo import refusal

HALF = Part("a" * 40, date(2026, 12, 3), "1/2", 41, 2800, 308, [], {"5.4-netavark-root": "podman 5.4.2"})
OTHER_HALF = replace(HALF, part="2/2", tests=2790, replays=307, versions={"6.1-netavark-root": "podman 6.1.0"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger without runs."""
    (tmp_path / "ledger.toml").write_text("turn = 7\n")
    return tmp_path / "ledger.toml"


def test_what_is_added_can_be_read_again(file: Path) -> None:
    """Whatever the name of a test contains."""
    parts = (HALF, replace(OTHER_HALF, failed=['test_it["\\n — á"]']))
    for part in parts:
        add(part, file)

    assert read_ledger(file).turn == 7
    assert read_ledger(file).parts == parts


def test_a_run_is_green_if_all_its_parts_are(file: Path) -> None:
    """One part is not enough, nor one of another commit or of another division."""
    for part in (HALF, replace(OTHER_HALF, commit="b" * 40), replace(OTHER_HALF, part="2/3")):
        add(part, file)
    assert read_ledger(file).green() == []

    add(replace(OTHER_HALF, failed=["test_it"]), file)
    assert read_ledger(file).green() == []

    add(OTHER_HALF, file)
    (run,) = read_ledger(file).green()
    assert (run.commit, run.minutes) == ("a" * 40, 82)
    assert run.versions == {"5.4-netavark-root": "podman 5.4.2", "6.1-netavark-root": "podman 6.1.0"}


def test_a_part_that_failed_later_counts(file: Path) -> None:
    """The last result of a part is its result."""
    for part in (HALF, OTHER_HALF, replace(HALF, failed=["test_it"])):
        add(part, file)

    assert read_ledger(file).green() == []


def test_the_newest_run_comes_first(file: Path) -> None:
    """It is the one to compare with."""
    for commit in ("a", "b", "c"):
        add(replace(HALF, commit=commit * 40, part="1/1"), file)

    assert [run.commit[0] for run in read_ledger(file).green()] == ["c", "b", "a"]


@pytest.mark.parametrize(("old", "new"), [("failed = []", 'failed = ["x"]'), ("5.4.2", "5.4.3"), ("41", "40")])
def test_an_entry_that_was_edited_is_refused(file: Path, old: str, new: str) -> None:
    """Its digest differs."""
    add(HALF, file)
    file.write_text(file.read_text().replace(old, new))

    assert refusal(lambda: read_ledger(file)) == "ledger.toml: part 1/2 of aaaaaaaa was edited: its digest differs."


@pytest.mark.parametrize("text", ["", "turn = ", 'turn = 1\n[[part]]\ncommit = "a"', "turn = 1\n[[part]]\ndigest = 1"])
def test_a_ledger_that_is_not_valid_is_refused(file: Path, text: str) -> None:
    """Something is missing in it."""
    file.write_text(text)

    assert refusal(lambda: read_ledger(file)).startswith("ledger.toml is missing or not valid: ")


def test_a_part_that_cannot_be_is_refused(file: Path) -> None:
    """There is no third half."""
    add(replace(HALF, part="3/2"), file)

    assert refusal(lambda: read_ledger(file)) == "ledger.toml is missing or not valid: there is no part 3/2."
