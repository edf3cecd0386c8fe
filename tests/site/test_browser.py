"""The built site in a real Chromium."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.browser import SCHEMES, SIZES, axe
from support.site_pages import kinds

from recetario.site.html.csp import with_policy, without_policy

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_kind_of_page_is_sound(browser: Browser, site: Path, url: str, scheme: str, size: str) -> None:
    """Axe finds nothing, no request leaves, the console is silent, no cookie is set, nothing scrolls sideways."""
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    with closing(browser.new_context(color_scheme=scheme, viewport=viewport)) as context:
        wrong = [fault for path in kinds(site) for fault in _faults(context.new_page(), url, path)]
        cookies = context.cookies()

    assert wrong == []
    assert cookies == []


def _faults(tab: Page, url: str, path: str) -> list[str]:
    """What is wrong with one page, in words."""
    found: list[str] = []
    tab.on("request", lambda request: request.url.startswith(url) or found.append(f"asks {request.url}"))
    tab.on("console", lambda message: found.append(f"says {message.text}"))
    tab.on("pageerror", lambda error: found.append(f"fails: {error}"))
    if path == "":  # it would send the reader on
        tab.route(url, lambda route: route.fulfill(body=_staying(route.fetch().text())))
    with tab.expect_response(lambda response: response.url == url + path):
        tab.goto(url + path)
    tab.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    found += axe(tab)
    if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    tab.close()
    return [f"/{path} {fault}" for fault in found if "404 (" not in fault or "404" not in path]


def test_what_a_page_must_not_do_is_found(tab: Page, url: str) -> None:
    """The check can say no: a picture from elsewhere, a word on the console, a script that fails, a wide line."""
    faults = """<img src="http://127.0.0.1:9/elsewhere.png" alt=""><div style="width: 3000px">wide</div>
      <script>console.log("hello"); nothing();</script>"""
    tab.route(
        f"{url}es/",
        lambda route: route.fulfill(
            body=without_policy(route.fetch().text()).replace("</body>", f"{faults}</body>", 1)
        ),
    )

    found = "\n".join(_faults(tab, url, "es/"))

    for words in ("asks http://127.0.0.1:9/elsewhere.png", "says hello", "fails: nothing is not", "scrolls sideways"):
        assert words in found


def _staying(page: str) -> str:
    """The page to choose a language, without what sends its reader on."""
    return with_policy(page.replace("location.replace", "void"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_opens_is_accessible_too(browser: Browser, url: str, scheme: str, size: str) -> None:
    """Search with results, the menu of a phone, the word that something was copied."""
    width, height = SIZES[size]
    still = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": height}}
    found = []
    with closing(browser.new_context(**still)) as context:
        tab = context.new_page()
        tab.goto(f"{url}es/")
        tab.keyboard.press("/")
        tab.keyboard.type("podman red")
        tab.wait_for_selector(".md-search-result__item")
        assert tab.input_value(".md-search__input") == "podman red"
        found += axe(tab)
        tab.keyboard.press("Escape")
        if size == "phone":
            tab.get_by_role("button", name="Menú").click()
            found += axe(tab)
            tab.keyboard.press("Escape")
        if command := next(iter(_with_commands(tab, url)), ""):
            tab.goto(command)
            tab.locator(".md-code__button").first.click()
            tab.wait_for_selector(".md-dialog--active")
            # For two seconds the word lies over whatever link is below it, which then has no room of its own.
            found += [finding for finding in axe(tab) if not finding.startswith("target-size")]

    assert found == []


def _with_commands(tab: Page, url: str) -> list[str]:
    """Pages that the sitemap names and that have commands to copy."""
    addresses = tab.evaluate(
        "fetch('sitemap.xml').then((r) => r.text()).then((t) => [...t.matchAll(/<loc>([^<]*)/g)].map((m) => m[1]))"
    )
    paths = [urlsplit(address).path for address in addresses]
    return [url.rstrip("/") + path for path in paths if "/sample/blocks" in path or "/recipes/dns" in path]


def test_the_language_switch_stays_on_the_page(tab: Page, site: Path, url: str) -> None:
    """From each kind of page to the same page, and back."""
    for path in kinds(site):
        if not path.startswith("es/") or path.endswith(".html"):
            continue
        tab.goto(url + path)
        tab.click(".language")
        assert tab.url == url + path.replace("es/", "en/", 1)
        tab.click(".language")
        assert tab.url == url + path


def test_copy_yields_exactly_the_command(browser: Browser, site: Path, url: str) -> None:
    """Every copy button of every page: the clipboard holds the command, or a notebook's cell; outputs have none."""
    pages = [page for page in sorted(site.rglob("index.html")) if "step__cmd" in page.read_text("utf-8")]
    copied: list[tuple[str | None, str]] = []
    with closing(browser.new_context(permissions=["clipboard-read", "clipboard-write"])) as context:
        tab = context.new_page()
        for page in pages:
            tab.goto(f"{url}{page.parent.relative_to(site)}/")
            cells = _cells(page.parent)
            for command in tab.locator(".step__cmd:not(.step__cmd--lab)").all():
                command.evaluate(_SHOW)
                command.locator(".md-code__button").click()
                wanted = command.get_attribute("data-copy") or cells.get(command.evaluate(_STEP_ID))
                copied.append((wanted, tab.evaluate("navigator.clipboard.readText()")))
            assert tab.locator(".no-copy .md-code__button").count() == 0

    assert copied
    assert [pair for pair in copied if pair[0] != pair[1]] == []


