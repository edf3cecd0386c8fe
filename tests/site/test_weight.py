"""The cost of a first visit to a recipe's page: bytes, layout shifts, and time on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from support.browser import packed, served
from support.site_pages import in_turns

pytestmark = pytest.mark.browser

_PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
_NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
_OBSERVE = """
  window.metrics = { shift: 0, paint: 0 };
  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe("layout-shift", (entry) => { metrics.shift += entry.value; });
  observe("largest-contentful-paint", (entry) => { metrics.paint = entry.startTime / 1000; });
"""
_PAINTED = """() => new Promise((done) => {
  const check = () => metrics.paint ? done(metrics) : setTimeout(check, 50);
  check();
})"""


@dataclass(frozen=True)
class Visit:
    """A first visit to a page.

    Attributes:
        page: Its path.
        files: The compressed size of each file that was loaded, in bytes.
        shift: The cumulative layout shift.
        paint: When the largest element was painted, in seconds.
    """

    page: str
    files: dict[str, int]
    shift: float
    paint: float

    @property
    def weight(self) -> int:
        """Bytes of all files."""
        return sum(self.files.values())


@pytest.fixture(scope="session")
def compressed_url(site: Path) -> Iterator[str]:
    """The address at which the site is served with gzip, as GitHub Pages does."""
    with served(site, compressed=True) as address:
        yield address


def test_a_first_visit_is_small_and_its_layout_is_stable(browser: Browser, site: Path, compressed_url: str) -> None:
    """Each recipe's page, in one of the languages, with everything that it loads."""
    visits = [_visit(browser, site, compressed_url, page) for page in in_turns(_pages(site))]

    heaviest = max(visits, key=lambda visit: visit.weight)
    assert heaviest.weight <= 100_000, heaviest
    shakiest = max(visits, key=lambda visit: visit.shift)
    assert shakiest.shift <= 0.01, shakiest


@pytest.mark.alone
def test_a_slow_phone_shows_the_page_in_1_8_s(browser: Browser, site: Path, compressed_url: str) -> None:
    """The longest page of each language, and those with pictures. The best of three tries counts."""
    longest = {page.partition("/")[0]: page for page in sorted(_pages(site), key=lambda page: _length(site, page))}
    pictures = [page for page in _pages(site) if "<img" in (site / page / "index.html").read_text("utf-8")]
    for page in {*longest.values(), *pictures}:
        visits: list[Visit] = []
        while len(visits) < 3 and (not visits or visits[-1].paint > 1.8):
            visits.append(_visit(browser, site, compressed_url, page, slow=True))

        assert visits[-1].paint <= 1.8, [visit.paint for visit in visits]
        assert max(visit.shift for visit in visits) <= 0.01, visits[-1]


def _visit(browser: Browser, site: Path, url: str, page: str, *, slow: bool = False) -> Visit:
    """Open a page with an empty cache."""
    files: dict[str, int] = {}
    with closing(browser.new_context(**_PHONE)) as context:
        tab = context.new_page()
        tab.on("request", lambda request: files.update({request.url.removeprefix(url): 0}))
        tab.add_init_script(_OBSERVE)
        if slow:
            devtools = context.new_cdp_session(tab)
            devtools.send("Network.enable")
            devtools.send("Network.emulateNetworkConditions", _NETWORK)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        tab.goto(url + page, wait_until="networkidle")
        metrics = tab.evaluate(_PAINTED)
    for name in files:
        files[name] = len(packed(site / (f"{name}index.html" if name.endswith("/") else name)))
    return Visit(page, files, metrics["shift"], metrics["paint"])


def _pages(site: Path) -> list[str]:
    """Addresses of the pages of recipes, or of sample pages, in both languages."""
    pages = (page.parent.relative_to(site) for page in site.glob("*/*/*/index.html"))
    return sorted(f"{page}/" for page in pages if page.parts[1] in ("recipes", "sample"))


def _length(site: Path, page: str) -> int:
    return len(packed(site / page / "index.html"))
