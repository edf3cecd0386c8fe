"""The site in a zip works from a disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.site_pages import dead_references, documents

from recetario.site.outputs.zip import PACK

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody unpacked it."""
    out = tmp_path_factory.mktemp("disk")
    with zipfile.ZipFile(site / PACK) as archive:
        archive.extractall(out)
    return out / "recetario"


def test_every_link_names_a_file(folder: Path) -> None:
    """No server adds index.html."""
    folders = [
        f"{name}: {reference}"
        for name, page in documents(folder).items()
        for reference in page.references
        if "://" not in reference
        and not (folder / name).parent.joinpath(reference.partition("#")[0]).is_file()
        and not reference.startswith(("#", "data:", "?"))
    ]

    assert [one for one in folders if PACK not in one and "feed.xml" not in one] == []
    assert [one for one in dead_references(folder) if PACK not in one and "feed.xml" not in one] == []


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab in which nothing may be asked of anybody."""
    with closing(browser.new_context(locale="es-ES", offline=True)) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(message.text))
        page.on("pageerror", lambda error: asked.append(str(error)))
        yield page
        assert [one for one in asked if not one.startswith(("file://", "data:", "about:"))] == []


@pytest.mark.browser
def test_search_finds_and_leads_to_the_page(folder: Path, tab: Page) -> None:
    """From the first page, in the reader's language."""
    tab.goto(f"file://{folder}/index.html")
    tab.wait_for_url(f"file://{folder}/es/index.html")
    tab.keyboard.press("/")
    tab.wait_for_selector(".md-search__input:focus")
    expect(tab.locator(".md-search-result__meta")).not_to_have_text("Preparando la búsqueda", timeout=30_000)
    tab.keyboard.type("codigo dns no funciona")
    tab.locator(".md-search-result__link").first.click()

    expect(tab.locator("h1")).to_be_visible()
    assert tab.url.startswith(f"file://{folder}/es/") and "index.html" in tab.url


@pytest.mark.browser
def test_the_other_language_and_my_podman_work(folder: Path, tab: Page) -> None:
    """Pages are what they are on a server."""
    tab.goto(f"file://{folder}/es/recipes/rootless-via-host/index.html")
    tab.click(".language")
    assert tab.url == f"file://{folder}/en/recipes/rootless-via-host/index.html"
    tab.click(".picker-open")
    tab.fill("#picker-version", "5.4")
    tab.click(".picker button[value=save]")

    expect(tab.locator(".mine__answer")).to_contain_text("On your rootless Podman 5.4:")
