"""Load what readers are told, from one TOML file for each language beside this module."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

from recetario.errors import RecetarioError, nearest, read_text, where

__all__ = ["LANGUAGES", "translations"]

_FOLDER = Path(__file__).parent
_DEFAULT = "es"

LANGUAGES = tuple(sorted((path.stem for path in _FOLDER.glob("*.toml")), key=lambda name: (name != _DEFAULT, name)))
"""The languages of the site: each that has a file, the default one first."""


@functools.lru_cache
def translations(language: str) -> Mapping[str, Mapping[str, str]]:
    """The translations of one language by section, such as ``"site"``, and key.

    Values may have named placeholders, for ``str.format``.

    Raises:
        RecetarioError: The language has no file, or its file is not UTF-8 or not TOML.
    """
    if language not in LANGUAGES:
        raise RecetarioError(f'There are no translations for language "{language}".', nearest(language, LANGUAGES))
    path = _FOLDER / f"{language}.toml"
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"{where(path)}: {error}.", "See https://toml.io for how TOML is written.") from error
