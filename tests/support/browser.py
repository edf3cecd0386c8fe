"""A real Chromium, and a server for the built site, for tests and for screenshots."""

from __future__ import annotations

import functools
import gzip
import http.server
import io
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO, Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

__all__ = ["SCHEMES", "SIZES", "Scheme", "axe", "chromium", "installed", "packed", "screen", "served", "wait_until"]

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}

_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Without `resultTypes`, axe also describes each element that has no problem, which takes half of its time.
_RUN_AXE = """(rules) =>
  axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then((results) => results.violations)"""
_TEXT = (".html", ".css", ".js", ".json", ".svg", ".xml")
# The first one is the same engine without windows, which Playwright's own builds use by default. Opening a page in a
# new tab takes it less than half of the processor time.
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def installed(*names: str) -> str | None:
    """The path of the first of these programs that is installed."""
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without any requests of its own: that of ``CHROMIUM``, or the first of ``_PROGRAMS`` there is."""
    path = os.environ.get("CHROMIUM") or installed(*_PROGRAMS)
    flags = (*_FLAGS, "--no-sandbox") if os.geteuid() == 0 else _FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(flags))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def screen(browser: Browser, scheme: Scheme, size: str) -> Iterator[BrowserContext]:
    """A browser window of one of ``SIZES``, whose system prefers one of ``SCHEMES``."""
    width, height = SIZES[size]
    with closing(browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})) as context:
        yield context


@contextmanager
def served(folder: Path, *, compressed: bool = False, first: str = "") -> Iterator[str]:
    """Serve a folder as GitHub Pages would, with its 404.html; the address ends with a slash.

    Args:
        folder: The site.
        compressed: Compress text with gzip, as GitHub Pages does; most tests don't need it.
        first: HTML for the beginning of each page, before its Content-Security-Policy.
    """
    handler = functools.partial(_Preceding, first) if first else _Compressing if compressed else _Handler
    server = _Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Server(http.server.ThreadingHTTPServer):
    """A server that does not report connections that the browser closes early."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Report only other errors."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site's 404.html if a file is missing, and logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send 404.html, if the site has one, instead of the standard message."""
        page = Path(self.directory, "404.html")
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Changing(_Handler):
    """Sends the content of some files in another form."""

    suffixes: tuple[str, ...]
    encoding = "identity"

    def changed(self, path: Path) -> bytes:
        """What to send for a file with one of the suffixes."""
        raise NotImplementedError

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Send the headers, and return the body for the caller to send."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if self.path.endswith("/") else path
        if not path.is_file() or path.suffix not in self.suffixes:
            return super().send_head()
        body = self.changed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", self.encoding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


class _Compressing(_Changing):
    """Compresses text with gzip."""

    suffixes = _TEXT
    encoding = "gzip"

    def changed(self, path: Path) -> bytes:
        """The text, compressed."""
        return packed(path)


class _Preceding(_Changing):
    """Puts HTML before everything else in a page's head."""

    suffixes = (".html",)

    def __init__(self, first: str, *arguments: Any, **options: Any) -> None:
        self._first = first
        super().__init__(*arguments, **options)

    def changed(self, path: Path) -> bytes:
        """The page, with that HTML."""
        return path.read_text("utf-8").replace("<head>", f"<head>{self._first}", 1).encode()


@functools.cache
def packed(path: Path) -> bytes:
    """The content of a file as it is sent: text is compressed with gzip."""
    return gzip.compress(path.read_bytes()) if path.suffix in _TEXT else path.read_bytes()


def axe(tab: Page) -> list[str]:
    """The accessibility problems that axe-core finds, one line for each element."""
    if not tab.evaluate("'axe' in window"):  # loaded once for each page
        tab.evaluate(_AXE)
    violations = tab.evaluate(_RUN_AXE, _RULES)
    return [
        f"{rule['id']} {json.dumps(node['target'])}: {node['failureSummary'][:300]}"
        for rule in violations
        for node in rule["nodes"]
    ]


def wait_until(tab: Page, condition: str) -> None:
    """Wait until a JavaScript expression is true, for 20 s at most.

    Playwright's ``wait_for_function`` fails unless the condition is true at once: to check it again, it evaluates text
    in the page, which the page's Content-Security-Policy forbids.
    """
    tab.evaluate(f"""() => new Promise((done, fail) => {{
      const end = Date.now() + 20_000;
      const look = () => {{
        if ({condition}) done();
        else if (Date.now() > end) fail(new Error("not true within 20 s"));
        else setTimeout(look, 50);
      }};
      look();
    }})""")
