"""Learn, once for each image and environment, what a host made from it is, and refuse what the table does not say.

Everything is asked on a host that is thrown away: some questions change what they ask about.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from importlib import resources

from recetario.book.environments import Environment
from recetario.errors import RecetarioError
from recetario.lab.hosts import Host
from recetario.lab.known import Known

__all__ = ["QUESTIONS", "check_row", "learn", "settled", "upstream_version", "versions_in_use"]

_RESIDUE = resources.files("recetario.lab").joinpath("scripts", "residue").read_text("utf-8")
_SNAPSHOT = resources.files("recetario.lab").joinpath("scripts", "snapshot").read_text("utf-8")
_READER = resources.files("recetario.lab").joinpath("state.py").read_text("utf-8")
QUESTIONS = hashlib.sha256((_RESIDUE + _SNAPSHOT + _READER).encode()).hexdigest()[:8]
"""Changes with what is asked: answers to other questions are of no use."""

_BACKENDS = {
    "cni": {
        "cni-plugins": "containernetworking-plugins",
        "dnsname": "golang-github-containernetworking-plugin-dnsname",
        "dnsmasq": "dnsmasq-base",
    },
    "netavark": {"netavark": "netavark", "aardvark-dns": "aardvark-dns"},
}


def learn(host: Host) -> Known:
    """Find out everything about a host, which is of no other use afterwards.

    Raises:
        RecetarioError: It does not answer.
    """
    pristine = settled(host)  # boot says ready just before its process becomes another
    podman = _answer(host, ["podman", "version", "--format", "{{.Client.Version}}"])
    info = json.loads(_answer(host, ["podman", "info", "--format", "json"]))["host"]
    packages = _answer(host, ["cat", "/usr/share/recetario/packages.tsv"])
    host.run(["bash", "-c", _RESIDUE])
    return Known(
        versions=versions_in_use(host.environment, podman, info["ociRuntime"]["name"], packages),
        backend=info.get("networkBackend", "cni"),
        rootless=info["security"]["rootless"] if "rootless" in info["security"] else info["rootless"],
        pristine=pristine,
        residue=settled(host) - pristine,
    )


def settled(host: Host) -> frozenset[str]:
    """The state of a host once it stays the same: Podman goes on cleaning up after its commands have ended."""
    before = host.snapshot()
    for _ in range(20):
        time.sleep(0.3)
        after = host.snapshot()
        if after == before:
            break
        before = after
    return before


def _answer(host: Host, command: list[str]) -> str:
    done = host.run(command)
    if done.returncode:
        raise RecetarioError(
            f"A host for {host.environment.id} did not answer `{' '.join(command)}`.",
            f"It said: {done.stderr.strip()}",
        )
    return done.stdout.strip()


def check_row(environment: Environment, known: Known) -> None:
    """Refuse a host that is not what the table of environments says.

    Raises:
        RecetarioError: Its Podman, its backend or its mode is another.
    """
    podman = known.versions["podman"]
    differences = [
        f"{what} is {real}, not {said}"
        for what, real, said in (
            ("Podman", podman, environment.podman),
            ("the network backend", known.backend, environment.backend),
            ("the mode", _mode(known.rootless), _mode(environment.rootless)),
        )
        if real != said and not (what == "Podman" and podman.startswith(said + "."))
    ]
    if differences:
        raise RecetarioError(
            f"{environment.id}: the host is not what environments.toml says: {', '.join(differences)}.",
            "Where Debian has moved on, give the new Podman a row of its own; this row wants an older "
            f'"{environment.suite}", from a snapshot of Debian\'s archive, which RECETARIO_MIRROR can name.',
            "After mending either: recetario lab clean, then recetario lab build",
        )


def versions_in_use(environment: Environment, podman: str, runtime: str, packages: str) -> dict[str, str]:
    """The versions worth showing beside a verdict.

    Args:
        environment: Decides which helpers count.
        podman: What ``podman version`` said.
        runtime: The name of the OCI runtime that ``podman info`` said.
        packages: ``dpkg-query --show`` of the image.
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
    }


def upstream_version(debian: str) -> str:
    """A Debian version as upstream writes it: ``1.0.0~rc93+ds1-5+b2`` is ``1.0.0-rc93``, passt's git dates stay."""
    version = re.sub(r"^\d+:", "", debian)
    version = re.sub(r"-[^-]*$", "", version)
    version = re.sub(r"[+~](ds|dfsg|debian)[\d.]*", "", version)
    if git := re.match(r"0\.0~git(\d{8})", version):
        return git[1]
    return version.replace("~", "-")


def _mode(rootless: bool) -> str:
    return "rootless" if rootless else "root"
