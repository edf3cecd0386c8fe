"""My Podman: what a reader says of theirs decides what pages show first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from browser import SCHEMES, SIZES
from playwright.sync_api import Browser, Page
from test_browser import axe

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)
PASTED = {
    '    "networkBackend": "netavark",\n      "rootless": true,\n    "Version": "5.4.2",': "Podman 5.4 rootless",
    '    "networkBackend": "cni",\n      "rootless": false,\n    "Version": "4.3.1",': "Podman 4.3 CNI como root",
    '      "rootless": true,\n    "Version": "3.0.1",': "Podman 3.0 rootless",
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A reader who has told nothing yet."""
    with closing(browser.new_context()) as context:
        yield context.new_page()


def choose(page: Page, version: str, mode: str = "rootless") -> None:
    """Tell which Podman it is."""
    page.click(".picker-open")
    page.fill("#picker-version", version)
    page.check(f"[name=mode][value={mode}]")
    page.click(".picker button[value=save]")


def test_a_page_answers_for_the_readers_podman(page: Page, url: str) -> None:
    """The verdict, and why."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "5.4.2")

    answer = " ".join(page.locator(".mine__answer").inner_text().split())
    assert answer.startswith("En tu Podman 5.4 rootless: no se cumple. Desde la 5.0 el modo por defecto es pasta")
    assert page.locator(".verdict--mine").count() == 1


def test_it_is_remembered_in_the_other_language(page: Page, url: str) -> None:
    """In this browser, without a cookie."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "6.1")
    page.goto(f"{url}en/recipes/dns-network/")

    assert page.locator(".mine__answer").inner_text().startswith("On your Podman 6.1 rootless:")
    assert page.context.cookies() == []


def test_a_steps_output_there_comes_first(page: Page, url: str) -> None:
    """Open, with the others closed below it."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "4.3")

    first = page.locator("#step-check .step__out").first
    assert first.get_attribute("open") is not None
    assert "4.3-netavark-rootless" in first.locator(".step__envs").inner_text()


@pytest.mark.parametrize(
    ("version", "says", "marked"),
    [
        ("4.9", "La 4.9 no está probada: mira la 4.3 y la 5.4.", ["4.3", "5.4"]),
        ("6.3", "La 6.3 no está probada: mira la 6.1.", ["6.1"]),
        ("2.1", "La 2.1 no está probada: mira la 3.0.", ["3.0 CNI"]),
    ],
)
def test_a_version_between_ours_gets_its_neighbors(
    page: Page, url: str, version: str, says: str, marked: list[str]
) -> None:
    """Never a guess."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, version)

    assert page.locator(".mine__answer p").first.inner_text() == says
    assert page.locator(".verdict--mine").evaluate_all("(all) => all.map((c) => c.dataset.column)") == marked


@pytest.mark.parametrize("output", PASTED)
def test_pasted_output_tells(page: Page, url: str, output: str) -> None:
    """Read in the browser."""
    page.goto(f"{url}es/recipes/dns-network/")
    page.click(".picker-open")
    page.click(".picker__unknown summary")
    page.fill("#picker-output", output)
    page.click(".picker button[value=save]")

    assert page.locator(".picker-open").text_content() == PASTED[output]


def test_a_browser_that_keeps_nothing_shows_it_on_this_page(page: Page, url: str) -> None:
    """Some refuse to, in private windows or by policy."""
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('no') }")
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "5.4")

    assert page.locator(".mine__answer").is_visible()


def test_it_can_be_forgotten(page: Page, url: str) -> None:
    """Everything is as before."""
    page.goto(f"{url}es/recipes/dns-network/")
    choose(page, "5.8", "root")
    page.click(".picker-open")
    page.click(".picker button[value=forget]")

    assert page.locator(".mine, .verdict--mine").count() == 0
    assert page.evaluate("localStorage.getItem('recetario.podman')") is None


def test_without_javascript_nothing_is_offered(browser: Browser, url: str) -> None:
    """All outputs are there."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        page.goto(f"{url}es/recipes/dns-network/")

        assert not page.locator(".picker-open").is_visible()
        assert page.locator("#step-check .step__out").count() > 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_is_accessible(browser: Browser, url: str, scheme: str, size: str) -> None:
    """Open, by keyboard, and a page that shows what is the reader's."""
    width, height = SIZES[size]
    with closing(browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})) as context:
        page = context.new_page()
        page.goto(f"{url}es/recipes/rootless-via-host/")
        page.locator(".picker-open").press("Enter")
        assert page.evaluate("document.activeElement.id") == "picker-version"
        page.keyboard.type("5.4")
        page.evaluate("document.querySelectorAll('.picker details').forEach((d) => d.open = true)")
        found = axe(page)
        page.keyboard.press("Enter")
        assert page.locator(".mine__answer").is_visible()
        found += axe(page)

    assert found == []


def test_a_fault_in_the_open_picker_is_found(page: Page, url: str) -> None:
    """The check can say no: a field that lost its label, and words too pale to read."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    page.click(".picker-open")
    page.evaluate(
        """() => {
          document.querySelector(".picker label[for=picker-version]").remove();
          for (const name of ["title", "placeholder"]) document.querySelector("#picker-version").removeAttribute(name);
          const pale = new CSSStyleSheet();
          pale.replaceSync(".picker p { color: #ccc !important; background: #fff }");
          document.adoptedStyleSheets = [pale];
        }"""
    )

    assert {finding.partition(" ")[0] for finding in axe(page)} == {"label", "color-contrast"}
