"""The picker "My Podman": pages show first what is true of the Podman that the reader chose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route
from support.browser import SCHEMES, SIZES, Scheme, axe, screen, wait_until

from recetario.book.environments import load_environments

pytestmark = pytest.mark.parametrize("site", ["ours"], indirect=True)
TESTED = list(dict.fromkeys(environment.podman for environment in load_environments()))
NEWEST = TESTED[-1]
PASTED = {
    '    "networkBackend": "netavark",\n      "rootless": true,\n    "Version": "5.4.2",': "Podman 5.4 rootless",
    '    "networkBackend": "cni",\n      "rootless": false,\n    "Version": "4.3.1",': "Podman 4.3 CNI como root",
    '      "rootless": true,\n    "Version": "3.0.1",': "Podman 3.0 rootless",
}
# Output of "podman version" on Linux, on macOS (whose server has another version), and before 4; and other forms.
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
# For each step with tabs: its name, the open tab, the environments of its first output, and whether that is open.
_TABS = """() => [...document.querySelectorAll(".step:has(.tabbed-set):has(.step__out)")].map((step) => {
  const first = step.querySelector(".step__out");
  return [
    step.querySelector(".step__name").textContent,
    step.querySelector(".tabbed-set > input:checked")?.id.split("-").at(-1),
    [...first.querySelectorAll(".step__envs a")].map((a) => a.textContent),
    first.open,
  ];
})"""

_JUPYTER = ["pip install jupyterlab .", "recetario kernels install", "jupyter lab"]
_IDS = "(elements) => elements.map((element) => element.id)"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of a reader who has not chosen a Podman yet."""
    with closing(browser.new_context(permissions=["clipboard-read", "clipboard-write"])) as context:
        yield context.new_page()


def several(major: str) -> tuple[str, str, list[str]]:
    """What was chosen, the message, and the versions that are marked, if only a major version was chosen."""
    tested = [version for version in TESTED if version.startswith(f"{major}.")]
    ends = list(dict.fromkeys((tested[0], tested[-1])))
    return major, f"Hay varias versiones de Podman {major}: mira la {' y la '.join(ends)}.", ends


def save(page: Page, version: str, mode: str = "rootless") -> None:
    """Store a choice in the browser, as if the reader had made it on an earlier visit."""
    choice = json.dumps({"version": version, "backend": "netavark", "mode": mode})
    page.add_init_script(f"localStorage.setItem('recetario.podman', {json.dumps(choice)})")


def pages_with_tabs(site: Path) -> list[str]:
    """Addresses of the pages with tabs for root and rootless commands."""
    pages = [page for page in sorted(site.glob("*/recipes/*/index.html")) if "data-tabs" in page.read_text("utf-8")]
    assert pages
    return [f"{page.parent.relative_to(site)}/" for page in pages]


def mismatches(page: Page, mode: str = "") -> list[tuple[str, ...]]:
    """Tabs that are not of the mode, or whose output below is not; empty if all match."""
    wrong = []
    for step, tab, environments, is_open in page.evaluate(_TABS):
        is_expected_tab = mode in ("", tab)
        output_matches = any(environment.endswith(f"-{tab}") for environment in environments)
        if not (is_expected_tab and is_open and output_matches):
            wrong.append((page.url, step, tab, *environments))
    return wrong


def choose(page: Page, version: str, mode: str = "rootless") -> None:
    """Choose a Podman in the picker."""
    page.click(".picker-open")
    page.fill("#picker-version", version)
    page.check(f"[name=mode][value={mode}]")
    page.click(".picker button[value=save]")


def test_a_notebook_says_whether_it_works_on_my_podman(page: Page, url: str) -> None:
    """Its page has a mark for each environment, as the recipe's page does, and how to get Jupyter and the kernel."""
    save(page, "5.4")
    page.goto(f"{url}es/notebooks/dns-network/")

    mine = page.locator(".where .verdict--mine")
    assert mine.evaluate_all("(marks) => marks.map((mark) => mark.dataset.environment)") == ["5.4-netavark-rootless"]
    assert page.locator(".notebook-bar code").all_inner_texts() == _JUPYTER


