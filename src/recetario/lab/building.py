"""Build the images of lab hosts, each once: mmdebstrap installs Debian packages, ``files/bake`` sets them up."""

from __future__ import annotations

import os
import tarfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock

from recetario.errors import RecetarioError
from recetario.lab.images import COMMIT_OPTIONS, DEMO_RELEASE, FILES, HOST_OPTIONS, REPOSITORY, Image, all_images
from recetario.lab.machine import KEYRING, Machine, Progress

__all__ = [
    "ensure_images",
    "find_mirror",
    "image_ids",
    "outdated_images",
    "own_image_ids",
    "remove_outdated_images",
]

_MIRROR_VARIABLE = "RECETARIO_MIRROR"
_EXPIRED = "--aptopt=Acquire::Check-Valid-Until false"  # the mirror may be a snapshot with expired Release files


def image_ids(machine: Machine) -> dict[str, str]:
    """The ids of all lab images on this machine, by tag."""
    return _image_ids(machine, f"reference={REPOSITORY}")


def own_image_ids(machine: Machine) -> dict[str, str]:
    """The ids of the lab images that this clone made, by tag. Other clones may use them, too."""
    return _image_ids(machine, f"reference={REPOSITORY}", f"label={machine.clone_label}")


def _image_ids(machine: Machine, *filters: str) -> dict[str, str]:
    form = "{{.Repository}}:{{.Tag}} {{.Id}}"
    options = [f"--filter={condition}" for condition in filters]
    listing = machine.podman("images", *options, "--no-trunc", "--format", form)
    return dict(line.split() for line in listing.stdout.splitlines())


def ensure_images(machine: Machine, images: Iterable[Image], progress: Progress) -> dict[Image, str]:
    """Build the images that do not exist yet, one per core at a time, and return the id of each image.

    Raises:
        RecetarioError: The tools cannot be installed, or a build failed.
    """
    wanted = list(dict.fromkeys(images))
    ids = image_ids(machine) if machine.has_tools else {}
    if any(image.tag not in ids for image in wanted):
        machine.ensure_tools(progress)
        with FileLock(machine.build_lock):  # another process may be building them
            _remove_unfinished(machine)
            needed = dict.fromkeys([image.base for image in wanted if image.base] + wanted)
            ids = image_ids(machine)
            _build_all(machine, [image for image in needed if image.tag not in ids], progress)
        ids = image_ids(machine)
    return {image: ids[image.tag] for image in wanted}


def outdated_images(machine: Machine) -> list[str]:
    """The tags of images that this clone made and does not use any more; a clone of another commit may use them."""
    return sorted(set(own_image_ids(machine)) - {image.tag for image in all_images()})


def remove_outdated_images(machine: Machine, progress: Progress) -> None:
    """Remove ``outdated_images``."""
    for tag in outdated_images(machine):
        progress(f"removing {tag.partition(':')[2]}, which is out of date")
        machine.podman("rmi", tag, check=False)  # fails if a host of another clone uses it


def find_mirror(machine: Machine) -> str:
    """The Debian mirror in RECETARIO_MIRROR, or else the one that this machine's apt uses.

    Raises:
        RecetarioError: The variable is not set, and apt uses no Debian mirror.
    """
    if mirror := os.environ.get(_MIRROR_VARIABLE):
        return mirror
    fields = "$(ORIGIN) $(CREATED_BY) $(COMPONENT) $(CODENAME) $(REPO_URI)"
    codename = os_release().get("VERSION_CODENAME", "")
    for update_first in (False, True):  # a fresh machine lists its sources only after an update
        if update_first:
            machine.run([*machine.sudo, "apt-get", "--quiet", "update"], check=False)
        targets = machine.run(["apt-get", "indextargets", "--format", fields], check=False)
        for line in targets.stdout.splitlines():
            if line.startswith(f"Debian Packages main {codename} "):
                return line.split()[-1]
    raise RecetarioError(
        "This machine's apt uses no Debian mirror, and the lab installs its hosts from one.",
        f"Name one near you: {_MIRROR_VARIABLE}=http://MIRROR/debian (the list: https://www.debian.org/mirror/list).",
    )


