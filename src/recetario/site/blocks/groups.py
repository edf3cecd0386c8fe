"""Group environments that print the same, and describe a set of environments in few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from recetario.book.environments import BACKENDS, Backend, Environment, Mode
from recetario.book.evidence import Output
from recetario.translations import translations

__all__ = ["Group", "columns", "describe", "group"]


@dataclass(frozen=True)
class Group:
    """Environments in which one step printed the same, in table order."""

    environments: tuple[Environment, ...]
    output: Output


def group(outputs: Sequence[tuple[Environment, Output]], reference: str) -> list[Group]:
    """Group environments by what a step printed in them.

    Args:
        outputs: Each environment with the step's output, in table order.
        reference: Id of the environment whose group comes first.

    Returns:
        The reference's group, then the others, the largest first.
    """
    by_output: dict[Output, list[Environment]] = {}
    for environment, output in outputs:
        by_output.setdefault(output, []).append(environment)

    def position(candidate: Group) -> tuple[bool, int]:
        has_reference = any(environment.id == reference for environment in candidate.environments)
        return not has_reference, -len(candidate.environments)

    return sorted((Group(tuple(members), output) for output, members in by_output.items()), key=position)


def columns(environments: Iterable[Environment]) -> list[tuple[str, Backend]]:
    """The columns of a grid: each (Podman version, backend) once, in the order of the environments."""
    return list(dict.fromkeys((environment.podman, environment.backend) for environment in environments))


def describe(chosen: Sequence[Environment], everything: Sequence[Environment], language: str) -> str:
    """Describe a set of environments exactly and as briefly as possible: "Podman 3.0 and 4.3 with CNI, as root".

    Args:
        chosen: The environments to describe; at least one.
        everything: All environments that they were chosen from.
        language: One of ``LANGUAGES``.
    """
    texts = translations(language)["site"]
    if len(chosen) == len(everything):
        return texts["everywhere"]
    modes = [mode for mode in Mode if _columns_of(mode, everything)]
    chosen_columns = {mode: _columns_of(mode, chosen) for mode in modes}
    names = {mode: _name_columns(chosen_columns[mode], everything, texts) for mode in modes if chosen_columns[mode]}
    if len(names) == len(modes) and len(set(names.values())) == 1:  # the same in all modes: don't mention them
        return next(iter(names.values()))
    parts = []
    for mode, name in names.items():
        all_of_mode = chosen_columns[mode] == _columns_of(mode, everything)
        parts.append(texts[mode].capitalize() if all_of_mode else f"{name}, {texts[mode]}")
    return "; ".join(parts)


def _columns_of(mode: Mode, environments: Iterable[Environment]) -> list[tuple[str, Backend]]:
    return columns(environment for environment in environments if environment.mode is mode)


def _name_columns(
    chosen: list[tuple[str, Backend]], everything: Sequence[Environment], texts: Mapping[str, str]
) -> str:
    """Name columns, with the backend only if the versions alone would be ambiguous."""
    all_columns = columns(everything)
    versions = list(dict.fromkeys(podman for podman, _ in chosen))
    backends = {backend for _, backend in chosen}
    needs_backend = any((podman, other) in all_columns for podman, own in chosen for other in BACKENDS if other != own)
    if needs_backend and len(backends) == 1:
        (backend,) = backends
        return f"Podman {_join(versions, texts)} {texts['with']} {BACKENDS[backend]}"
    names = []
    for version in versions:
        own = [backend for podman, backend in chosen if podman == version]
        tested = [backend for podman, backend in all_columns if podman == version]
        # In parentheses: in "3.0 and 4.3 with netavark", the backend would seem to be of both versions.
        names.append(version if own == tested else f"{version} ({BACKENDS[own[0]]})")
    return f"Podman {_join(names, texts)}"


def _join(names: Sequence[str], texts: Mapping[str, str]) -> str:
    """Join names as prose does: "3.0, 4.3 and 5.4"."""
    *first, last = names
    return f"{', '.join(first)} {texts['and']} {last}" if first else last
