"""Fixtures for tests of the project's own recipes and pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.environments import Environment, load_environments
from recetario.book.project import Project
from recetario.errors import RecetarioError

PROJECT = Project(Path(__file__).parents[2])
_STABLE = "trixie"


@pytest.fixture(scope="session")
def project() -> Project:
    """The clone that these tests are part of."""
    return PROJECT


@pytest.fixture(params=[False, True], ids=["root", "rootless"], scope="module")
def environment(request: pytest.FixtureRequest, project: Project, slug: str) -> Environment:
    """That of Debian stable, else the newest that the recipe is about: one as root and one rootless.

    It is what most readers have, and its Podman starts in half the time of the newest one.
    """
    about = project.claim_files[slug].about
    candidates = [candidate for candidate in load_environments() if candidate.rootless == request.param]
    fitting = sorted(filter(about.fits, candidates), key=lambda candidate: candidate.suite == _STABLE)
    if not fitting:
        pytest.skip("The recipe is not about this mode.")
    return fitting[-1]


@pytest.fixture(scope="module")
def turn(project: Project, slug: str, environment: Environment) -> bool:
    """Whether it is this mode's turn to test what is alike in both: recipes about both modes take turns."""
    about = project.claim_files[slug].about
    modes = sorted({candidate.rootless for candidate in load_environments() if about.fits(candidate)})
    return environment.rootless == modes[list(project.recipes).index(slug) % len(modes)]


@pytest.fixture(scope="module")
def differs(project: Project, slug: str) -> bool:
    """Whether some of the recipe's steps are for one mode only, so that both must be tested."""
    return any(step.mode for step in project.recipes[slug].steps)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that run a recipe that measures time, so that nothing else runs at the same time."""
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        slug = parameters["case"].recipe.slug if "case" in parameters else parameters.get("slug")
        if slug and item.get_closest_marker("podman") and PROJECT.claim_files[slug].alone:
            item.add_marker("alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests for each recipe (``slug``), language, or case (where ``environments_of`` of their module says)."""
    try:
        recipes = list(PROJECT.recipes)
    except RecetarioError as error:
        raise pytest.Collector.CollectError(str(error)) from None  # without a traceback, which would hide it
    if "slug" in metafunc.fixturenames:
        metafunc.parametrize("slug", recipes, scope="module")
    if "case" in metafunc.fixturenames:
        everywhere = metafunc.config.getoption("--everywhere")
        metafunc.parametrize("case", _cases(metafunc.module.environments_of, everywhere), ids=lambda case: case.id)
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", ["es", "en"])


def _cases(environments_of: Callable[[str], list[Environment]], everywhere: bool) -> list[Case]:
    """Each recipe in the newest environment of one backend and mode, taking turns, or of each of them."""
    cases = []
    for number, slug in enumerate(PROJECT.recipes):
        newest = {(environment.backend, environment.mode): environment for environment in environments_of(slug)}
        candidates = [PROJECT.case(slug, environment) for environment in newest.values()]
        cases += candidates if everywhere else candidates[number % (len(candidates) or 1) :][:1]
    return cases
