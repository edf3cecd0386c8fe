"""The search of our own site, asked as readers ask it, in a real Chromium."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]

_SEARCHES = tomllib.loads((Path(__file__).parent / "searches.toml").read_text("utf-8"))
_UNWRITTEN = (
    "anfitrión, sin root, puente, complemento, predeterminado, archivo, expuesto, exponer, mapear, levantar, lanzar, "
    "iniciar, gateway, namespace, firewall, daemon, codigo, publicaron, conectamos"
)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_that_helps_is_among_the_first_three(tab: Page, url: str, language: str) -> None:
    """Whatever words the reader has for what is broken, with or without accents, or the message itself."""
    _open(tab, f"{url}{language}/")

    missed = []
    for search in _SEARCHES[language]:
        first = _pages(tab, search["q"])[:3]
        if f"/{language}/{search['page']}" not in first:
            missed.append(f"{search['q']} → {search['page']}, not {first}")

    assert len(_SEARCHES[language]) >= 25
    assert missed == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_pasted_message_leads_to_where_it_is_explained(tab: Page, site: Path, url: str, language: str) -> None:
    """Each that is on our page, with the signs that the search would read as its own."""
    page = (site / language / "errors" / "index.html").read_text("utf-8")
    headings = BeautifulSoup(page, "html.parser").select(".message__text")
    assert headings
    _open(tab, f"{url}{language}/")

    missed = []
    for heading in headings:
        _search(tab, heading.code.text)
        links = tab.locator(".md-search-result__link").evaluate_all("(links) => links.map((a) => a.pathname + a.hash)")
        if f"/{language}/errors/#{heading['id']}" not in links[:4]:
            missed.append(heading.code.text)

    assert missed == []


def test_what_we_do_not_write_is_found_too(tab: Page, url: str) -> None:
    """Words that others use for ours, and forms of a word that no page has."""
    _open(tab, f"{url}es/")

    assert [word for word in _UNWRITTEN.split(", ") if not _pages(tab, word)] == []


def test_each_language_searches_its_own_pages(tab: Page, url: str) -> None:
    """A word of one language finds nothing in the other."""
    _open(tab, f"{url}en/")

    assert _pages(tab, "cortafuegos") == []


def test_arrows_lead_through_the_results(tab: Page, url: str) -> None:
    """Type, go down to the second, open it."""
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
    ("language", "words"),
    [
        ("es", "Nada sobre «xyzzy». Usa menos palabras, pega el mensaje de error o ve al diagnóstico."),
        ("en", "Nothing about “xyzzy”. Use fewer words, paste the error message, or go to Troubleshooting."),
    ],
)
def test_nothing_found_says_so_and_leads_on(tab: Page, url: str, language: str, words: str) -> None:
    """With what was typed; Enter goes where it says."""
    _open(tab, f"{url}{language}/recipes/")

    assert _pages(tab, "xyzzy") == []
    assert tab.locator(".md-search-result__meta").inner_text() == words
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{url}{language}/diagnosis/")


def test_a_result_without_marked_words_is_short(tab: Page, url: str) -> None:
    """A title or a synonym matched: all the text of that part would push the other results away."""
    _open(tab, f"{url}es/")
    _pages(tab, "complemento")

    texts = tab.locator(".md-search-result__article").all_inner_texts()
    assert max(len(text) for text in texts) < 600


@pytest.mark.parametrize(("language", "mark"), [("es", "Solo para el laboratorio"), ("en", "Only for the lab")])
def test_a_lab_only_command_is_marked_in_the_results(tab: Page, url: str, language: str, mark: str) -> None:
    """Whoever searches for the command reads there what kind of step it is."""
    _open(tab, f"{url}{language}/")
    _search(tab, "nft flush ruleset")

    found = tab.locator(".md-search-result__article", has_text="nft flush ruleset").all_text_contents()
    assert found
    assert [text for text in found if mark not in text] == []


def _open(tab: Page, address: str) -> None:
    """A page with its search open and ready to be typed into."""
    tab.goto(address)
    state = tab.locator(".md-search-result__meta")
    preparing = state.text_content() or ""
    tab.keyboard.press("/")
    tab.wait_for_selector(".md-search__input:focus")
    expect(state).not_to_have_text(preparing, timeout=30_000)


def _search(tab: Page, words: str) -> None:
    """Put these words into the box as who pastes by mouse (no key is let go), and wait for the answer."""
    tab.evaluate("document.querySelector('.md-search-result__list').innerHTML = '<li class=before></li>'")
    tab.locator(".md-search__input").select_text()
    tab.keyboard.insert_text(words)
    tab.locator(".before").wait_for(state="detached")


def _pages(tab: Page, words: str) -> list[str]:
    """Which pages the search offers for these words, best first."""
    _search(tab, words)
    items = tab.locator(".md-search-result__item")
    return items.evaluate_all("(items) => items.map((item) => item.querySelector('a').pathname)")
