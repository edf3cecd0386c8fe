"""Fixtures for the lab: one run per test worker, hosts, and empty clones with their own lab folders."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from recetario.book.environments import load_environments
from recetario.lab.hosts import Host
from recetario.lab.machine import Machine
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


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Storage of its own for the machine's Podman: for tests that remove images, but never those of the lab."""
    prefix = vars(Machine)["podman_prefix"].func
    folder = Path(tempfile.mkdtemp(prefix="recetario-"))  # not tmp_path: Podman accepts at most 50 characters
    options = ("--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", "vfs")
    monkeypatch.setattr(Machine, "podman_prefix", property(lambda machine: (*prefix(machine), *options)))
    yield
    Machine(tmp_path).remove_folder(folder)


@pytest.fixture
def here(tmp_path: Path, storage: None) -> Machine:
    """The machine as one clone uses it."""
    return Machine(_clone(tmp_path / "here"))


@pytest.fixture
def there(tmp_path: Path, storage: None) -> Machine:
    """The machine as another clone uses it."""
    return Machine(_clone(tmp_path / "there"))


def _clone(top: Path) -> Path:
    (top / "recipes").mkdir(parents=True)
    (top / "mkdocs.yml").touch()
    return top
