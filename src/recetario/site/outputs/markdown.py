"""Pages as Markdown, with what their blocks show: for programs, and for readers who want only the text.

Why not a tool that makes Markdown of HTML: docs/decisions/0014-to-take-along.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as SitePage

from recetario.book.pages import Page
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext
from recetario.takeaway.notebook import plain_prose

__all__ = ["as_markdown", "llms_txt"]

_DIV = re.compile(r"^</?div\b[^>]*>\n*", re.MULTILINE)


def as_markdown(page: Page, context: PageContext, site: str) -> str:
    """The page's prose, and where its blocks stand what they show.

    Args:
        page: Read, not rendered.
        context: The same page, with a renderer that writes Markdown.
        site: Address of the site in this language, ending in a slash; links become absolute by it.
    """
    parts = (
        plain_prose(part, page, site)
        if isinstance(part, str)
        else BLOCKS[part.name].rendered(context, part.argument, lambda text, *_: text).strip()
        for part in page.parts()
    )
    return _DIV.sub("", "\n\n".join(filter(None, parts))).strip() + "\n"


def llms_txt(nav: Navigation, name: str, lead: str, about: str, pages: str) -> str:
    """The site's contents as https://llmstxt.org asks for them: each page's title, address as Markdown, and answer.

    Args:
        nav: The menu; a section of it is a section there.
        name: Of the site.
        lead: What it is, in a sentence.
        about: What else to know before reading.
        pages: Title of the section for pages that are in none.
    """
    sections: dict[str, list[str]] = {}
    for title, page in _menu(nav.items, pages):
        line = f"- [{page.title}]({page.canonical_url}index.md): {page.meta.get('description', '')}"
        sections.setdefault(title, []).append(line)
    return (
        "\n\n".join(
            (
                f"# {name}",
                f"> {lead}",
                about,
                *("\n".join((f"## {title}\n", *lines)) for title, lines in sections.items()),
            )
        )
        + "\n"
    )


def _menu(items: list[object], title: str) -> Iterator[tuple[str, SitePage]]:
    for item in items:
        if isinstance(item, Section):
            yield from _menu(list(item.children), item.title)
        elif isinstance(item, SitePage) and item.file.src_uri.endswith(".md"):
            yield title, item
