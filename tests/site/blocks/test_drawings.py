"""Drawings in TOML become SVG."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.blocks import BlockPage
from support.demo import Demo, refusal
from support.sample_site import TOP

from recetario.book.project import Project
from recetario.site.blocks.drawings import draw, load_drawing

_DRAWING = """\
title = { es = "Un cable", en = "A cable" }
desc = { es = "Une a con b.", en = "It joins a <to> b." }
[box]
all = { kind = "rows", rows = [["host"], ["b", "c"]] }
host = { kind = "space", es = "la red del host", en = "the host's network", rows = [["a"]] }
a = { kind = "program", text = "a" }
b = { text = "b" }
c = { text = "c" }
[[arrow]]
from = "a"
to = "b"
es = "baja"
en = "down"
[[arrow]]
from = "c"
to = "b"
both = true
"""
_OURS = sorted(path.stem for path in (TOP / "docs" / "drawings").glob("*.toml"))


@pytest.fixture
def drawing(demo: Demo) -> Path:
    """The path of a drawing in the demo project."""
    path = demo.top / "docs" / "drawings" / "cable.toml"
    path.parent.mkdir()
    path.write_text(_DRAWING, "utf-8")
    return path


def _svg(top: Path, language: str, name: str = "cable") -> ElementTree.Element:
    """The SVG that the block puts on a page, which must be well-formed XML."""
    html = BlockPage(Project(top), language).html(f"drawing | {name}")
    return ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def _draw_error(drawing: Path, old: str, new: str) -> str:
    """The error message for a drawing with this mistake in it."""
    drawing.write_text(_DRAWING.replace(old, new, 1), "utf-8")
    return refusal(lambda: draw(load_drawing(drawing.parents[2], "cable", "x.md"), "en"))


def test_a_drawing_is_in_the_language_of_its_page(drawing: Path) -> None:
    """Its title, description and labels are translated; `text` is the same in all languages."""
    es, en = (_svg(drawing.parents[2], language) for language in ("es", "en"))

    assert (es.find("title").text, es.find("desc").text) == ("Un cable", "Une a con b.")  # type: ignore[union-attr]
    assert (en.find("title").text, en.find("desc").text) == ("A cable", "It joins a <to> b.")  # type: ignore[union-attr]
    assert en.get("role") == "img" and en.get("aria-labelledby") == "drawing-cable-title drawing-cable-desc"
    assert [text.text for text in en.findall("text")] == ["the host's network", "a", "b", "c", "down"]


def test_drawings_have_no_colours_of_their_own(drawing: Path) -> None:
    """They take the text's colour, and so work in the light and the dark scheme."""
    shapes = [shape for shape in _svg(drawing.parents[2], "en").iter() if shape.get("stroke") or shape.get("fill")]

    assert {shape.get(name) for shape in shapes for name in ("stroke", "fill")} <= {"currentColor", "none", None}


def test_boxes_are_inside_their_parent_and_beside_each_other(drawing: Path) -> None:
    """Boxes of a row share its width, and all are as high as the highest one."""
    host, a, b, c = (
        [float(box.get(name, 0)) for name in ("x", "y", "width", "height")]
        for box in _svg(drawing.parents[2], "en").findall("rect")
    )

    assert host[0] < a[0] and a[0] + a[2] < host[0] + host[2]
    assert host[1] < a[1] and a[1] + a[3] < host[1] + host[3] < b[1]
    assert b[0] + b[2] < c[0] and b[1:] == c[1:]


def test_arrows_go_from_edge_to_edge(drawing: Path) -> None:
    """An arrow is vertical if one box is above the other, and horizontal otherwise. `both` adds a second arrowhead."""
    svg = _svg(drawing.parents[2], "en")
    down, across = svg.findall("line")
    _, a, b, c = svg.findall("rect")

    assert down.get("x1") == down.get("x2")
    assert float(down.get("y1", 0)) == float(a.get("y", 0)) + float(a.get("height", 0))
    assert down.get("y2") == b.get("y")
    assert (across.get("x1"), across.get("y1")) == (c.get("x"), across.get("y2"))
    assert ("marker-start" in down.attrib, "marker-start" in across.attrib) == (False, True)


def test_an_unknown_drawing_is_refused(drawing: Path) -> None:
    """The message suggests the most similar name."""
    message = refusal(lambda: load_drawing(drawing.parents[2], "cabel", "docs/en/x.md"))

    assert message == 'docs/en/x.md shows drawing "cabel", which does not exist.\n  Did you mean "cable"?'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('rows = [["a"]]', 'rows = [["bb"]]', '"bb" does not exist.\n  Did you mean "b"?'),
        ('to = "b"', 'to = "hots"', '"hots" does not exist.\n  Did you mean "host"?'),
        ('"program"', '"programme"', '"programme" does not exist.\n  Did you mean "program"?'),
        ('text = "b"', f'text = "{"b" * 30}"', f'"{"b" * 30}" is too long to fit.\n  Shorten it.'),
        ('en = "down"', f'en = "{"d" * 50}"', f'"{"d" * 50}" is too long to fit.\n  Shorten it.'),
    ],
)
def test_a_mistake_in_a_drawing_is_refused(drawing: Path, old: str, new: str, message: str) -> None:
    """Unknown boxes and kinds, and labels that do not fit."""
    assert _draw_error(drawing, old, new) == f"docs/drawings/cable.toml: {message}"


def test_a_drawing_that_is_not_toml_is_refused(drawing: Path) -> None:
    """The message has the line of the mistake."""
    assert re.match(r"docs/drawings/cable\.toml is not TOML: .*line 3", _draw_error(drawing, "[box]", "[box"))


@pytest.mark.parametrize("name", _OURS)
def test_our_drawings_have_all_labels_in_both_languages(name: str) -> None:
    """Neither language lacks a label, and every box has one."""
    es, en = (_svg(TOP, language, name) for language in ("es", "en"))

    spanish, english = ([text.text for text in svg.findall("text")] for svg in (es, en))

    assert len(spanish) == len(english)
    assert [bool(label) for label in spanish] == [bool(label) for label in english]
    assert len(es.findall("text")) >= len(es.findall("rect"))


def test_each_of_our_drawings_is_on_a_page() -> None:
    """A drawing that nobody sees would not be kept up to date."""
    pages = "".join(path.read_text("utf-8") for path in (TOP / "docs" / "es").rglob("*.md"))

    assert [name for name in _OURS if f"/// drawing | {name}\n" not in pages] == []
