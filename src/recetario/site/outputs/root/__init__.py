"""The site's root: a page to choose the language, what is shown where nothing is, and where programs begin."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from recetario.book.environments import with_counts
from recetario.site.html.csp import with_policy

__all__ = ["write_root"]

_PAGES = ("index.html", "404.html", "llms.txt")


def write_root(out: Path, url: str) -> None:
    """Write the pages that stand above both languages.

    Args:
        out: The site's folder.
        url: Where it will be published: a page for "not found" is shown at any depth and needs full addresses.
    """
    here = resources.files(__name__)
    for name in _PAGES:
        page = with_counts((here / name).read_text("utf-8")).replace("{base}", urlsplit(url).path).replace("{url}", url)
        (out / name).write_text(with_policy(page) if name.endswith(".html") else page, "utf-8")
