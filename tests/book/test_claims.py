"""Scopes, claims and early ends answer questions about themselves."""

from __future__ import annotations

from typing import Any

from packaging.specifiers import SpecifierSet
from support.demo import Demo, environment

from recetario.book.claims import Answer, Claim, Scope
from recetario.book.environments import Backend, load_environments
from recetario.book.ids import ClaimId, Slug


def _claim(**how: Any) -> Claim:
    return Claim(ClaimId("x"), Slug("demo"), {}, {}, {}, **how)


def test_an_empty_scope_fits_everywhere() -> None:
    """An empty scope fits every environment."""
    assert all(map(Scope().fits, load_environments()))


def test_all_parts_of_a_scope_must_fit() -> None:
    """Backend, mode and version must all fit."""
    scope = Scope(Backend("netavark"), rootless=True, podman=SpecifierSet("<5"))

    assert [environment.id for environment in load_environments() if scope.fits(environment)] == [
        "4.3-netavark-rootless"
    ]


def test_a_scope_may_be_root_only() -> None:
    """``rootless = false`` excludes rootless environments; leaving it out includes them."""
    fitting = [environment for environment in load_environments() if Scope(rootless=False).fits(environment)]

    assert {environment.rootless for environment in fitting} == {False}


def test_a_scope_says_what_does_not_fit() -> None:
    """Pages need the names of the attributes that don't fit, to say why a claim does not apply."""
    scope = Scope(Backend("cni"), rootless=False, podman=SpecifierSet(">=5"))

    assert scope.misfits(environment("4.3-netavark-rootless")) == ("backend", "rootless", "podman")
    assert scope.misfits(environment("5.4-netavark-root")) == ("backend",)


def test_versions_are_compared_as_versions() -> None:
    """Podman 5.10 is newer than 5.8."""
    assert Scope(podman=SpecifierSet("<5.10")).fits(environment("5.8-netavark-root"))


def test_a_claim_of_other_claims_is_derived() -> None:
    """A claim with ``all`` or ``differs`` is derived, one with a step is not."""
    assert _claim(all=(ClaimId("a"),)).derived
    assert _claim(differs=ClaimId("a")).derived
    assert not _claim(step="check").derived


def test_a_claim_has_patterns_for_each_answer(demo: Demo) -> None:
    """Both verdicts need a pattern that matches."""
    claim = demo.claims().claims["demo-answers"]

    assert claim.patterns(Answer.HOLDS) == ("answer: yes",)
    assert claim.patterns(Answer.FAILS) == ("answer: no",)


def test_a_story_ends_where_its_scope_says(demo: Demo) -> None:
    """An early end applies only in the environments of its scope."""
    ends = '[[ends]]\nwhere = { podman = "<4" }\nstep = "check"\nshows = "no image*"\nes = "No."\nen = "No."\n'
    file = demo.claims(first=ends)

    assert file.end(environment("3.0-cni-root")) is file.ends[0]
    assert file.end(environment()) is None