def test_a_page_answers_for_the_readers_podman(page: Page, url: str) -> None:
    """It shows the verdict and its reason."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "5.4.2")

    answer = " ".join(page.locator(".mine__answer").inner_text().split())
    claim = page.locator("#rootless-via-host").inner_text()
    assert answer.startswith("En tu Podman 5.4 rootless:")
    assert f"no se cumple: {claim} Desde la 5.0 el modo por defecto es" in answer
    assert page.locator("#about-rootless-via-host .marks .verdict--mine").count() == 1
    assert page.locator(".where .verdict--mine").count() == 1


def test_the_answer_is_there_when_the_dialog_closes(page: Page, url: str) -> None:
    """The page is never shown without it."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    page.click(".picker-open")
    page.fill("#picker-version", "5.4")
    answered = page.evaluate(
        """() => {
          document.querySelector(".picker button[value=save]").click();
          return [!document.querySelector(".picker").open, Boolean(document.querySelector(".mine__answer"))];
        }"""
    )

    assert answered == [True, True]


def test_a_closed_dialog_changes_nothing(page: Page, url: str) -> None:
    """Nor what was chosen before."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "5.4")
    page.click(".picker-open")
    page.fill("#picker-version", "4.3")
    page.click(".picker button[value='']")

    assert page.locator(".picker-open").text_content() == "Podman 5.4 rootless"


def test_the_choice_applies_to_both_languages(page: Page, url: str) -> None:
    """The browser stores it, without a cookie."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "5.4")
    page.goto(f"{url}en/recipes/dns-network/")

    assert page.locator(".mine__answer").inner_text().startswith("On your rootless Podman 5.4:")
    assert page.context.cookies() == []


def test_the_output_of_the_chosen_podman_comes_first(page: Page, url: str) -> None:
    """It is open, and the others below it are closed."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "4.3")

    first = page.locator("#step-check .step__out").first
    assert first.get_attribute("open") is not None
    assert "4.3-netavark-rootless" in (first.locator(".step__envs").text_content() or "")


@pytest.mark.parametrize(
    ("version", "message", "marked"),
    [
        ("4.9", "La 4.9 no está probada: mira la 4.3 y la 5.4.", ["4.3", "5.4"]),
        (f"{NEWEST}9", f"La {NEWEST}9 no está probada: mira la {NEWEST}.", [NEWEST]),
        ("2.1", "La 2.1 no está probada: mira la 3.0.", ["3.0 CNI"]),
        several("5"),
        several(NEWEST.partition(".")[0]),
        ("99", f"La 99 no está probada: mira la {NEWEST}.", [NEWEST]),
    ],
)
def test_an_untested_version_gets_the_nearest_tested_ones(
    page: Page, url: str, version: str, message: str, marked: list[str]
) -> None:
    """The page never guesses what that version does."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, version)

    assert page.locator(".mine__answer p").first.inner_text() == message
    cells = page.locator("#about-rootless-via-host .grid .verdict--mine")
    assert cells.evaluate_all("(cells) => cells.map((cell) => cell.dataset.column)") == marked


@pytest.mark.parametrize("output", PASTED)
def test_the_picker_reads_pasted_output(page: Page, url: str, output: str) -> None:
    """The output does not leave the browser."""
    page.goto(f"{url}es/recipes/dns-network/")
    page.click(".picker-open")
    page.click(".picker__unknown summary")
    page.fill("#picker-output", output)
    page.click(".picker button[value=save]")

    assert page.locator(".picker-open").text_content() == PASTED[output]


def test_the_choice_applies_to_the_page_if_it_cannot_be_stored(page: Page, url: str) -> None:
    """Some browsers refuse to store anything in private windows or because of a policy."""
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('no') }")
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, "5.4")

    assert page.locator(".mine__answer").is_visible()


def test_the_choice_can_be_forgotten(page: Page, url: str) -> None:
    """The page looks as it did before."""
    page.goto(f"{url}es/recipes/dns-network/")
    choose(page, "5.8", "root")
    page.click(".picker-open")
    page.click(".picker button[value=forget]")

    assert page.locator(".mine, .verdict--mine").count() == 0
    assert page.evaluate("localStorage.getItem('recetario.podman')") is None


