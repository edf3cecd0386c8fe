"""Fixtures for the lab: one run per test worker, hosts, and an empty clone with its own lab folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recetario.book.environments import load_environments
from recetario.lab.hosts import Host
from recetario.lab.runs import Run

TOP = Path(__file__).resolve().parents[2]
OLDEST_ROOT = load_environments()[0]
NEWEST_ROOTLESS = load_environments()[-1]


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """The run that owns every host of these tests."""
    with Run(TOP) as run:
        yield run


@pytest.fixture(scope="module", params=[OLDEST_ROOT, NEWEST_ROOTLESS], ids=lambda environment: environment.id)
def host(request: pytest.FixtureRequest, run: Run) -> Iterator[Host]:
    """A host for tests that leave nothing behind in it."""
    with run.host(request.param) as host:
        yield host


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The top folder of another clone, with just the files that the lab looks for; it has its own runs and locks."""
    (tmp_path / "recipes").mkdir()
    (tmp_path / "mkdocs.yml").touch()
    return tmp_path
