"""The built site in a real Chromium: accessibility, language switch, copying, printing, search."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from support.browser import SCHEMES, SIZES, Scheme, axe, screen
from support.site_pages import in_turns, kinds

from recetario.site.html.csp import with_policy, without_policy

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_kind_of_page_has_no_problems(browser: Browser, site: Path, url: str, scheme: Scheme, size: str) -> None:
    """Of accessibility, requests to elsewhere, messages in the console, cookies or scrolling sideways.

    Our Spanish is light and our English dark: what one language can break is the same in both schemes.
    """
    pages, home = kinds(site), {"light": "es/", "dark": "en/"}[scheme]
    if home in pages:  # sample pages are in one language only
        pages = [path for path in pages if path.startswith(home) or path in ("", "404.html")]
    with screen(browser, scheme, size) as context:
        problems = [problem for path in pages for problem in _problems(context.new_page(), url, path)]
        cookies = context.cookies()

    assert problems == []
    assert cookies == []


def _problems(tab: Page, url: str, path: str) -> list[str]:
    """The problems of one page, each as a sentence."""
    problems: list[str] = []
    tab.on("request", lambda request: problems.extend(_elsewhere(request.url, url)))
    tab.on("console", lambda message: problems.append(f"logs {message.text}"))
    tab.on("pageerror", lambda error: problems.append(f"raises {error}"))
    if path == "":  # it would redirect before anything can be checked
        tab.route(url, lambda route: route.fulfill(body=_without_redirect(route.fetch().text())))
    with tab.expect_response(lambda response: response.url == url + path):
        tab.goto(url + path)
    tab.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    problems += axe(tab)
    if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
        problems.append("scrolls sideways")
    tab.close()
    # Chromium logs the status of the 404 page.
    return [f"/{path} {problem}" for problem in problems if "404 (" not in problem or "404" not in path]


def _elsewhere(address: str, url: str) -> list[str]:
    """The problem of a request that does not go to this site, if it is one."""
    return [] if address.startswith(url) else [f"requests {address}"]


def test_problems_of_a_page_are_found(tab: Page, url: str) -> None:
    """The check detects a picture from elsewhere, a logged message, an exception and a line that is too wide."""
    additions = """<img src="http://127.0.0.1:9/elsewhere.png" alt=""><div style="width: 3000px">wide</div>
      <script>console.log("hello"); nothing();</script>"""
    tab.route(
        f"{url}es/",
        lambda route: route.fulfill(
            body=without_policy(route.fetch().text()).replace("</body>", f"{additions}</body>", 1)
        ),
    )

    problems = "\n".join(_problems(tab, url, "es/"))

    assert "requests http://127.0.0.1:9/elsewhere.png" in problems
    assert "logs hello" in problems
    assert "raises nothing is not" in problems
    assert "scrolls sideways" in problems


def _without_redirect(page: str) -> str:
    """The page to choose a language, without the script that redirects to one."""
    return with_policy(page.replace("location.replace", "void"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_search_menu_and_messages_are_accessible(browser: Browser, url: str, scheme: Scheme, size: str) -> None:
    """Search results, a phone's menu, and the message after copying."""
    width, height = SIZES[size]
    viewport: ViewportSize = {"width": width, "height": height}
    violations = []
    with closing(browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport=viewport)) as context:
        tab = context.new_page()
        tab.goto(f"{url}es/")
        tab.keyboard.press("/")
        tab.keyboard.type("podman red")
        tab.wait_for_selector(".md-search-result__item")
        assert tab.input_value(".md-search__input") == "podman red"
        violations += axe(tab)
        tab.keyboard.press("Escape")
        if size == "phone":
            tab.get_by_role("button", name="Menú").click()
            violations += axe(tab)
            tab.keyboard.press("Escape")
        if command := next(iter(_pages_with_commands(tab, url)), ""):
            tab.goto(command)
            tab.locator(".md-code__button").first.click()
            tab.wait_for_selector(".md-dialog--active")
            # For two seconds, the message covers a part of any link below it, which is then too small.
            violations += [violation for violation in axe(tab) if not violation.startswith("target-size")]

    assert violations == []


