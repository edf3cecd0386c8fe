"""Environments come from a table, and are listed in its order."""

from __future__ import annotations

import pytest
from packaging.version import Version
from support.demo import environment, refusal

from recetario.book.environments import find, load_environments, read_environments, with_counts
from recetario.errors import RecetarioError


def test_they_are_in_the_order_of_the_table() -> None:
    """The oldest Podman is first, and root comes before rootless."""
    environments = load_environments()
    versions = [Version(environment.podman) for environment in environments]

    assert versions == sorted(versions), "environments.toml must have the oldest Podman first"
    assert [environment.id for environment in environments][:2] == ["3.0-cni-root", "3.0-cni-rootless"]
    assert [environment.id for environment in environments if environment.podman == "4.3"] == [
        "4.3-cni-root",
        "4.3-cni-rootless",
        "4.3-netavark-root",
        "4.3-netavark-rootless",
    ]


ROW = """
[[podman]]
version = "9.9"
suite = "sid"
backends = ["netavark"]
"""


def test_a_row_is_an_environment_for_each_mode() -> None:
    """A new Podman needs nothing but its row."""
    assert [(environment.id, environment.suite) for environment in read_environments(ROW)] == [
        ("9.9-netavark-root", "sid"),
        ("9.9-netavark-rootless", "sid"),
    ]


@pytest.mark.parametrize(
    "text",
    [ROW + ROW.replace("sid", "forky"), ROW.replace('["netavark"]', '["netavark", "netavark"]')],
    ids=["two rows", "one row"],
)
def test_two_environments_with_the_same_id_are_refused(text: str) -> None:
    """The second one would otherwise replace the first, in another suite."""
    assert refusal(lambda: read_environments(text)) == (
        'src/recetario/book/environments.toml has environment "9.9-netavark-root" twice.\n'
        "  Give each version and backend only once."
    )


def test_an_id_says_version_backend_and_mode() -> None:
    """The anchor is the id without its dot."""
    newer = environment("5.4-netavark-rootless")

    assert (newer.podman, newer.backend, newer.rootless, newer.suite) == ("5.4", "netavark", True, "trixie")
    assert newer.anchor == "env-5-4-netavark-rootless"


def test_the_user_decides_the_mode() -> None:
    """Root environments run recipes as root, rootless ones as the user `reader`."""
    assert environment("5.4-netavark-root").user == "root"
    assert environment("5.4-netavark-rootless").user == "reader"


def test_twins_differ_only_by_the_backend() -> None:
    """Podman 4.3 has environments with both backends, 5.4 only with netavark."""
    cni = environment("4.3-cni-root")

    assert [other.id for other in load_environments() if cni.twin(other)] == ["4.3-netavark-root"]
    assert not any(environment("5.4-netavark-root").twin(other) for other in load_environments())


def test_departures_have_a_text_in_both_languages() -> None:
    """Pages in each language show how environments differ from Debian's set-up."""
    departures = [text for environment in load_environments() for text in environment.departures]

    assert departures
    assert all(set(text) == {"es", "en"} and all(text.values()) for text in departures)


def test_environments_are_found_in_table_order() -> None:
    """The result has table order and no duplicates, whatever was asked for."""
    environments = find(["5.4-netavark-root", "3.0-cni-root", "3.0-cni-root"])

    assert [environment.id for environment in environments] == ["3.0-cni-root", "5.4-netavark-root"]


def test_an_unknown_environment_is_refused() -> None:
    """The message suggests the most similar id, and the command that lists all."""
    message = refusal(lambda: find(["5.3-netavark-root"]))

    assert message.startswith('There is no environment "5.3-netavark-root".\n  Did you mean "')
    assert message.endswith("List all environments: recetario envs")


def test_texts_say_how_many_environments_there_are() -> None:
    """Texts get the number of environments and the oldest and newest Podman from the table."""
    environments = load_environments()

    assert with_counts("{{ environments }}: {{ oldest }} to {{ newest }}, {{.Host}}") == (
        f"{len(environments)}: {environments[0].podman} to {environments[-1].podman}, {{{{.Host}}}}"
    )


def test_a_count_that_does_not_exist_is_refused() -> None:
    """A misspelled count is an error, because readers would see the braces."""
    with pytest.raises(RecetarioError, match=r'"\{\{ newst \}\}" cannot be filled in.\n  Did you mean "newest"'):
        with_counts("{{ newst }}")
