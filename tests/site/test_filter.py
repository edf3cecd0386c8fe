"""The long pages show only what a reader asks for, and everything without a script or on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import SCHEMES, SIZES, Scheme, axe, screen
from support.sample_site import TOP

from recetario.book.ids import EnvironmentId
from recetario.book.project import Project

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]

PAGES = ("matrix/", "differences/")
_PROJECT = Project(TOP)
_ITEMS = ".matrix tbody, .differences [data-topic]"
_VERDICTS = "cells => [...new Set(cells.map((cell) => cell.querySelector('.verdict__word').textContent))]"


def choice(version: str, mode: str = "rootless", backend: str = "netavark") -> str:
    """A script that stores this Podman in the browser, as if the reader had chosen it on an earlier visit."""
    chosen = json.dumps({"version": version, "backend": backend, "mode": mode})
    return f"localStorage.setItem('recetario.podman', {json.dumps(chosen)})"


def left(tab: Page) -> int:
    """How many claims or changes are left on the page, whether or not they are in something closed."""
    return int(tab.locator(_ITEMS).evaluate_all("items => items.filter((i) => !i.closest('[data-out]')).length"))


def open_all(tab: Page) -> None:
    """Open everything that opens."""
    tab.evaluate("document.querySelectorAll('article details').forEach((details) => { details.open = true; })")


@pytest.fixture
def quiet(browser: Browser) -> Iterator[Page]:
    """A tab whose console must stay empty."""
    messages: list[str] = []
    with closing(browser.new_context()) as context:
        tab = context.new_page()
        tab.on("console", lambda message: messages.append(message.text))
        tab.on("pageerror", lambda error: messages.append(str(error)))
        yield tab
    assert messages == []


@pytest.mark.parametrize("page", PAGES)
def test_a_topic_leaves_out_the_others(quiet: Page, url: str, page: str) -> None:
    """The form says how much of the page is shown."""
    quiet.goto(f"{url}en/{page}")
    everything = left(quiet)
    assert quiet.locator(".filter__shown").inner_text() == f"Showing {everything} of {everything}"

    quiet.select_option("[name=topic]", "ports")

    topics = quiet.locator("[data-topic]:not([data-out])").evaluate_all("all => all.map((one) => one.dataset.topic)")
    assert set(topics) == {"ports"}
    assert 0 < left(quiet) < everything
    assert quiet.locator(".filter__shown").inner_text() == f"Showing {left(quiet)} of {everything}"


def test_only_the_readers_verdicts_are_shown(quiet: Page, url: str) -> None:
    """One for each claim, and none on claims that are not about her Podman."""
    quiet.add_init_script(choice("5.4"))
    quiet.goto(f"{url}en/matrix/")
    open_all(quiet)

    cells = quiet.locator(".matrix td:visible")
    one = EnvironmentId("5.4-netavark-rootless")
    about = [claim.id for claim in _PROJECT.claims.values() if _PROJECT.verdicts[claim.id, one].word != "scope"]
    assert cells.count() == left(quiet) == len(about)
    assert set(cells.evaluate_all("cells => cells.map((cell) => cell.dataset.column)")) == {"5.4"}
    assert "does not apply" not in cells.evaluate_all(_VERDICTS)


def test_an_untested_version_shows_both_of_its_neighbors(quiet: Page, url: str) -> None:
    """The page doesn't guess what that version does."""
    quiet.add_init_script(choice("4.9"))
    quiet.goto(f"{url}en/matrix/")

    columns = quiet.locator(".matrix td:visible").evaluate_all("cells => cells.map((cell) => cell.dataset.column)")
    assert set(columns) == {"4.3", "5.4"}


def test_what_is_closed_says_how_much_of_it_is_left(quiet: Page, url: str) -> None:
    """The number is of what opens."""
    quiet.add_init_script(choice("5.4"))
    quiet.goto(f"{url}en/matrix/")
    section = quiet.locator("#topic-backends .more")
    count = int(section.locator(".more__count").inner_text())
    section.locator("summary").click()

    assert 0 < count == section.locator("tbody:visible").count() < section.locator("tbody").count()


def test_changes_are_those_of_the_readers_backend_and_mode(quiet: Page, url: str) -> None:
    """Rootless on 4.3 with CNI: nothing that only root sees, and no upgrade from or to netavark on 4.3."""
    quiet.add_init_script(choice("4.3", backend="cni"))
    quiet.goto(f"{url}en/differences/")
    open_all(quiet)

    rows = quiet.locator(".differences tr[data-upgrades]:visible").evaluate_all(
        "rows => rows.map((row) => row.dataset.upgrades)"
    )
    assert any(row.startswith("4.3-cni-rootless>") for row in rows)
    assert [row for row in rows if "-root>" in row or "4.3-netavark" in row] == []
    kinds = quiet.locator(".difference:visible .difference__kind").evaluate_all(
        "kinds => kinds.filter((kind) => kind.checkVisibility()).map((kind) => kind.dataset.upgrades)"
    )
    assert kinds
    assert all(any("4.3-netavark" not in one and "-root>" not in one for one in kind.split()) for kind in kinds)


def test_two_versions_leave_the_sections_between_them(quiet: Page, url: str) -> None:
    """With their headings and release notes, whichever was chosen first."""
    quiet.goto(f"{url}en/differences/")

    for first, last in (("4.3", "5.8"), ("5.8", "4.3")):
        quiet.select_option("[name=from]", first)
        quiet.select_option("[name=to]", last)
        headings = quiet.locator("article h2:visible").evaluate_all("headings => headings.map((one) => one.id)")
        assert headings == ["from-5-4-to-5-8", "from-4-3-to-5-4"]
    assert quiet.locator("li:visible", has_text="4.4.0").count() == 1
    assert quiet.locator("li:visible", has_text="4.0.0").count() == 0


