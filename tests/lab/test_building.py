"""Clones on one machine share images, but each removes only those that it made."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from recetario.book.environments import load_environments
from recetario.errors import RecetarioError
from recetario.lab.building import _commit_after, ensure_images, image_ids, remove_outdated_images
from recetario.lab.commands import build, clean
from recetario.lab.images import REPOSITORY, Image, all_images
from recetario.lab.machine import Machine
from recetario.lab.runs import Run

pytestmark = pytest.mark.podman
OUTDATED = Image("bookworm-before")  # not a suite of any environment, so no clone uses it any more


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Storage of its own for the machine's Podman: these tests remove images, but never those of the lab."""
    prefix = Machine.podman_prefix.func
    folder = Path(tempfile.mkdtemp(prefix="recetario-"))  # not tmp_path: Podman accepts at most 50 characters
    options = ("--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", "vfs")
    monkeypatch.setattr(Machine, "podman_prefix", property(lambda machine: (*prefix(machine), *options)))
    yield
    Machine(tmp_path).remove_folder(folder)


@pytest.fixture
def here(tmp_path: Path) -> Machine:
    """The machine as one clone uses it."""
    return Machine(_clone(tmp_path / "here"))


@pytest.fixture
def there(tmp_path: Path) -> Machine:
    """The machine as another clone uses it."""
    return Machine(_clone(tmp_path / "there"))


def _clone(top: Path) -> Path:
    (top / "recipes").mkdir(parents=True)
    (top / "mkdocs.yml").touch()
    return top


def _build(machine: Machine, image: Image) -> str:
    """Build an image that only has this machine's /usr while it is built, and return its tag."""
    base = _import(machine)
    _commit_after(machine, image, base, ("--network", "none", "--volume", "/usr:/usr:ro"), ["/usr/bin/true"])
    return image.tag


def _import(machine: Machine, *options: str) -> str:
    """Import an image with no more than the links to /usr, which differs from clone to clone; return its id."""
    tar = machine.top / "image.tar"
    with tarfile.open(tar, "w") as archive:
        for name in ("bin", "lib", "lib64"):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
            archive.addfile(link)
    return machine.podman("import", "--quiet", *options, str(tar)).stdout.strip()


def test_building_removes_no_outdated_image(here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every replay builds first: a clone of another commit may use an image that this clone made and has no use for."""
    outdated, current = _build(here, OUTDATED), _build(here, all_images()[0])
    monkeypatch.setattr(Run, "known", lambda run, environment: None)

    build([load_environments()[0]], top=here.top)

    assert sorted(image_ids(there)) == sorted([outdated, current])


def test_what_a_killed_build_left_is_removed_by_the_next_build(
    here: Machine, there: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive and an image without a tag; those of other clones stay, where a build may still be running."""
    unfinished = [_import(machine, "--change", f"LABEL {machine.clone_label}") for machine in (here, there)]
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
    tag = _build(there, OUTDATED)

    remove_outdated_images(here, lambda line: None)

    assert tag in image_ids(here)


def test_an_outdated_image_is_removed_by_the_clone_that_made_it(here: Machine) -> None:
    """The images that this clone needs now stay."""
    current = _build(here, all_images()[0])
    outdated = _build(here, OUTDATED)
    progress: list[str] = []

    remove_outdated_images(here, progress.append)

    assert progress == [f"removing {outdated.removeprefix(f'{REPOSITORY}:')}, which is out of date"]
    assert list(image_ids(here)) == [current]


def test_an_image_on_top_of_another_clones_image_belongs_to_its_own_clone(here: Machine, there: Machine) -> None:
    """It does not inherit the label of the image below."""
    below = _build(there, all_images()[0])
    _commit_after(here, OUTDATED, below, ("--network", "none", "--volume", "/usr:/usr:ro"), ["/usr/bin/true"])

    remove_outdated_images(here, lambda line: None)

    assert list(image_ids(here)) == [below]


def test_cleaning_removes_what_this_clone_made_and_names_the_rest(here: Machine, there: Machine) -> None:
    """Images of other clones remain, even if this clone used them."""
    own, other = _build(here, all_images()[0]), _build(there, all_images()[1])
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
    _build(there, all_images()[0])

    clean(every_clone=True, top=here.top)

    assert image_ids(there) == {}


def test_only_outdated_images_can_be_removed(here: Machine, there: Machine) -> None:
    """Those of other clones stay, and those that this clone uses."""
    current = _build(here, all_images()[0])
    _build(here, OUTDATED)

    clean(only_outdated=True, top=here.top)

    assert list(image_ids(there)) == [current]
