"""On a phone, at most three taps lead from a problem on the home page to its fix."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from support.browser import SIZES

from recetario.book.project import Project

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]

_PROJECT = Project(Path(__file__).parents[2])
# The recipe that fixes each problem, by its place on the home page. A port that doesn't answer has several, which the
# diagnosis tells apart; the last problem, after an upgrade, has none.
_FIXES = {0: "dns-network", 2: "host-service", 3: "rootless-via-host", 4: "nsenter-access"}
_PROBLEMS = 6
_CARDS = ".problems a:first-child"  # below it, some name a fix


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A tab with a touch screen and a clipboard."""
    width, height = SIZES["phone"]
    size: ViewportSize = {"width": width, "height": height}
    allowed = ["clipboard-read", "clipboard-write"]
    with closing(browser.new_context(viewport=size, has_touch=True, is_mobile=True, permissions=allowed)) as context:
        yield context.new_page()


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("problem", _FIXES)
def test_two_taps_copy_the_command_that_fixes_a_problem(phone: Page, url: str, language: str, problem: int) -> None:
    """The first opens the page, whose answer is on its first screen. The second copies."""
    slug = _FIXES[problem]
    phone.goto(f"{url}{language}/")
    phone.locator(_CARDS).nth(problem).tap()

    phone.wait_for_url(f"{url}{language}/recipes/{slug}/")
    expect(phone.locator("h1 ~ p").first).to_be_in_viewport()
    phone.locator(".fix .md-code__button >> visible=true").first.tap()
    expect(phone.locator(".md-dialog--active")).to_be_visible()
    claim = _PROJECT.claim_files[slug].first_claim
    assert phone.evaluate("navigator.clipboard.readText()") in [
        variant.command for variant in _PROJECT.recipes[slug].variants(claim.fix[0])
    ]


@pytest.mark.parametrize("language", ["es", "en"])
def test_three_taps_explain_a_change_after_an_upgrade(phone: Page, url: str, language: str) -> None:
    """The first shows what to do about each change, the second where it applies, and the third explains it."""
    phone.goto(f"{url}{language}/")
    assert phone.locator(_CARDS).count() == _PROBLEMS
    phone.locator(_CARDS).last.tap()
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
def test_three_taps_lead_through_the_diagnosis_to_a_step(phone: Page, url: str, language: str, symptom: int) -> None:
    """To the diagnosis, to the symptom, and to the step, which is on the screen when its page opens."""
    phone.goto(f"{url}{language}/")
    phone.locator(".home a[href='diagnosis/']").tap()
    phone.wait_for_url(f"{url}{language}/diagnosis/")
    phone.locator("h1 ~ ul").first.locator("a").nth(symptom).tap()
    phone.wait_for_url("**#*")
    expect(phone.locator(":target")).to_be_in_viewport()
    phone.locator(":target ~ ul a[href*='/recipes/'][href*='#step-']").first.tap()
    phone.wait_for_url("**/recipes/**")

    expect(phone.locator(":target .step__head")).to_be_in_viewport()
