"""Say which environments print the same, in the fewest exact words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from recetario.book.environments import BACKENDS, Backend, Environment, Mode
from recetario.book.evidence import Output
from recetario.translations import translations

__all__ = ["Group", "columns", "describe", "group"]


@dataclass(frozen=True)
class Group:
    """Environments with equal output of one step, in table order."""

    environments: tuple[Environment, ...]
    output: Output


def group(outputs: Sequence[tuple[Environment, Output]], reference: str) -> list[Group]:
    """Put environments with equal output together.

    Args:
        outputs: What one step printed, by environment, in table order.
        reference: Id of the environment whose group stands first.

    Returns:
        The reference's group, then the others by size, larger first.
    """
    found: dict[Output, list[Environment]] = {}
    for environment, output in outputs:
        found.setdefault(output, []).append(environment)
    groups = [Group(tuple(members), output) for output, members in found.items()]
    return sorted(groups, key=lambda one: (reference not in [e.id for e in one.environments], -len(one.environments)))


def columns(environments: Iterable[Environment]) -> list[tuple[str, Backend]]:
    """The (Podman, backend) pairs among these, in order: the columns of a grid."""
    return list(dict.fromkeys((environment.podman, environment.backend) for environment in environments))


def describe(some: Sequence[Environment], everything: Sequence[Environment], language: str) -> str:
    """The shortest exact description of some environments out of all: "Podman 3.0 and 4.3 with CNI, as root"."""
    words = translations(language)["site"]
    if len(some) == len(everything):
        return words["everywhere"]
    modes = {mode: columns(e for e in some if e.mode is mode) for mode in Mode}
    whole = {mode: columns(e for e in everything if e.mode is mode) for mode in Mode}
    named = {mode: _columns(cols, columns(everything), words) for mode, cols in modes.items() if cols}
    if len(set(named.values())) == 1 and len(named) == len([mode for mode in whole if whole[mode]]):
        return next(iter(named.values()))
    return "; ".join(
        words[mode].capitalize() if modes[mode] == whole[mode] else f"{text}, {words[mode]}"
        for mode, text in named.items()
    )


def _columns(some: list[tuple[str, Backend]], everything: list[tuple[str, Backend]], words: Mapping[str, str]) -> str:
    """Name columns: the backend only where a version alone does not tell, or once where it is the same for all."""
    backends = {backend for _, backend in some}
    versions = list(dict.fromkeys(podman for podman, _ in some))
    ambiguous = any((podman, other) in everything for podman, backend in some for other in BACKENDS if other != backend)
    if len(backends) == 1 and ambiguous and len(versions) == len(some):
        return f"Podman {_list(versions, words)} {words['with']} {BACKENDS[some[0][1]]}"
    names = []
    for version in versions:
        here = [backend for podman, backend in some if podman == version]
        there = [backend for podman, backend in everything if podman == version]
        # In brackets: "3.0 and 4.3 with netavark" would say it of both.
        names.append(version if here == there else f"{version} ({BACKENDS[here[0]]})")
    return f"Podman {_list(names, words)}"


def _list(names: Sequence[str], words: Mapping[str, str]) -> str:
    *first, last = names
    return f"{', '.join(first)} {words['and']} {last}" if first else last
