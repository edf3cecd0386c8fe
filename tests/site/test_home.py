"""From the home page, readers reach a fix with one touch, or by pasting an error message."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from recetario.translations import LANGUAGES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("site", ["ours"], indirect=True),
    pytest.mark.parametrize("language", LANGUAGES),
]


def test_an_error_that_is_pasted_is_searched(tab: Page, url: str, language: str) -> None:
    """It works as the search on every page does."""
    tab.goto(f"{url}{language}/")
    tab.fill("#paste", "rootlessport cannot expose privileged port 80")
    tab.keyboard.press("Enter")
    first = tab.locator(".md-search-result__link").first
    first.wait_for()

    assert f"/{language}/" in (first.get_attribute("href") or "")
    assert "privileged port" in tab.locator(".md-search__input").input_value()


def test_each_card_leads_to_a_fix(tab: Page, url: str, language: str) -> None:
    """Or to the questions that find it, or to what has changed."""
    tab.goto(f"{url}{language}/")
    addresses = "all => all.map((a) => a.href)"
    cards = tab.locator(".problems a:first-child").evaluate_all(addresses)
    fixes = tab.locator(".problems a:not(:first-child)").evaluate_all(addresses)
    assert len(cards) == 6

    for address in (*cards, *fixes):
        tab.goto(address)
        elsewhere = address in cards and ("/diagnosis/#" in address or "/differences/" in address)
        assert tab.locator(".fix").count() == 1 or elsewhere


def test_the_whole_card_is_a_link(tab: Page, url: str, language: str) -> None:
    """Except for the fixes that it names."""
    tab.goto(f"{url}{language}/")
    card = tab.locator(".problems li:has(a + a)").last
    box = card.bounding_box()
    assert box is not None

    card.click(position={"x": box["width"] - 5, "y": box["height"] - 5})

    assert tab.url == f"{url}{language}/differences/"


def test_the_menu_is_about_what_a_reader_wants(tab: Page, url: str, language: str) -> None:
    """In this order; the rest is at the foot of every page."""
    tab.goto(f"{url}{language}/")
    addresses = "all => all.map((a) => new URL(a.href).pathname.split('/').slice(2).join('/'))"

    assert tab.locator(".md-tabs__link").evaluate_all(addresses) == [
        *("", "diagnosis/", "recipes/", "matrix/", "differences/", "how-it-works/"),
    ]
    assert tab.locator(".md-copyright a").evaluate_all(addresses)[:4] == [
        *("about/", "environments/", "notes/", "take-along/"),
    ]
