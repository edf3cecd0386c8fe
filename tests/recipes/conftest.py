"""The project itself, as all checks of its content see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from recetario.project import Project

PROJECT = Project(Path(__file__).parents[2])


@pytest.fixture(scope="session")
def project() -> Project:
    """The clone that these tests stand in."""
    return PROJECT


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