def _cells(folder: Path) -> dict[str, str]:
    """The code of a notebook's cells by the id of its step on the notebook's page; nothing for other pages."""
    notebooks = [nbformat.read(path, as_version=4) for path in folder.glob("*.ipynb")]
    return {f"step-{cell.id}": cell.source for notebook in notebooks for cell in notebook.cells}


_STEP_ID = "(command) => command.closest('.step').id"
# Opens the tab that a command is in.
_SHOW = """(command) => {
  const block = command.closest(".tabbed-block");
  if (!block) return;
  const index = [...block.parentElement.children].indexOf(block);
  block.closest(".tabbed-set").querySelectorAll(":scope > input")[index].click();
}"""


def test_a_long_command_stays_clear_of_its_copy_button(browser: Browser, site: Path, url: str) -> None:
    """On a phone it wraps, and ends before the button begins."""
    page = next(page for page in sorted(site.rglob("index.html")) if "step__cmd" in page.read_text("utf-8"))
    with closing(browser.new_context(viewport={"width": 390, "height": 844})) as context:
        tab = context.new_page()
        tab.goto(f"{url}{page.parent.relative_to(site)}/")
        commands = [command for command in tab.locator(".step__cmd").all() if command.is_visible()]

        assert [command.get_attribute("data-copy") for command in commands if _covered(command)] == []


def _covered(command: Locator) -> bool:
    """Whether any of the command's text lies under the button, or outside of its box."""
    return bool(
        command.evaluate(
            """(command) => {
              const code = command.querySelector("code");
              const button = command.querySelector(".md-code__button").getBoundingClientRect();
              const range = document.createRange();
              range.selectNodeContents(code);
              const lines = [...range.getClientRects()];
              return code.scrollWidth > code.clientWidth || lines.some((line) => line.right > button.left);
            }"""
        )
    )


@pytest.mark.parametrize(("locale", "lands"), [("es-ES", "es/"), ("en-GB", "en/"), ("de-DE", "es/")])
def test_the_root_sends_readers_on_by_their_language(browser: Browser, url: str, locale: str, lands: str) -> None:
    """To Spanish where the browser asks for neither."""
    with closing(browser.new_context(locale=locale)) as context:
        tab = context.new_page()
        tab.goto(url)
        tab.wait_for_url(url + lands)


def test_without_javascript_both_languages_are_there(browser: Browser, url: str) -> None:
    """The root offers them, and their switch works."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        tab = context.new_page()
        tab.goto(url)
        tab.click("text=English")
        assert tab.url == f"{url}en/"
        tab.click(".language")
        assert tab.url == f"{url}es/"


def test_a_page_that_is_not_there_answers_in_both_languages(tab: Page, url: str) -> None:
    """At any depth, with links that work from there."""
    response = tab.goto(f"{url}es/recipes/nothing/here/")

    assert response is not None and response.status == 404
    assert tab.locator("main [lang=es]").count() and tab.locator("main [lang=en]").count()
    tab.click("text=Go to the home page")
    assert urlsplit(tab.url).path == "/en/"


def test_on_paper_every_output_is_there(tab: Page, site: Path, url: str) -> None:
    """Also what is folded, and nothing that only a screen has."""
    page = next(page for page in sorted(site.rglob("index.html")) if "step__out" in page.read_text("utf-8"))
    tab.goto(f"{url}{page.parent.relative_to(site)}/")
    outputs = tab.locator(".step__out pre")
    assert not all(output.is_visible() for output in outputs.all())
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")  # as browsers do, but not for what is emulated

    expect(tab.locator(".step__out:not([open])")).to_have_count(0)
    assert all(output.is_visible() for output in outputs.all())
    for only in (".md-header", ".md-tabs", ".md-sidebar", ".md-footer", ".md-code__button"):
        assert tab.locator(f"{only} >> visible=true").count() == 0, only


def test_search_ignores_accents(tab: Page, url: str) -> None:
    """Somebody who types "direccion" finds «dirección»."""
    tab.goto(f"{url}es/")
    tab.keyboard.press("/")
    tab.keyboard.type("direccion")

    tab.wait_for_selector(".md-search-result__item")


def test_on_a_phone_menu_and_search_open_by_keyboard(browser: Browser, url: str) -> None:
    """Closed, they take no focus; Escape closes them and gives it back."""
    with closing(browser.new_context(viewport={"width": 390, "height": 844})) as context:
        tab = context.new_page()
        tab.goto(f"{url}es/")
        for name, inside in (("Menú", ".md-sidebar--primary"), ("Buscar", ".md-search__inner")):
            button = tab.get_by_role("button", name=name)
            assert tab.locator(inside).first.evaluate("(e) => getComputedStyle(e).visibility") == "hidden"
            button.press("Enter")
            assert button.get_attribute("aria-expanded") == "true"
            tab.locator(inside).first.wait_for(state="visible")
            tab.keyboard.press("Escape")
            tab.wait_for_selector("[aria-expanded=false]:focus")
