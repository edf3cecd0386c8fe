"""Draw boxes and arrows as SVG from a small TOML file: ``docs/drawings/NAME.toml``.

A box contains rows of boxes, and the layout follows from that: nobody writes coordinates. Colours are ``currentColor``
and the theme's variables, so drawings work in the light and the dark scheme. All measures are in px.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from recetario.errors import RecetarioError, nearest, read_text
from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.context import PageContext

__all__ = ["KINDS", "Drawing", "draw", "load_drawing"]

KINDS = ("part", "program", "space", "rows")
"""Kinds of boxes: a thing, a process, a network namespace, or an invisible box that only arranges its rows."""

_WIDTH = 360.0  # as wide as a page on a phone, where text in drawings must be as large as the page's own
_PAD = 9.0
_GAP_BETWEEN_COLUMNS = 16.0
_GAP_BETWEEN_ROWS = 30.0
_LINE_HEIGHT = 16.0
_LETTER_WIDTH = 6.9  # of a wide letter, in the drawings' font size of 12 px
_RECTANGLE = Markup(
    '<rect class="drawing__{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="5" fill="none" stroke="currentColor"/>'
)
_TEXT = Markup('<text class="drawing__{}" x="{:g}" y="{:g}" text-anchor="{}" fill="currentColor">{}</text>')
_ARROW = Markup('<line class="drawing__arrow" x1="{:g}" y1="{:g}" x2="{:g}" y2="{:g}" stroke="currentColor"{}/>')
_ARROWHEAD = Markup(' marker-{}="url(#drawing-{}-tip)"')


@dataclass
class _Box:
    """A box with its position, its size and the boxes inside it."""

    name: str
    kind: str
    label: str
    x: float
    y: float
    width: float
    height: float = 0.0
    children: list[_Box] = field(default_factory=list)

    def walk(self) -> Iterator[_Box]:
        """The box itself and all boxes inside it, outermost first."""
        yield self
        for child in self.children:
            yield from child.walk()


def load_drawing(top: Path, name: str, location: str) -> Mapping[str, Any]:
    """Read ``docs/drawings/NAME.toml``.

    Args:
        top: The repository's top folder.
        name: Of the drawing, without folder and extension.
        location: The page that asks for the drawing, for the error.

    Returns:
        The file's tables, and its ``name`` and ``location``.

    Raises:
        RecetarioError: The file does not exist, or is not TOML.
    """
    path = top / "docs" / "drawings" / f"{name}.toml"
    if not path.is_file():
        known = [other.stem for other in path.parent.glob("*.toml")]
        raise RecetarioError(f'{location} shows drawing "{name}", which does not exist.', nearest(name, known))
    try:
        return {"name": name, "location": f"docs/drawings/{name}.toml", **tomllib.loads(read_text(path))}
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"docs/drawings/{name}.toml is not TOML: {error}.") from error


def draw(drawing: Mapping[str, Any], language: str) -> tuple[str, Markup]:
    """Draw what ``load_drawing`` returned, with its labels in this language.

    Returns:
        The SVG's ``viewBox``, and its shapes.

    Raises:
        RecetarioError: A box or its kind does not exist, or a label does not fit.
    """
    outermost = _place_box(drawing, "all", language, 0.5, 0.5, _WIDTH - 1)
    boxes = {box.name: box for box in outermost.walk()}
    shapes = [_draw_box(box) for box in boxes.values() if box.kind != "rows"]
    shapes += [_draw_arrow(drawing, arrow, boxes, language) for arrow in drawing.get("arrow", ())]
    return f"0 0 {_WIDTH:g} {outermost.height + 1:g}", Markup("").join(shapes)


def _place_box(drawing: Mapping[str, Any], name: str, language: str, x: float, y: float, width: float) -> _Box:
    """Compute a box's height, and place the rows of boxes inside it."""
    _check_known(drawing, name, drawing["box"])
    settings = drawing["box"][name]
    kind = settings.get("kind", "part")
    _check_known(drawing, kind, KINDS)
    box = _Box(name, kind, _label(settings, language), x, y, width)
    _check_fits(drawing, box.label, width - _PAD)
    pad = 0.0 if kind == "rows" else _PAD
    rows = settings.get("rows", ())
    bottom = y + pad
    if box.label:
        bottom += _LINE_HEIGHT
        if rows:
            bottom += 4
    for row in rows:
        placed = _place_row(drawing, row, language, x + pad, bottom, width - 2 * pad)
        box.children += placed
        bottom += placed[0].height + _GAP_BETWEEN_ROWS
    box.height = bottom - y + pad
    if box.children:
        box.height -= _GAP_BETWEEN_ROWS
    return box


