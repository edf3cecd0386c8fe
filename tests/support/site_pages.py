"""Read the pages of the built site: their ids, and everything that they link to."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

__all__ = ["Document", "dead_references", "documents", "in_turns", "kinds", "wrong_alternates"]

_REFERENCES = {("a", "href"), ("link", "href"), ("img", "src"), ("script", "src"), ("source", "srcset")}
_WITHOUT_PAGES = ("assets", "search")


@dataclass
class Document(HTMLParser):
    """An HTML file.

    Attributes:
        path: The file.
        ids: All ids, in order; the same id may be there twice.
        references: The addresses of links, images, scripts and so on.
        alternates: The addresses of this page by language, and the one called ``canonical``.
        lang: The language of the page.
        copies: What its copy buttons copy.
        text: Its text, in parts.
    """

    path: Path
    ids: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    lang: str = ""
    copies: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect ids and references."""
        attributes = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = attributes.get("lang", "")
        if identity := attributes.get("id"):
            self.ids.append(identity)
        if "data-copy" in attributes:
            self.copies.append(attributes["data-copy"])
        if tag == "link" and "hreflang" in attributes:
            self.alternates[attributes["hreflang"]] = attributes["href"]
        elif tag == "link" and attributes.get("rel") == "canonical":
            self.alternates["canonical"] = attributes["href"]
        else:
            names = [name for element, name in _REFERENCES if element == tag]
            self.references += [attributes[name] for name in names if attributes.get(name)]

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text.append(data)


@functools.cache
def documents(site: Path) -> dict[str, Document]:
    """All HTML pages, by their path in the site: ``es/recipes/x/index.html``. Read once: several tests need them."""
    return {str(path.relative_to(site)): Document(path) for path in sorted(site.rglob("*.html"))}


def kinds(site: Path) -> list[str]:
    """The addresses of one page of each kind: pages without a folder, the first in each folder, and all sample pages.

    Sample pages are listed in one language only, which is enough to test styles.
    """
    addresses = ["", "404.html"]
    for language in ("es",) if (site / "es" / "sample").exists() else ("es", "en"):
        addresses += [f"{language}/", f"{language}/404.html"]
        for folder in sorted(path for path in (site / language).iterdir() if path.name not in _WITHOUT_PAGES):
            pages = sorted(page.parent.relative_to(site) for page in folder.rglob("index.html"))
            if folder.name != "sample":
                pages = _one_of_each_kind(pages)
            addresses += [f"{page}/" for page in pages]
    return addresses


def _one_of_each_kind(pages: list[Path]) -> list[Path]:
    """Of the pages in a folder, its own page, if it has one, and the first page below it."""
    own = [page for page in pages if len(page.parts) == 2]
    below = [page for page in pages if len(page.parts) != 2]
    return own + below[:1]


def in_turns(pages: Iterable[str]) -> list[str]:
    """Of pages (``es/recipes/x/``) that look alike in all languages, each in one language: they take turns."""
    languages: dict[str, list[str]] = {}
    for page in sorted(pages):
        languages.setdefault(page.partition("/")[2], []).append(page)
    return [same[number % len(same)] for number, same in enumerate(languages.values())]


def dead_references(site: Path) -> Iterator[str]:
    """Each link, image or script whose target does not exist, as "page: reference"."""
    pages = documents(site)
    for name, page in pages.items():
        here = "/" + name.removesuffix("index.html")
        for reference in page.references:
            parts = urlsplit(urljoin(f"http://site{here}", reference))
            if parts.netloc != "site" or parts.scheme not in ("http", "https"):
                continue
            target = unquote(parts.path).lstrip("/")
            target += "index.html" if target.endswith("/") or not target else ""
            anchor = unquote(parts.fragment)
            if not (site / target).is_file() or (anchor and target in pages and anchor not in pages[target].ids):
                yield f"{name}: {reference}"


def wrong_alternates(site: Path) -> Iterator[str]:
    """Each page with a wrong language, canonical address or link to another language, as "page: what it has"."""
    pages = documents(site)
    for name, page in pages.items():
        language, _, rest = name.partition("/")
        if not rest or rest == "404.html":
            continue
        origin = page.alternates["canonical"].removesuffix(name.removesuffix("index.html"))
        actual = {kind: url.removeprefix(origin) + "index.html" for kind, url in page.alternates.items()}
        default = f"es/{rest}" if rest != "index.html" else "index.html"
        expected = {"canonical": name, "es": f"es/{rest}", "en": f"en/{rest}", "x-default": default}
        if page.lang != language or actual != expected or not {*actual.values()} <= {*pages}:
            yield f"{name}: {page.lang}, {actual}"
