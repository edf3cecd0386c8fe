"""Two transcripts can be compared."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from support.browser import axe

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)
PAGE = "es/transcripts/rootless-via-host/"


def test_steps_that_differ_are_side_by_side(tab: Page, url: str) -> None:
    """Equal steps are shown once. The address has both environments, so the comparison can be shared."""
    tab.goto(url + PAGE)
    tab.select_option("[name=left]", "env-4-3-netavark-rootless")
    tab.select_option("[name=right]", "env-5-4-netavark-rootless")

    rows = tab.locator(".comparison__row:has(.transcript__step)").evaluate_all(
        "(rows) => rows.map((row) => [row.querySelector('.transcript__name').textContent, row.childElementCount])"
    )
    assert dict(rows)["create"] == 1
    assert dict(rows)["check"] == 2
    assert tab.url == f"{url}{PAGE}?left=env-4-3-netavark-rootless&right=env-5-4-netavark-rootless"
    assert tab.locator("details.transcript").first.is_hidden()
    assert axe(tab) == []

    tab.reload()
    assert tab.locator(".comparison").is_visible()


def test_an_unknown_environment_shows_no_comparison(tab: Page, url: str) -> None:
    """All transcripts are shown instead."""
    tab.goto(f"{url}{PAGE}?left=env-4-3-netavark-rootless&right=nothing")

    assert tab.locator(".comparison").count() == 0
    assert tab.locator("details.transcript").first.is_visible()
