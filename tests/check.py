"""The decisions of ``nox -s check``, which runs what they say: what to check, in which order, and what to record.

``choose`` prints what it chose and why, and writes it to ``.recetario/check/``. It depends on git and
``docs/ledger.toml`` only. Without ``--all`` that is what a change can have broken, and a sample of the rest.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from support.check.cases import Cases
from support.check.changes import UnclearError, changes_since, git, last_green
from support.check.ledger import FILE, Part, add, read_ledger
from support.check.plan import Plan, everything, plan_for

from recetario.book.environments import load_environments
from recetario.book.project import Project
from recetario.errors import RecetarioError
from recetario.lab.runs import Run

TOP = Path(__file__).resolve().parents[1]
FOLDER = TOP / ".recetario" / "check"
PLAN, CASES = FOLDER / "plan.json", FOLDER / "cases.txt"
REPORTS = {"tests": ("tests.xml", "alone.xml"), "replays": ("replays.xml",)}
LIMIT_MINUTES = 60
_PARTS = """It is longer than an hour, so run it in two parts:
  python3 noxfile.py -s check -- --all --part 1/2
  python3 noxfile.py -s check -- --all --part 2/2"""


def choose(part: tuple[int, int] | None) -> int:
    """Decide what to check: a change, or with ``part`` all of it; return an exit status."""
    for report in (CASES, *(FOLDER / name for names in REPORTS.values() for name in names)):
        report.unlink(missing_ok=True)
    cases = Cases(Project(TOP))
    if part:
        plan = everything(cases, *part)
    else:
        minutes = None
        try:
            ledger = read_ledger()
            runs = ledger.green()
            minutes = runs[0].minutes if runs else None
            changes = changes_since(TOP, last_green(TOP, runs).commit)
            plan = plan_for(cases, changes, ledger.turn)
        except (RecetarioError, UnclearError) as error:
            print(f"Everything has to be checked: {str(error).removesuffix('.')}.")
            if minutes is None or minutes > LIMIT_MINUTES:
                print(_PARTS)
                return 1
            plan = everything(cases)
    print(*plan.why, sep="\n")
    plan.save(PLAN)
    _write_cases(plan)
    return 0


def order() -> int:
    """Once the lab is built: begin with the cases of environments whose packages are not those of the last full run."""
    plan, moved = Plan.load(PLAN), _moved()
    if moved and not plan.everything:
        first = [case for case in plan.cases if case.rpartition(" on ")[2] in moved]
        plan = replace(plan, cases=[*first, *(case for case in plan.cases if case not in first)])
        print(f"Podman's packages changed since the last full run, so these cases are replayed first: {len(first)}")
        _write_cases(plan)
    return 0


def _write_cases(plan: Plan) -> None:
    CASES.write_text("".join(f"{case}\n" for case in plan.cases), "utf-8")


def finish(minutes: int, failed: Sequence[str]) -> int:
    """Record what a run of everything found, or say whether one is due."""
    plan = Plan.load(PLAN)
    if plan.everything:
        results = {kind: [_results(FOLDER / name) for name in names] for kind, names in REPORTS.items()}
        names = [name for reports in results.values() for _, failures in reports for name in failures]
        counts = {kind: sum(count for count, _ in reports) for kind, reports in results.items()}
        commit, part = git(TOP, "rev-parse", "HEAD"), f"{plan.part}/{plan.parts}"
        _record(Part(commit, date.today(), part, minutes, **counts, failed=[*names, *failed], versions=_versions()))
        return 0
    reasons = [*plan.engine, *(f"{environment}: {text}" for environment, text in _moved().items())]
    if reasons:
        print(f"A full run is due, because this changed since the last one: {'; '.join(reasons)}")
    return 0


def _record(part: Part) -> None:
    """Add a part to the ledger, unless it was not of a commit."""
    ledger = str(FILE.relative_to(TOP))
    others = [line for line in git(TOP, "status", "--porcelain").splitlines() if not line.endswith(f" {ledger}")]
    if others:
        print(f"Not recorded in docs/{FILE.name}, because of uncommitted changes: {others[0].strip()}")
        return
    add(part)
    result = f"{len(part.failed)} failed" if part.failed else "green"
    print(f"Recorded in docs/{FILE.name}, which you commit: part {part.part} of {part.commit[:8]}, {result}.")


def _results(report: Path) -> tuple[int, list[str]]:
    """How many tests ran, according to a report in JUnit's format, and the names of those that failed."""
    if not report.is_file():
        return 0, []
    tests = [case for case in ElementTree.parse(report).iter("testcase") if case.find("skipped") is None]
    failed = [case.attrib["name"] for case in tests if {child.tag for child in case} & {"failure", "error"}]
    return len(tests), failed


def _moved() -> dict[str, str]:
    """For each environment whose packages changed since the last full run, the versions in use now."""
    try:
        before = last_green(TOP, read_ledger().green()).versions
    except (RecetarioError, UnclearError):
        return {}
    return {name: text for name, text in _versions().items() if before.get(name) != text}


def _versions() -> dict[str, str]:
    """For each environment, the versions in use, once the lab is built."""
    with Run(TOP) as run, ThreadPoolExecutor(2) as pool:
        environments = load_environments()
        found = pool.map(lambda environment: run.known(environment).versions, environments)
        return {
            environment.id: ", ".join(f"{name} {version}" for name, version in versions.items())
            for environment, versions in zip(environments, found, strict=True)
        }


def _part(text: str) -> tuple[int, int]:
    """A part of how many, such as 1/2."""
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text} is not a part: the first of two is 1/2")
    return int(number), int(count)


def main() -> int:
    """Do one of the three; return an exit status: 2 if the command line is wrong."""
    parser = argparse.ArgumentParser("nox -s check --", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    chooses = commands.add_parser("choose", prog="nox -s check --")
    chooses.add_argument("--all", action="store_true", help="Check everything, not only what a change can have broken.")
    chooses.add_argument("--part", type=_part, metavar="K/N", help="With --all: one of several parts, such as 1/2.")
    commands.add_parser("order")
    finishes = commands.add_parser("finish")
    finishes.add_argument("--minutes", type=int, required=True)
    finishes.add_argument("--failed", action="append", default=[])
    options = parser.parse_args()
    if options.command == "order":
        return order()
    if options.command == "finish":
        return finish(options.minutes, options.failed)
    if options.part and not options.all:
        chooses.error("--part goes with --all")
    return choose(options.part or ((1, 1) if options.all else None))


if __name__ == "__main__":
    sys.exit(main())
