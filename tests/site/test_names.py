"""In a fix, readers type names of their own once, and copy commands that have them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page
from support.browser import SCHEMES, SIZES, Scheme, axe, screen

from recetario.book.fields import PATTERNS, Kind

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]
PAGE = "en/recipes/networks-open/"  # it has names, a port and an image
# Each could be more than one word, another command, or an option; or it is not what the field is for.
HOSTILE = [
    *("two words", " ", "a;reboot", "a; reboot", "a|b", "a&b", "a&&b", "$(reboot)", "${HOME}", "$HOME", "`reboot`"),
    *("a'b", 'a"b', "a\\b", "a\nreboot", "a\treboot", "a\rb", "a\x00b", "a\x1b[2Jb", "a\u202egpj", "a\u200bb"),
    *("--force", "-v/:/host", "../up", "~root", "a>b", "a<b", "a*", "a?b", "[ab]", "{a,b}", "!!", "#a", "ñandú", "a=b"),
    *("x" * 300, "0", "70000", "80; rm", "08080", "1e3", "+80", "localhost:5000/a:b:c", "nginx:", "nginx@sha256:00"),
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab whose clipboard can be read."""
    with closing(browser.new_context(permissions=["clipboard-read", "clipboard-write"])) as context:
        yield context.new_page()


def open_fields(page: Page, address: str) -> None:
    """Go to a page, and open its fields."""
    page.goto(address)
    page.click(".fields > summary")


def copied(page: Page, selector: str = ".fix .step__cmd") -> list[str]:
    """What the copy buttons of visible commands put on the clipboard."""
    texts = []
    for command in page.locator(selector).all():
        if command.is_visible():
            command.locator(".md-code__button").click()
            texts.append(page.evaluate("navigator.clipboard.readText()"))
    return texts


def test_copied_commands_have_the_readers_names(page: Page, url: str) -> None:
    """In the fix, in its check, and in what the check prints; an image replaces ours with its arguments."""
    open_fields(page, url + PAGE)
    for role, value in {"container": "api", "network": "shop", "port": "9000", "image": "me/api:1"}.items():
        page.fill(f"[name={role}]", value)

    fix, check = copied(page), copied(page, ".worked .step__cmd")
    assert fix[-1].splitlines() == [
        "podman stop api",
        "podman rename api api-old",
        "podman run --detach --name api --network shop --publish 9000:8080 me/api:1",
    ]
    assert ":9000/" in check[0]


def test_how_it_was_tested_keeps_our_names(page: Page, url: str) -> None:
    """What deletes is there."""
    page.goto(url + PAGE)
    before = page.locator(".folded .step__cmd").evaluate_all("all => all.map((e) => [e.dataset.copy, e.textContent])")
    page.click(".fields > summary")
    page.fill("[name=container]", "api")

    after = page.locator(".folded .step__cmd").evaluate_all("all => all.map((e) => [e.dataset.copy, e.textContent])")
    assert after == before != []


@pytest.mark.parametrize(("role", "kind"), [("container", Kind.NAME), ("port", Kind.PORT), ("image", Kind.IMAGE)])
def test_nothing_hostile_is_copied(page: Page, url: str, role: str, kind: Kind) -> None:
    """A command is unchanged, or has one safe word more; the page says what is allowed."""
    open_fields(page, url + PAGE)
    field = page.locator(f".fields [name={role}]")
    ours = _copies(page)
    wrong = []
    for value in HOSTILE:
        field.evaluate("(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value)
        typed = field.evaluate("input => input.value.trim()")  # the browser removes line ends
        safe = (
            re.fullmatch(PATTERNS[kind], typed) is not None and re.fullmatch(r"[\w./:@-]+", typed, re.ASCII) is not None
        )
        invalid = field.get_attribute("aria-invalid") == "true"
        if invalid != (bool(typed) and not safe) or (_copies(page) != ours and not safe):
            wrong.append((value, typed, _copies(page)))
        field.fill("")

    assert wrong == []


def _copies(page: Page) -> list[str]:
    """What the copy buttons of the fix would copy."""
    copies: list[str] = page.locator(".fix .step__cmd").evaluate_all("all => all.map((e) => e.dataset.copy)")
    return copies


def test_an_invalid_value_leaves_the_last_valid_one(page: Page, url: str) -> None:
    """In the commands, until it is valid again."""
    open_fields(page, url + PAGE)
    for value, expected in {"api": "podman stop api", "api 2": "podman stop api", "api2": "podman stop api2"}.items():
        page.fill("[name=container]", value)

        assert copied(page)[-1].splitlines()[0] == expected


def test_two_fields_cannot_have_the_same_value(page: Page, url: str) -> None:
    """A container would be renamed to what another one is called."""
    open_fields(page, url + PAGE)
    page.fill("[name=network]", "networks-open-d")

    assert page.inner_text(".fields__said") == "The network: another field already has this value."
    assert "networks-open-c" in copied(page)[-1]


def test_an_empty_field_has_our_name_again(page: Page, url: str) -> None:
    """As if nothing had been typed."""
    open_fields(page, url + PAGE)
    before = copied(page)
    page.fill("[name=image]", "nginx")
    page.fill("[name=image]", "")

    assert copied(page) == before
    assert page.evaluate("localStorage.getItem('recetario.names')") == "{}"


def test_names_stay_for_the_next_page(page: Page, url: str) -> None:
    """In both languages."""
    open_fields(page, url + PAGE)
    page.fill("[name=container]", "api")
    page.goto(f"{url}es/recipes/dns-inspect/")

    assert copied(page)[0].endswith(" api")


@pytest.mark.parametrize(
    "stored",
    ['{"container": "a; reboot"}', '{"container": 7}', '["api"]', '"api"', "null", "{", '{"container": {"a": 1}}'],
)
def test_what_another_version_stored_is_ignored(page: Page, url: str, stored: str) -> None:
    """If it is not a valid name."""
    page.add_init_script(f"localStorage.setItem('recetario.names', {json.dumps(stored)})")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url + PAGE)

    assert "podman stop networks-open-web" in copied(page)[-1]
    assert errors == []


