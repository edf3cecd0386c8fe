"""What the program says that decides for `python3 noxfile.py -s check`, in a clone with a ledger of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import check
import pytest
from support.check.cases import Cases
from support.check.ledger import Part, add, read_ledger
from support.check.plan import everything
from support.check.reads import TESTS

from recetario.book.project import Project

FULL = Part("", date(2026, 12, 3), "1/1", 95, 6500, 615, [])
IN_PARTS = "python3 noxfile.py -s check -- --all --part 1/2"


class Clone:
    """A clone whose last commit had a green full run."""

    def __init__(self, top: Path) -> None:
        self.top = top
        subprocess.run(["git", "clone", "--quiet", "--shared", str(TESTS.parent), str(top)], check=True)
        self.ledger = top / "docs" / "ledger.toml"
        self.ledger.write_text("turn = 1\n")
        self.commit()
        add(replace(FULL, commit=self.git("rev-parse", "HEAD")), self.ledger)
        self.commit()

    def git(self, *arguments: str) -> str:
        """Run git as somebody; return what it prints."""
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@recetario.example")
        done = subprocess.run(["git", *who, *arguments], cwd=self.top, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self) -> None:
        """Commit everything."""
        self.git("commit", "--quiet", "--all", "--message=Change")

    def decide(self, *arguments: str) -> tuple[int, str]:
        """Run the clone's program; return its exit status, and what it printed."""
        command = [sys.executable, str(self.top / "tests" / "check.py"), *arguments]
        path = {"PYTHONPATH": f"{self.top}/tests:{self.top}/src"}
        done = subprocess.run(command, env=os.environ | path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone whose last commit had a green full run."""
    return Clone(tmp_path / "clone")


def test_a_change_is_compared_with_the_last_full_run(clone: Clone) -> None:
    """First it says what was chosen and why."""
    page = clone.top / "docs" / "en" / "recipes" / "dns-network.md"
    page.write_text(page.read_text("utf-8") + "\nMore.\n", "utf-8")
    clone.commit()

    status, said = clone.decide("choose")

    assert status == 0
    assert "2 files changed: pages.\n" in said
    assert len((clone.top / ".recetario" / "check" / "cases.txt").read_text().splitlines()) <= 90


def test_what_is_not_clear_is_refused_with_the_commands_for_everything(clone: Clone) -> None:
    """At once, because it would take longer than an hour."""
    (clone.top / "new").touch()
    status, said = clone.decide("choose")

    assert status == 1
    assert said.startswith("Everything has to be checked: there are uncommitted changes (?? new); commit them first.\n")
    assert IN_PARTS in said


def test_a_ledger_that_was_edited_is_not_believed(clone: Clone) -> None:
    """It names the entry."""
    clone.ledger.write_text(clone.ledger.read_text().replace("minutes = 95", "minutes = 45"))
    clone.commit()
    status, said = clone.decide("choose")

    assert status == 1
    assert "was edited: its digest differs.\n" in said
    assert IN_PARTS in said


def test_everything_is_checked_if_that_takes_less_than_an_hour(clone: Clone) -> None:
    """On a faster machine, a path that no rule knows costs nothing but time."""
    add(replace(FULL, commit=clone.git("rev-parse", "HEAD"), minutes=45), clone.ledger)
    clone.commit()
    (clone.top / "unknown").touch()
    clone.git("add", "unknown")
    clone.commit()
    status, said = clone.decide("choose")

    assert status == 0
    assert said.startswith("Everything has to be checked: no rule knows unknown: add it to ")
    assert "Checking everything: " in said


@pytest.mark.parametrize("arguments", [("--all", "--part", "3/2"), ("--all", "--part", "two"), ("--part", "1/2")])
def test_a_part_that_cannot_be_is_refused(arguments: tuple[str, ...]) -> None:
    """The status is that of a wrong command line."""
    command = [sys.executable, str(TESTS / "check.py"), "choose", *arguments]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(TESTS)}, capture_output=True, check=False)

    assert done.returncode == 2


def test_parts_have_everything_once() -> None:
    """Each case is in one of them."""
    cases = Cases(Project(TESTS.parent))
    for count in (1, 2, 3):
        parts = [everything(cases, number, count) for number in range(1, count + 1)]

        assert sorted(case for part in parts for case in part.cases) == sorted(case.id for case in cases.all)


def test_a_report_says_what_failed(tmp_path: Path) -> None:
    """Failures and errors; what was skipped did not run."""
    (tmp_path / "report.xml").write_text(
        '<testsuites><testsuite><testcase name="a" /><testcase name="b"><failure /></testcase>'
        '<testcase name="c"><error /></testcase><testcase name="d"><skipped /></testcase></testsuite></testsuites>'
    )

    assert check._results(tmp_path / "report.xml") == (3, ["b", "c"])
    assert check._results(tmp_path / "missing.xml") == (0, [])


def test_the_ledger_of_this_clone_can_be_read() -> None:
    """Else each check would be one of everything."""
    assert read_ledger().turn > 0
