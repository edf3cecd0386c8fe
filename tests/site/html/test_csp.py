"""What pages may load and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from recetario.site.html.csp import with_policy

_PAGE = '<head><meta charset="utf-8"><script>one()</script></head><body><script>two()</script></body>'
_POLICY = '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="'
_SEEDS = (
    '<script>document.title = "seeded"</script>',
    '<img src="data:," onerror="document.title = \'seeded\'">',
    "<svg onload=\"document.title = 'seeded'\"></svg>",
)


def test_the_scripts_of_a_page_may_run_and_those_of_its_content_may_not() -> None:
    """Each by the hash of what it says: ``printf 'one()' | openssl sha256 -binary | base64``."""
    page = with_policy(_PAGE, content="<p>A command printed</p><script>two()</script>")

    assert "script-src 'self' 'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4=';" in page


def test_a_new_policy_replaces_the_old_one() -> None:
    """While somebody writes, MkDocs puts a script of its own into what it serves."""
    assert with_policy(with_policy(_PAGE, "<script>two()</script>")) == with_policy(_PAGE)


@pytest.mark.browser
def test_every_page_works_under_its_policy(tab: Page, site: Path, url: str) -> None:
    """It has one before anything is loaded, inline scripts at large have no leave, and the browser refuses nothing."""
    said: list[str] = []
    tab.on("console", lambda message: said.append(f"{tab.url}: {message.text}"))
    tab.on("pageerror", lambda error: said.append(f"{tab.url}: {error}"))
    for page in sorted(site.rglob("*.html")):
        html = page.read_text("utf-8")
        before, policy, after = html.partition(_POLICY)
        assert policy and not re.search("<(?:script|link|style)", before), page
        assert "unsafe" not in after.partition(">")[0], page
        tab.goto(url + str(page.relative_to(site)))

    assert said == []


@pytest.mark.browser
@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.parametrize("built", [True, False])
def test_a_script_that_slipped_into_a_page_is_refused(tab: Page, url: str, seed: str, built: bool) -> None:
    """Whether it was built in, with what a recipe printed, or came into the finished page."""

    def seeded(page: str) -> str:
        page = page.replace("</h1>", "</h1>" + seed, 1)
        return with_policy(page, content=seed) if built else page

    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.route(url + "es/", lambda route: route.fulfill(body=seeded(route.fetch().text())))
    tab.goto(url + "es/")

    assert tab.title() != "seeded"
    assert len(said) == 1 and "Content Security Policy" in said[0]
