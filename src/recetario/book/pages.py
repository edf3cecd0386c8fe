"""Read the front matter, headings and blocks of pages as text; nothing is rendered here."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from recetario.book.environments import with_counts
from recetario.errors import RecetarioError, read_text

__all__ = ["Block", "Page", "in_fence", "load_page", "read_page"]

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)  # as MkDocs reads it
_OPENS = re.compile(r"\s*(/{3,})\s*([\w-]+)\s*(?:\|\s*(.*?)\s*)?")
_CLOSES = re.compile(r"\s*(/{3,})\s*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"(#{1,6}) +(.+?)(?: *\{ *#([\w-]+)(?: +\.[\w-]+)* *\})?")


@dataclass(frozen=True)
class Block:
    """A block: ``/// name | argument`` … ``///``.

    Attributes:
        name: For example ``"step"``.
        argument: The text after the bar, or empty.
        first: The index in the page's lines of the line that opens it.
        last: The index of the line that closes it.
    """

    name: str
    argument: str
    first: int
    last: int


@dataclass(frozen=True)
class Page:
    """A Markdown page.

    Attributes:
        location: Its path as messages show it.
        meta: The front matter.
        lines: The text after the front matter.
        offset: The number of lines of front matter, to compute line numbers in the file.
        headings: (level, text, id) in order; the id is empty if the heading has none.
        blocks: The outermost blocks, in order.
    """

    location: str
    meta: Mapping[str, Any]
    lines: tuple[str, ...]
    offset: int
    headings: tuple[tuple[int, str, str], ...]
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        """The text of the first heading, or empty."""
        return self.headings[0][1] if self.headings else ""

    @property
    def recipe(self) -> str:
        """The slug of the recipe that the page is about, or empty."""
        return str(self.meta.get("recipe", ""))

    def parts(self) -> Iterator[str | Block]:
        """Prose and blocks, in the order of the page."""
        start = 0
        for block in self.blocks:
            yield "\n".join(self.lines[start : block.first])
            yield block
            start = block.last + 1
        yield "\n".join(self.lines[start:])


def load_page(path: Path, top: Path) -> Page:
    """Read a page below the project's top folder.

    Raises:
        RecetarioError: The file is missing; see also ``read_page``.
    """
    location = str(path.relative_to(top))
    if not path.is_file():
        raise RecetarioError(f"{location} is missing.", "Every recipe needs a page in both languages.")
    return read_page(with_counts(read_text(path)), location)


@functools.lru_cache(512)
def read_page(text: str, location: str) -> Page:
    """Read the text of a page; ``location`` is its path in messages.

    Raises:
        RecetarioError: The front matter is not a YAML mapping, or a block is not closed or not opened.
    """
    meta: dict[str, Any] = {}
    offset = 0
    if front_matter := _FRONT_MATTER.match(text):
        meta = _meta(front_matter[1], location)
        offset = front_matter[0].count("\n")
        text = text[front_matter.end() :]
    lines = tuple(text.splitlines())
    outside = [None if inside else line for line, inside in zip(lines, in_fence(lines), strict=True)]
    blocks = tuple(_blocks(outside, location, offset))
    return Page(location, meta, lines, offset, tuple(_headings(outside)), blocks)


def _meta(text: str, location: str) -> dict[str, Any]:
    try:
        meta = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise RecetarioError(
            f"{location}:{line}: the front matter is not YAML: {error.problem}.", "Write `recipe: SLUG`."
        ) from error
    if not isinstance(meta, dict | None):
        raise RecetarioError(f"{location}:1: the front matter must be a mapping.", "Write `recipe: SLUG`.")
    return meta or {}


def in_fence(lines: Sequence[str]) -> Iterator[bool]:
    """For each line, whether it is part of a fenced code block."""
    fence = ""
    for line in lines:
        marker = _FENCE.match(line)
        closes = bool(fence and marker and marker[1].startswith(fence) and not line.strip().strip(fence[0]))
        yield bool(fence or marker)
        if closes:
            fence = ""
        elif marker and not fence:
            fence = marker[1]


def _headings(lines: list[str | None]) -> Iterator[tuple[int, str, str]]:
    """(Level, text, id) of each heading; lines in code blocks are None."""
    for line in lines:
        if line and (match := _HEADING.fullmatch(line)):
            yield len(match[1]), match[2], match[3] or ""


def _blocks(lines: list[str | None], location: str, offset: int) -> Iterator[Block]:
    """The outermost blocks; lines in code blocks are None.

    The line that closes a block has exactly as many slashes as the line that opened it.

    Raises:
        RecetarioError: A block is not closed, or a line closes no block.
    """
    stack: list[tuple[str, str, str, int]] = []
    for number, line in enumerate(lines):
        if line is None:
            continue
        if opens := _OPENS.fullmatch(line):
            stack.append((opens[1], opens[2], opens[3] or "", number))
        elif closes := _CLOSES.fullmatch(line):
            if not stack or stack[-1][0] != closes[1]:
                raise RecetarioError(f"{location}:{offset + number + 1}: this line closes no block.", "Delete it.")
            _, name, argument, first = stack.pop()
            if not stack:
                yield Block(name, argument, first, number)
    if stack:
        slashes, name, argument, first = stack[-1]
        header = f"{slashes} {name}" + (f" | {argument}" if argument else "")
        raise RecetarioError(
            f"{location}:{offset + first + 1}: the block `{header}` is not closed.", f"End it with a line `{slashes}`."
        )
