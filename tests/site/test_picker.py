"""My Podman: what a reader says of theirs decides what pages show first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route
from support.browser import SCHEMES, SIZES, axe, wait_until

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)
PASTED = {
    '    "networkBackend": "netavark",\n      "rootless": true,\n    "Version": "5.4.2",': "Podman 5.4 rootless",
    '    "networkBackend": "cni",\n      "rootless": false,\n    "Version": "4.3.1",': "Podman 4.3 CNI como root",
    '      "rootless": true,\n    "Version": "3.0.1",': "Podman 3.0 rootless",
}
# As Podman prints them: on Linux, on a Mac (another version serves there), and before 4.
VERSION = {
    "podman version 5.4.2": "5.4",
    "Client:       Podman Engine\nVersion:      5.4.2\nAPI Version:  5.4.2\nGo Version:   go1.24.2\nBuilt:        "
    "Thu Jan  1 00:00:00 1970\nOS/Arch:      darwin/arm64\n\nServer:       Podman Engine\nVersion:      5.8.1\n"
    "API Version:  5.8.1\nGo Version:   go1.25.1\nOS/Arch:      linux/arm64": "5.4",
    "Version:      3.0.1\nAPI Version:  3.0.0\nGo Version:   go1.15.15\nOS/Arch:      linux/amd64": "3.0",
    "me@host2:~$ podman --version podman version 5.4.2": "5.4",
    "Podman v5.4.2-dev": "5.4",
    "v5.4": "5.4",
    "V5.4.2": "5.4",
    "5,4": "5.4",
    " 5.4.2 ": "5.4",
    "5": "5",
    "Podman 5": "5",
}
# Each pair of tabs: step, open tab, ids of the environments whose output stands first, whether that is open.
_PAIRS = """() => [...document.querySelectorAll(".step:has(.tabbed-set)")].map((step) => {
  const first = step.querySelector(".step__out");
  return [
    step.querySelector(".step__name").textContent,
    step.querySelector(".tabbed-set > input:checked")?.id.split("-").at(-1),
    [...first.querySelectorAll(".step__envs a")].map((a) => a.textContent),
    first.open,
  ];
})"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A reader who has told nothing yet."""
    with closing(browser.new_context(permissions=["clipboard-read", "clipboard-write"])) as context:
        yield context.new_page()


def save(page: Page, version: str, mode: str = "rootless") -> None:
    """Have told it before, in this browser."""
    mine = json.dumps({"version": version, "backend": "netavark", "mode": mode})
    page.add_init_script(f"localStorage.setItem('recetario.podman', {json.dumps(mine)})")


def paired(site: Path) -> list[str]:
    """Addresses of the pages with a pair of tabs, one for root and one for a user."""
    pages = [page for page in sorted(site.glob("*/recipes/*/index.html")) if "data-tabs" in page.read_text("utf-8")]
    assert pages
    return [f"{page.parent.relative_to(site)}/" for page in pages]


def apart(page: Page, mode: str = "") -> list[tuple[str, ...]]:
    """Pairs whose open tab is not this mode's, or not that of the output below; empty is good."""
    return [
        (page.url, name, tab, *ids)
        for name, tab, ids, is_open in page.evaluate(_PAIRS)
        if (mode or tab) != tab or not is_open or not any(one.endswith(f"-{tab}") for one in ids)
    ]


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
    sentence = page.locator(".grid__claim").inner_text()
    assert answer.startswith(f"En tu Podman 5.4 rootless: no se cumple: {sentence} Desde la 5.0 el modo por defecto es")
    assert page.locator(".verdict--mine").count() == 1


def test_it_is_remembered_in_the_other_language(page: Page, url: str) -> None:
    """In this browser, without a cookie."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "6.1")
    page.goto(f"{url}en/recipes/dns-network/")

    assert page.locator(".mine__answer").inner_text().startswith("On your rootless Podman 6.1:")
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
        ("5", "Hay varias versiones de Podman 5: mira la 5.4 y la 5.8.", ["5.4", "5.8"]),
        ("6", "Hay varias versiones de Podman 6: mira la 6.1.", ["6.1"]),
        ("7", "La 7 no está probada: mira la 6.1.", ["6.1"]),
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
          pale.replaceSync(".picker p, .picker legend { color: #ccc !important; background: #fff }");
          document.adoptedStyleSheets = [pale];
        }"""
    )

    assert {finding.partition(" ")[0] for finding in axe(page)} == {"label", "color-contrast"}


# What the field takes for a version.


@pytest.mark.parametrize("typed", VERSION)
def test_the_field_takes_what_podman_prints(page: Page, url: str, typed: str) -> None:
    """And how people write a version; of a client and its server, the client's."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, typed)

    assert page.locator(".picker-open").text_content() == f"Podman {VERSION[typed]} rootless"


@pytest.mark.parametrize("typed", ["podman", "latest", "go version"])
def test_the_field_refuses_what_has_no_version(page: Page, url: str, typed: str) -> None:
    """The dialog stays, and the browser says what it wants."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, typed)

    assert page.locator("#picker-version:invalid").is_visible()