def test_there_is_no_picker_without_javascript(browser: Browser, url: str) -> None:
    """All outputs are still there."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        page.goto(f"{url}es/recipes/dns-network/")

        assert not page.locator(".picker-open").is_visible()
        assert page.locator("#step-check .step__out").count() > 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_picker_is_accessible(browser: Browser, url: str, scheme: Scheme, size: str) -> None:
    """Both when it is open and afterwards, and by keyboard."""
    with screen(browser, scheme, size) as context:
        page = context.new_page()
        page.goto(f"{url}es/recipes/rootless-via-host/")
        page.locator(".picker-open").press("Enter")
        assert page.evaluate("document.activeElement.id") == "picker-version"
        page.keyboard.type("5.4")
        page.evaluate("document.querySelectorAll('.picker details').forEach((d) => d.open = true)")
        violations = axe(page)
        page.keyboard.press("Enter")
        assert page.locator(".mine__answer").is_visible()
        violations += axe(page)

    assert violations == []


def test_accessibility_problems_of_the_picker_are_found(page: Page, url: str) -> None:
    """The check detects a field without a label and text with too little contrast."""
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

    assert {violation.partition(" ")[0] for violation in axe(page)} == {"label", "color-contrast"}


# What the field accepts as a version.


@pytest.mark.parametrize("typed", VERSION)
def test_the_field_accepts_what_podman_prints(page: Page, url: str, typed: str) -> None:
    """And other common forms. If the text has the version of a client and of a server, the client's counts."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, typed)

    assert page.locator(".picker-open").text_content() == f"Podman {VERSION[typed]} rootless"


@pytest.mark.parametrize("typed", ["podman", "latest", "go version"])
def test_the_field_refuses_text_without_a_version(page: Page, url: str, typed: str) -> None:
    """The dialog stays open, and the browser explains what is wrong."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    choose(page, typed)

    assert page.locator("#picker-version:invalid").is_visible()


def test_a_version_with_two_backends_needs_a_choice(page: Page, url: str) -> None:
    """Even if it was pasted."""
    page.goto(f"{url}es/recipes/rootless-via-host/")
    page.click(".picker-open")
    assert page.locator(".picker__backend").is_hidden()
    page.fill("#picker-version", "podman version 4.3.1")

    assert page.locator(".picker__backend").is_visible()


def test_versions_with_two_backends_come_from_the_table(page: Page, url: str) -> None:
    """The picker has no versions of its own, so a changed table changes the questions."""

    def with_another_table(route: Route) -> None:
        text = route.fetch().text().replace("4.3-cni-root 4.3-cni-rootless ", "")
        route.fulfill(body=text.replace(NEWEST, "99.1"))

    page.route(f"{url}es/recipes/rootless-via-host/", with_another_table)
    page.goto(f"{url}es/recipes/rootless-via-host/")
    page.click(".picker-open")
    page.fill("#picker-version", "4.3")

    assert page.locator(".picker__backend").is_hidden()
    assert page.locator("#picker-version").get_attribute("placeholder") == "99.1"


# Tabs and outputs.


def test_tabs_match_their_outputs_without_javascript(browser: Browser, site: Path, url: str) -> None:
    """Both are of the environment that the recipe shows first."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        wrong = []
        for path in pages_with_tabs(site):
            page.goto(url + path)
            wrong += mismatches(page)

    assert wrong == []


@pytest.mark.parametrize("mode", ["root", "rootless"])
def test_tabs_follow_the_picker(page: Page, site: Path, url: str, mode: str) -> None:
    """As does the output below, on every page with tabs."""
    save(page, "5.4", mode)
    wrong = []
    for path in pages_with_tabs(site):
        page.goto(url + path)
        wrong += mismatches(page, mode)

    assert wrong == []


