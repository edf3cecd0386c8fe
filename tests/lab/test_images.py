"""Images are known by what they are made of."""

from __future__ import annotations

import pytest

from recetario.book.environments import load_environments
from recetario.errors import RecetarioError
from recetario.lab.images import Image, all_images, image_of


def test_environments_of_one_suite_share_an_image() -> None:
    """Twelve environments, five suites."""
    assert len({image_of(environment).tag for environment in load_environments()}) == len(
        {environment.suite for environment in load_environments()}
    )


def test_each_image_has_a_tag_of_its_own() -> None:
    """Suite, extra packages and digest."""
    tags = [image.tag for image in all_images()]

    assert len(set(tags)) == len(tags)
    assert all(tag.startswith("localhost/recetario-lab:") for tag in tags)


def test_an_image_on_top_changes_with_the_one_below() -> None:
    """Its digest holds the other's."""
    top = Image("trixie", "notebooks")

    assert top.below == Image("trixie")
    assert top.name == "trixie-notebooks"


def test_a_suite_gets_the_packages_of_its_backends() -> None:
    """Both backends where both are replayed, and no other."""
    assert {"netavark", "containernetworking-plugins"} <= set(Image("bookworm").packages)
    assert "netavark" not in Image("bullseye").packages
    assert "containernetworking-plugins" not in Image("trixie").packages


def test_the_newest_podman_is_taken_from_the_last_release() -> None:
    """Experimental is no whole release: the rest comes from sid."""
    image = Image("experimental")

    assert image.releases == ("sid", "experimental")
    assert "podman" in image.newer
    assert "podman" not in image.packages


def test_unknown_extra_packages_are_refused() -> None:
    """Named, with the nearest."""
    with pytest.raises(RecetarioError, match='no extra packages named "browsr"') as error:
        image_of(load_environments()[0], "browsr")

    assert 'Did you mean "browser"?' in str(error.value)
