"""All controls can be used without a mouse."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page
from support.browser import SIZES

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)
PAGES = ("es/", "en/recipes/rootless-via-host/", "es/matrix/", "en/diagnosis/", "es/transcripts/rootless-via-host/")

# All visible, enabled controls. Of a group of radio buttons, Tab only reaches the checked one.
_CONTROLS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const isVisible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const controls = all.filter((element) => isVisible(element) &&
    !element.disabled && element.tabIndex >= 0 && !(element.type === "radio" && !element.checked));
  controls.forEach((element, index) => { element.dataset.control = index; });
  return controls.map((element) => (element.outerHTML.match(/^<[^>]*>/) ?? [""])[0]);
}"""
# The number or tag of the focused element, and whether it has an outline: its own, its label's or a pseudo-element's.
_FOCUS = """() => {
  const focused = document.activeElement;
  const hasOutline = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const elements = [focused, focused.labels?.[0]].filter(Boolean);
  const visible = elements.some((element) =>
    [null, "::after"].some((pseudo) => hasOutline(getComputedStyle(element, pseudo))));
  return [focused.dataset.control ?? focused.tagName, visible];
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_tab_reaches_every_control_visibly(browser: Browser, url: str, path: str, size: str) -> None:
    """Each control shows its focus, from the top of the page to its end."""
    width, height = SIZES[size]
    with closing(browser.new_context(viewport={"width": width, "height": height})) as context:
        page = context.new_page()
        page.goto(url + path)
        controls = page.evaluate(_CONTROLS)
        reached = _press_tab_until_the_end(page)

    assert [controls[index] for index in range(len(controls)) if str(index) not in reached] == []
    assert [controls[int(name)] for name, visible in reached.items() if not visible and name.isdigit()] == []


def _press_tab_until_the_end(page: Page) -> dict[str, bool]:
    """The number of each focused control, and whether its focus is visible."""
    reached: dict[str, bool] = {}
    for _ in range(2000):  # more than any page has
        page.keyboard.press("Tab")
        name, visible = page.evaluate(_FOCUS)
        if name == "BODY" and reached:
            break
        reached[name] = visible
    return reached
