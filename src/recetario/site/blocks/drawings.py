"""Draw boxes and arrows as SVG from a small TOML file: ``docs/drawings/NAME.toml``.

A box holds rows of boxes; where each stands and how large it is follows from that. Colours are the page's own
(``currentColor`` and the theme's variables), so that it follows light and dark; browsers get SVG alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from recetario.errors import RecetarioError, nearest, read_text

__all__ = ["KINDS", "draw", "load_drawing"]

KINDS = ("part", "program", "space", "rows")
"""What a box can be: a thing, a process, a network namespace, or no more than its rows."""

_WIDTH = 360.0  # px: as wide as a phone's page, so that its text is as large there as the page's
_PAD, _ACROSS, _DOWN, _LINE = 9.0, 16.0, 30.0, 16.0
_LETTER = 6.9  # a wide one, at 12 px
_RECTANGLE = Markup(
    '<rect class="drawing__{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="5" fill="none" stroke="currentColor"/>'
)
_WORDS = Markup('<text class="drawing__{}" x="{:g}" y="{:g}" text-anchor="{}" fill="currentColor">{}</text>')
_ARROW = Markup('<line class="drawing__arrow" x1="{:g}" y1="{:g}" x2="{:g}" y2="{:g}" stroke="currentColor"{}/>')


@dataclass
class _Box:
    """Where a box stands, once it was placed."""

    name: str
    kind: str
    words: str
    x: float
    y: float
    width: float
    height: float = 0.0
    inside: list[_Box] = field(default_factory=list)

    def all(self) -> Iterator[_Box]:
        """It and all that is inside of it, outermost first."""
        yield self
        for box in self.inside:
            yield from box.all()


def load_drawing(top: Path, name: str, place: str) -> Mapping[str, Any]:
    """Read a drawing; ``place`` names the page that asks for it.

    Raises:
        RecetarioError: There is none of this name, or it is not TOML.
    """
    path = top / "docs" / "drawings" / f"{name}.toml"
    if not path.is_file():
        known = [other.stem for other in path.parent.glob("*.toml")]
        raise RecetarioError(f'{place} shows drawing "{name}", which does not exist.', nearest(name, known))
    try:
        return {"name": name, "place": f"docs/drawings/{name}.toml", **tomllib.loads(read_text(path))}
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"docs/drawings/{name}.toml is not TOML: {error}.") from error


def draw(drawing: Mapping[str, Any], language: str) -> tuple[str, Markup]:
    """The viewBox of a drawing, and its shapes with words in this language.

    Raises:
        RecetarioError: A box that there is not, of no known kind, or words that are wider than their place.
    """
    outermost = _place(drawing, "all", language, 0.5, 0.5, _WIDTH - 1)
    boxes = {box.name: box for box in outermost.all()}
    shapes = [_draw_box(box) for box in boxes.values() if box.kind != "rows"]
    shapes += [_draw_arrow(drawing, arrow, boxes, language) for arrow in drawing.get("arrow", ())]
    return f"0 0 {_WIDTH:g} {outermost.height + 1:g}", Markup("").join(shapes)


def _place(drawing: Mapping[str, Any], name: str, language: str, x: float, y: float, width: float) -> _Box:
    """A box and what is inside of it, in rows of equal widths."""
    about = drawing["box"][_known(drawing, name, drawing["box"])]
    box = _Box(name, _known(drawing, about.get("kind", "part"), KINDS), _words(about, language), x, y, width)
    _check_room(drawing, box.words, width - _PAD)
    pad = 0.0 if box.kind == "rows" else _PAD
    below = y + pad + (_LINE if box.words else 0) + (4 if about.get("rows") and box.words else 0)
    for row in about.get("rows", ()):
        each = (width - 2 * pad - _ACROSS * (len(row) - 1)) / len(row)
        placed = [
            _place(drawing, one, language, x + pad + i * (each + _ACROSS), below, each) for i, one in enumerate(row)
        ]
        for one in placed:
            one.height = max(other.height for other in placed)
        box.inside += placed
        below += placed[0].height + _DOWN
    box.height = below - y + pad - (_DOWN if box.inside else 0)
    return box


def _draw_box(box: _Box) -> Markup:
    """Its words stand in its middle, or above what is inside of it."""
    where = (
        ("name", box.x + _PAD, box.y + _PAD + 12, "start")
        if box.inside
        else ("word", box.x + box.width / 2, box.y + box.height / 2 + 4, "middle")
    )
    return _RECTANGLE.format(box.kind, box.x, box.y, box.width, box.height) + _WORDS.format(*where, box.words)


def _draw_arrow(
    drawing: Mapping[str, Any], arrow: Mapping[str, Any], boxes: Mapping[str, _Box], language: str
) -> Markup:
    """A straight line between two boxes: down or up where one stands above the other, else across."""
    start, end = (boxes[_known(drawing, arrow[key], boxes)] for key in ("from", "to"))
    left, right = max(start.x, end.x), min(start.x + start.width, end.x + end.width)
    tip = Markup(' marker-{}="url(#drawing-{}-tip)"')
    tips = Markup("").join(tip.format(at, drawing["name"]) for at in ("start", "end") if at == "end" or "both" in arrow)
    if right <= left:
        middle = start.y + start.height / 2
        (x1, x2) = (start.x + start.width, end.x) if start.x < end.x else (start.x, end.x + end.width)
        return _ARROW.format(x1, middle, x2, middle, tips)
    x = left + (right - left) * arrow.get("at", 0.5)
    (y1, y2) = (start.y + start.height, end.y) if start.y < end.y else (start.y, end.y + end.height)
    words = _words(arrow, language)
    _check_room(drawing, words, _WIDTH - x - 6)
    beside = _WORDS.format("along", x + 6, y1 + (22 if y1 < y2 else -12), "start", words) if words else ""
    return _ARROW.format(x, y1, x, y2, tips) + beside


def _words(about: Mapping[str, Any], language: str) -> str:
    """The words of a box or an arrow: ``text`` where both languages write the same."""
    return str(about.get("text", about.get(language, "")))


def _known(drawing: Mapping[str, Any], name: str, names: Any) -> str:
    if name not in names:
        raise RecetarioError(f'{drawing["place"]}: there is no "{name}".', nearest(name, names))
    return name


def _check_room(drawing: Mapping[str, Any], words: str, room: float) -> None:
    if len(words) * _LETTER > room:
        raise RecetarioError(f'{drawing["place"]}: "{words}" is too long for its place.', "Shorten it.")
