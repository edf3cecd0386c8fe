"""One built site for all tests here, served on a port of this machine, and one Chromium."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent))

from browser import chromium, served
from sample_notebook import sample_notebook

from recetario.site.build import build
from recetario.site.outputs.zip import pack

TOP = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample"
_MENU = """\
  - Home: index.md
  - Sample:
      - sample/blocks.md
      - sample/transcripts.md
      - sample/notebook.ipynb
"""


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


def sample_project(top: Path) -> Path:
    """A project of sample pages in both languages under ``top``, with this project's settings and theme."""
    (top / "src").symlink_to(TOP / "src")
    (top / "recipes").mkdir()
    shutil.copytree(SAMPLE, top / "docs")
    for language in ("es", "en"):
        (top / "docs" / language / "sample" / "notebook.ipynb").write_text(sample_notebook(language), "utf-8")
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        configuration = (TOP / name).read_text("utf-8")
        (top / name).write_text(re.sub(r"(?m)(^nav:\n)(?: .*\n)+", rf"\1{_MENU}", configuration), "utf-8")
    return top
