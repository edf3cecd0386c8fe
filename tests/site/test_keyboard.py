"""Whoever uses no mouse reaches every control, and sees where they are."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page
from support.browser import SIZES

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)
PAGES = ("es/", "en/recipes/rootless-via-host/", "es/matrix/", "en/diagnosis/", "es/transcripts/rootless-via-host/")

# What can be used and is there to be seen; of a group of radio buttons the arrow keys reach the others.
_CONTROLS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const shown = all.filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !one.disabled && one.tabIndex >= 0 && !(one.type === "radio" && !one.checked));
  shown.forEach((one, index) => { one.dataset.control = index; });
  return shown.map((one) => (one.outerHTML.match(/^<[^>]*>/) ?? [""])[0]);
}"""
_FOCUS = """() => {
  const one = document.activeElement;
  const lined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const places = [one, one.labels?.[0]].filter(Boolean);
  const seen = places.some((place) => [null, "::after"].some((part) => lined(getComputedStyle(place, part))));
  return [one.dataset.control ?? one.tagName, seen];
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_every_control_is_reached_and_seen(browser: Browser, url: str, path: str, size: str) -> None:
    """By Tab alone, from the top to the end."""
    width, height = SIZES[size]
    with closing(browser.new_context(viewport={"width": width, "height": height})) as context:
        page = context.new_page()
        page.goto(url + path)
        controls = page.evaluate(_CONTROLS)
        reached = _walk(page)

    assert [controls[index] for index in range(len(controls)) if str(index) not in reached] == []
    assert [controls[int(name)] for name, seen in reached.items() if not seen and name.isdigit()] == []


def _walk(page: Page) -> dict[str, bool]:
    """Where Tab leads, and whether it shows; ends where the page does."""
    reached: dict[str, bool] = {}
    for _ in range(500):
        page.keyboard.press("Tab")
        name, seen = page.evaluate(_FOCUS)
        if name == "BODY" and reached:
            break
        reached[name] = seen
    return reached