def test_the_copy_button_copies_the_command_of_the_open_tab(page: Page, url: str) -> None:
    """A rootless user must not copy root's command."""
    save(page, "5.4")
    page.goto(f"{url}es/recipes/root-bridge/#step-bridge")
    command = page.locator("#step-bridge .step__cmd >> visible=true")
    command.locator(".md-code__button").click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == command.get_attribute("data-copy")
    assert "ls /sys/class/net" in copied


def test_a_new_choice_changes_the_tab(page: Page, url: str) -> None:
    """The line below its label moves, too. The theme does not remember the tab, as nobody clicked it."""
    page.goto(f"{url}es/recipes/root-bridge/#step-bridge")
    line_position = "document.querySelector('#step-bridge .tabbed-set').style.getPropertyValue('--md-indicator-x')"
    wait_until(page, f"{line_position} !== ''")
    before = page.evaluate(line_position)
    choose(page, "5.4")

    assert mismatches(page, "rootless") == []
    wait_until(page, f"{line_position} !== '{before}'")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.endsWith('__tabs'))") == []


def test_a_clicked_tab_stays_until_the_next_choice(page: Page, url: str) -> None:
    """Its output is shown, while the output of the reader's Podman keeps its mark."""
    save(page, "5.4")
    page.goto(f"{url}es/recipes/root-bridge/#step-bridge")
    page.click("#step-bridge .tabbed-labels label >> nth=0")

    assert mismatches(page, "root") == []
    assert "5.4-netavark-root" in page.locator("#step-bridge .step__out").first.inner_text().split()
    assert "5.4-netavark-rootless" in (page.locator(".step__out:has(.step__mine)").last.text_content() or "").split()
    choose(page, "5.8")
    assert mismatches(page, "rootless") == []


def test_a_clicked_tab_is_open_on_the_next_page(page: Page, url: str) -> None:
    """Without a choice in the picker, the theme remembers the tab, and the output matches it."""
    page.goto(f"{url}es/recipes/root-bridge/")
    page.click("details.folded > summary")
    page.click("#step-bridge .tabbed-labels label >> nth=1")
    assert mismatches(page, "rootless") == []
    page.reload()
    assert mismatches(page, "rootless") == []
    page.click("#step-bridge .tabbed-labels label >> nth=0")
    page.goto(f"{url}es/recipes/nsenter-access/")
    assert mismatches(page, "root") == []


def test_an_address_with_a_tab_opens_it(page: Page, url: str) -> None:
    """Whatever was chosen, because links are shared to show a certain tab."""
    save(page, "5.4")
    page.goto(f"{url}es/recipes/root-bridge/#step-bridge-root")

    wait_until(page, "document.getElementById('step-bridge-root').checked")
    assert mismatches(page) == []


def test_forgetting_restores_tabs_and_outputs(page: Page, url: str) -> None:
    """Including their order."""
    page.goto(f"{url}es/recipes/root-bridge/#step-bridge")
    before = page.evaluate(_TABS), page.locator(".step").all_inner_texts()
    choose(page, "5.4")
    assert (page.evaluate(_TABS), page.locator(".step").all_inner_texts()) != before
    page.click(".picker-open")
    page.click(".picker button[value=forget]")

    assert (page.evaluate(_TABS), page.locator(".step").all_inner_texts()) == before


def test_outputs_of_the_nearest_versions_are_not_called_the_readers(page: Page, url: str) -> None:
    """They are open, but only what those versions print is known, not what the reader's does."""
    save(page, "4.9")
    page.goto(f"{url}es/recipes/rootless-via-host/")

    marked = page.locator("#step-check .step__out:has(.step__mine)")
    assert marked.evaluate_all("(outputs) => outputs.map((output) => output.open)") == [True, True]
    assert "4.3-netavark-rootless" in marked.first.evaluate("output => output.textContent").split()
    assert set(marked.locator(".step__mine").all_text_contents()) == {"lo más cercano a tu 4.9"}
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
def test_each_verdict_of_an_answer_has_its_claim(page: Page, url: str, path: str, lead: str, word: str) -> None:
    """For pages with one claim and with several."""
    save(page, "5.4")
    page.goto(url + path)
    answers = page.locator(".mine__answer li").all_inner_texts()
    claims = page.locator(".claim__text[id]").all_inner_texts()

    assert page.locator(".mine__answer > p").all_inner_texts() == [lead]
    assert len(answers) == len(claims)
    assert all(answer.startswith(word + claim) for answer, claim in zip(answers, claims, strict=True))