def test_a_pasted_version_that_has_two_backends_is_asked_for_its_own(page: Page, url: str) -> None:
    """As one that was typed."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    page.click(".picker-open")
    assert page.locator(".picker__backend").is_hidden()
    page.fill("#picker-version", "podman version 4.3.1")

    assert page.locator(".picker__backend").is_visible()


def test_the_table_tells_which_versions_have_two_backends(page: Page, url: str) -> None:
    """Nothing in the picker names a version: with another table it asks about others."""

    def other(route: Route) -> None:
        route.fulfill(body=route.fetch().text().replace("4.3-cni-root 4.3-cni-rootless ", "").replace("6.1", "9.1"))

    page.route(f"{url}es/recipes/rootless-via-host/", other)
    page.goto(f"{url}es/recipes/rootless-via-host/")
    page.click(".picker-open")
    page.fill("#picker-version", "4.3")

    assert page.locator(".picker__backend").is_hidden()
    assert page.locator("#picker-version").get_attribute("placeholder") == "9.1"


# Tabs and outputs.


def test_without_javascript_the_open_tab_and_the_first_output_belong_together(
    browser: Browser, site: Path, url: str
) -> None:
    """Both are of the environment that the recipe shows first."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        found = []
        for path in paired(site):
            page.goto(url + path)
            found += apart(page)

    assert found == []


@pytest.mark.parametrize("mode", ["root", "rootless"])
def test_the_tab_follows_the_picker(page: Page, site: Path, url: str, mode: str) -> None:
    """As does the output below it, on every page that has tabs."""
    save(page, "5.4", mode)
    found = []
    for path in paired(site):
        page.goto(url + path)
        found += apart(page, mode)

    assert found == []


def test_what_is_copied_is_the_command_of_the_readers_tab(page: Page, url: str) -> None:
    """A user without privileges doesn't copy root's."""
    save(page, "5.4")
    page.goto(f"{url}es/recipes/root-bridge/")
    shown = page.locator("#step-loopback .step__cmd >> visible=true")
    shown.locator(".md-code__button").click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == shown.get_attribute("data-copy")
    assert "--network pasta:--map-gw" in copied


def test_a_change_in_the_picker_changes_the_tab(page: Page, url: str) -> None:
    """With the line below its label, and without being remembered as picked by hand."""
    page.goto(f"{url}es/recipes/root-bridge/")
    line = "document.querySelector('#step-loopback .tabbed-set').style.getPropertyValue('--md-indicator-x')"
    wait_until(page, f"{line} !== ''")
    before = page.evaluate(line)
    choose(page, "5.4")

    assert apart(page, "rootless") == []
    wait_until(page, f"{line} !== '{before}'")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.endsWith('__tabs'))") == []


def test_a_tab_picked_by_hand_stays(page: Page, url: str) -> None:
    """With its output, until the picker changes; what is the reader's own keeps its mark."""
    save(page, "5.4")
    page.goto(f"{url}es/recipes/root-bridge/")
    page.click("#step-loopback .tabbed-labels label >> nth=0")

    assert apart(page, "root") == []
    assert "5.4-netavark-root" in page.locator("#step-loopback .step__out").first.inner_text().split()
    assert "5.4-netavark-rootless" in (page.locator(".step__out:has(.step__mine)").last.text_content() or "").split()
    choose(page, "5.8")
    assert apart(page, "rootless") == []


def test_a_tab_picked_by_hand_brings_its_output_on_the_next_page(page: Page, url: str) -> None:
    """Where no Podman was picked, the theme remembers the tab."""
    page.goto(f"{url}es/recipes/root-bridge/")
    page.click("#step-loopback .tabbed-labels label >> nth=1")
    assert apart(page, "rootless") == []
    page.reload()
    assert apart(page, "rootless") == []
    page.click("#step-loopback .tabbed-labels label >> nth=0")
    page.goto(f"{url}es/recipes/nsenter-access/")
    assert apart(page, "root") == []


def test_an_address_that_names_a_tab_opens_it(page: Page, url: str) -> None:
    """Whatever was picked: somebody sent it to be seen."""
    save(page, "5.4")
    page.goto(f"{url}es/recipes/root-bridge/#step-loopback-root")

    wait_until(page, "document.getElementById('step-loopback-root').checked")
    assert apart(page) == []


def test_forgotten_tabs_and_outputs_are_as_before(page: Page, url: str) -> None:
    """In their old order."""
    page.goto(f"{url}es/recipes/root-bridge/")
    before = page.evaluate(_PAIRS), page.locator(".step").all_inner_texts()
    choose(page, "5.4")
    assert (page.evaluate(_PAIRS), page.locator(".step").all_inner_texts()) != before
    page.click(".picker-open")
    page.click(".picker button[value=forget]")

    assert (page.evaluate(_PAIRS), page.locator(".step").all_inner_texts()) == before


