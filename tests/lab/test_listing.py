"""The lab lists its hosts and images, and single ones can be removed, but none that somebody may need."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.demo import refusal
from support.images import build_tiny

from recetario.book.environments import load_environments
from recetario.lab import listing
from recetario.lab.building import image_ids
from recetario.lab.images import Image, all_images
from recetario.lab.machine import Machine
from recetario.lab.runs import Run

pytestmark = pytest.mark.podman
TOP = Path(__file__).resolve().parents[2]
NEWEST_ROOTLESS = load_environments()[-1]
OUTDATED = Image("bookworm-before")


def _listed(run: Run) -> list[listing.ListedHost]:
    return [host for host in listing.hosts(Machine(TOP)) if host.run == run.id]


def _ignore(line: str) -> None:
    """Discard a line of progress."""


def test_hosts_are_listed_with_environment_run_and_state() -> None:
    """A host that was kept can be removed, and then its run's folder is removed, too."""
    with Run(TOP) as run, run.host(NEWEST_ROOTLESS, keep=True), run.host(NEWEST_ROOTLESS):
        states = [(host.environment, host.clone, host.state) for host in _listed(run)]
    (kept,) = _listed(run)

    listing.remove(Machine(TOP), [kept.name], _ignore)

    assert sorted(states) == [(NEWEST_ROOTLESS.id, TOP, "in use"), (NEWEST_ROOTLESS.id, TOP, "kept")]
    assert _listed(run) == []
    assert not (Machine(TOP).state / "runs" / run.id).exists()


def test_a_host_that_is_in_use_is_not_removed() -> None:
    """The command that uses it removes it."""
    with Run(TOP) as run, run.host(NEWEST_ROOTLESS):
        (host,) = _listed(run)

        message = refusal(lambda: listing.remove(Machine(TOP), [host.name], _ignore))

        assert "is in use by a command in" in message
        assert _listed(run)


def test_images_are_listed_with_who_made_them(here: Machine, there: Machine) -> None:
    """An image that this clone made for another commit is outdated."""
    build_tiny(here, OUTDATED)
    build_tiny(there, all_images()[0])

    listed = [(image.name.rpartition("-")[0], image.state, image.clone) for image in listing.images(here)]

    assert listed == [("bookworm-before", "outdated", here.top), (all_images()[0].name, "", there.top)]


def test_only_an_image_of_this_clone_is_removed(here: Machine, there: Machine) -> None:
    """The message names the clone that made the other one."""
    own, other = (build_tiny(here, OUTDATED), build_tiny(there, all_images()[0]))

    listing.remove(here, [own.partition(":")[2]], _ignore)
    message = refusal(lambda: listing.remove(here, [other.partition(":")[2]], _ignore))

    assert f"{there.top} made the image" in message
    assert list(image_ids(here)) == [other]


def test_an_unknown_name_is_refused(here: Machine) -> None:
    """The message suggests the nearest name."""
    tag = build_tiny(here, OUTDATED).partition(":")[2]

    message = refusal(lambda: listing.remove(here, [f"{tag}x"], _ignore))

    assert f'Did you mean "{tag}"?' in message