def test_each_of_the_nearest_versions_has_its_own_answer(page: Page, url: str) -> None:
    """With the verdicts of all claims."""
    save(page, "4.9", "root")
    page.goto(f"{url}en/recipes/dns-network/")

    assert page.locator(".mine__answer > p").all_inner_texts() == [
        "4.9 isn't tested: see 4.3 and 5.4.",
        "On Podman 4.3 as root:",
        "On Podman 5.4 as root:",
    ]
    assert page.locator(".mine__answer li").count() == 2 * page.locator(".claim__text[id]").count()


# On a phone.


@pytest.mark.parametrize("width", [320, 360, 390])
@pytest.mark.parametrize(
    ("choice", "label"),
    [
        ({"version": "5.4", "backend": "netavark", "mode": "rootless"}, "5.4 rootless"),
        ({"version": NEWEST, "backend": "netavark", "mode": "root"}, f"{NEWEST} root"),
        ({"version": "4.3", "backend": "cni", "mode": "root"}, "4.3 CNI root"),
        ({"version": "4.3", "backend": "cni", "mode": "rootless"}, "4.3 CNI rootless"),
    ],
)
def test_a_phones_header_shows_version_and_mode(
    browser: Browser, url: str, width: int, choice: dict[str, str], label: str
) -> None:
    """The label is not cut off, and nothing in the header overlaps."""
    with closing(browser.new_context(viewport={"width": width, "height": 740})) as context:
        page = context.new_page()
        page.add_init_script(f"localStorage.setItem('recetario.podman', {json.dumps(json.dumps(choice))})")
        page.goto(f"{url}es/recipes/rootless-via-host/")
        button = page.locator(".picker-open")

        assert button.inner_text() == label
        assert button.evaluate("(button) => button.scrollWidth <= button.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = [part.bounding_box() for part in page.locator(".md-header__inner > *").all() if part.is_visible()]
    sides = sorted((box["x"], box["x"] + box["width"]) for box in boxes if box and box["width"])
    assert all(left >= 0 and right <= width for left, right in sides)
    assert all(right <= left + 1 for (_, right), (left, _) in pairwise(sides))


# Transcripts.


def test_the_transcript_of_the_chosen_podman_is_open_and_first(page: Page, url: str) -> None:
    """It is the only open one, and is marked."""
    page.goto(f"{url}es/transcripts/rootless-via-host/")
    order = page.locator("details.transcript").evaluate_all(_IDS)
    choose(page, "5.4", "root")

    assert page.locator("details.transcript").first.get_attribute("id") == "env-5-4-netavark-root"
    assert page.locator("details.transcript[open]").evaluate_all(_IDS) == ["env-5-4-netavark-root"]
    assert "tu Podman" in page.locator("details.transcript[open] > summary").inner_text()
    page.reload()
    assert page.locator("details.transcript[open]").get_attribute("id") == "env-5-4-netavark-root"
    page.click(".picker-open")
    page.click(".picker button[value=forget]")
    assert page.locator("details.transcript").evaluate_all(_IDS) == order
    assert page.locator("details.transcript[open]").get_attribute("id") == order[0]


def test_an_address_with_a_transcript_opens_it(page: Page, url: str) -> None:
    """Whatever was chosen, because a verdict links the transcript that decided it."""
    save(page, "5.4")
    page.goto(f"{url}es/transcripts/rootless-via-host/#env-4-3-cni-root-check")

    page.locator("#env-4-3-cni-root-check").wait_for(state="visible")
    assert page.locator("#env-4-3-cni-root-check").evaluate(
        "(step) => Math.abs(step.getBoundingClientRect().top) < 900"
    )
    assert page.locator("#env-5-4-netavark-rootless").get_attribute("open") is None
