"""Recipes say what they need of a host, and learn what no host has."""

from __future__ import annotations

import pytest
from support.demo import refusal

from recetario.book.needs import Need, check_needs, image_for, load_needs


@pytest.mark.parametrize("need", load_needs().values(), ids=load_needs())
def test_each_need_can_be_met(need: Need) -> None:
    """With what it requires; and it names no need that does not exist."""
    needs = load_needs()
    check_needs([need.name, *need.requires])

    assert {*need.requires, *need.excludes} <= needs.keys()


def test_an_unknown_need_is_refused() -> None:
    """The message suggests the most similar need, or lists all of them once."""
    assert 'Did you mean "firewalld"?' in refusal(lambda: check_needs(["firewald"]))
    assert refusal(lambda: check_needs(["printer"])).count("firewalld") == 1


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (["systemd", "firewalld", "ufw"], 'No host can have both "firewalld" and "ufw".'),
        (["browser", "systemd"], 'No host can have both "browser" and "systemd".'),
        (["firewalld"], 'A host with "firewalld" also needs "systemd".'),
    ],
    ids=["excluded", "another image", "incomplete"],
)
def test_needs_that_do_not_fit_are_refused(needs: list[str], said: str) -> None:
    """Two that exclude each other or are in different images, and one without what it requires."""
    assert said in refusal(lambda: check_needs(needs))


def test_hosts_without_needs_have_the_plain_image() -> None:
    """And needs of the same image share it."""
    assert image_for([]) == ""
    assert image_for(["systemd", "firewalld"]) == image_for(["outside"]) == "world"
