"""Tabs of three engines, which tests use in the same way: Chromium, Debian's Firefox, and WebKitGTK."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Protocol

from marionette_driver import errors
from marionette_driver.marionette import Marionette
from playwright.sync_api import Browser, Error, Page, ViewportSize
from selenium import webdriver
from selenium.common import ElementClickInterceptedException, WebDriverException
from selenium.webdriver.common.keys import Keys
from support.browser import installed

__all__ = ["Tab", "chromium_tab", "firefox_tab", "pasted", "wait_until", "webkitgtk_tab"]

_WIDTH, _HEIGHT = 1280, 900

# WebKitGTK's driver has no log, and an automated MiniBrowser prints no console, so pages that it opens begin with this.
# It hears what pages say and what goes wrong in them, but nothing that only the engine itself would add.
_LISTENER = """<script>
  window.heard = [];
  const hear = (...words) => { heard.push(words.map(String).join(" ")); };
  for (const level of ["debug", "log", "info", "warn", "error"]) console[level] = hear;
  addEventListener("error", ({ message, target }) => hear(message ?? `cannot load ${target.src ?? target.href}`), true);
  addEventListener("unhandledrejection", ({ reason }) => hear(reason));
  addEventListener("securitypolicyviolation", ({ violatedDirective }) => hear(violatedDirective, "forbids something"));
</script>"""
_HEARD = "return window.heard?.splice(0) ?? []"

# The console of the process in which Firefox runs the site's pages, without what its own code there says.
_FIREFOX_CONSOLE = """
  const calls = Cc["@mozilla.org/consoleAPI-storage;1"].getService(Ci.nsIConsoleAPIStorage);
  const messages = [
    ...calls.getEvents().map((call) => call.arguments.map(String).join(" ")),
    ...Services.console.getMessageArray()
      .filter((said) => !(said instanceof Ci.nsIScriptError && /^(chrome|resource):/.test(said.sourceName)))
      .map(({ message }) => message),
  ];
  calls.clearEvents();
  Services.console.reset();
  return messages;
"""


# Not all engines scroll far enough to bring an element out from under the site's header.
_IN_THE_MIDDLE = """((element) => { element?.scrollIntoView({ block: "center" }); return element; })(
  [...document.querySelectorAll(%r)].filter((element) => element.checkVisibility()).at(%d))"""


class Tab(Protocol):
    """What a reader does in a tab.

    Attributes:
        first: HTML that each page must begin with.
    """

    first: str

    def open(self, address: str) -> None:
        """Go to a page, and wait until it has loaded."""

    def click(self, selector: str, index: int = 0) -> None:
        """Click one of the visible elements of a kind with the mouse, as soon as there is any."""

    def type(self, text: str) -> None:
        """Type where the focus is."""

    def press(self, keys: str) -> None:
        """Press a key, or two together: ``Control+v``."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression."""

    def messages(self) -> list[str]:
        """What the console has shown since this was last asked."""


class _Chromium:
    """A tab of Chromium, through Playwright."""

    first = ""

    def __init__(self, page: Page) -> None:
        self._page, self._messages = page, list[str]()
        page.on("console", lambda message: self._messages.append(message.text))
        page.on("pageerror", lambda error: self._messages.append(str(error)))

    def open(self, address: str) -> None:
        self._page.goto(address)

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)

    def press(self, keys: str) -> None:
        self._page.keyboard.press(keys)

    def evaluate(self, expression: str) -> Any:
        return self._page.evaluate(expression)

    def click(self, selector: str, index: int = 0) -> None:
        self._page.locator(f"{selector} >> visible=true").nth(index).click()

    def messages(self) -> list[str]:
        messages, self._messages[:] = [*self._messages], []
        return messages


