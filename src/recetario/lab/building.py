"""Build the images of lab hosts, each once: Debian packages by mmdebstrap, finished from inside by ``files/bake``."""

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

__all__ = ["ensure_images", "find_mirror", "image_ids", "tidy_images"]

_MIRROR_VARIABLE = "RECETARIO_MIRROR"
_EXPIRED = "--aptopt=Acquire::Check-Valid-Until false"  # a mirror may be a snapshot, whose Release files are old


def image_ids(machine: Machine) -> dict[str, str]:
    """The ids of all lab images that are there, by tag."""
    form = "{{.Repository}}:{{.Tag}} {{.Id}}"
    said = machine.podman("images", "--filter", f"reference={REPOSITORY}", "--no-trunc", "--format", form)
    return dict(line.split() for line in said.stdout.splitlines())


def ensure_images(machine: Machine, images: Iterable[Image], progress: Progress) -> dict[Image, str]:
    """Build those of the images that are not there, as many at a time as there are cores, and return the id of each.

    Raises:
        RecetarioError: The tools cannot be installed, or a build failed.
    """
    wanted = list(dict.fromkeys(images))
    ids = image_ids(machine) if machine.has_tools else {}
    if any(image.tag not in ids for image in wanted):
        machine.ensure_tools(progress)
        with FileLock(machine.build_lock):  # a test worker beside us may be building them
            needed = dict.fromkeys([image.below for image in wanted if image.below] + wanted)
            ids = image_ids(machine)
            _build_all(machine, [image for image in needed if image.tag not in ids], progress)
        ids = image_ids(machine)
    return {image: ids[image.tag] for image in wanted}


def tidy_images(machine: Machine, progress: Progress) -> None:
    """Remove lab images of other digests, which nothing in this clone will ask for again, and halves of them."""
    known = {image.tag for image in all_images()}
    for tag in sorted(set(image_ids(machine)) - known):
        progress(f"removing {tag.partition(':')[2]}, which is out of date")
        machine.podman("rmi", tag, check=False)  # a running host of another clone may hold it
    machine.podman("image", "prune", "--force", "--filter", "label=recetario=image", check=False)


def find_mirror(machine: Machine) -> str:
    """The Debian mirror that the machine's own apt uses, or the one that RECETARIO_MIRROR names.

    Raises:
        RecetarioError: The machine's own is none of Debian's, and none is named.
    """
    if named := os.environ.get(_MIRROR_VARIABLE):
        return named
    fields = "$(ORIGIN) $(CREATED_BY) $(COMPONENT) $(CODENAME) $(REPO_URI)"
    own = os_release().get("VERSION_CODENAME", "")
    for update_first in (False, True):  # a fresh machine knows its sources only after an update
        if update_first:
            machine.run([*machine.sudo, "apt-get", "--quiet", "update"], check=False)
        said = machine.run(["apt-get", "indextargets", "--format", fields], check=False)
        for line in said.stdout.splitlines():
            if line.startswith(f"Debian Packages main {own} "):
                return line.split()[-1]
    raise RecetarioError(
        "This machine's apt uses no mirror of Debian's, and the lab's hosts are made of Debian packages.",
        f"Name one that is near: {_MIRROR_VARIABLE}=http://MIRROR/debian (the list: https://www.debian.org/mirror/list).",
    )


def os_release(file: Path = Path("/etc/os-release")) -> dict[str, str]:
    """What the machine's system says of itself."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {key: value.strip("\"'") for key, _, value in (line.partition("=") for line in lines) if value}


def _build_all(machine: Machine, images: list[Image], progress: Progress) -> None:
    mirror = find_mirror(machine)
    busybox = _busybox(machine, mirror, progress)

    def build(image: Image) -> None:
        began = time.monotonic()
        _build_one(machine, image, mirror, busybox, progress)
        progress(f"{image.name}: built in {time.monotonic() - began:.0f} s")

    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool, machine.ending_children():
        list(pool.map(build, [image for image in images if not image.below]))
        list(pool.map(build, [image for image in images if image.below]))


def _build_one(machine: Machine, image: Image, mirror: str, busybox: Path, progress: Progress) -> None:
    if image.below:
        progress(f"{image.name}: installing {' '.join(image.packages)}")
        source = ("--env", f"MIRROR={mirror}", "--env", f"RELEASES={' '.join(image.releases)}")
        command = ["bash", "/bake/extend", *image.packages]
        _commit_after(machine, image, image.below.tag, ("--network", "host", *source), command)
        return
    tar = machine.state / f"{image.name}.{os.getpid()}.tar"
    try:
        progress(f"{image.name}: installing Debian packages")
        machine.run(_mmdebstrap(machine, image, mirror, tar))
        progress(f"{image.name}: making it a lab host")
        base = machine.podman("import", "--quiet", "--change", "LABEL recetario=image", str(tar)).stdout.strip()
    finally:
        tar.unlink(missing_ok=True)
    options = (*HOST_OPTIONS, "--volume", f"{busybox.parent}:/bake.in:ro")
    _commit_after(machine, image, base, options, ["bash", "/bake/bake"])


def _commit_after(machine: Machine, image: Image, below: str, options: tuple[str, ...], command: list[str]) -> None:
    name = f"recetario-build-{image.name}-{os.getpid()}"
    labels = ("--label", "recetario=build", "--label", f"recetario.lock={machine.build_lock}")
    files = ("--volume", f"{FILES}:/bake:ro")
    try:
        machine.podman("run", "--name", name, *labels, *files, *options, "--entrypoint", "[]", below, *command)
        machine.podman("commit", *COMMIT_OPTIONS, name, image.tag)
    finally:
        machine.podman("rm", "--force", "--time", "0", name, check=False)


def _mmdebstrap(machine: Machine, image: Image, mirror: str, tar: Path) -> list[str]:
    """The command that makes ``tar``, a file system of Debian packages."""
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
    """Debian's static busybox, of which the demo images are made; fetched once."""
    busybox = machine.state / f"busybox-{DEMO_RELEASE}" / "busybox"
    if not busybox.exists():
        progress("fetching busybox for the demo images")
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
            assert content, "a file"
            fresh = busybox.with_suffix(".new")
            fresh.write_bytes(content.read())
        fresh.replace(busybox)
        tar.unlink()
    return busybox
