"""Give a notebook's page the weight and the look of the others."""

from __future__ import annotations

import re

__all__ = ["slim"]


def slim(html: str) -> str:
    """Take out the styles and scripts that mkdocs-jupyter writes into each page."""
    return re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.DOTALL)
