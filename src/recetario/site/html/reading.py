"""Read what a page's HTML says."""

from __future__ import annotations

import re
import textwrap

from bs4 import BeautifulSoup

__all__ = ["first_paragraph", "heading_ids", "unread_block"]


def first_paragraph(html: str) -> str:
    """A page's first paragraph, which is its answer, as text: what search engines and shared links show."""
    first = BeautifulSoup(html.partition("</p>")[0], "html.parser").find("p")
    return textwrap.shorten(first.get_text(), 300, placeholder="…") if first else ""


def heading_ids(html: str) -> list[str]:
    """The ids of a page's headings, in order."""
    return re.findall(r'<h[1-6] id="([^"]+)"', html)


def unread_block(html: str) -> str:
    """The first line that looks like a block (``/// step``) and was left as text; empty if there is none."""
    found = re.search(r"<p>\s*(/{3,}[^\n<]*)", html)
    return found[1].strip() if found else ""
