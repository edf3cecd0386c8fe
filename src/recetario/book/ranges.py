"""Describe a range of Podman versions in a sentence: "Podman 5 and later"."""

from __future__ import annotations

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from recetario.translations import translations

__all__ = ["describe_range"]


def describe_range(versions: SpecifierSet, language: str) -> str:
    """Describe a version range as a noun that fits after "about": ``">=4,<5"`` is "Podman 4.x".

    Args:
        versions: A range of minor versions of Podman, with at least one condition; for the syntax see PEP 440.
        language: One of ``LANGUAGES``.
    """
    texts = translations(language)["ranges"]
    conditions = [condition for specifier in versions for condition in _conditions(specifier)]
    conditions.sort(key=lambda condition: ">" not in condition[0])  # lower bounds come first
    if len(conditions) == 1:
        operator, version = conditions[0]
        if operator == "==":
            return f"Podman {version}"
        if operator == ">=":
            return texts["later"].format(version=version)
    if major := _major_version(conditions):
        return f"Podman {major}.x"
    described = [texts[operator].format(version=version) for operator, version in conditions]
    return texts["some"].format(parts=f" {texts['and']} ".join(described))


def _conditions(specifier: Specifier) -> list[tuple[str, str]]:
    """Express a specifier as (operator, version) pairs that use only the operators for which there are texts.

    ``~=5.4`` and ``==5.*`` become a lower and an upper bound, and ``===`` becomes ``==``.
    """
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
