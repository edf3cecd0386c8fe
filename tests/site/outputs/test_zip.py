"""The site in the zip works without a server."""

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
    """The folder that the zip was unpacked to."""
    out = tmp_path_factory.mktemp("disk")
    with zipfile.ZipFile(site / PACK) as archive:
        archive.extractall(out)
    return out / "recetario"


def test_every_link_names_a_file(folder: Path) -> None:
    """Without a server, nothing adds index.html to the address of a folder."""
    not_files = [
        f"{name}: {reference}"
        for name, page in documents(folder).items()
        for reference in page.references
        if "://" not in reference
        and not (folder / name).parent.joinpath(reference.partition("#")[0]).is_file()
        and not reference.startswith(("#", "data:", "?"))
    ]

    assert [link for link in not_files if PACK not in link and "feed.xml" not in link] == []
    assert [link for link in dead_references(folder) if PACK not in link and "feed.xml" not in link] == []


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab without network, which fails if its page requests anything or logs an error."""
    with closing(browser.new_context(locale="es-ES", offline=True)) as context:
        page = context.new_page()
        events: list[str] = []
        page.on("request", lambda request: events.append(request.url))
        page.on("console", lambda message: events.append(message.text))
        page.on("pageerror", lambda error: events.append(str(error)))
        yield page
        assert [event for event in events if not event.startswith(("file://", "data:", "about:"))] == []


@pytest.mark.browser
def test_search_works_and_its_results_open(folder: Path, tab: Page) -> None:
    """Starting at the first page, which sends the reader to their language."""
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
def test_the_language_switch_and_the_picker_work(folder: Path, tab: Page) -> None:
    """As they do with a server."""
    tab.goto(f"file://{folder}/es/recipes/rootless-via-host/index.html")
    tab.click(".language")
    assert tab.url == f"file://{folder}/en/recipes/rootless-via-host/index.html"
    tab.click(".picker-open")
    tab.fill("#picker-version", "5.4")
    tab.click(".picker button[value=save]")

    expect(tab.locator(".mine__answer")).to_contain_text("On your rootless Podman 5.4:")
