"""Say a range of Podman versions in words: "Podman 5 and later"."""

from __future__ import annotations

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from recetario.translations import translations

__all__ = ["in_words"]


def in_words(versions: SpecifierSet, language: str) -> str:
    """A PEP 440 range as a noun that fits after "about": ``">=4,<5"`` is "Podman 4.x".

    Args:
        versions: Of Podman's minor versions. At least one part, else there is nothing to say.
        language: One of ``LANGUAGES``.
    """
    words = translations(language)["ranges"]
    parts = sorted((part for one in versions for part in _parts(one)), key=lambda part: ">" not in part[0])
    if [operator for operator, _ in parts] == ["=="]:
        return f"Podman {parts[0][1]}"
    if [operator for operator, _ in parts] == [">="]:
        return words["later"].format(version=parts[0][1])
    if series := _series(parts):
        return f"Podman {series}.x"
    described = (words[operator].format(version=version) for operator, version in parts)
    return words["some"].format(parts=f" {words['and']} ".join(described))


def _parts(one: Specifier) -> list[tuple[str, str]]:
    """(Operator, version) of what one part of a range means, without ``~=`` and without ``.*``."""
    release = Version(one.version.removesuffix(".*")).release
    if one.operator == "~=" or (one.operator == "==" and one.version.endswith(".*")):
        prefix = release[:-1] if one.operator == "~=" else release
        above = (*prefix[:-1], prefix[-1] + 1)
        return [(">=", ".".join(map(str, release))), ("<", ".".join(map(str, above)))]
    return [(one.operator.replace("===", "=="), one.version)]


def _series(parts: list[tuple[str, str]]) -> str:
    """The major version that a range is all of: "4" of ``>=4,<5``; empty for other ranges."""
    if [operator for operator, _ in parts] != [">=", "<"]:
        return ""
    low, high = (Version(version) for _, version in parts)
    whole = low.minor == high.minor == 0 and high.major == low.major + 1
    return str(low.major) if whole else ""
