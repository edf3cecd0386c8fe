"""Clones on one machine share images, but each removes only those that it made."""

from __future__ import annotations

import pytest
from support.images import build_tiny, import_tiny

from recetario.book.environments import load_environments
from recetario.errors import RecetarioError
from recetario.lab.building import _commit_after, ensure_images, image_ids, remove_outdated_images
from recetario.lab.commands import build, clean
from recetario.lab.images import REPOSITORY, Image, all_images
from recetario.lab.machine import Machine
from recetario.lab.runs import Run

pytestmark = pytest.mark.podman
OUTDATED = Image("bookworm-before")  # not a suite of any environment, so no clone uses it any more


def test_building_removes_no_outdated_image(here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every replay builds first: a clone of another commit may use an image that this clone made and has no use for."""
    outdated, current = build_tiny(here, OUTDATED), build_tiny(here, all_images()[0])
    monkeypatch.setattr(Run, "known", lambda run, environment: None)

    build([load_environments()[0]], top=here.top)

    assert sorted(image_ids(there)) == sorted([outdated, current])


def test_what_a_killed_build_left_is_removed_by_the_nextbuild_tiny(
    here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive and an image without a tag; those of other clones stay, where a build may still be running."""
    unfinished = [import_tiny(machine, "--change", f"LABEL {machine.clone_label}") for machine in (here, there)]
    tar = here.state / "bookworm.1.tar"
    tar.touch()
    monkeypatch.setenv("RECETARIO_MIRROR", "http://localhost:1")

    with pytest.raises(RecetarioError):  # that is no mirror
        ensure_images(here, [OUTDATED], lambda line: None)

    images = here.podman("images", "--all", "--quiet", "--no-trunc").stdout.split()
    assert images == [unfinished[1]]
    assert not tar.exists()


def test_outdated_images_of_other_clones_stay(here: Machine, there: Machine) -> None:
    """Another clone may stand on another commit, where it still needs them."""
    tag = build_tiny(there, OUTDATED)

    remove_outdated_images(here, lambda line: None)

    assert tag in image_ids(here)


def test_an_outdated_image_is_removed_by_the_clone_that_made_it(here: Machine) -> None:
    """The images that this clone needs now stay."""
    current = build_tiny(here, all_images()[0])
    outdated = build_tiny(here, OUTDATED)
    progress: list[str] = []

    remove_outdated_images(here, progress.append)

    assert progress == [f"removing {outdated.removeprefix(f'{REPOSITORY}:')}, which is out of date"]
    assert list(image_ids(here)) == [current]


def test_an_image_on_top_of_another_clones_image_belongs_to_its_own_clone(here: Machine, there: Machine) -> None:
    """It does not inherit the label of the image below."""
    below = build_tiny(there, all_images()[0])
    _commit_after(here, OUTDATED, below, ("--network", "none", "--volume", "/usr:/usr:ro"), ["/usr/bin/true"])

    remove_outdated_images(here, lambda line: None)

    assert list(image_ids(here)) == [below]


def test_cleaning_removes_what_this_clone_made_and_names_the_rest(here: Machine, there: Machine) -> None:
    """Images of other clones remain, even if this clone used them."""
    own, other = build_tiny(here, all_images()[0]), build_tiny(there, all_images()[1])
    progress: list[str] = []

    clean(progress.append, top=here.top)

    assert list(image_ids(there)) == [other]
    assert progress == [
        f"removing {own.removeprefix(f'{REPOSITORY}:')}",
        f"These images remain, which this clone did not make or a host uses: {other.removeprefix(f'{REPOSITORY}:')}",
        "To remove them, too: recetario lab clean --all",
    ]


def test_cleaning_every_clone_removes_all_images(here: Machine, there: Machine) -> None:
    """To build everything again, for example with newer packages."""
    build_tiny(there, all_images()[0])

    clean(every_clone=True, top=here.top)

    assert image_ids(there) == {}


def test_only_outdated_images_can_be_removed(here: Machine, there: Machine) -> None:
    """Those of other clones stay, and those that this clone uses."""
    current = build_tiny(here, all_images()[0])
    build_tiny(here, OUTDATED)

    clean(only_outdated=True, top=here.top)

    assert list(image_ids(there)) == [current]
