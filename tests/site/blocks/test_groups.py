"""Environments that print the same are named together, exactly and briefly."""

from __future__ import annotations

import pytest
from support.demo import environment

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.site.blocks.groups import columns, describe, group

ALL = load_environments()


def these(*ids: str) -> list[Environment]:
    """Environments by what their ids begin with, in table order."""
    return [one for one in ALL if one.id.startswith(ids)]


def subsets(of: list[Environment]) -> list[list[Environment]]:
    """Every choice of some of them."""
    return [[one for bit, one in enumerate(of) if mask >> bit & 1] for mask in range(1, 1 << len(of))]


def test_equal_outputs_are_one_group() -> None:
    """In table order within it."""
    outputs = [(one, Output("x" if one.rootless else "y")) for one in ALL]
    groups = group(outputs, ALL[0].id)

    assert [len(one.environments) for one in groups] == [6, 6]
    assert groups[0].environments == tuple(one for one in ALL if not one.rootless)


@pytest.mark.parametrize("other", [Output("", "x"), Output("x", status=1), Output("x", cut=1), Output("x\n")])
def test_outputs_that_differ_in_anything_are_two(other: Output) -> None:
    """Stream, status, what was cut, and the last line's end."""
    assert len(group([(ALL[0], Output("x")), (ALL[1], other)], ALL[0].id)) == 2


def test_the_references_group_stands_first_then_larger_ones() -> None:
    """However small it is."""
    texts = ["a"] * 5 + ["b"] * 3 + ["c"] * 3 + ["d"]
    groups = group([(one, Output(text)) for one, text in zip(ALL, texts, strict=True)], ALL[-1].id)

    assert [one.output.stdout for one in groups] == ["d", "a", "b", "c"]


def test_columns_are_versions_with_their_backends() -> None:
    """Six of them."""
    assert columns(ALL)[:3] == [("3.0", "cni"), ("4.3", "cni"), ("4.3", "netavark")]
    assert len(columns(ALL)) == 6


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_two_choices_of_environments_share_a_description(language: str) -> None:
    """All 4095 of them: a title that fits two groups is not exact."""
    texts = {describe(some, ALL, language) for some in subsets(list(ALL))}

    assert len(texts) == 4095


@pytest.mark.parametrize("about", [{"rootless": True}, {"backend": "cni"}, {"podman": "4.3"}, {"rootless": False}])
def test_descriptions_are_exact_among_some_environments(about: dict[str, object]) -> None:
    """A recipe may be about rootless or one backend alone."""
    everything = [one for one in ALL if all(getattr(one, name) == value for name, value in about.items())]
    choices = subsets(everything)

    assert len({describe(some, everything, "en") for some in choices}) == len(choices)


@pytest.mark.parametrize(
    ("ids", "spanish", "english"),
    [
        (("",), "Todos los entornos", "Every environment"),
        (("6.1-netavark-rootless",), "Podman 6.1, rootless", "Podman 6.1, rootless"),
        (("6.1",), "Podman 6.1", "Podman 6.1"),
        (("3.0", "4.3-cni"), "Podman 3.0 y 4.3 con CNI", "Podman 3.0 and 4.3 with CNI"),
        (("4.3-netavark",), "Podman 4.3 con netavark", "Podman 4.3 with netavark"),
        (("4.3",), "Podman 4.3", "Podman 4.3"),
        (("5.4", "5.8", "6.1"), "Podman 5.4, 5.8 y 6.1", "Podman 5.4, 5.8 and 6.1"),
        (("3.0", "4.3-netavark"), "Podman 3.0 y 4.3 (netavark)", "Podman 3.0 and 4.3 (netavark)"),
    ],
)
def test_descriptions_read_like_prose(ids: tuple[str, ...], spanish: str, english: str) -> None:
    """The backend is said where the version alone does not tell."""
    assert describe(these(*ids), ALL, "es") == spanish
    assert describe(these(*ids), ALL, "en") == english


def test_a_whole_mode_is_named_by_its_word() -> None:
    """Not by its six versions."""
    root = [one for one in ALL if not one.rootless]

    assert describe(root, ALL, "es") == "Como root"
    assert describe([*root, environment("6.1-netavark-rootless")], ALL, "en") == "As root; Podman 6.1, rootless"


def test_root_and_rootless_are_told_apart() -> None:
    """Where they are not the same versions."""
    some = [environment("3.0-cni-root"), environment("4.3-cni-root"), environment("5.4-netavark-rootless")]

    assert describe(some, ALL, "en") == "Podman 3.0 and 4.3 with CNI, as root; Podman 5.4, rootless"