def test_a_section_without_anything_left_says_so(quiet: Page, url: str) -> None:
    """A heading with nothing below it would look broken."""
    quiet.goto(f"{url}en/differences/")
    assert quiet.locator(".differences__none:visible").count() == 0

    quiet.select_option("[name=topic]", "start")

    empty = quiet.locator(".differences:not(:has([data-topic]:not([data-out])))")
    assert quiet.locator(".differences__none:visible").count() == empty.count() > 0


def test_a_link_to_a_change_that_is_left_out_shows_it(quiet: Page, url: str) -> None:
    """Both when the page opens there and when a link on the page leads there."""
    quiet.add_init_script(choice("5.4", "root"))
    quiet.goto(f"{url}en/differences/#in-5-4-rootless-slirp4netns")
    expect(quiet.locator("#in-5-4-rootless-slirp4netns")).to_be_visible()

    quiet.select_option("[name=from]", "5.4")
    quiet.get_by_role("link", name="From 3.0 to 4.3").first.click()
    expect(quiet.locator("#from-3-0-to-4-3")).to_be_visible()


@pytest.mark.parametrize("page", PAGES)
def test_the_filter_asks_for_a_podman(quiet: Page, url: str, page: str) -> None:
    """If none is chosen; closing the picker without a choice shows everything again."""
    quiet.goto(f"{url}en/{page}")
    everything = left(quiet)
    quiet.check("[name=mine]")
    quiet.click(".picker button[value='']")
    assert not quiet.is_checked("[name=mine]")
    assert left(quiet) == everything

    quiet.check("[name=mine]")
    quiet.fill("#picker-version", "5.4")
    quiet.click(".picker button[value=save]")

    assert quiet.is_checked("[name=mine]")
    assert left(quiet) < everything


@pytest.mark.parametrize("page", PAGES)
def test_everything_is_printed(quiet: Page, url: str, page: str) -> None:
    """Both what is left out and what is closed."""
    quiet.add_init_script(choice("5.4"))
    quiet.goto(f"{url}en/{page}")
    quiet.select_option("[name=topic]", "ports")

    quiet.emulate_media(media="print")
    quiet.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert quiet.locator(_ITEMS).evaluate_all("items => items.filter((item) => !item.checkVisibility()).length") == 0
    hidden = ".matrix td, .differences td"
    assert quiet.locator(hidden).evaluate_all("cells => cells.filter((cell) => !cell.checkVisibility()).length") == 0


@pytest.mark.parametrize("page", PAGES)
def test_everything_is_there_without_javascript(browser: Browser, url: str, page: str) -> None:
    """What is closed can be opened, and there is no form that does nothing."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        tab = context.new_page()
        tab.goto(f"{url}en/{page}")

        assert tab.locator(".filter").is_hidden()
        assert tab.locator("[data-out], .differences__none:visible").count() == 0
        section = tab.locator(".more").last
        section.locator("summary").click()
        assert section.locator("a").first.is_visible()


@pytest.mark.parametrize(("scheme", "size"), list(zip(SCHEMES, SIZES, strict=True)))
@pytest.mark.parametrize("page", PAGES)
def test_the_filter_is_accessible_in_every_state(
    browser: Browser, url: str, page: str, scheme: Scheme, size: str
) -> None:
    """With everything, the reader's Podman, one topic, and nothing left; what is closed and what is open.

    Each scheme and each size once: test_browser.py looks at these pages in all four combinations.
    """
    violations = []
    with screen(browser, scheme, size) as context:
        tab = context.new_page()
        tab.add_init_script(choice("4.9"))
        tab.goto(f"{url}es/{page}")
        violations += axe(tab)
        open_all(tab)
        violations += axe(tab)
        tab.select_option("[name=topic]", "start")
        violations += axe(tab)
        tab.uncheck("[name=mine]")
        violations += axe(tab)
        assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth")

    assert violations == []


def test_the_page_does_not_move_while_it_is_filtered(browser: Browser, url: str) -> None:
    """Nothing that the reader has already seen moves when the page opens."""
    with closing(browser.new_context(viewport={"width": 390, "height": 844})) as context:
        tab = context.new_page()
        tab.add_init_script(choice("5.4"))
        tab.add_init_script(
            "window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => "
            "{ shift += entry.value; })).observe({ type: 'layout-shift', buffered: true })"
        )
        for page in PAGES:
            tab.goto(f"{url}en/{page}", wait_until="networkidle")
            assert tab.evaluate("shift") <= 0.01


def test_a_button_beside_marks_opens_what_they_mean(quiet: Page, url: str) -> None:
    """Without leaving the page, and by keyboard, too."""
    quiet.goto(f"{url}en/recipes/dns-network/")
    button = quiet.locator(".marks__help:visible").first
    button.press("Enter")

    assert quiet.get_by_text("“holds” isn't “works”").is_visible()
    assert axe(quiet) == []
    quiet.keyboard.press("Escape")
    assert quiet.locator("#legend").is_hidden()
    assert button.evaluate("button => button === document.activeElement")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", ["matrix/", "environments/5.4-netavark-rootless/"])
def test_what_marks_mean_stays_on_the_screen(browser: Browser, url: str, page: str, size: str) -> None:
    """Wherever the reader has scrolled to."""
    width, height = SIZES[size]
    with closing(browser.new_context(viewport={"width": width, "height": height})) as context:
        tab = context.new_page()
        tab.goto(f"{url}en/{page}")
        for mark in (0, 30, -1):
            tab.locator("td.verdict:visible").nth(mark).evaluate("mark => mark.scrollIntoView({ block: 'center' })")
            box = tab.locator(".legend").bounding_box()
            assert box is not None
            assert 0 <= box["y"] <= height - box["height"]