class _Driven:
    """A tab of a driver with WebDriver's commands, which selenium and Marionette call by the same names.

    Args:
        driver: The driver.
        go: Goes to an address.
        heard: Says what the console of this page has shown since it was last asked.
        first: HTML that each page must begin with.
    """

    def __init__(
        self, driver: Any, go: Callable[[str], object], heard: Callable[[], list[str]], first: str = ""
    ) -> None:
        self._driver, self._go, self._heard, self.first = driver, go, heard, first
        self._messages: list[str] = []

    def open(self, address: str) -> None:
        self._messages += self._heard()
        self._go(address)

    def click(self, selector: str, index: int = 0) -> None:
        _within_20_seconds(lambda: self._clicks(selector, index), f"a click on {selector}")

    def _clicks(self, selector: str, index: int) -> bool:
        """Whether there is such an element, and no message in front of it."""
        element = self.evaluate(_IN_THE_MIDDLE % (selector, index))
        with suppress(errors.ElementClickInterceptedException, ElementClickInterceptedException):
            return element is not None and element.click() is None
        return False

    def type(self, text: str) -> None:
        self.evaluate("document.activeElement").send_keys(text)

    def press(self, keys: str) -> None:
        self.type("".join(getattr(Keys, key.upper(), key) for key in keys.split("+")))

    def evaluate(self, expression: str) -> Any:
        return self._driver.execute_script(f"return {expression}")

    def messages(self) -> list[str]:
        messages, self._messages = self._messages + self._heard(), []
        return messages


@contextmanager
def chromium_tab(browser: Browser) -> Iterator[Tab]:
    """A tab of a running Chromium."""
    # A click lets a page write to the clipboard, except in Chromium without windows, which asks for a permission.
    size: ViewportSize = {"width": _WIDTH, "height": _HEIGHT}
    with closing(browser.new_context(viewport=size, permissions=["clipboard-write"])) as context:
        yield _Chromium(context.new_page())


@contextmanager
def firefox_tab() -> Iterator[Tab]:
    """Start Firefox, and send WebDriver's commands to its Marionette, as geckodriver, which Debian lacks, would."""
    path = _program("firefox-esr", "firefox")
    with tempfile.TemporaryDirectory() as folder:
        firefox = Marionette(app="fxdesktop", bin=path, port=0, headless=True, workspace=folder, gecko_log=folder)
        try:
            firefox.start_session()
            firefox.set_window_rect(width=_WIDTH, height=_HEIGHT)
            yield _Driven(firefox, firefox.navigate, lambda: firefox.execute_script(_FIREFOX_CONSOLE, sandbox="system"))
        finally:
            firefox.cleanup()


@contextmanager
def webkitgtk_tab() -> Iterator[Tab]:
    """Start WebKitGTK's own MiniBrowser, on a screen that nobody sees."""
    with _screen() as display:
        service = webdriver.WebKitGTKService(_program("WebKitWebDriver"), env={**os.environ, "DISPLAY": display})
        browser = webdriver.WebKitGTK(webdriver.WebKitGTKOptions(), service)
        try:
            browser.set_window_rect(width=_WIDTH, height=_HEIGHT)
            yield _Driven(browser, browser.get, lambda: browser.execute_script(_HEARD), _LISTENER)
        finally:
            browser.quit()


@contextmanager
def _screen() -> Iterator[str]:
    """Start an X server without hardware; its name."""
    command = [_program("Xvfb"), "-displayfd", "1", "-screen", "0", f"{_WIDTH}x{_HEIGHT}x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def _program(*names: str) -> str:
    """The path of the first of these programs that is installed, of which the tests need one."""
    found = installed(*names)
    if found is None:
        raise FileNotFoundError(f"{' or '.join(names)} is not installed: CONTRIBUTING.md says what tests need")
    return found


def wait_until(tab: Tab, condition: str) -> None:
    """Wait until a JavaScript expression is true, for 20 s at most, also if another page opens meanwhile."""

    def is_true() -> Any:
        with suppress(Error, errors.MarionetteException, WebDriverException):
            return tab.evaluate(condition)

    _within_20_seconds(is_true, condition)


def _within_20_seconds(get: Callable[[], Any], wanted: str) -> Any:
    """What a function returns as soon as it returns something."""
    end = time.monotonic() + 20
    while not (value := get()):
        assert time.monotonic() < end, f"not within 20 s: {wanted}"
        time.sleep(0.05)
    return value


def pasted(tab: Tab) -> str:
    """What is on the clipboard. Not all engines let scripts read it, so the keyboard pastes it into a new field."""
    tab.evaluate("document.body.appendChild(document.createElement('textarea')).focus()")
    tab.press("Control+v")
    text: str = tab.evaluate("document.activeElement.value")
    tab.evaluate("document.activeElement.remove()")
    return text
