"""Fixtures for tests of the project's own recipes and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recetario.book.environments import Environment, load_environments
from recetario.book.project import Project
from recetario.lab.runs import Run

PROJECT = Project(Path(__file__).parents[2])


@pytest.fixture(scope="session")
def project() -> Project:
    """The clone that these tests are part of."""
    return PROJECT


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """A run that starts the hosts of a module's tests, and removes them at the end."""
    with Run() as lab_run:
        yield lab_run


@pytest.fixture(params=[False, True], ids=["root", "rootless"], scope="module")
def environment(request: pytest.FixtureRequest, project: Project, slug: str) -> Environment:
    """The newest environment that the recipe is about: one as root and one rootless."""
    about = project.files[slug].about
    candidates = [candidate for candidate in load_environments() if candidate.rootless == request.param]
    fitting = list(filter(about.fits, candidates))
    if not fitting:
        pytest.skip("The recipe is not about this mode.")
    return fitting[-1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that run a recipe that measures time, so that nothing else runs at the same time."""
    for item in items:
        slug = item.callspec.params.get("slug") if hasattr(item, "callspec") else None
        if slug and item.get_closest_marker("podman") and PROJECT.files[slug].alone:
            item.add_marker("alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests with an argument ``slug`` for each recipe, and those with ``language`` for each language."""
    if "slug" in metafunc.fixturenames:
        metafunc.parametrize("slug", list(PROJECT.recipes), scope="module")
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", ["es", "en"])
