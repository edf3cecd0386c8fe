"""Fold a page's sections whose headings say so, such as how a recipe was tested."""

from __future__ import annotations

import re

__all__ = ["fold_sections"]

_LINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
_FOLDED = re.compile(r"(<h2 [^>]*class=\"folded\"[^>]*>.*?</h2>)(.*?)(?=<h2 |\Z)", re.DOTALL)


def fold_sections(html: str) -> str:
    """Put each section whose heading is written as ``## Title { #id .folded }`` into a closed ``<details>``.

    Links into the section open it: ``theme/assets/recetario/after.js``. It ends at the next heading of its level.
    """

    def fold(section: re.Match[str]) -> str:
        heading = _LINK.sub("", section[1])  # what opens the section can't hold a link
        return f'<details class="folded"><summary>{heading}</summary>{section[2]}</details>\n'

    return _FOLDED.sub(fold, html)
