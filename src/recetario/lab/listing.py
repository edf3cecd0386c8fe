"""List the hosts and images of the lab on this machine, those of other clones included, and remove single ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recetario.errors import RecetarioError, UnknownNameError, nearest
from recetario.lab.building import outdated_images
from recetario.lab.images import REPOSITORY
from recetario.lab.machine import Machine, Progress
from recetario.lab.runs import is_free, remove_orphans

__all__ = ["LEFT_OVER", "ListedHost", "ListedImage", "hosts", "images", "remove"]

LEFT_OVER = "left over"
"""The state of a host whose run is dead: the next run of its clone removes it."""
_HOST = (
    '{{.Names}}\t{{index .Labels "recetario.environment"}}\t{{index .Labels "recetario.run"}}\t{{.RunningFor}}'
    '\t{{index .Labels "recetario.keep"}}\t{{index .Labels "recetario.lock"}}'
)
_IMAGE = '{{.Tag}}\t{{.Size}}\t{{index .Labels "recetario.lock"}}'


@dataclass(frozen=True)
class ListedHost:
    """A host, or a container in which an image is built.

    Attributes:
        name: The container's name.
        environment: The environment's id; empty for a build.
        run: The id of its run; empty for a build.
        age: When it was started: "3 minutes ago".
        state: ``in use``, ``kept``, or ``left over``, which the next replay or build removes.
        clone: The top folder of the clone that it belongs to.
    """

    name: str
    environment: str
    run: str
    age: str
    state: str
    clone: Path


@dataclass(frozen=True)
class ListedImage:
    """An image.

    Attributes:
        name: The tag without the repository: ``bookworm-0123456789ab``.
        size: "358 MB".
        state: ``outdated`` if this clone made it and does not use it any more, else empty.
        clone: The top folder of the clone that made it.
    """

    name: str
    size: str
    state: str
    clone: Path


def hosts(machine: Machine) -> list[ListedHost]:
    """All hosts on this machine, newest first."""
    listing = machine.podman("ps", "--all", "--filter", "label=recetario.lock", "--format", _HOST)
    return [_host(*line.split("\t")) for line in listing.stdout.splitlines()]


def images(machine: Machine) -> list[ListedImage]:
    """All lab images on this machine."""
    outdated = {tag.partition(":")[2] for tag in outdated_images(machine)}
    listing = machine.podman("images", f"--filter=reference={REPOSITORY}", "--format", _IMAGE)
    rows = [line.split("\t") for line in listing.stdout.splitlines()]
    return [
        ListedImage(name, size, "outdated" if name in outdated else "", _clone(Path(lock)))
        for name, size, lock in sorted(rows)
    ]


def remove(machine: Machine, names: Iterable[str], progress: Progress) -> None:
    """Remove hosts and images by their names.

    Raises:
        RecetarioError: There is no such host or image, it is in use, or another clone made the image.
    """
    hosts_by_name = {host.name: host for host in hosts(machine)}
    images_by_name = {image.name: image for image in images(machine)}
    for name in names:
        if name in hosts_by_name:
            _remove_host(machine, hosts_by_name[name])
        elif name in images_by_name:
            _remove_image(machine, images_by_name[name])
        else:
            known = nearest(name, [*hosts_by_name, *images_by_name])
            raise UnknownNameError(f'The lab has no host or image "{name}".', known, "All of them: recetario lab ls")
        progress(f"removed {name}")
    remove_orphans(machine)


def _remove_host(machine: Machine, host: ListedHost) -> None:
    if host.state == "in use":
        raise RecetarioError(f"{host.name} is in use by a command in {host.clone}.", "End that command: it removes it.")
    machine.podman("rm", "--force", "--volumes", "--time", "0", host.name)


def _remove_image(machine: Machine, image: ListedImage) -> None:
    if image.clone != machine.top.resolve():
        raise RecetarioError(
            f"{image.clone} made the image {image.name}, and may need it.",
            f"Remove it there, or remove the images of all clones: recetario lab clean --all. Only this one: "
            f"podman rmi {REPOSITORY}:{image.name}",
        )
    machine.podman("rmi", f"{REPOSITORY}:{image.name}")


def _host(name: str, environment: str, run: str, age: str, keep: str, lock: str) -> ListedHost:
    state = "kept" if keep == "yes" else LEFT_OVER if is_free(Path(lock)) else "in use"
    return ListedHost(name, environment, run, age, state, _clone(Path(lock)))


def _clone(lock: Path) -> Path:
    """The top folder of the clone whose lock this is: of a run, or of its builds."""
    return next((folder.parent for folder in lock.parents if folder.name == ".recetario"), lock.parent)
