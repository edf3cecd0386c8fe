"""Private parts of Material for MkDocs, as read in version 9.8.1.

- ``material.plugins.search.plugin.Parser`` divides a page into the sections of the search index.
- The theme's style sheet, ``assets/stylesheets/main.HASH.min.css``, has another name in each release.
- The theme also brings color schemes (``palette.HASH.min.css``) and a stemmer for each language
  (``javascripts/lunr/min/lunr.LANGUAGE.min.js``), which ``site/build.py`` deletes where no page asks for them.

Our scripts rely on how the theme's own script, ``bundle.HASH.min.js``, runs the search. Scripts can't import this
module, so this is the list:

- ``theme/assets/recetario/later.js`` and ``before.js`` replace ``window.Worker``, because the theme makes its worker
  with ``new Worker(url)``, and speaks to it with ``postMessage`` and the event ``message`` only.
- ``later.js`` also replaces ``XMLHttpRequest.prototype.open``, with which the theme fetches ``search_index.json``.
- ``before.js`` changes messages of type 2 (a query) and 3 (its result: ``items``, groups of pages with ``terms`` and
  ``text``), and the text ``search.result.none``.
- ``after.js`` reads with ``__md_get("__tabs")`` which tabs the reader clicked.
- ``outputs/zip`` replaces ``window.Worker`` by a frame. On ``file:`` addresses, the theme reads the index from the
  variable ``__index`` of ``search/search_index.js``.
"""

from __future__ import annotations

from importlib import resources

from material.plugins.search.plugin import Parser

__all__ = ["sections", "style_sheet"]


def sections(html: str) -> list[tuple[str, str, str]]:
    """Divide a page at its headings, as the theme's search plugin does.

    Returns:
        Id, heading, and HTML of the text of each section. The first has no id; the heading is empty if there is text
        before any heading.
    """
    parser = Parser()
    parser.feed(html)
    parser.close()
    return [
        (section.id or "", "".join(section.title).strip(), "".join(section.text).strip())
        for section in parser.data
        if not section.is_excluded()
    ]


def style_sheet() -> str:
    """The address of the theme's style sheet, from the top of a site.

    Raises:
        ValueError: The theme has not exactly one.
    """
    folder = resources.files("material") / "templates" / "assets" / "stylesheets"
    (name,) = (
        path.name for path in folder.iterdir() if path.name.startswith("main.") and path.name.endswith(".min.css")
    )
    return f"assets/stylesheets/{name}"
