"""Environments that print the same are grouped, and described exactly and briefly."""

from __future__ import annotations

import itertools

import pytest
from support.demo import environment

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.site.blocks.groups import columns, describe, group

ALL = load_environments()


def starting_with(*ids: str) -> list[Environment]:
    """The environments whose ids start with one of these, in table order."""
    return [environment for environment in ALL if environment.id.startswith(ids)]


def subsets(environments: list[Environment]) -> list[list[Environment]]:
    """All non-empty subsets; each keeps the order of the environments."""
    sizes = range(1, len(environments) + 1)
    return [list(subset) for size in sizes for subset in itertools.combinations(environments, size)]


def test_environments_with_equal_outputs_are_one_group() -> None:
    """Its environments are in table order."""
    root = tuple(environment for environment in ALL if not environment.rootless)
    rootless = tuple(environment for environment in ALL if environment.rootless)

    groups = group([(environment, Output(environment.mode)) for environment in ALL], root[0].id)

    assert [found.environments for found in groups] == [root, rootless]


@pytest.mark.parametrize("other", [Output("", "x"), Output("x", status=1), Output("x", cut=1), Output("x\n")])
def test_outputs_that_differ_in_any_way_are_two_groups(other: Output) -> None:
    """By stream, status, bytes left out, or the line end of the last line."""
    assert len(group([(ALL[0], Output("x")), (ALL[1], other)], ALL[0].id)) == 2


def test_the_references_group_comes_first_then_the_largest() -> None:
    """Even if the reference's group is the smallest."""
    texts = ["a"] * 3 + ["b"] * 2 + ["c"] * 2 + ["d"]
    some = ALL[: len(texts)]
    outputs = [(environment, Output(text)) for environment, text in zip(some, texts, strict=True)]

    groups = group(outputs, some[-1].id)

    assert [found.output.stdout for found in groups] == ["d", "a", "b", "c"]


def test_columns_are_versions_with_their_backends() -> None:
    """Each Podman version with each of its backends."""
    assert columns(starting_with("3.0", "4.3", "5.4")) == [
        ("3.0", "cni"),
        ("4.3", "cni"),
        ("4.3", "netavark"),
        ("5.4", "netavark"),
    ]
    assert columns(ALL) == [(environment.podman, environment.backend) for environment in ALL if environment.rootless]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_set_of_environments_has_a_description_of_its_own(language: str) -> None:
    """A description that fits two sets is not exact.

    There are twice as many sets with each environment, so these are of the versions in which environments differ most:
    the oldest, those with two backends, and the newest three.
    """
    versions = list(dict.fromkeys(environment.podman for environment in ALL))
    both = {environment.podman for environment in ALL if any(map(environment.twin, ALL))}
    chosen = [environment for environment in ALL if environment.podman in {versions[0], *both, *versions[-3:]}]
    sets = subsets(chosen)

    assert len({describe(subset, chosen, language) for subset in sets}) == len(sets) == 2 ** len(chosen) - 1


@pytest.mark.parametrize("about", [{"rootless": True}, {"backend": "cni"}, {"podman": "4.3"}, {"rootless": False}])
def test_descriptions_are_exact_when_a_recipe_skips_environments(about: dict[str, object]) -> None:
    """A recipe may be about one backend, version or mode only."""
    ((name, value),) = about.items()
    everything = [environment for environment in ALL if getattr(environment, name) == value]
    chosen = subsets(everything)

    assert len({describe(subset, everything, "en") for subset in chosen}) == len(chosen)


@pytest.mark.parametrize(
    ("ids", "spanish", "english"),
    [
        (("",), "Todos los entornos", "Every environment"),
        (("5.4-netavark-rootless",), "Podman 5.4, rootless", "Podman 5.4, rootless"),
        (("5.4",), "Podman 5.4", "Podman 5.4"),
        (("3.0", "4.3-cni"), "Podman 3.0 y 4.3 con CNI", "Podman 3.0 and 4.3 with CNI"),
        (("4.3-netavark",), "Podman 4.3 con netavark", "Podman 4.3 with netavark"),
        (("4.3",), "Podman 4.3", "Podman 4.3"),
        (("3.0", "4.3", "5.4"), "Podman 3.0, 4.3 y 5.4", "Podman 3.0, 4.3 and 5.4"),
        (("3.0", "4.3-netavark"), "Podman 3.0 y 4.3 (netavark)", "Podman 3.0 and 4.3 (netavark)"),
    ],
)
def test_descriptions_read_like_prose(ids: tuple[str, ...], spanish: str, english: str) -> None:
    """They mention a backend only if the version is ambiguous without it."""
    chosen = starting_with(*ids)

    assert describe(chosen, ALL, "es") == spanish
    assert describe(chosen, ALL, "en") == english


def test_all_environments_of_a_mode_are_named_by_the_mode() -> None:
    """A list of all versions would be longer."""
    root = [environment for environment in ALL if not environment.rootless]

    assert describe(root, ALL, "es") == "Como root"
    assert describe([*root, environment("5.4-netavark-rootless")], ALL, "en") == "As root; Podman 5.4, rootless"


def test_each_mode_has_its_own_versions_if_they_differ() -> None:
    """Modes are separated by a semicolon."""
    chosen = [environment("3.0-cni-root"), environment("4.3-cni-root"), environment("5.4-netavark-rootless")]

    assert describe(chosen, ALL, "en") == "Podman 3.0 and 4.3 with CNI, as root; Podman 5.4, rootless"
