"""A reader sees the fix first: in a real browser, on a phone and on a laptop."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page
from support.sample_site import TOP

from recetario.book.project import Project
from recetario.translations import LANGUAGES

_FIXED = [slug for slug, file in Project(TOP).claim_files.items() if file.first_claim.fix]
_SCREENS = ((390, 844), (1366, 768))  # of a phone and a laptop
_CHOICE = json.dumps({"version": "4.9", "backend": "netavark", "mode": "rootless"})

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("chosen", [False, True], ids=["no choice", "a Podman chosen"])
@pytest.mark.parametrize("site", ["ours"], indirect=True)
def test_the_first_command_is_on_the_first_screen(browser: Browser, url: str, chosen: bool, lang: str) -> None:
    """All of it, on a phone and a laptop, whether or not the reader has chosen her Podman; the languages take turns."""
    too_low = {}
    turn = _FIXED[(list(LANGUAGES).index(lang) + chosen) % 2 :: 2]
    with closing(browser.new_context()) as context:
        if chosen:
            context.add_init_script(f"localStorage.setItem('recetario.podman', {_CHOICE!r})")
        tab = context.new_page()
        for slug in turn:
            tab.goto(f"{url}{lang}/recipes/{slug}/")
            for width, height in _SCREENS:
                tab.set_viewport_size({"width": width, "height": height})
                box = tab.locator(".fix .step__cmd:visible").first.bounding_box()
                assert box is not None
                if box["y"] + box["height"] > height:
                    too_low[slug, width] = box["y"] + box["height"]

    assert too_low == {}


@pytest.mark.parametrize("site", ["ours"], indirect=True)
@pytest.mark.parametrize("anchor", ["steps", "step-check"])
def test_a_link_into_how_it_was_tested_opens_it(url: str, tab: Page, anchor: str) -> None:
    """It is closed otherwise."""
    tab.goto(f"{url}en/recipes/dns-network/")
    assert not tab.locator("details.folded").evaluate("section => section.open")

    tab.goto(f"{url}en/recipes/dns-network/#{anchor}")

    assert tab.locator("details.folded").evaluate("section => section.open")
    assert tab.locator(f"#{anchor}").is_visible()


@pytest.mark.parametrize("site", ["ours"], indirect=True)
def test_what_is_closed_is_printed(url: str, tab: Page) -> None:
    """It is closed again after printing."""
    section = tab.locator("details.folded")
    tab.goto(f"{url}en/recipes/dns-network/")

    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert section.evaluate("section => section.open")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not section.evaluate("section => section.open")


@pytest.mark.parametrize("site", ["ours"], indirect=True)
def test_where_a_fix_works_marks_the_readers_podman(url: str, tab: Page) -> None:
    """And the tab of her mode is open, if the fix depends on it."""
    choice = json.dumps({"version": "5.4", "backend": "netavark", "mode": "root"})
    tab.add_init_script(f"localStorage.setItem('recetario.podman', {choice!r})")

    tab.goto(f"{url}en/recipes/nsenter-access/")

    assert tab.locator(".where .verdict--mine").evaluate_all("marks => marks.map((m) => m.dataset.environment)") == [
        "5.4-netavark-root"
    ]
    assert tab.locator(".fix input:checked").input_value() == "root"