def _pages_with_commands(tab: Page, url: str) -> list[str]:
    """Addresses of pages in the sitemap that have commands to copy."""
    addresses = tab.evaluate(
        "fetch('sitemap.xml').then((r) => r.text()).then((t) => [...t.matchAll(/<loc>([^<]*)/g)].map((m) => m[1]))"
    )
    paths = [urlsplit(address).path for address in addresses]
    return [url.rstrip("/") + path for path in paths if "/sample/blocks" in path or "/recipes/dns" in path]


def test_the_language_switch_stays_on_the_page(tab: Page, site: Path, url: str) -> None:
    """For each kind of page, to the other language and back."""
    for path in kinds(site):
        if not path.startswith("es/") or path.endswith(".html"):
            continue
        tab.goto(url + path)
        tab.click(".language")
        assert tab.url == url + path.replace("es/", "en/", 1)
        tab.click(".language")
        assert tab.url == url + path


def test_copy_buttons_copy_the_exact_command(browser: Browser, site: Path, url: str) -> None:
    """On every page, in one language each. On a notebook's page, they copy the cell. Outputs have no copy buttons."""
    pages = in_turns(f"{page.relative_to(site)}/" for page in _with_commands(site))
    wrong = {}
    with closing(browser.new_context(permissions=_CLIPBOARD)) as context:
        tab = context.new_page()
        for page in pages:
            tab.goto(url + page)
            copied = tab.evaluate(_COPY_EACH, _cells(site / page))
            assert tab.locator(".no-copy .md-code__button").count() == 0
            assert copied, page
            wrong[page] = [pair for pair in copied if pair[0] != pair[1]]

    assert [pairs for pairs in wrong.values() if pairs] == []


@pytest.mark.smoke
def test_a_click_on_a_copy_button_copies(browser: Browser, site: Path, url: str) -> None:
    """On one page of each kind, each button is visible once its tab is selected, and nothing covers it."""
    kinds_with_commands = {page.parent: page for page in _with_commands(site)}
    copied = []
    with closing(browser.new_context(permissions=_CLIPBOARD)) as context:
        tab = context.new_page()
        for page in kinds_with_commands.values():
            tab.goto(f"{url}{page.relative_to(site)}/")
            tab.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
            for command in tab.locator(".step__cmd:not(.step__cmd--lab)").all():
                command.evaluate(_SELECT_TAB)
                command.locator(".md-code__button").click()
                expected = command.get_attribute("data-copy") or _cells(page).get(command.evaluate(_STEP_ID))
                copied.append((expected, tab.evaluate("navigator.clipboard.readText()")))

    assert copied
    assert [(expected, clipboard) for expected, clipboard in copied if expected != clipboard] == []


def _with_commands(site: Path) -> list[Path]:
    """The folders of pages that have a command to copy."""
    pages = sorted(site.rglob("index.html"))
    return [page.parent for page in pages if 'class="step__cmd"' in page.read_text("utf-8")]


def _cells(folder: Path) -> dict[str, str]:
    """The code of a notebook's cells by the id of the step on its page; empty for other pages."""
    notebooks = [nbformat.read(path, as_version=4) for path in folder.glob("*.ipynb")]
    return {f"step-{cell.id}": cell.source for notebook in notebooks for cell in notebook.cells}