def test_without_storage_names_are_only_for_this_page(page: Page, url: str) -> None:
    """A browser can refuse to store anything."""
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('off') }")
    open_fields(page, url + PAGE)
    page.fill("[name=container]", "api")

    assert "podman stop api\n" in copied(page)[-1]


def test_without_javascript_there_are_no_fields(browser: Browser, url: str) -> None:
    """Commands have our names."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        tab = context.new_page()
        tab.goto(url + PAGE)

        assert not tab.locator(".fields").is_visible()
        assert "podman stop networks-open-web" in tab.locator(".fix").inner_text()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_fields_are_accessible(browser: Browser, url: str, scheme: Scheme, size: str) -> None:
    """Open, with a valid and an invalid value."""
    with screen(browser, scheme, size) as context:
        tab = context.new_page()
        open_fields(tab, url + PAGE)
        tab.fill("[name=container]", "api")
        tab.fill("[name=port]", "0")

        assert tab.locator("[name=port]").get_attribute("aria-invalid") == "true"
        assert axe(tab) == []
        assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_fields_are_ready_to_type_when_they_open(page: Page, url: str) -> None:
    """Enter leads from one to the next, and from the last to the first copy button."""
    page.goto(url + PAGE)
    page.evaluate("navigator.clipboard.writeText('nothing was copied')")  # all tests share one clipboard
    page.click(".fields > summary")
    for value in ("api", "shop", "9000", "lan", "me/api:1"):
        page.keyboard.type(value)
        page.keyboard.press("Enter")
    assert page.evaluate("navigator.clipboard.readText()") == "nothing was copied"
    page.keyboard.press("Enter")

    assert page.evaluate("navigator.clipboard.readText()") == copied(page)[0]
    assert "--name api --network shop --publish 9000:8080 me/api:1" in copied(page)[-1]


def test_the_keyboard_opens_and_closes_the_fields(page: Page, url: str) -> None:
    """As any other section that opens."""
    page.goto(url + PAGE)
    page.focus(".fields > summary")
    page.keyboard.press("Enter")
    page.keyboard.type("api")
    assert page.locator("[name=container]").input_value() == "api"

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    assert not page.locator("[name=container]").is_visible()


def test_all_that_a_reader_replaces_is_underlined(page: Page, url: str) -> None:
    """Also words with hyphens, before and after she typed."""
    lines = "all => all.map((e) => getComputedStyle(e).textDecorationLine)"
    page.goto(url + PAGE)
    before = page.locator(".fix .name > .token").evaluate_all(lines)
    page.click(".fields > summary")
    page.fill("[name=container]", "my-api")

    assert set(before) == set(page.locator(".fix .name > .token").evaluate_all(lines)) == {"underline"}


def test_a_name_with_a_hyphen_stays_on_one_line(page: Page, url: str) -> None:
    """As ours do."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_fields(page, url + PAGE)
    for length in range(1, 25):
        page.fill("[name=container]", f"{'x' * length}-api")
        lines = page.locator(".fix [data-role=container]").evaluate_all(
            "all => all.map((e) => e.getClientRects().length)"
        )

        assert set(lines) == {1}
