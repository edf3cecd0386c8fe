"""Describe the images of lab hosts and name each by a digest of what it is made of.

The packages are in ``suites.toml`` and the scripts in ``files/``. Nothing here builds or runs anything.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from recetario.book.environments import Environment, load_environments

__all__ = [
    "COMMIT_OPTIONS",
    "DEMO_RELEASE",
    "FILES",
    "HOST_OPTIONS",
    "REPOSITORY",
    "SYSTEMD_OPTIONS",
    "Image",
    "all_images",
    "image_of",
]

REPOSITORY = "localhost/recetario-lab"
FILES = Path(str(resources.files("recetario.lab").joinpath("files")))

# Podman inside Podman must be privileged. It gets its own cgroup namespace, so that the cgroups it creates disappear
# with the host. No network from the outer machine: `boot` gives each host a small network of its own.
_COMMON_OPTIONS = ("--privileged", "--cgroupns", "private", "--network", "none", "--no-hosts", "--hostname", "lab")
HOST_OPTIONS = (
    *_COMMON_OPTIONS,
    *("--tmpfs", "/run:rw,exec,mode=755", "--tmpfs", "/home:rw,exec,mode=755"),
    *("--tmpfs", "/var/lib/containers:rw,exec,mode=755"),
)
SYSTEMD_OPTIONS = (
    *_COMMON_OPTIONS,
    *("--systemd", "false", "--tmpfs", "/run:rw,exec,mode=755"),  # Podman's own set-up would mount the outer cgroups
    *("--volume", "/home", "--volume", "/var/lib/containers"),  # anonymous: they stay when the host restarts
)
"""Instead of HOST_OPTIONS, for hosts with systemd."""
COMMIT_OPTIONS = (
    *("--quiet", "--change", 'CMD ["/usr/bin/catatonit", "--", "/usr/lib/recetario/boot"]'),
    *("--change", "LABEL recetario=image"),
)

_DATA: dict[str, Any] = tomllib.loads(resources.files("recetario.lab").joinpath("suites.toml").read_text("utf-8"))
DEMO_RELEASE: str = _DATA["demo"]


@dataclass(frozen=True)
class Image:
    """One image: a Debian suite with Podman, and perhaps an extra set of packages on top.

    Attributes:
        suite: The Debian release, as in environments.toml.
        extra: The image of a need, a key of ``[extras]`` in suites.toml, or empty.
    """

    suite: str
    extra: str = ""

    @property
    def base(self) -> Image | None:
        """The image that this one is built on, if it has extra packages."""
        return Image(self.suite) if self.extra else None

    @property
    def releases(self) -> tuple[str, ...]:
        """The Debian releases that its packages come from, as in apt's sources."""
        return tuple(_DATA["suites"].get(self.suite, {}).get("from", (self.suite,)))

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages installed from the first of the releases, in addition to Debian's minimal set."""
        if self.extra:
            return (*_DATA["extras"][self.extra], *_DATA["suites"].get(self.suite, {}).get(self.extra, ()))
        backends = {environment.backend for environment in load_environments() if environment.suite == self.suite}
        wanted = set(_DATA["common"]).union(*(_DATA[backend] for backend in backends))
        return tuple(sorted(wanted - set(self.newer)))

    @property
    def newer(self) -> tuple[str, ...]:
        """The packages installed afterwards from the last of the releases."""
        return () if self.extra else tuple(_DATA["suites"].get(self.suite, {}).get("newer", ()))

    @property
    def digest(self) -> str:
        """A hash of everything that the image is made of, except the versions of packages."""
        parts: list[Any] = [self.releases, self.packages, self.newer, DEMO_RELEASE, HOST_OPTIONS, COMMIT_OPTIONS]
        if self.base:
            parts.append(self.base.digest)
        for folder in (FILES, self.folder):
            parts += [[file.name, file.read_text("utf-8")] for file in sorted(folder.glob("*")) if file.is_file()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]

    @property
    def folder(self) -> Path:
        """The folder with the files that only this image gets; it may not exist. Its ``bake`` finishes the image."""
        return FILES / (self.extra or "plain")

    @property
    def name(self) -> str:
        """``bookworm``, or ``bookworm-browser``."""
        return f"{self.suite}-{self.extra}" if self.extra else self.suite

    @property
    def tag(self) -> str:
        """``localhost/recetario-lab:bookworm-0123456789ab``."""
        return f"{REPOSITORY}:{self.name}-{self.digest}"


def image_of(environment: Environment, extra: str = "") -> Image:
    """The image that hosts of an environment are made from, or the one with extra packages."""
    return Image(environment.suite, extra)


def all_images() -> tuple[Image, ...]:
    """Every image that an environment can use, with and without extra packages."""
    suites = dict.fromkeys(environment.suite for environment in load_environments())
    return tuple(Image(suite, extra) for suite in suites for extra in ("", *_DATA["extras"]))