def os_release(file: Path = Path("/etc/os-release")) -> dict[str, str]:
    """The fields of an os-release file, without quotes; empty if there is no such file. See os-release(5)."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {key: value.strip("\"'") for key, _, value in (line.partition("=") for line in lines) if value}


def _remove_unfinished(machine: Machine) -> None:
    """Remove what builds that were killed left, while no other is running: archives, and images without a tag."""
    for tar in machine.state.glob("*.tar"):
        tar.unlink()
    machine.podman("image", "prune", "--force", "--filter", f"label={machine.clone_label}", check=False)


def _build_all(machine: Machine, images: list[Image], progress: Progress) -> None:
    mirror = find_mirror(machine)
    busybox = _busybox(machine, mirror, progress)

    def build(image: Image) -> None:
        started = time.monotonic()
        _build_one(machine, image, mirror, busybox, progress)
        progress(f"{image.name}: built in {time.monotonic() - started:.0f} s")

    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool, machine.ending_children():
        list(pool.map(build, [image for image in images if not image.base]))
        list(pool.map(build, [image for image in images if image.base]))


def _build_one(machine: Machine, image: Image, mirror: str, busybox: Path, progress: Progress) -> None:
    if image.base:
        progress(f"{image.name}: installing {' '.join(image.packages)}")
        source = ("--env", f"MIRROR={mirror}", "--env", f"RELEASES={' '.join(image.releases)}")
        command = ["bash", "/bake/extend", *image.packages]
        if (image.folder / "bake").is_file():
            command = ["sh", "-c", 'bash /bake/extend "$@" && bash "$0"', f"/bake/{image.extra}/bake", *image.packages]
        _commit_after(machine, image, image.base.tag, ("--network", "host", *source), command)
        return
    tar = machine.state / f"{image.name}.{os.getpid()}.tar"
    try:
        progress(f"{image.name}: installing Debian packages")
        machine.run(_mmdebstrap(machine, image, mirror, tar))
        progress(f"{image.name}: setting it up as a lab host")
        labels = ("--change", "LABEL recetario=image", "--change", f"LABEL {machine.clone_label}")
        base = machine.podman("import", "--quiet", *labels, str(tar)).stdout.strip()
    finally:
        tar.unlink(missing_ok=True)
    options = (*HOST_OPTIONS, "--volume", f"{busybox.parent}:/bake.in:ro")
    _commit_after(machine, image, base, options, ["bash", "/bake/bake"])


def _commit_after(machine: Machine, image: Image, base: str, options: tuple[str, ...], command: list[str]) -> None:
    name = f"recetario-build-{image.name}-{os.getpid()}"
    labels = ("--label", "recetario=build", "--label", f"recetario.lock={machine.build_lock}")
    files = ("--volume", f"{FILES}:/bake:ro")
    try:
        machine.podman("run", "--name", name, *labels, *files, *options, "--entrypoint", "[]", base, *command)
        # Not in COMMIT_OPTIONS, which are part of the digest: clones with the same digest share an image.
        machine.podman("commit", *COMMIT_OPTIONS, "--change", f"LABEL {machine.clone_label}", name, image.tag)
    finally:
        machine.podman("rm", "--force", "--time", "0", name, check=False)


def _mmdebstrap(machine: Machine, image: Image, mirror: str, tar: Path) -> list[str]:
    """The command that installs Debian packages into a file system and writes that to ``tar``."""
    lines = [f"deb {mirror} {release} main" for release in image.releases]
    newer = (
        f"apt-get --yes --no-install-recommends --target-release {image.releases[-1]} install {' '.join(image.newer)}"
    )
    return [
        *(*machine.sudo, "mmdebstrap", "--quiet", "--variant=minbase", f"--keyring={KEYRING}", _EXPIRED),
        f"--include={','.join(image.packages)}",
        *([f'--customize-hook=chroot "$1" env DEBIAN_FRONTEND=noninteractive {newer}'] if image.newer else []),
        '--customize-hook=rm -f "$1"/etc/apt/sources.list "$1"/etc/resolv.conf "$1"/etc/hostname',
        *(image.releases[0], str(tar), *lines),
    ]


def _busybox(machine: Machine, mirror: str, progress: Progress) -> Path:
    """The path of Debian's static busybox, which the demo images are made of; downloaded once."""
    busybox = machine.state / f"busybox-{DEMO_RELEASE}" / "busybox"
    if not busybox.exists():
        progress("downloading busybox for the demo images")
        busybox.parent.mkdir(parents=True, exist_ok=True)
        tar = busybox.with_suffix(".tar")
        machine.run(
            [
                *(*machine.sudo, "mmdebstrap", "--quiet", "--variant=extract", f"--keyring={KEYRING}", _EXPIRED),
                *("--include=busybox-static", DEMO_RELEASE, str(tar), f"deb {mirror} {DEMO_RELEASE} main"),
            ]
        )
        with tarfile.open(tar) as archive:
            content = archive.extractfile("./usr/bin/busybox")
            assert content, "busybox is a regular file"
            temporary = busybox.with_suffix(".new")
            temporary.write_bytes(content.read())
        temporary.replace(busybox)
        tar.unlink()
    return busybox
