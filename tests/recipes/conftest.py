"""The project itself, as all checks of its content see it."""

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
    """The clone that these tests stand in."""
    return PROJECT


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """The hosts of these tests."""
    with Run() as hosts:
        yield hosts


@pytest.fixture(params=[False, True], ids=["root", "rootless"])
def environment(request: pytest.FixtureRequest, project: Project, slug: str) -> Environment:
    """The newest Podman that the recipe is about, as root and rootless."""
    about = project.files[slug].about
    fitting = [one for one in load_environments() if one.rootless == request.param and about.fits(one)]
    if not fitting:
        pytest.skip("The recipe is about the other mode.")
    return fitting[-1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs a recipe that measures is marked so."""
    for item in items:
        slug = (
            item.callspec.params.get("slug") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ""
        )
        if slug and PROJECT.files[slug].alone and item.get_closest_marker("podman"):
            item.add_marker("alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a recipe (``slug``), and a language (``language``), where a test asks for them."""
    if "slug" in metafunc.fixturenames:
        metafunc.parametrize("slug", list(PROJECT.recipes))
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", ["es", "en"])
