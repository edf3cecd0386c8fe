"""Ranges of Podman versions in words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from recetario.book.ranges import in_words

_FILES = sorted((Path(__file__).parents[2] / "recipes").glob("*/claims.toml"))
_USED = sorted({found for path in _FILES for found in re.findall(r'podman = "([^"]+)"', path.read_text("utf-8"))})


@pytest.mark.parametrize(
    ("versions", "spanish", "english"),
    [
        ("==4.3", "Podman 4.3", "Podman 4.3"),
        ("===4.3", "Podman 4.3", "Podman 4.3"),
        (">=5", "Podman 5 y posteriores", "Podman 5 and later"),
        ("<5", "las versiones de Podman anteriores a la 5", "Podman versions before 5"),
        ("<=4.3", "las versiones de Podman hasta la 4.3", "Podman versions up to 4.3"),
        (">4.3", "las versiones de Podman posteriores a la 4.3", "Podman versions after 4.3"),
        ("!=3.0", "las versiones de Podman distintas de la 3.0", "Podman versions other than 3.0"),
        (">=4,<5", "Podman 4.x", "Podman 4.x"),
        ("==4.*", "Podman 4.x", "Podman 4.x"),
        (
            "<6,>=5.4",
            "las versiones de Podman desde la 5.4 y anteriores a la 6",
            "Podman versions from 5.4 on and before 6",
        ),
        (
            "~=5.4",
            "las versiones de Podman desde la 5.4 y anteriores a la 6",
            "Podman versions from 5.4 on and before 6",
        ),
    ],
)
def test_a_range_is_said_in_words(versions: str, spanish: str, english: str) -> None:
    """Whole series by their number."""
    assert (in_words(SpecifierSet(versions), "es"), in_words(SpecifierSet(versions), "en")) == (spanish, english)


@pytest.mark.parametrize("versions", _USED)
@pytest.mark.parametrize("language", ["es", "en"])
def test_no_sign_of_a_range_in_our_claims_is_left(versions: str, language: str) -> None:
    """``==4.3`` is read by the tool, not by a reader."""
    assert re.fullmatch(r"(?:las versiones de )?Podman [\w. ]+", in_words(SpecifierSet(versions), language))


def test_every_range_of_our_claims_is_tried_here() -> None:
    """They are found by how they are written: as many as the files have."""
    in_data = {str(value) for path in _FILES for value in _values(tomllib.loads(path.read_text("utf-8")))}

    assert in_data == set(_USED)


def _values(data: object) -> list[object]:
    """What stands under "podman", however deep."""
    if isinstance(data, list):
        return [value for item in data for value in _values(item)]
    if not isinstance(data, dict):
        return []
    inside = [value for item in data.values() for value in _values(item)]
    return [*inside, data["podman"]] if isinstance(data.get("podman"), str) else inside
