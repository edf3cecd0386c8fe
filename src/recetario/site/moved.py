"""Addresses of what has moved to another page: docs/moved.toml says where it is now."""

from __future__ import annotations

import functools
import html
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mkdocs.utils import get_relative_url

from recetario.errors import RecetarioError

__all__ = ["MOVED", "Move", "dead_moves", "moved_anchors", "read_moved"]

MOVED = "docs/moved.toml"
"""For each page, the anchors that it had and where they lead now; addresses are below the language's folder."""


@dataclass(frozen=True)
class Move:
    """An anchor that led to a part of one page, and now leads to another.

    Attributes:
        location: The file and line that say so.
        page: The page that had it, such as ``recipes/pod-ports-lost/``.
        anchor: What it was called, such as ``step-start-taken``.
        target: Where it leads now: ``recipes/port-taken/#step-start``.
    """

    location: str
    page: str
    anchor: str
    target: str


def read_moved(top: Path) -> list[Move]:
    """Read what has moved, if anything has.

    Raises:
        RecetarioError: The file is not TOML, or has anything but tables of anchors and addresses.
    """
    path = top / MOVED
    if not path.is_file():
        return []
    text = path.read_text("utf-8")
    try:
        pages = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"{MOVED} is not valid TOML: {error}") from error
    return [
        _move(text, page, old, new)
        for page, anchors in pages.items()
        for old, new in (anchors.items() if isinstance(anchors, dict) else [(anchors, "")])
    ]


def _move(text: str, page: str, old: str, new: object) -> Move:
    location = f"{MOVED}:{_line(text, page, old)}"
    if not (re.fullmatch(r"#[\w-]+", str(old)) and re.fullmatch(r"[\w/-]+/(#[\w-]+)?", str(new))):
        raise RecetarioError(
            f"{location} does not say what moved where.",
            'Below the page that had it, write: "#OLD-ANCHOR" = "PAGE/#ANCHOR", as in recipes/port-taken/#step-start.',
        )
    return Move(location, page, old.removeprefix("#"), str(new))


def _line(text: str, page: str, old: str) -> int:
    """The number of the line with this anchor, in the table of this page."""
    before, _, table = text.partition(f'["{page}"]')
    return before.count("\n") + 1 + table.partition(f'"{old}"')[0].count("\n")


def moved_anchors(moves: Iterable[Move], url: str, text: str) -> str:
    """What the end of a page needs, so that the anchors that it had still lead somewhere.

    The scripts follow these links (``theme/assets/recetario/after.js``); without scripts, the one asked for is shown.

    Args:
        moves: All moves.
        url: The page's address, below the language's folder.
        text: What a link says.
    """
    return "".join(
        f'<p class="moved" id="{move.anchor}" data-search-exclude>'
        f'<a href="{html.escape(get_relative_url(move.target, url))}">{html.escape(text)}</a></p>\n'
        for move in moves
        if move.page == url
    )


def dead_moves(moves: Iterable[Move], site: Path) -> Iterator[str]:
    """Say which moves do not lead from one page to another in a finished site.

    Args:
        moves: All moves.
        site: The folder of the site in one language.
    """
    pages = functools.cache(lambda page: _html(site / page))  # many moves are from and to the same pages
    for move in moves:
        page, _, anchor = move.target.partition("#")
        times = _times(pages(move.page), move.anchor)
        if times is None:
            yield f"{move.location} names the page {move.page}, which does not exist."
        elif times != 1:
            yield f"{move.location} says that #{move.anchor} moved away, but {move.page} still has it."
        elif pages(page) is None or (anchor and not _times(pages(page), anchor)):
            yield f"{move.location} leads to {move.target}, which does not exist."


def _html(page: Path) -> str | None:
    path = page / "index.html"
    return path.read_text("utf-8") if path.is_file() else None


def _times(page: str | None, anchor: str) -> int | None:
    """How many elements of a page have this id; None if there is no such page."""
    return None if page is None else page.count(f' id="{anchor}"')
