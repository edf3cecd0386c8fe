"""Twelve tasks of readers, done as they would, on a phone or a desktop: what a reader copies has her own names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from support.browser import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]


@dataclass(frozen=True)
class Task:
    """What a reader wants, and the shortest way to it.

    Attributes:
        lang: Her language.
        size: Her screen: one of ``SIZES``.
        recipe: The recipe that helps her.
        link: What she touches on the home page.
        names: What she types into the fields, from the first one on.
        line: One that she copies.
        block: Which of the visible commands of the fix has it.
    """

    lang: str
    size: str
    recipe: str
    link: str
    names: tuple[str, ...]
    line: str
    block: int = 0


_ES, _EN = ("es", "phone"), ("en", "phone")
_ES_WIDE, _EN_WIDE = ("es", "desktop"), ("en", "desktop")
_CREATED = "podman inspect --format '{{.Config.CreateCommand}}'"
_BACKEND = "podman info --format '{{.Host.NetworkBackend}}' || echo \"exit status: $?\""
_RUN = "podman run --detach"
_CURL = '  curl --silent --max-time 5 http://127.0.0.1:{}/ || echo "exit status: $?"'
TASKS = {
    # Containers that are already running should find each other by name.
    "names-es": Task(*_ES, "dns-network", "Mis contenedores no se encuentran por su nombre.",
                     ("db", "api", "backend"), f"{_CREATED} db api"),
    "names-en": Task(*_EN_WIDE, "dns-network", "My containers can't find each other by name.",
                     ("postgres", "web", "shop"), "podman network create shop", block=1),
    # In rootless mode, a service of the host that listens on 127.0.0.1.
    "host-es": Task(*_ES_WIDE, "host-loopback", "En rootless, un servicio en 127.0.0.1",
                    ("api", "5432", "tienda/api:2"), f"{_RUN} --name api --network pasta:-T,5432 tienda/api:2 ||"),
    "host-en": Task(*_EN, "host-loopback", "In rootless mode, a service on 127.0.0.1",
                    ("worker", "6379", "me/worker"), f"{_RUN} --name worker --network pasta:-T,6379 me/worker ||"),
    # A port that is dead since the firewall was flushed.
    "firewall-es": Task(*_ES, "ports-after-firewall", "Tras recargar el cortafuegos",
                        ("tienda",), "podman --log-level fatal network reload tienda"),
    "firewall-en": Task(*_EN_WIDE, "ports-after-firewall", "After a firewall reload",
                        ("gitea",), "podman --log-level fatal network reload gitea"),
    # A port that was never published.
    "unpublished-es": Task(*_ES_WIDE, "nsenter-access", "No publiqué el puerto y lo necesito ya.",
                           ("api", "9000"), _CURL.format(9000)),
    "unpublished-en": Task(*_EN, "nsenter-access", "I didn't publish the port and need it now.",
                           ("grafana", "3000"), _CURL.format(3000)),
    # Which backend is it?
    "backend-es": Task(*_ES, "backend-check", "¿Uso CNI o netavark?", (), _BACKEND),
    "backend-en": Task(*_EN_WIDE, "backend-check", "Am I using CNI or netavark?", (), _BACKEND),
    # Since an upgrade from 4.3 to 5.4, containers don't start again.
    "upgraded-es": Task(*_ES_WIDE, "restart-ports", "podman restart deja parado el contenedor",
                        ("api", "8443"), "podman start api"),
    "upgraded-en": Task(*_EN, "restart-ports", "podman restart leaves the container stopped",
                        ("blog", "8000"), "podman start blog"),
}  # fmt: skip
# What they would type or paste instead, once for each task.
SEARCHES = {
    "names-es": "Error: getaddrinfo ENOTFOUND db",
    "host-en": "rootless container reach host service on 127.0.0.1",
    "firewall-es": "puerto no responde tras nft flush ruleset",
    "unpublished-en": "forgot to publish port",
    "backend-es": "qué backend de red tengo",
    "upgraded-es": "podman restart Failed to bind port 8443 (Address already in use)",
}


class Reader:
    """Touches a page, and counts how often. Scrolling and typing are free.

    Attributes:
        page: The tab.
        touches: How many there were.
    """

    def __init__(self, page: Page, *, finger: bool) -> None:
        self.page, self.touches, self._finger = page, 0, finger

    def touch(self, target: Locator) -> None:
        """Tap with a finger, or click."""
        self.touches += 1
        if self._finger:
            target.tap()
        else:
            target.click()

    def search(self, text: str) -> Locator:
        """Search from the home page; the links of the first three results."""
        self.page.fill("#paste", text)
        self.page.keyboard.press("Enter")
        results = self.page.locator(".md-search-result__item:nth-child(-n+3) > .md-search-result__link")
        results.first.wait_for()
        return results

    def copy(self, task: Task) -> str:
        """Type her names, and copy one of the fix's commands: what is then on the clipboard."""
        if task.names:
            self.touch(self.page.locator(".fields > summary"))
        for name in task.names:
            self.page.keyboard.type(name)
            self.page.keyboard.press("Enter")  # a phone's "Next"
        self.touch(self.page.locator(".fix .md-code__button >> visible=true").nth(task.block))
        copied: str = self.page.evaluate("navigator.clipboard.readText()")
        return copied


@pytest.fixture
def task(request: pytest.FixtureRequest) -> Task:
    """The task that a parameter names."""
    return TASKS[request.param]


@pytest.fixture
def reader(browser: Browser, url: str, task: Task) -> Iterator[Reader]:
    """On the home page, in her language."""
    width, height = SIZES[task.size]
    finger = task.size == "phone"
    size: ViewportSize = {"width": width, "height": height}
    allowed = ["clipboard-read", "clipboard-write"]
    with closing(
        browser.new_context(viewport=size, has_touch=finger, is_mobile=finger, permissions=allowed)
    ) as context:
        page = context.new_page()
        page.goto(f"{url}{task.lang}/")
        yield Reader(page, finger=finger)


@pytest.mark.parametrize("task", TASKS, indirect=True)
def test_three_touches_copy_the_command_with_her_names(reader: Reader, task: Task) -> None:
    """A link of the home page, the fields, and a copy button."""
    reader.touch(reader.page.get_by_role("link", name=task.link, exact=True))
    reader.page.wait_for_url(f"**/recipes/{task.recipe}/")
    copied = reader.copy(task)

    assert task.line in copied.splitlines()
    assert task.recipe not in copied  # all our names begin with it
    assert reader.touches <= 3


@pytest.mark.parametrize(("task", "text"), SEARCHES.items(), indirect=["task"])
def test_three_touches_after_a_search_copy_it_too(reader: Reader, task: Task, text: str) -> None:
    """Also if the search leads to an error message: then its fix is on the screen."""
    results = reader.search(text)
    fix = reader.page.locator(f"[href*='/recipes/{task.recipe}/']")
    if "/errors/" in (results.first.get_attribute("href") or ""):
        results.first.click()
        fix = reader.page.locator(".message:has(> :target)").locator(fix)
        expect(fix).to_be_in_viewport()
        reader.touch(fix)
    else:
        results.and_(fix).click()
    reader.page.wait_for_url(f"**/recipes/{task.recipe}/**")

    assert task.line in reader.copy(task).splitlines()
    assert reader.touches <= 3
