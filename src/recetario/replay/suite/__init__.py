"""The matrix on pytest: a plugin that makes one test of each recipe and environment.

``recetario replay`` and ``recetario drift`` run it, so that pytest selects, spreads over the cores and reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recetario.book.project import Project
from recetario.lab.runs import Run
from recetario.replay.kernel import Kernel

CHANGES = "changes"
"""The property of a test's report that says what its replay changed."""
KEPT = "kept"
"""The property that says how to enter and remove the host that was kept."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was kept and what changed at the end: pytest hides what a passing test prints."""
    reports = [report for group in terminalreporter.stats.values() for report in group if hasattr(report, "nodeid")]
    for name, title in ((CHANGES, "changes, side by side with the evidence"), (KEPT, "hosts that were kept")):
        lines = [text for report in reports for key, text in getattr(report, "user_properties", ()) if key == name]
        if lines:
            terminalreporter.section(title)
            for line in dict.fromkeys(lines):
                terminalreporter.write_line(line)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that the command line hands on."""
    group = parser.getgroup("recetario")
    group.addoption("--top", type=Path, help="The project's top folder.")
    group.addoption("--recipe", action="append", default=[], help="Replay this recipe (repeat for more; default all).")
    group.addoption("--env", action="append", default=[], help="Replay in this environment (repeat; default all).")
    group.addoption("--drift", action="store_true", help="Fail if a replay differs from its evidence.")
    group.addoption("--keep", action="store_true", help="Leave the hosts running, and say how to enter them.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a case."""
    option = metafunc.config.option
    cases = Project(option.top).cases(option.recipe, option.env)
    cases.sort(key=lambda case: case.file.alone)  # exclusive cases run last, so that nothing waits for them
    metafunc.parametrize("case", cases, ids=[case.id for case in cases])


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Iterator[Run]:
    """Hosts of the worker that asks."""
    with Run(pytestconfig.option.top) as hosts:
        yield hosts


@pytest.fixture(scope="session")
def kernel() -> Iterator[Kernel]:
    """One process for all replays of a worker."""
    with Kernel() as process:
        yield process
