"""Private parts of mkdocs-jupyter, as read in version 0.26.3.

- ``config.settings.templates_dir``: where it finds the two nbconvert templates that it uses.
- ``<style>`` at the end of what it makes of a notebook, whatever the template.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs_jupyter.config import settings

__all__ = ["use_templates", "without_styles"]

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def use_templates(folder: Path) -> None:
    """From now on, make pages of notebooks with ``folder``'s templates, which have the names of its own."""
    settings.templates_dir = str(folder)


def without_styles(html: str) -> str:
    """A notebook's page without the stylesheet that is added to it."""
    return _STYLE.sub("", html).strip()
