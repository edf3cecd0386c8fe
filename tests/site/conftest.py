"""One built site for all tests here, served on a port of this machine, and one Chromium."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from support.browser import chromium, served
from support.sample_site import TOP, sample_project

from recetario.site.build import build
from recetario.site.outputs.zip import pack


@pytest.fixture(scope="session", params=["sample", "ours"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site: one of sample pages, then our own (``RECETARIO_SITE`` names one that is already built)."""
    ready = os.environ.get("RECETARIO_SITE")
    if request.param == "ours" and ready:
        return Path(ready)
    out = tmp_path_factory.mktemp(request.param)
    build(TOP if request.param == "ours" else sample_project(tmp_path_factory.mktemp("project")), out)
    pack(out)
    return out


@pytest.fixture(scope="session")
def url(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page of its own, as on a desktop."""
    with contextlib.closing(browser.new_context(viewport={"width": 1280, "height": 900})) as context:
        yield context.new_page()
