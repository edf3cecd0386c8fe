"""What the tests need to know of the built site's files: its pages, their ids, what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

__all__ = ["Document", "dead_references", "documents", "kinds", "wrong_alternates"]

_REFERENCES = {("a", "href"), ("link", "href"), ("img", "src"), ("script", "src"), ("source", "srcset")}
_NO_PAGES = ("assets", "search")


@dataclass
class Document(HTMLParser):
    """One HTML file: ids and references in it."""

    path: Path
    ids: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    lang: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = given.get("lang", "")
        if identity := given.get("id"):
            self.ids.append(identity)
        if tag == "link" and "hreflang" in given:
            self.alternates[given["hreflang"]] = given["href"]
        elif tag == "link" and given.get("rel") == "canonical":
            self.alternates["canonical"] = given["href"]
        else:
            self.references += [given[name] for kind, name in _REFERENCES if tag == kind and given.get(name)]


def documents(site: Path) -> dict[str, Document]:
    """All HTML pages by their path below the site, ``es/recipes/x/index.html``."""
    return {str(path.relative_to(site)): Document(path) for path in sorted(site.rglob("*.html"))}


def kinds(site: Path) -> list[str]:
    """One address of each kind of page: the first page of every folder, all sample pages, and what stands alone.

    Of sample pages, one language is enough to see whether the styles are right.
    """
    found = ["", "404.html"]
    for language in ("es",) if (site / "es" / "sample").exists() else ("es", "en"):
        found += [f"{language}/", f"{language}/404.html"]
        for folder in sorted(path for path in (site / language).iterdir() if path.name not in _NO_PAGES):
            pages = sorted(page.parent.relative_to(site) for page in folder.rglob("index.html"))
            found += [f"{page}/" for page in (pages if folder.name == "sample" else _kinds_in(pages))]
    return found


def _kinds_in(pages: list[Path]) -> list[Path]:
    """The folder's own page, if it has one, and the first below it."""
    top = [page for page in pages if len(page.parts) == 2]
    return top + [page for page in pages if page not in top][:1]


def dead_references(site: Path) -> Iterator[str]:
    """Each link, anchor, image or script that leads nowhere, as "page: reference"."""
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
    """Each page whose canonical address or whose other language is not what it should be, as "page: what it names"."""
    pages = documents(site)
    for name, page in pages.items():
        language, _, rest = name.partition("/")
        if not rest or rest == "404.html":
            continue
        origin = page.alternates["canonical"].removesuffix(name.removesuffix("index.html"))
        named = {kind: url.removeprefix(origin) + "index.html" for kind, url in page.alternates.items()}
        default = f"es/{rest}" if rest != "index.html" else "index.html"
        right = {"canonical": name, "es": f"es/{rest}", "en": f"en/{rest}", "x-default": default}
        if page.lang != language or named != right or not {*named.values()} <= {*pages}:
            yield f"{name}: {page.lang}, {named}"
