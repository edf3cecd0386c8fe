"""Write the files at the top of the site: a page to choose the language, the 404 page and ``llms.txt``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import jinja2

from recetario.book.environments import counts
from recetario.site.html.csp import with_policy
from recetario.translations import LANGUAGES, translations

__all__ = ["write_root"]

_FILES = ("index.html", "404.html", "llms.txt")


def write_root(out: Path, url: str) -> None:
    """Write the files that belong to no language.

    Args:
        out: The site's folder.
        url: Where the site will be published, ending in a slash. The 404 page needs it, because servers show that page
            at any depth, where relative links don't work.
    """
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    languages = {language: translations(language) for language in LANGUAGES}
    for name in _FILES:
        page = templates.get_template(name).render(base=urlsplit(url).path, url=url, languages=languages, **counts())
        (out / name).write_text(with_policy(page) if name.endswith(".html") else page, "utf-8")