def _place_row(
    drawing: Mapping[str, Any], names: list[str], language: str, x: float, y: float, width: float
) -> list[_Box]:
    """Place boxes of equal width side by side, all as high as the highest one."""
    each = (width - _GAP_BETWEEN_COLUMNS * (len(names) - 1)) / len(names)
    boxes = []
    for column, name in enumerate(names):
        left = x + column * (each + _GAP_BETWEEN_COLUMNS)
        boxes.append(_place_box(drawing, name, language, left, y, each))
    highest = max(box.height for box in boxes)
    for box in boxes:
        box.height = highest
    return boxes


def _draw_box(box: _Box) -> Markup:
    """A rectangle with its label: above the boxes inside it, or else in its middle."""
    rectangle = _RECTANGLE.format(box.kind, box.x, box.y, box.width, box.height)
    if box.children:
        return rectangle + _TEXT.format("name", box.x + _PAD, box.y + _PAD + 12, "start", box.label)
    return rectangle + _TEXT.format("word", box.x + box.width / 2, box.y + box.height / 2 + 4, "middle", box.label)


def _draw_arrow(
    drawing: Mapping[str, Any], arrow: Mapping[str, Any], boxes: Mapping[str, _Box], language: str
) -> Markup:
    """A straight line between two boxes: vertical if one is above the other, horizontal otherwise."""
    _check_known(drawing, arrow["from"], boxes)
    _check_known(drawing, arrow["to"], boxes)
    start, end = boxes[arrow["from"]], boxes[arrow["to"]]
    arrowheads = _ARROWHEAD.format("end", drawing["name"])
    if "both" in arrow:
        arrowheads = _ARROWHEAD.format("start", drawing["name"]) + arrowheads

    left, right = max(start.x, end.x), min(start.x + start.width, end.x + end.width)
    if right <= left:
        middle = start.y + start.height / 2
        (x1, x2) = (start.x + start.width, end.x) if start.x < end.x else (start.x, end.x + end.width)
        return _ARROW.format(x1, middle, x2, middle, arrowheads)

    x = left + (right - left) * arrow.get("at", 0.5)
    (y1, y2) = (start.y + start.height, end.y) if start.y < end.y else (start.y, end.y + end.height)
    line = _ARROW.format(x, y1, x, y2, arrowheads)
    label = _label(arrow, language)
    _check_fits(drawing, label, _WIDTH - x - 6)
    if not label:
        return line
    return line + _TEXT.format("along", x + 6, y1 + (22 if y1 < y2 else -12), "start", label)


def _label(settings: Mapping[str, Any], language: str) -> str:
    """What a box or an arrow says: ``text`` if it is the same in all languages."""
    return str(settings.get("text", settings.get(language, "")))


def _check_known(drawing: Mapping[str, Any], name: str, known: Collection[str]) -> None:
    if name not in known:
        raise RecetarioError(f'{drawing["location"]}: "{name}" does not exist.', nearest(name, known))


def _check_fits(drawing: Mapping[str, Any], label: str, room: float) -> None:
    if len(label) * _LETTER_WIDTH > room:
        raise RecetarioError(f'{drawing["location"]}: "{label}" is too long to fit.', "Shorten it.")


@dataclass(frozen=True)
class DrawingContent:
    """A drawing.

    Attributes:
        name: Of its file.
        title: What the picture shows.
        description: The same in full, for readers who don't see it.
        drawn: See ``draw``.
    """

    name: str
    title: str
    description: str
    drawn: tuple[str, Markup]


class Drawing(PageBlock):
    """``/// drawing | root-bridge``: a drawing of ``docs/drawings``, with its title below."""

    NAME, ARGUMENT = "drawing", True

    @staticmethod
    def content(page: PageContext, argument: str) -> DrawingContent:
        language = page.renderer.language
        drawing = load_drawing(page.renderer.project.top, argument, page.location)
        return DrawingContent(argument, drawing["title"][language], drawing["desc"][language], draw(drawing, language))
