"""What a claim says about itself."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet
from support.demo import Demo, environment

from recetario.book.claims import Claim, Scope
from recetario.book.environments import load_environments


def test_a_scope_of_nothing_fits_everywhere() -> None:
    """What is not said does not matter."""
    assert all(map(Scope().fits, load_environments()))


def test_a_scope_fits_where_all_of_it_does() -> None:
    """Backend, mode and version together."""
    scope = Scope("netavark", rootless=True, podman=SpecifierSet("<5"))

    assert [one.id for one in load_environments() if scope.fits(one)] == ["4.3-netavark-rootless"]


def test_root_alone_is_a_scope_too() -> None:
    """``rootless = false`` is not the same as silence."""
    assert {one.rootless for one in load_environments() if Scope(rootless=False).fits(one)} == {False}


def test_a_scope_says_what_does_not_fit() -> None:
    """A page tells why a claim does not apply."""
    scope = Scope("cni", rootless=False, podman=SpecifierSet(">=5"))

    assert scope.misfits(environment("4.3-netavark-rootless")) == ("backend", "rootless", "podman")
    assert scope.misfits(environment("5.4-netavark-root")) == ("backend",)


def test_versions_are_compared_as_versions() -> None:
    """5.10 will come after 5.8."""
    assert Scope(podman=SpecifierSet("<5.10")).fits(environment("5.8-netavark-root"))


def test_a_claim_of_other_claims_is_derived() -> None:
    """It has no step of its own."""
    assert Claim("x", "demo", {}, {}, "", all=("a",)).derived
    assert Claim("x", "demo", {}, {}, "", differs="a").derived
    assert not Claim("x", "demo", {}, {}, "", step="check").derived


def test_a_claim_has_patterns_for_each_answer(demo: Demo) -> None:
    """Neither is the other's absence."""
    claim = demo.claims().claims["demo-answers"]

    assert claim.patterns("holds") == ("answer: yes",)
    assert claim.patterns("fails") == ("answer: no",)


def test_a_story_ends_where_its_scope_says(demo: Demo) -> None:
    """Elsewhere it goes on."""
    ends = '[[ends]]\nwhere = { podman = "<4" }\nstep = "check"\nshows = "no image*"\nes = "No."\nen = "No."\n'
    file = demo.claims(first=ends)

    assert file.end(environment("3.0-cni-root")) is file.ends[0]
    assert file.end(environment()) is None
