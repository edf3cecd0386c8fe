"""Environments are data, in the order of a grid."""

from __future__ import annotations

import pytest
from support.demo import environment, refusal

from recetario.book.environments import find, load_environments, with_counts
from recetario.errors import RecetarioError


def test_they_are_in_the_order_of_the_table() -> None:
    """Oldest Podman first, root before rootless; each id names one."""
    ids = [one.id for one in load_environments()]

    assert len(ids) == len(set(ids)) > 0
    assert ids[0] == "3.0-cni-root"
    assert ids[-1] == "6.1-netavark-rootless"


def test_an_id_says_version_backend_and_mode() -> None:
    """The same name everywhere; as an HTML anchor without its dot."""
    one = environment("5.4-netavark-rootless")

    assert (one.podman, one.backend, one.rootless, one.suite) == ("5.4", "netavark", True, "trixie")
    assert one.anchor == "env-5-4-netavark-rootless"


def test_the_user_decides_the_mode() -> None:
    """Who you are is the environment."""
    assert environment("5.4-netavark-root").user == "root"
    assert environment("5.4-netavark-rootless").user == "reader"


def test_twins_differ_by_the_backend_alone() -> None:
    """Only Podman 4.3 has both."""
    one = environment("4.3-cni-root")

    assert [other.id for other in load_environments() if one.twin(other)] == ["4.3-netavark-root"]
    assert not any(environment("5.4-netavark-root").twin(other) for other in load_environments())


def test_departures_are_told_in_both_languages() -> None:
    """A page of either language shows each with its reason."""
    departures = [text for one in load_environments() for text in one.departures]

    assert departures
    assert all(set(text) == {"es", "en"} and all(text.values()) for text in departures)


def test_environments_are_found_in_table_order() -> None:
    """However they were asked for, and each once."""
    found = find(["6.1-netavark-root", "3.0-cni-root", "3.0-cni-root"])

    assert [one.id for one in found] == ["3.0-cni-root", "6.1-netavark-root"]


def test_all_are_found_where_none_is_named() -> None:
    """``replay`` without ``--env`` means everywhere."""
    assert find() == load_environments()


def test_an_unknown_environment_is_named_with_the_nearest() -> None:
    """Whoever types 5.3 learns what there is."""
    words = refusal(lambda: find(["5.3-netavark-root"]))

    assert words.startswith('There is no environment "5.3-netavark-root".\n  Did you mean "')
    assert words.endswith("All of them: recetario envs")


def test_texts_say_how_many_environments_there_are() -> None:
    """And the oldest and newest Podman; a new row changes no page."""
    every = load_environments()

    assert with_counts("{{ environments }}: {{ oldest }} to {{ newest }}, {{.Host}}") == (
        f"{len(every)}: {every[0].podman} to {every[-1].podman}, {{{{.Host}}}}"
    )


def test_a_count_that_does_not_exist_is_named() -> None:
    """Readers would see the braces."""
    with pytest.raises(RecetarioError, match=r'There is no "\{\{ newst \}\}" to fill in.\n  Did you mean "newest"'):
        with_counts("{{ newst }}")
