"""What all tests share: a small real project, and the options that bring in tests that need more than Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.check.plan import Plan
from support.check.reads import Candidate, is_chosen, share
from support.demo import Demo

from recetario.lab.runs import Run
from recetario.replay.kernel_process import KernelProcess

_ON_REQUEST = {
    "podman": "starts lab hosts or uses Podman: add --podman",
    "browser": "drives browsers: add --browser",
    "install": "installs packages from PyPI: add --install",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The tests that not every machine can run are asked for by name."""
    for name, reason in _ON_REQUEST.items():
        parser.addoption(f"--{name}", action="store_true", help=f"Also run each test that {reason.partition(':')[0]}.")
    parser.addoption("--plan", type=Plan.load, metavar="FILE", help="Only run the tests that a check has chosen.")
    help_text = "Run tests that change recipes in every backend and mode, not in one for each recipe."
    parser.addoption("--everywhere", action="store_true", help=help_text)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip them where they were not asked for, and say how to ask; leave out what a check has not chosen."""
    if plan := config.getoption("--plan"):
        chosen = set(
            share(items, plan) if plan.everything else (item for item in items if is_chosen(Candidate.of(item), plan))
        )
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = [item for item in items if item in chosen]
    for item in items:
        for name, reason in _ON_REQUEST.items():
            if item.get_closest_marker(name) and not config.getoption(name):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """A run that starts the hosts of a module's tests, and removes them at the end."""
    with Run(Path(__file__).parents[1]) as lab_run:
        yield lab_run


@pytest.fixture(scope="module")
def kernel() -> Iterator[KernelProcess]:
    """One kernel process for a module's tests; each opens a new bash."""
    with KernelProcess() as process:
        yield process


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """A project of one recipe in a folder of its own, which is where the test stands."""
    monkeypatch.chdir(tmp_path)
    return Demo(tmp_path)