_CLIPBOARD = ["clipboard-read", "clipboard-write"]
_STEP_ID = "(command) => command.closest('.step').id"
# Selects the tab that contains a command.
_SELECT_TAB = """(command) => {
  const block = command.closest(".tabbed-block");
  if (!block) return;
  const index = [...block.parentElement.children].indexOf(block);
  block.closest(".tabbed-set").querySelectorAll(":scope > input")[index].click();
}"""
# Presses all buttons of a page, and returns what each should copy and what is then in the clipboard.
_COPY_EACH = """async (cells) => {
  const copied = [];
  for (const command of document.querySelectorAll(".step__cmd:not(.step__cmd--lab)")) {
    await navigator.clipboard.writeText("nothing was copied");
    command.querySelector(".md-code__button").click();
    const expected = command.dataset.copy ?? cells[command.closest(".step").id];
    copied.push([expected, await navigator.clipboard.readText()]);
  }
  return copied;
}"""


def test_a_long_command_does_not_run_under_its_copy_button(browser: Browser, site: Path, url: str) -> None:
    """On a phone, it wraps before the button."""
    page = next(page for page in sorted(site.rglob("index.html")) if "step__cmd" in page.read_text("utf-8"))
    with closing(browser.new_context(viewport={"width": 390, "height": 844})) as context:
        tab = context.new_page()
        tab.goto(f"{url}{page.parent.relative_to(site)}/")
        commands = [command for command in tab.locator(".step__cmd").all() if command.is_visible()]

        assert [command.get_attribute("data-copy") for command in commands if _runs_under_button(command)] == []


def _runs_under_button(command: Locator) -> bool:
    """Whether any of the command's text is under the button, or outside of its box."""
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


@pytest.mark.parametrize(("locale", "path"), [("es-ES", "es/"), ("en-GB", "en/"), ("de-DE", "es/")])
def test_the_root_redirects_to_the_browsers_language(browser: Browser, url: str, locale: str, path: str) -> None:
    """Spanish is the default for other languages."""
    with closing(browser.new_context(locale=locale)) as context:
        tab = context.new_page()
        tab.goto(url)
        tab.wait_for_url(url + path)


def test_both_languages_work_without_javascript(browser: Browser, url: str) -> None:
    """The root links both, and the language switch works."""
    with closing(browser.new_context(java_script_enabled=False)) as context:
        tab = context.new_page()
        tab.goto(url)
        tab.click("text=English")
        assert tab.url == f"{url}en/"
        tab.click(".language")
        assert tab.url == f"{url}es/"


def test_the_404_page_is_in_both_languages(tab: Page, url: str) -> None:
    """Its links work at any depth."""
    response = tab.goto(f"{url}es/recipes/nothing/here/")

    assert response is not None and response.status == 404
    assert tab.locator("main [lang=es]").count() and tab.locator("main [lang=en]").count()
    tab.click("text=Go to the home page")
    assert urlsplit(tab.url).path == "/en/"


def test_print_shows_every_output(tab: Page, site: Path, url: str) -> None:
    """Even closed ones, and without menus and buttons."""
    page = next(page for page in sorted(site.rglob("index.html")) if "step__out" in page.read_text("utf-8"))
    tab.goto(f"{url}{page.parent.relative_to(site)}/")
    outputs = tab.locator(".step__out pre")
    assert not all(output.is_visible() for output in outputs.all())
    tab.emulate_media(media="print")
    tab.evaluate(
        "dispatchEvent(new Event('beforeprint'))"
    )  # browsers send it before they print, but not for emulated media

    expect(tab.locator(".step__out:not([open])")).to_have_count(0)
    assert all(output.is_visible() for output in outputs.all())
    for screen_only in (".md-header", ".md-tabs", ".md-sidebar", ".md-footer", ".md-code__button"):
        assert tab.locator(f"{screen_only} >> visible=true").count() == 0, screen_only


def test_search_ignores_accents(tab: Page, url: str) -> None:
    """A query without accents, such as "direccion", finds «dirección»."""
    tab.goto(f"{url}es/")
    tab.keyboard.press("/")
    tab.keyboard.type("direccion")

    tab.wait_for_selector(".md-search-result__item")


def test_on_a_phone_menu_and_search_open_by_keyboard(browser: Browser, url: str) -> None:
    """While they are closed, nothing in them can be focused. Escape closes them, and focuses their button again."""
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
