"""Tiny images that carry the lab's labels, for tests that remove images."""

from __future__ import annotations

import tarfile

from recetario.lab.building import _commit_after
from recetario.lab.images import Image
from recetario.lab.machine import Machine


def build_tiny(machine: Machine, image: Image) -> str:
    """Build an image that only has this machine's /usr while it is built, and return its tag."""
    base = import_tiny(machine)
    _commit_after(machine, image, base, ("--network", "none", "--volume", "/usr:/usr:ro"), ["/usr/bin/true"])
    return image.tag


def import_tiny(machine: Machine, *options: str) -> str:
    """Import an image with no more than the links to /usr, which differs from clone to clone; return its id."""
    tar = machine.top / "image.tar"
    with tarfile.open(tar, "w") as archive:
        for name in ("bin", "lib", "lib64"):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
            archive.addfile(link)
    return machine.podman("import", "--quiet", *options, str(tar)).stdout.strip()
