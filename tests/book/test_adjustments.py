"""Recipes say what they do without, of what the lab adds to a plain Debian."""

from __future__ import annotations

from support.demo import refusal

from recetario.book.adjustments import check_without, load_adjustments
from recetario.book.needs import load_needs


def test_each_comes_with_every_host_or_with_a_need() -> None:
    """And hosts that have it can do without."""
    for adjustment in load_adjustments().values():
        assert adjustment.requires in ("", *load_needs())
        check_without([adjustment.name], [adjustment.requires])


def test_an_unknown_adjustment_is_refused() -> None:
    """With the most similar one."""
    assert 'Did you mean "forwarding"?' in refusal(lambda: check_without(["forwardin"], []))


def test_a_host_that_has_not_got_it_anyway_is_refused() -> None:
    """With the need that it comes with."""
    message = refusal(lambda: check_without(["network-online"], ["outside"]))

    assert message.startswith('Only a host with "systemd" has "network-online".')
