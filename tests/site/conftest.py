"""The built site, which is served on a local port, and a Chromium, shared by all tests here."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page
from support.browser import chromium, served
from support.sample_site import TOP, sample_project

from recetario.site.build import build
from recetario.site.outputs.zip import pack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that uses a browser, so that `--browser` is needed for it."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session", params=["sample", "ours"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A built site: first one of sample pages, then our own. ``RECETARIO_SITE`` may name a built copy of our own.

    Parallel workers share it: the first one builds it.
    """
    already_built = os.environ.get("RECETARIO_SITE")
    if request.param == "ours" and already_built:
        return Path(already_built)
    own_folder = tmp_path_factory.getbasetemp()
    site = (own_folder if worker_id == "master" else own_folder.parent) / f"site-{request.param}"
    with FileLock(f"{site}.lock"):
        if not site.exists():
            out = tmp_path_factory.mktemp(request.param) / "out"
            build(TOP if request.param == "ours" else sample_project(tmp_path_factory.mktemp("project")), out)
            pack(out)
            out.rename(site)  # complete, or not there
    return site


@pytest.fixture(scope="session")
def url(site: Path) -> Iterator[str]:
    """The address at which the site is served."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab with the size of a desktop's window."""
    with contextlib.closing(browser.new_context(viewport={"width": 1280, "height": 900})) as context:
        yield context.new_page()
