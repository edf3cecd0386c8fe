"""A pytest plugin that makes a test of each recipe in each environment.

``recetario replay`` and ``recetario drift`` use it: pytest selects the tests, runs them in parallel and reports.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.project import Project
from recetario.errors import RecetarioError, from_os_error
from recetario.files import write_atomically
from recetario.lab.runs import Run
from recetario.replay.drift import grouped, grouped_messages, table_of
from recetario.replay.kernel_process import KernelProcess
from recetario.replay.story import FailedReplayError

CHANGES = "changes"
"""The name of the report property that says what a replay changed: the slug, the environment's id, and a text."""
_CASE = re.compile(r"\[.+ on (?P<environment>[^ ]+)\]$")
KEPT = "kept"
"""The name of the report property that says how to enter and remove a host that was kept."""


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Iterator[None]:
    """Let Ctrl-C wait while workers start, until pytest can end them: Python would print a traceback.

    What a thread blocks is also blocked in the processes that it starts: pthread_sigmask(3).
    """
    is_worker = hasattr(session.config, "workerinput")
    signal.pthread_sigmask(signal.SIG_UNBLOCK if is_worker else signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print failures, those that are the same everywhere once; and changes and kept hosts, which pytest would hide."""
    if terminalreporter.config.option.tbstyle == "no":
        _print_failures(terminalreporter)
    reports = [report for group in terminalreporter.stats.values() for report in group if hasattr(report, "nodeid")]
    properties = [item for report in reports for item in getattr(report, "user_properties", ())]
    changed = grouped(tuple(value) for name, value in properties if name == CHANGES)
    kept = dict.fromkeys(value for name, value in properties if name == KEPT)
    for title, lines in (("changes, side by side with the evidence", changed), ("hosts that were kept", kept)):
        if lines:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.write_line(line)


def _print_failures(terminalreporter: pytest.TerminalReporter) -> None:
    messages, others = [], []
    for report in (*terminalreporter.stats.get("error", ()), *terminalreporter.stats.get("failed", ())):
        case = _CASE.search(report.nodeid)
        if case:
            messages.append((case["environment"], str(report.longrepr)))
        else:
            others.append(str(report.longrepr))
    if texts := [*others, *grouped_messages(messages)]:
        terminalreporter.section("failures")
        terminalreporter.write_line("\n\n".join(texts))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that ``run_suite`` passes."""
    group = parser.getgroup("recetario")
    group.addoption("--top", type=Path, help="The project's top folder.")
    group.addoption("--case", action="append", default=[], help="Replay this case; may be repeated (default: all).")
    group.addoption("--drift", action="store_true", help="Fail if a replay differs from its evidence.")
    group.addoption("--keep", action="store_true", help="Keep the hosts running, and print how to enter them.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each case."""
    option = metafunc.config.option
    cases = Project(option.top).cases()
    if option.case:
        by_id = {case.id: case for case in cases}
        cases = [by_id[name] for name in option.case]
    cases.sort(key=lambda case: case.file.alone)  # exclusive cases run last, so that nothing waits for them
    metafunc.parametrize("case", cases, ids=[case.id for case in cases])


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Iterator[Run]:
    """The run that starts the hosts of this worker, and removes them at the end."""
    with failing_without_traceback(), Run(pytestconfig.option.top) as lab_run:
        yield lab_run


@pytest.fixture(scope="session")
def kernel() -> Iterator[KernelProcess]:
    """The kernel process for all replays of this worker."""
    with failing_without_traceback(), KernelProcess() as process:
        yield process


@contextmanager
def failing_without_traceback() -> Iterator[None]:
    """Turn an error that the user can fix into a failure with its message only."""
    try:
        yield
    except RecetarioError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None  # or pytest would print the error twice
    except OSError as error:
        if not (known := from_os_error(error)):
            raise
        raise pytest.fail.Exception(str(known), pytrace=False) from None


@contextmanager
def keeping_failures(case: Case) -> Iterator[None]:
    """Keep what a replay said and printed that failed without a result: `diff` and `accept` say where."""
    try:
        yield
    except RecetarioError as error:
        if not case.result.is_file():
            printed = table_of(error.outputs) if isinstance(error, FailedReplayError) else ""
            write_atomically(case.failure, f"{error}\n\n{printed}".encode())
        raise
