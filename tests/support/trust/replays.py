"""Replay everything, and keep in the repository what differed from the evidence."""

from __future__ import annotations

import json
import time
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from support.check.ledger import FILE as LEDGER
from support.trust.trial import Trial, commit_of

from recetario.book.evidence import read_evidence
from recetario.book.project import Project
from recetario.errors import RecetarioError

LIMIT_S = 4 * 3600.0  # the slowest one so far, on two busy cores, took 40 minutes


@dataclass(frozen=True)
class Deviation:
    """A case whose replay failed, or printed something else than its evidence.

    Attributes:
        case: The recipe and the environment.
        said: The first line of the message.
        cause: Why it happened, which a person adds.
    """

    case: str
    said: str
    cause: str = ""


@dataclass(frozen=True)
class Replay:
    """A replay of all recipes in all environments.

    Attributes:
        day: When it ended.
        commit: What was replayed, abbreviated.
        cases: How many cases.
        minutes: How long it took.
        deviations: Those that differed from the evidence; all others printed the same, so their verdicts are the same.
    """

    day: date
    commit: str
    cases: int
    minutes: int
    deviations: list[Deviation]

    def to_toml(self) -> str:
        """The entry in the ledger."""
        fields = {"commit": self.commit, "cases": self.cases, "minutes": self.minutes}
        lines = ["", "[[replay]]", f"day = {self.day}", *_lines(fields)]
        for deviation in self.deviations:
            lines += ["", "[[replay.deviation]]", *_lines(vars(deviation))]
        return "".join(f"{line}\n" for line in lines)


def read_ledger(file: Path = LEDGER) -> list[Replay]:
    """The replays in the ledger, oldest first."""
    entries = tomllib.loads(file.read_text("utf-8")).get("replay", [])
    return [
        Replay(**entry, deviations=[Deviation(**deviation) for deviation in deviations])
        for entry, deviations in ((entry, entry.pop("deviation", [])) for entry in entries)
    ]


def replay_everything(trial: Trial, report: Path) -> Replay | str:
    """Replay everything in the clone; return what to add to the ledger, or why there is nothing to add.

    Args:
        trial: The clone.
        report: Where pytest writes its report, in JUnit's format.
    """
    cases = Project(trial.clone).cases([], [])
    try:
        for case in cases:
            read_evidence(case)
    except RecetarioError as error:  # a recipe was changed, and is yet to be replayed
        return str(error)
    start_s = time.monotonic()
    report.unlink(missing_ok=True)
    status, text = trial.run("drift", "--", f"--junit-xml={report}", limit_s=LIMIT_S)
    report.with_suffix(".log").write_text(text, "utf-8")
    replayed, deviations = read_report(report) if report.is_file() else (0, [])
    if replayed != len(cases):
        return (
            f"It ended with status {status} after {replayed} of {len(cases)} cases; see {report.with_suffix('.log')}."
        )
    minutes = round((time.monotonic() - start_s) / 60)
    return Replay(date.today(), commit_of(trial.clone), len(cases), minutes, deviations)


def read_report(report: Path) -> tuple[int, list[Deviation]]:
    """How many cases were replayed, and those that failed, according to pytest's report in JUnit's format."""
    cases = list(ElementTree.parse(report).iter("testcase"))
    failures = [
        (case.attrib["name"], problem)
        for case in cases
        for problem in (*case.iterfind("failure"), *case.iterfind("error"))
    ]
    names = [name.partition("[")[2].removesuffix("]") for name, _ in failures]
    messages = [problem.text or problem.attrib["message"] for _, problem in failures]
    said = [message.strip().partition("\n")[0] for message in messages]
    deviations = [Deviation(name, words) for name, words in zip(names, said, strict=True)]
    return len({case.attrib["name"] for case in cases}), deviations


def _lines(fields: dict[str, object]) -> list[str]:
    """Lines of TOML; a string in JSON is one in TOML, too."""
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
