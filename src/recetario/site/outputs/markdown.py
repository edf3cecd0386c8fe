"""Publish each page as Markdown too, for programs and for readers who want only the text.

Why not with a tool that converts HTML to Markdown: docs/decisions/0014-to-take-along.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as SitePage

from recetario.book.pages import Page
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext
from recetario.takeaway.notebook import plain_prose

__all__ = ["as_markdown", "llms_txt"]

_DIV = re.compile(r"^</?div\b[^>]*>\n*", re.MULTILINE)


def as_markdown(page: Page, context: PageContext, site: str) -> str:
    """Render a page as Markdown: its prose, with the content of each block in place of the block.

    Args:
        page: The page as it was read.
        context: The same page, with a renderer that writes Markdown.
        site: The address of the site in this language, ending in a slash. It makes links absolute.
    """
    parts = []
    for part in page.parts():
        if isinstance(part, str):
            parts.append(plain_prose(part, page, site))
        else:
            parts.append(BLOCKS[part.name].render(context, part.argument, _no_highlighting).strip())
    text = "\n\n".join(part for part in parts if part)
    return _DIV.sub("", text).strip() + "\n"


def _no_highlighting(text: str, language: str, classes: Sequence[str]) -> str:
    return text


def llms_txt(nav: Navigation, name: str, lead: str, about: str, pages: str) -> str:
    """Make the site's ``llms.txt``: the title, the Markdown's address and the answer of each page.

    Args:
        nav: The menu. Its sections become sections of the file.
        name: The site's name.
        lead: What the site is, in one sentence.
        about: What else to know before reading.
        pages: The title of the section for pages that are in no section of the menu.

    Source: https://llmstxt.org
    """
    sections: dict[str, list[str]] = {}
    for title, page in _pages(nav.items, pages):
        line = f"- [{page.title}]({page.canonical_url}index.md): {page.meta.get('description', '')}"
        sections.setdefault(title, []).append(line)
    paragraphs = [f"# {name}", f"> {lead}", about]
    paragraphs += ["\n".join((f"## {title}\n", *lines)) for title, lines in sections.items()]
    return "\n\n".join(paragraphs) + "\n"


def _pages(items: list[object], title: str) -> Iterator[tuple[str, SitePage]]:
    """Each Markdown page of the menu with the title of its section; ``title`` is that of the section of ``items``."""
    for item in items:
        if isinstance(item, Section):
            yield from _pages(list(item.children), item.title)
        elif isinstance(item, SitePage) and item.file.src_uri.endswith(".md"):
            yield title, item
