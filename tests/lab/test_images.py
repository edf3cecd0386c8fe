"""Images are named by a digest of what they are made of."""

from __future__ import annotations

import pytest

from recetario.book.environments import load_environments
from recetario.errors import RecetarioError
from recetario.lab.images import Image, all_images, image_of


def test_environments_of_one_suite_share_an_image() -> None:
    """There are as many images as Debian suites."""
    assert len({image_of(environment).tag for environment in load_environments()}) == len(
        {environment.suite for environment in load_environments()}
    )


def test_each_image_has_a_tag_of_its_own() -> None:
    """No two images share a tag, and every tag is in the lab's repository."""
    tags = [image.tag for image in all_images()]

    assert len(set(tags)) == len(tags)
    assert all(tag.startswith("localhost/recetario-lab:") for tag in tags)


def test_an_image_with_extra_packages_is_built_on_the_image_of_its_suite() -> None:
    """Its name has both, the suite and the extra packages."""
    top = Image("trixie", "notebooks")

    assert top.below == Image("trixie")
    assert top.name == "trixie-notebooks"


def test_a_suite_gets_the_packages_of_its_backends() -> None:
    """An image has the packages of both backends only if environments of both use it."""
    assert {"netavark", "containernetworking-plugins"} <= set(Image("bookworm").packages)
    assert "netavark" not in Image("bullseye").packages
    assert "containernetworking-plugins" not in Image("trixie").packages


def test_the_newest_podman_is_taken_from_the_last_release() -> None:
    """Experimental is not a complete release, so all other packages come from sid."""
    image = Image("experimental")

    assert image.releases == ("sid", "experimental")
    assert "podman" in image.newer
    assert "podman" not in image.packages


def test_unknown_extra_packages_are_refused() -> None:
    """The message has the unknown name and suggests the most similar one."""
    with pytest.raises(RecetarioError, match='no extra packages named "browsr"') as error:
        image_of(load_environments()[0], "browsr")

    assert 'Did you mean "browser"?' in str(error.value)
