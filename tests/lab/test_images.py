"""Images are named by a digest of what they are made of."""

from __future__ import annotations

from recetario.book.environments import load_environments
from recetario.book.needs import load_needs
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

    assert top.base == Image("trixie")
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


def test_the_image_of_each_need_exists() -> None:
    """All needs name one of the images in suites.toml."""
    names = {image.extra for image in all_images()}

    assert {need.image for need in load_needs().values()} == names - {""}


def test_only_the_image_with_a_folder_of_files_depends_on_them() -> None:
    """Others need not be built again if one of those files changes."""
    assert [path.name for path in Image("trixie", "world").folder.iterdir() if path.name == "bake"]
    assert not Image("trixie").folder.exists()
