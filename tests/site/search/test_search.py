"""The search of our own site, with queries as readers write them, in a real Chromium."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect
from support.sample_site import TOP

from recetario.book.project import Project
from recetario.site.blocks.messages import load_causes, printed

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]

_SEARCHES = tomllib.loads((Path(__file__).parent / "searches.toml").read_text("utf-8"))
_NOT_ON_PAGES = (
    "anfitrión, sin root, puente, complemento, predeterminado, archivo, expuesto, exponer, mapear, levantar, lanzar, "
    "iniciar, gateway, namespace, firewall, daemon, codigo, publicaron, conectamos"
)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_that_helps_is_among_the_first_three(tab: Page, url: str, language: str) -> None:
    """Whether readers use other words, leave out accents or paste an error message."""
    _open(tab, f"{url}{language}/")

    missed = []
    for search in _SEARCHES[language]:
        first = _pages(tab, search["q"])[: 1 if search.get("first") else 3]
        if f"/{language}/{search['page']}" not in first:
            missed.append(f"{search['q']} → {search['page']}, not {first}")

    assert len(_SEARCHES[language]) >= 60
    assert missed == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_pasted_error_message_finds_its_entry(tab: Page, site: Path, url: str, language: str) -> None:
    """Each message on our page, even with signs that are operators of the search."""
    page = (site / language / "errors" / "index.html").read_text("utf-8")
    headings = BeautifulSoup(page, "html.parser").select(".message__text")
    assert headings
    _open(tab, f"{url}{language}/")

    missed = []
    for heading in headings:
        _search(tab, heading.select("code")[0].text)
        links = tab.locator(".md-search-result__link").evaluate_all("(links) => links.map((a) => a.pathname + a.hash)")
        if f"/{language}/errors/#{heading['id']}" not in links[:4]:
            missed.append(heading.select("code")[0].text)

    assert missed == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_of_messages_comes_first_for_each_line_that_a_step_printed(tab: Page, url: str, language: str) -> None:
    """Readers paste what their terminal shows, with its names and numbers."""
    left_out = load_causes(TOP).left_out
    lines = [line for line in printed(Project(TOP)) if not any(fnmatchcase(line, pattern) for pattern in left_out)]
    assert lines
    _open(tab, f"{url}{language}/")

    assert [line for line in lines if _pages(tab, line)[0] != f"/{language}/errors/"] == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_page_with_all_words_comes_before_those_with_one(tab: Page, url: str, language: str) -> None:
    """Even if they are in different sections there, and other pages have one of them in their titles."""
    _open(tab, f"{url}{language}/")

    assert _pages(tab, "dns macvlan")[0] == f"/{language}/diagnosis/"


def test_words_that_no_page_has_are_found(tab: Page, url: str) -> None:
    """Synonyms of our words, and other forms of them."""
    _open(tab, f"{url}es/")

    assert [word for word in _NOT_ON_PAGES.split(", ") if not _pages(tab, word)] == []


def test_each_language_searches_its_own_pages(tab: Page, url: str) -> None:
    """A word of one language finds nothing in the other."""
    _open(tab, f"{url}en/")

    assert _pages(tab, "cortafuegos") == []


def test_results_can_be_opened_with_the_arrow_keys(tab: Page, url: str) -> None:
    """Type, go down to the second result, and open it."""
    _open(tab, f"{url}es/")
    second = _pages(tab, "dns no funciona")[1]

    tab.keyboard.press("ArrowDown")
    for _ in range(20):
        if tab.evaluate("document.activeElement.pathname") == second:
            break
        tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")

    tab.wait_for_url(lambda address: urlsplit(address).path == second)


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("es", "Nada sobre «xyzzy». Usa menos palabras, pega el mensaje de error o mira ¿Qué me falla?."),
        ("en", "Nothing about “xyzzy”. Use fewer words, paste the error message, or see What's wrong?."),
    ],
)
def test_no_results_suggest_what_to_do(tab: Page, url: str, language: str, message: str) -> None:
    """The message quotes the query, and Enter follows its link."""
    _open(tab, f"{url}{language}/recipes/")

    assert _pages(tab, "xyzzy") == []
    assert tab.locator(".md-search-result__meta").inner_text() == message
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{url}{language}/diagnosis/")


def test_a_result_without_marked_words_is_short(tab: Page, url: str) -> None:
    """If only the title or a synonym matches, the whole text would push other results off the screen."""
    _open(tab, f"{url}es/")
    _pages(tab, "complemento")

    texts = tab.locator(".md-search-result__article").all_inner_texts()
    assert max(len(text) for text in texts) < 600


@pytest.mark.parametrize(("language", "mark"), [("es", "Solo para el laboratorio"), ("en", "Only for the lab")])
def test_a_lab_only_command_is_marked_in_the_results(tab: Page, url: str, language: str, mark: str) -> None:
    """Readers may copy a command from there without opening the page."""
    _open(tab, f"{url}{language}/")
    _search(tab, "nft flush ruleset")

    results = tab.locator(".md-search-result__article", has_text="nft flush ruleset").all_text_contents()
    assert results
    assert [text for text in results if mark not in text] == []


def _open(tab: Page, address: str) -> None:
    """Open a page and its search, and wait until the search is ready."""
    tab.goto(address)
    state = tab.locator(".md-search-result__meta")
    preparing = state.text_content() or ""
    tab.keyboard.press("/")
    tab.wait_for_selector(".md-search__input:focus")
    expect(state).not_to_have_text(preparing, timeout=30_000)


def _search(tab: Page, words: str) -> None:
    """Paste these words into the search with the mouse, which sends no key events, and wait for the results."""
    tab.evaluate("document.querySelector('.md-search-result__list').innerHTML = '<li class=before></li>'")
    tab.locator(".md-search__input").select_text()
    tab.keyboard.insert_text(words)
    tab.locator(".before").wait_for(state="detached")


def _pages(tab: Page, words: str) -> list[str]:
    """The paths of the pages that the search finds for these words, best first."""
    _search(tab, words)
    items = tab.locator(".md-search-result__item")
    paths: list[str] = items.evaluate_all("(items) => items.map((item) => item.querySelector('a').pathname)")
    return paths
