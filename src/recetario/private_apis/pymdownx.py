"""Private parts of pymdown-extensions, as read in version 12.3.

- ``Block._validate(parent, arg, **options)``: the only place where the Blocks API tells of an unknown option or a
  missing argument. Anywhere else, such a block silently stays on the page as text.
- ``HighlightExtension.get_pymdownx_highlighter()`` returns a class. Its constructor takes some of the extension's
  settings under their own names, and no others.
"""

from __future__ import annotations

import inspect
from abc import abstractmethod
from typing import Any, NoReturn

from markdown import Markdown
from pymdownx.blocks.block import Block
from pymdownx.highlight import HighlightExtension

__all__ = ["StrictBlock", "make_highlighter"]


class StrictBlock(Block):  # type: ignore[misc]
    """A block that raises where the Blocks API would leave it on the page as text."""

    @abstractmethod
    def refuse(self, argument: str, options: list[str]) -> NoReturn:
        """Raise an error that says what the block takes: it was given something else."""

    def _validate(self, parent: Any, arg: str | None, **options: Any) -> bool:
        if not super()._validate(parent, arg, **options):
            self.refuse(arg or "", list(options))
        return True


def make_highlighter(extension: HighlightExtension, md: Markdown) -> Any:
    """A highlighter with the settings that fenced code has on this page."""
    settings = extension.get_pymdownx_highlight_settings()
    highlighter = extension.get_pymdownx_highlighter()
    names = inspect.signature(highlighter).parameters.keys() & settings.keys()
    return highlighter(**{name: settings[name] for name in names}, md=md)
