"""Read parts of a page's HTML."""

from __future__ import annotations

import re
import textwrap
from functools import lru_cache

from bs4 import BeautifulSoup

__all__ = ["first_paragraph", "heading_ids", "unread_block"]


def first_paragraph(html: str) -> str:
    """The text of a page's first paragraph, at most 300 characters; empty if there is none.

    It is the page's answer, and becomes the description that search engines and shared links show.
    """
    return _first_paragraph(html.partition("</p>")[0])


@lru_cache(512)  # while the site is served, most pages begin as in the build before
def _first_paragraph(html: str) -> str:
    first = BeautifulSoup(html, "html.parser").find("p")
    return textwrap.shorten(first.get_text(), 300, placeholder="…") if first else ""


def heading_ids(html: str) -> list[str]:
    """The ids of all headings, in order."""
    return re.findall(r'<h[1-6] id="([^"]+)"', html)


def unread_block(html: str) -> str:
    """The first block (``/// step``) that Markdown did not recognise and left on the page as text; empty if none."""
    block = re.search(r"<p>\s*(/{3,}[^\n<]*)", html)
    return block[1].strip() if block else ""
