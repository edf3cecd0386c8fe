"""The Content-Security-Policy of pages."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.site_pages import kinds

from recetario.site.html.csp import with_policy

_PAGE = '<head><meta charset="utf-8"><script>one()</script></head><body><script>two()</script></body>'
_POLICY = '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="'
_INJECTED = (
    '<script>document.title = "injected"</script>',
    '<img src="data:," onerror="document.title = \'injected\'">',
    "<svg onload=\"document.title = 'injected'\"></svg>",
)


def test_only_scripts_outside_of_the_content_may_run() -> None:
    """Each is allowed by its hash: ``printf 'one()' | openssl sha256 -binary | base64``."""
    page = with_policy(_PAGE, content="<p>A command printed</p><script>two()</script>")

    assert "script-src 'self' 'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4=';" in page


def test_a_new_policy_replaces_the_old_one() -> None:
    """`serve` needs a new one, because MkDocs adds a script of its own to finished pages."""
    assert with_policy(with_policy(_PAGE, "<script>two()</script>")) == with_policy(_PAGE)


@pytest.mark.browser
def test_every_page_has_a_policy(site: Path) -> None:
    """It comes before anything that it controls, and allows the page's inline scripts, but not any in general."""
    for page in sorted(site.rglob("*.html")):
        html = page.read_text("utf-8")
        before, start, after = html.partition(_POLICY)
        policy = after.partition(">")[0]
        assert start and not re.search("<(?:script|link|style)", before), page
        assert "unsafe" not in policy, page
        for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy, page


@pytest.mark.browser
def test_a_policy_blocks_nothing(tab: Page, site: Path, url: str) -> None:
    """In Chromium, on a page of each kind."""
    problems: list[str] = []
    tab.on("console", lambda message: problems.append(f"{tab.url}: {message.text}"))
    tab.on("pageerror", lambda error: problems.append(f"{tab.url}: {error}"))
    for path in kinds(site):
        tab.goto(url + path)

    assert problems == []


@pytest.mark.browser
@pytest.mark.parametrize("script", _INJECTED)
@pytest.mark.parametrize("built", [True, False])
def test_an_injected_script_does_not_run(tab: Page, url: str, script: str, built: bool) -> None:
    """Neither one that a recipe printed during the build, nor one that was added to the finished page."""

    def inject(page: str) -> str:
        page = page.replace("</h1>", "</h1>" + script, 1)
        return with_policy(page, content=script) if built else page

    console: list[str] = []
    tab.on("console", lambda message: console.append(message.text))
    tab.route(url + "es/", lambda route: route.fulfill(body=inject(route.fetch().text())))
    tab.goto(url + "es/")

    assert tab.title() != "injected"
    assert len(console) == 1 and "Content Security Policy" in console[0]
