"""Read pages: their front matter, headings and blocks, as text; nothing is rendered here."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from recetario.book.environments import with_counts
from recetario.errors import RecetarioError, read_text

__all__ = ["Block", "Page", "load_page", "read_page"]

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)  # as MkDocs reads it
_OPENS = re.compile(r"\s*(/{3,})\s*([\w-]+)\s*(?:\|\s*(.*?)\s*)?")
_CLOSES = re.compile(r"\s*(/{3,})\s*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"(#{1,6}) +(.+?)(?: *\{ *#([\w-]+) *\})?")


@dataclass(frozen=True)
class Block:
    """``/// name | argument`` … ``///``.

    Attributes:
        name: ``"step"``.
        argument: What stands after the bar; empty if nothing does.
        first: Line that opens it, counted from 0 in the page's text.
        last: Line that closes it.
    """

    name: str
    argument: str
    first: int
    last: int


@dataclass(frozen=True)
class Page:
    """A Markdown page.

    Attributes:
        place: How messages name it.
        meta: Its front matter.
        lines: Its text after that.
        offset: Lines of the front matter, to tell line numbers in the file.
        headings: (level, text, id) in order; the id is empty where none is written.
        blocks: The outermost ones, in order.
    """

    place: str
    meta: Mapping[str, Any]
    lines: tuple[str, ...]
    offset: int
    headings: tuple[tuple[int, str, str], ...]
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        """Text of the first heading; empty if there is none."""
        return self.headings[0][1] if self.headings else ""

    @property
    def recipe(self) -> str:
        """Slug of the recipe that it is about; empty if none."""
        return str(self.meta.get("recipe", ""))

    def parts(self) -> Iterator[str | Block]:
        """Prose and blocks in the order in which they stand."""
        done = 0
        for block in self.blocks:
            yield "\n".join(self.lines[done : block.first])
            yield block
            done = block.last + 1
        yield "\n".join(self.lines[done:])


def load_page(path: Path, top: Path) -> Page:
    """Read a page below the project's top folder.

    Raises:
        RecetarioError: There is none, or one of its blocks is not closed.
    """
    place = str(path.relative_to(top))
    if not path.is_file():
        raise RecetarioError(f"{place} is missing.", "Every recipe has a page in both languages.")
    return read_page(with_counts(read_text(path)), place)


@functools.lru_cache(512)
def read_page(text: str, place: str) -> Page:
    """Read a page's text; ``place`` names it in messages.

    Raises:
        RecetarioError: Its front matter is no YAML mapping, or one of its blocks is not closed.
    """
    found = _FRONT_MATTER.match(text)
    meta = _meta(found[1], place) if found else {}
    offset = found[0].count("\n") if found else 0
    lines = tuple(text[found.end() if found else 0 :].splitlines())
    outside = [None if inside else line for line, inside in zip(lines, _in_fence(lines), strict=True)]
    blocks = tuple(_blocks(outside, place, offset))
    headings = tuple(
        (len(found[1]), found[2], found[3] or "") for line in outside if line and (found := _HEADING.fullmatch(line))
    )
    return Page(place, meta, lines, offset, headings, blocks)


def _meta(text: str, place: str) -> dict[str, Any]:
    try:
        meta = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise RecetarioError(
            f"{place}:{line}: the front matter is not YAML: {error.problem}.", "Write `recipe: SLUG`, one a line."
        ) from error
    if not isinstance(meta, dict | None):
        raise RecetarioError(f"{place}:1: the front matter has no names.", "Write `recipe: SLUG`, one a line.")
    return meta or {}


def _in_fence(lines: tuple[str, ...]) -> Iterator[bool]:
    """For each line, whether it belongs to a fenced code block."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        closes = bool(fence and found and found[1].startswith(fence) and not line.strip().strip(fence[0]))
        yield bool(fence or found)
        if closes:
            fence = ""
        elif found and not fence:
            fence = found[1]


def _blocks(lines: list[str | None], place: str, offset: int) -> Iterator[Block]:
    """The outermost blocks; a block ends at a line of exactly as many slashes as opened it."""
    stack: list[tuple[str, str, str, int]] = []
    for number, line in enumerate(lines):
        if line is None:
            continue
        if opens := _OPENS.fullmatch(line):
            stack.append((opens[1], opens[2], opens[3] or "", number))
        elif closes := _CLOSES.fullmatch(line):
            if not stack or stack[-1][0] != closes[1]:
                raise RecetarioError(f"{place}:{offset + number + 1}: this line closes no block.", "Delete it.")
            _, name, argument, first = stack.pop()
            if not stack:
                yield Block(name, argument, first, number)
    if stack:
        slashes, name, argument, first = stack[-1]
        header = f"{slashes} {name}" + (f" | {argument}" if argument else "")
        raise RecetarioError(
            f"{place}:{offset + first + 1}: the block `{header}` is not closed.", f"End it with a line `{slashes}`."
        )
