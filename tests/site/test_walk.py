"""Whoever comes with one of the home page's problems gets to what mends it, on a phone, in three taps at most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import SIZES

from recetario.book.recipes import load_recipes

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]

_RECIPES = load_recipes(Path(__file__).parents[2])
# What mends each problem, in the home page's order. The last, after an upgrade, ends at what to do instead.
_STEPS = (
    "dns-network:create",
    "pod-ports-lost:reload",
    "root-bridge:name",
    "rootless-via-host:network",
    "nsenter-access:enter",
)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A touch screen, and a clipboard."""
    width, height = SIZES["phone"]
    size = {"width": width, "height": height}
    allowed = ["clipboard-read", "clipboard-write"]
    with closing(browser.new_context(viewport=size, has_touch=True, is_mobile=True, permissions=allowed)) as context:
        yield context.new_page()


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("problem", range(len(_STEPS)))
def test_a_problem_leads_to_the_command_that_mends_it(phone: Page, url: str, language: str, problem: int) -> None:
    """The first tap to the page, which answers on its first screen; the second copies."""
    slug, _, step = _STEPS[problem].partition(":")
    phone.goto(f"{url}{language}/")
    phone.locator(".problems a").nth(problem).tap()

    phone.wait_for_url(f"{url}{language}/recipes/{slug}/")
    expect(phone.locator("h1 ~ p").first).to_be_in_viewport()
    phone.locator(f"#step-{step} .md-code__button >> visible=true").first.tap()
    expect(phone.locator(".md-dialog--active")).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") in [one.command for one in _RECIPES[slug].variants(step)]


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_upgrade_leads_to_what_changed_and_what_to_do(phone: Page, url: str, language: str) -> None:
    """The list of changes, each with what to do; the second tap shows where, the third explains it."""
    phone.goto(f"{url}{language}/")
    assert phone.locator(".problems a").count() == len(_STEPS) + 1
    phone.locator(".problems a").last.tap()
    phone.wait_for_url(f"{url}{language}/differences/")

    expect(phone.locator("h1 ~ p").first).to_be_in_viewport()
    change = phone.locator(".difference").first
    assert change.locator(".claim__instead").is_visible()
    change.locator("summary").tap()
    expect(change.locator("table")).to_be_visible()
    change.locator(".claim__text a").tap()
    phone.wait_for_url("**/recipes/**")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("symptom", range(6))
def test_the_diagnosis_leads_to_a_step(phone: Page, url: str, language: str, symptom: int) -> None:
    """To it, to one's symptom, to the step: shown where the page opens."""
    phone.goto(f"{url}{language}/")
    phone.locator(".home a[href='diagnosis/']").tap()
    phone.wait_for_url(f"{url}{language}/diagnosis/")
    phone.locator("h1 ~ ul").first.locator("a").nth(symptom).tap()
    phone.wait_for_url("**#*")
    expect(phone.locator(":target")).to_be_in_viewport()
    phone.locator(":target ~ ul a[href*='/recipes/'][href*='#step-']").first.tap()
    phone.wait_for_url("**/recipes/**")

    expect(phone.locator(":target .step__head")).to_be_in_viewport()
