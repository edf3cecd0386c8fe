"""Learn facts about hosts, once for each image and environment, and compare them with environments.toml.

Learning uses a host that is removed afterwards, because it creates and removes containers and networks there.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable
from importlib import resources

from recetario.book.environments import Environment
from recetario.book.needs import load_needs
from recetario.errors import RecetarioError
from recetario.lab.hosts import Host
from recetario.lab.known import Known

__all__ = ["LEARNING_DIGEST", "check_row", "learn", "settled", "upstream_version", "versions_in_use"]

_RESIDUE = resources.files("recetario.lab").joinpath("scripts", "residue").read_text("utf-8")
# Its commands take Podman 6.1 up to half a minute on two quiet cores, and more than a minute on busy ones.
_RESIDUE_S = 600.0
_SNAPSHOT = resources.files("recetario.lab").joinpath("scripts", "snapshot").read_text("utf-8")
# Raise this number when `learn` or `normalise_state` changes its result for the same host: facts that were saved before
# would no longer match the snapshots that they are compared with.
_VERSION = 3
LEARNING_DIGEST = hashlib.sha256(f"{_VERSION}\n{_RESIDUE}{_SNAPSHOT}".encode()).hexdigest()[:8]
"""Part of the names of files with saved facts: facts that were learned in another way are learned again."""

_BACKENDS = {
    "cni": {
        "cni-plugins": "containernetworking-plugins",
        "dnsname": "golang-github-containernetworking-plugin-dnsname",
        "dnsmasq": "dnsmasq-base",
    },
    "netavark": {"netavark": "netavark", "aardvark-dns": "aardvark-dns"},
}


def learn(host: Host, residue: frozenset[str] | None = None) -> Known:
    """Learn the facts about a host; afterwards it is no longer pristine, and must not be used for a replay.

    Args:
        host: A host that has just started.
        residue: What Podman leaves behind there, if a simpler host has shown it; learning it takes the longest.

    Raises:
        RecetarioError: A command in the host failed.
    """
    pristine = settled(host)  # at first the boot script may still be running: it reports ready just before its `exec`
    podman = _answer(host, ["podman", "version", "--format", "{{.Client.Version}}"])
    info = json.loads(_answer(host, ["podman", "info", "--format", "json"]))["host"]
    packages = _answer(host, ["cat", "/usr/share/recetario/packages.tsv"])
    if residue is None:
        host.run(["bash", "-c", _RESIDUE], timeout_s=_RESIDUE_S)
        residue = settled(host) - pristine
    return Known(
        versions=versions_in_use(host.environment, podman, info["ociRuntime"]["name"], packages, host.needs),
        backend=info.get("networkBackend", "cni"),
        rootless=info["security"]["rootless"] if "rootless" in info["security"] else info["rootless"],
        pristine=pristine,
        residue=residue,
    )


def settled(host: Host) -> frozenset[str]:
    """The state of a host once it no longer changes: Podman goes on cleaning up after its commands have ended."""
    before = host.snapshot()
    for _ in range(20):
        time.sleep(0.3)
        after = host.snapshot()
        if after == before:
            break
        before = after
    return before


def _answer(host: Host, command: list[str]) -> str:
    result = host.run(command)
    if result.returncode:
        raise RecetarioError(
            f"`{' '.join(command)}` failed in a host for {host.environment.id}.",
            f"It said: {result.stderr.strip()}",
        )
    return result.stdout.strip()


def check_row(environment: Environment, known: Known) -> None:
    """Check that the hosts of an environment are what its row in environments.toml says.

    Raises:
        RecetarioError: The version of Podman, the backend or the mode is different.
    """
    podman = known.versions["podman"]
    differences = [
        f"{what} is {actual}, not {expected}"
        for what, actual, expected in (
            ("Podman", podman, environment.podman),
            ("the network backend", known.backend, environment.backend),
            ("the mode", _mode(known.rootless), _mode(environment.rootless)),
        )
        if actual != expected and not (what == "Podman" and podman.startswith(expected + "."))
    ]
    if differences:
        raise RecetarioError(
            f"{environment.id}: the host is not what environments.toml says: {', '.join(differences)}.",
            "If Debian has a new version, add a row for it. This row then needs an older "
            f'"{environment.suite}" from a snapshot of Debian\'s archive: set RECETARIO_MIRROR to its address.',
            "After fixing either: recetario lab clean, then recetario lab build",
        )


def versions_in_use(
    environment: Environment, podman: str, runtime: str, packages: str, needs: Iterable[str] = ()
) -> dict[str, str]:
    """The versions of Podman and of the programs that it uses in this environment, by component.

    Args:
        environment: Its backend and mode decide which programs are in use.
        podman: The version that ``podman version`` printed.
        runtime: The name of the OCI runtime in ``podman info``.
        packages: The output of ``dpkg-query --show``: lines of name, tab, version.
        needs: What the host has beyond a plain one.
    """
    installed = dict(line.split("\t") for line in packages.splitlines() if "\t" in line)
    # Podman 5.0 made pasta the default of rootless containers: release notes of 5.0.0.
    helper = {"slirp4netns": "slirp4netns"} if int(podman.split(".")[0]) < 5 else {"pasta": "passt"}
    wanted = _BACKENDS[environment.backend] | {"conmon": "conmon"} | (helper if environment.rootless else {})
    versions = {name: upstream_version(installed[package]) for name, package in wanted.items() if package in installed}
    return {
        "podman": podman,
        **versions,
        "runtime": f"{runtime} {upstream_version(installed.get(runtime, ''))}".strip(),
        **{need: upstream_version(installed[package]) for need in needs if (package := load_needs()[need].package)},
    }


def upstream_version(debian: str) -> str:
    """A Debian version as upstream writes it: ``1.0.0-rc93`` for ``1.0.0~rc93+ds1-5+b2``; for passt, the git date."""
    version = re.sub(r"^\d+:", "", debian)
    version = re.sub(r"-[^-]*$", "", version)
    version = re.sub(r"[+~](ds|dfsg|debian)[\d.]*", "", version)
    if git := re.match(r"0\.0~git(\d{8})", version):
        return git[1]
    return version.replace("~", "-")


def _mode(rootless: bool) -> str:
    return "rootless" if rootless else "root"
