"""Describe a range of Podman versions in a sentence: "Podman 5 and later"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from recetario.translations import translations

__all__ = ["conditions", "describe_range", "is_minor"]

_MINOR_VERSION = re.compile(r"\d+(?:\.\d+)?")


def describe_range(versions: SpecifierSet, language: str) -> str:
    """Describe a version range as a noun that fits after "about": ``">=4,<5"`` is "Podman 4.x".

    Args:
        versions: A range of minor versions of Podman, with at least one condition; for the syntax see PEP 440.
        language: One of ``LANGUAGES``.
    """
    texts = translations(language)["ranges"]
    lower_first = sorted(conditions(versions), key=lambda condition: ">" not in condition[0])
    if len(lower_first) == 1:
        operator, version = lower_first[0]
        if operator == "==":
            return f"Podman {version}"
        if operator == ">=":
            return texts["later"].format(version=version)
    if major := _major_version(lower_first):
        return f"Podman {major}.x"
    described = [texts[operator].format(version=version) for operator, version in lower_first]
    return texts["some"].format(parts=f" {texts['and']} ".join(described))


def conditions(versions: Iterable[Specifier]) -> list[tuple[str, str]]:
    """Express a range as (operator, minor version) pairs that use only ``==``, ``!=``, ``>=``, ``>``, ``<=`` and ``<``.

    ``~=5.4`` and ``==5.*`` become a lower and an upper bound, and ``===`` becomes ``==``.

    Args:
        versions: The conditions of a range; all of them are about minor versions, see ``is_minor``.
    """
    return [condition for specifier in versions for condition in _conditions(specifier)]


def is_minor(specifier: Specifier) -> bool:
    """Whether a condition is about minor versions: not ``<5.4.2``, and not ``!=5.*``, which no pair can express."""
    version = specifier.version if specifier.operator == "!=" else specifier.version.removesuffix(".*")
    return _MINOR_VERSION.fullmatch(version) is not None


def _conditions(specifier: Specifier) -> list[tuple[str, str]]:
    has_wildcard = specifier.operator == "==" and specifier.version.endswith(".*")
    if specifier.operator != "~=" and not has_wildcard:
        return [(specifier.operator.replace("===", "=="), specifier.version)]
    release = Version(specifier.version.removesuffix(".*")).release
    prefix = release if has_wildcard else release[:-1]
    upper = (*prefix[:-1], prefix[-1] + 1)
    return [(">=", ".".join(map(str, release))), ("<", ".".join(map(str, upper)))]


def _major_version(conditions: list[tuple[str, str]]) -> str:
    """Return "4" if the conditions mean all versions 4.x, as ``>=4,<5`` does; empty for other ranges."""
    if [operator for operator, _ in conditions] != [">=", "<"]:
        return ""
    lower, upper = (Version(version) for _, version in conditions)
    is_whole = lower.minor == upper.minor == 0 and upper.major == lower.major + 1
    return str(lower.major) if is_whole else ""