def test_outputs_of_neighbors_are_open_and_not_called_the_readers(page: Page, url: str) -> None:
    """What they print is known, what the version between them prints isn't."""
    save(page, "4.9")
    page.goto(f"{url}es/recipes/rootless-via-host/")

    marked = page.locator("#step-check .step__out:has(.step__mine)")
    assert marked.evaluate_all("(all) => all.map((one) => one.open)") == [True, True]
    assert "4.3-netavark-rootless" in marked.first.inner_text().split()
    assert set(marked.locator(".step__mine").all_inner_texts()) == {"lo más cercano a tu 4.9"}
    assert "tu Podman" not in page.locator("main").inner_text()


# The page's answer.


@pytest.mark.parametrize(
    ("path", "lead", "word"),
    [
        ("es/recipes/nsenter-access/", "En tu Podman 5.4 rootless:", "se cumple: "),
        ("en/recipes/nsenter-access/", "On your rootless Podman 5.4:", "holds: "),
        ("en/recipes/dns-network/", "On your rootless Podman 5.4:", "holds: "),
    ],
)
def test_each_verdict_of_an_answer_stands_with_its_sentence(
    page: Page, url: str, path: str, lead: str, word: str
) -> None:
    """Of one claim as of several."""
    save(page, "5.4")
    page.goto(url + path)
    answers = page.locator(".mine__answer li").all_inner_texts()
    sentences = page.locator(".grid__claim[id]").all_inner_texts()

    assert page.locator(".mine__answer > p").all_inner_texts() == [lead]
    assert len(answers) == len(sentences)
    assert all(answer.startswith(word + said) for answer, said in zip(answers, sentences, strict=True))


def test_each_neighbor_answers_under_its_name(page: Page, url: str) -> None:
    """Every sentence with its verdict there."""
    save(page, "4.9", "root")
    page.goto(f"{url}en/recipes/dns-network/")

    assert page.locator(".mine__answer > p").all_inner_texts() == [
        "4.9 isn't tested: see 4.3 and 5.4.",
        "On Podman 4.3 as root:",
        "On Podman 5.4 as root:",
    ]
    assert page.locator(".mine__answer li").count() == 2 * page.locator(".grid__claim[id]").count()


# On a phone.


@pytest.mark.parametrize("width", [320, 360, 390])
@pytest.mark.parametrize(
    ("mine", "shown"),
    [
        ({"version": "5.4", "backend": "netavark", "mode": "rootless"}, "5.4 rootless"),
        ({"version": "6.1", "backend": "netavark", "mode": "root"}, "6.1 root"),
        ({"version": "4.3", "backend": "cni", "mode": "root"}, "4.3 CNI root"),
        ({"version": "4.3", "backend": "cni", "mode": "rootless"}, "4.3 CNI rootless"),
    ],
)
def test_on_a_phone_the_header_says_version_and_mode(
    browser: Browser, url: str, width: int, mine: dict[str, str], shown: str
) -> None:
    """All of it, and nothing sticks out."""
    with closing(browser.new_context(viewport={"width": width, "height": 740})) as context:
        page = context.new_page()
        page.add_init_script(f"localStorage.setItem('recetario.podman', {json.dumps(json.dumps(mine))})")
        page.goto(f"{url}es/recipes/rootless-via-host/")
        button = page.locator(".picker-open")

        assert button.inner_text() == shown
        assert button.evaluate("(one) => one.scrollWidth <= one.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = [part.bounding_box() for part in page.locator(".md-header__inner > *").all() if part.is_visible()]
    sides = sorted((box["x"], box["x"] + box["width"]) for box in boxes if box and box["width"])
    assert all(left >= 0 and right <= width for left, right in sides)
    assert all(right <= left + 1 for (_, right), (left, _) in pairwise(sides))


# Transcripts.


def test_transcripts_open_at_the_readers_podman(page: Page, url: str) -> None:
    """Alone, first, and marked."""
    page.goto(f"{url}es/transcripts/rootless-via-host/")
    order = page.locator("details.transcript").evaluate_all("(all) => all.map((one) => one.id)")
    choose(page, "5.4", "root")

    assert page.locator("details.transcript").first.get_attribute("id") == "env-5-4-netavark-root"
    assert page.locator("details.transcript[open]").evaluate_all("(all) => all.map((one) => one.id)") == [
        "env-5-4-netavark-root"
    ]
    assert "tu Podman" in page.locator("details.transcript[open] > summary").inner_text()
    page.reload()
    assert page.locator("details.transcript[open]").get_attribute("id") == "env-5-4-netavark-root"
    page.click(".picker-open")
    page.click(".picker button[value=forget]")
    assert page.locator("details.transcript").evaluate_all("(all) => all.map((one) => one.id)") == order
    assert page.locator("details.transcript[open]").get_attribute("id") == order[0]


def test_a_transcript_that_an_address_names_wins(page: Page, url: str) -> None:
    """A verdict's link opens what decided it."""
    save(page, "5.4")
    page.goto(f"{url}es/transcripts/rootless-via-host/#env-4-3-cni-root-check")

    page.locator("#env-4-3-cni-root-check").wait_for(state="visible")
    assert page.locator("#env-4-3-cni-root-check").evaluate("(one) => Math.abs(one.getBoundingClientRect().top) < 900")
    assert page.locator("#env-5-4-netavark-rootless").get_attribute("open") is None
