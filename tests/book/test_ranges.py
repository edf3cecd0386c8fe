"""Version ranges of Podman are described for readers, in every language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from recetario.book.ranges import describe_range

_FILES = sorted((Path(__file__).parents[2] / "recipes").glob("*/claims.toml"))
_USED = sorted({value for path in _FILES for value in re.findall(r'podman = "([^"]+)"', path.read_text("utf-8"))})


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
def test_a_range_is_described(versions: str, spanish: str, english: str) -> None:
    """A range that is exactly one major version is described by its number."""
    assert describe_range(SpecifierSet(versions), "es") == spanish
    assert describe_range(SpecifierSet(versions), "en") == english


@pytest.mark.parametrize("versions", _USED)
@pytest.mark.parametrize("language", ["es", "en"])
def test_descriptions_of_our_claims_ranges_have_no_operators(versions: str, language: str) -> None:
    """Readers see words, not operators such as ``==``."""
    assert re.fullmatch(r"(?:las versiones de )?Podman [\w. ]+", describe_range(SpecifierSet(versions), language))


def test_the_ranges_above_are_all_ranges_of_our_claims() -> None:
    """The regular expression that collects them finds the same ranges as a TOML parser."""
    parsed = {value for path in _FILES for value in _podman_values(tomllib.loads(path.read_text("utf-8")))}

    assert parsed == set(_USED)


def _podman_values(data: object) -> Iterator[str]:
    """All strings with the key "podman", at any depth."""
    if isinstance(data, list):
        for item in data:
            yield from _podman_values(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "podman" and isinstance(value, str):
                yield value
            else:
                yield from _podman_values(value)
