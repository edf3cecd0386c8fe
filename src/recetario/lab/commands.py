"""The commands for the lab: build it, open a shell in a host, remove everything."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recetario.book.environments import Environment
from recetario.book.needs import check_needs, image_for
from recetario.errors import RecetarioError
from recetario.lab.building import ensure_images, image_ids, own_image_ids, remove_outdated_images
from recetario.lab.images import image_of
from recetario.lab.machine import Machine, Progress
from recetario.lab.runs import Run, is_free, remove_orphans
from recetario.workspace import find_top

__all__ = ["build", "clean", "shell"]


def build(
    environments: Iterable[Environment],
    progress: Progress = lambda line: None,
    *,
    needs: Sequence[str] = (),
    top: Path | None = None,
) -> None:
    """Build the images that hosts of these environments need, and learn facts about the hosts, where they are missing.

    Args:
        environments: The environments to build for.
        progress: Called with one line of text when something slow starts or ends.
        needs: What hosts have beyond plain ones; the images with that are built as well.
        top: The repository's folder.

    Raises:
        RecetarioError: No host can have these needs, a tool cannot be installed, a build failed, or a host differs
            from its row in environments.toml.
    """
    check_needs(needs)
    wanted = list(environments)
    # After Ctrl-C, the run ends before the pool does: without their hosts, threads that still learn end soon.
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool, Run(top, progress) as run:
        machine = Machine(top or find_top())
        images = [image_of(environment, extra) for environment in wanted for extra in ("", image_for(needs))]
        ensure_images(machine, images, progress)
        list(pool.map(run.known, wanted))


def shell(
    environment: Environment,
    progress: Progress = lambda line: None,
    *,
    needs: Sequence[str] = (),
    without: Sequence[str] = (),
    top: Path | None = None,
) -> int:
    """Open a shell in a new host for the user at this terminal, and remove the host afterwards.

    Returns:
        The shell's exit status.

    Raises:
        RecetarioError: No host can have these needs, or do without that, or as ``build``.
    """
    with Run(top, progress) as run, run.host(environment, needs, without=without) as host:
        return subprocess.call(host.argv(["bash"], terminal=sys.stdin.isatty()))


def clean(
    progress: Progress = lambda line: None,
    *,
    every_clone: bool = False,
    only_outdated: bool = False,
    top: Path | None = None,
) -> None:
    """Remove this clone's lab: kept hosts, the images that it made, and what is known about hosts.

    Args:
        progress: Called with one line of text for each image that is removed, and if images remain.
        every_clone: Remove the images that other clones made, too.
        only_outdated: Only remove the images that this clone made and does not use any more.
        top: The repository's folder.

    Raises:
        RecetarioError: A replay, a build or a shell is using the lab.
    """
    machine = Machine(top or find_top())
    if not machine.state.exists() and not every_clone:
        return
    busy = [lock for lock in [*machine.state.glob("runs/*/lock"), machine.build_lock] if not is_free(lock)]
    if busy:
        raise RecetarioError("Something is using the lab: a replay, a build or a shell.", "End it and try again.")
    if only_outdated:
        remove_outdated_images(machine, progress)
        return
    if machine.has_tools:
        _remove_kept_hosts(machine)
        remove_orphans(machine)
        _remove_images(machine, progress, every_clone=every_clone)
    machine.remove_folder(machine.state)


def _remove_kept_hosts(machine: Machine) -> None:
    kept = machine.podman("ps", "--all", "--quiet", "--filter", "label=recetario.keep=yes")
    for host in kept.stdout.split():
        lock = machine.podman("inspect", "--format", '{{index .Config.Labels "recetario.lock"}}', host).stdout
        if Path(lock.strip()).is_relative_to(machine.state):
            machine.podman("rm", "--force", "--volumes", "--time", "0", host)


def _remove_images(machine: Machine, progress: Progress, *, every_clone: bool) -> None:
    for tag in image_ids(machine) if every_clone else own_image_ids(machine):
        progress(f"removing {_short(tag)}")
        machine.podman("rmi", tag, check=False)  # fails if a host of another clone uses it
    if remaining := ", ".join(sorted(map(_short, image_ids(machine)))):
        progress(f"These images remain, which this clone did not make or a host uses: {remaining}")
        if not every_clone:
            progress("To remove them, too: recetario lab clean --all")


def _short(tag: str) -> str:
    """A tag without the repository: ``bookworm-0123456789ab``."""
    return tag.partition(":")[2]
