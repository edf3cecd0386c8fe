"""Two transcripts can be compared."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import SIZES, axe

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)
PAGE = "es/transcripts/rootless-via-host/"


def test_steps_that_differ_are_side_by_side(tab: Page, url: str) -> None:
    """Equal steps are shown once. The address has both environments, so the comparison can be shared."""
    tab.goto(url + PAGE)
    tab.select_option("[name=left]", "env-4-3-netavark-rootless")
    tab.select_option("[name=right]", "env-5-4-netavark-rootless")

    rows = tab.locator(".comparison__row:has(.transcript__step)").evaluate_all(
        "(rows) => rows.map((row) => [row.querySelector('.transcript__name a').textContent, row.childElementCount])"
    )
    assert dict(rows)["create"] == 1
    assert dict(rows)["check"] == 2
    assert tab.url == f"{url}{PAGE}?left=env-4-3-netavark-rootless&right=env-5-4-netavark-rootless"
    assert tab.locator("details.transcript").first.is_hidden()
    environments = tab.locator(".comparison .transcript__where").all_inner_texts()
    assert set(environments) == {"4.3-netavark-rootless", "5.4-netavark-rootless"}
    assert tab.locator(".comparison__row--same .transcript__where").count() == 0
    assert axe(tab) == []

    tab.reload()
    assert tab.locator(".comparison").is_visible()


def test_an_unknown_environment_shows_no_comparison(tab: Page, url: str) -> None:
    """All transcripts are shown instead."""
    tab.goto(f"{url}{PAGE}?left=env-4-3-netavark-rootless&right=nothing")

    assert tab.locator(".comparison").count() == 0
    assert tab.locator("details.transcript").first.is_visible()


@pytest.mark.parametrize("size", SIZES)
def test_a_link_to_a_step_shows_whose_output_it_is(browser: Browser, url: str, size: str) -> None:
    """The name of the environment is on the screen, even if that of its transcript is above it."""
    width, height = SIZES[size]
    with closing(browser.new_context(viewport={"width": width, "height": height})) as context:
        page = context.new_page()
        page.goto(f"{url}{PAGE}#env-5-4-netavark-rootless-check")

        name = page.locator(":target .transcript__where")
        assert name.inner_text() == "5.4-netavark-rootless"
        expect(name).to_be_in_viewport()


def test_long_lines_of_an_output_scroll_on_a_phone(browser: Browser, url: str) -> None:
    """They don't make the page wider, and can be reached."""
    width, height = SIZES["phone"]
    with closing(browser.new_context(viewport={"width": width, "height": height})) as context:
        page = context.new_page()
        page.goto(f"{url}es/transcripts/dns-network/")
        page.evaluate("document.querySelectorAll('.transcript').forEach((one) => { one.open = true; })")
        cut = page.locator(".transcript__stdout > code").evaluate_all(
            """codes => codes.filter((code) => code.scrollWidth > code.clientWidth)
              .map((code) => getComputedStyle(code).overflowX)"""
        )

        assert set(cut) == {"auto"}
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
