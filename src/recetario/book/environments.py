"""Know the environments that recipes are replayed in.

They are data (``environments.toml``); code never names one.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources

from recetario.errors import RecetarioError, nearest

__all__ = ["BACKENDS", "Backend", "Environment", "Mode", "counts", "find", "load_environments", "with_counts"]

_COUNT = re.compile(r"\{\{ ([a-z]+) \}\}")


class Backend(StrEnum):
    """What makes Podman's networks."""

    CNI = "cni"
    NETAVARK = "netavark"


class Mode(StrEnum):
    """Who runs Podman."""

    ROOT = "root"
    ROOTLESS = "rootless"


BACKENDS = {Backend.CNI: "CNI", Backend.NETAVARK: "netavark"}
"""How prose writes the backends."""


@dataclass(frozen=True)
class Environment:
    """One Podman version x backend x root or rootless.

    Attributes:
        podman: Minor version, ``"6.1"``.
        backend: What makes its networks.
        mode: Who runs the recipe: root, or (rootless) the user ``reader``.
        suite: The Debian release its host's image is made from.
        departures: What differs from Debian's own set-up, each in every language, by language.
    """

    podman: str
    backend: Backend
    mode: Mode
    suite: str
    departures: tuple[dict[str, str], ...] = field(default=(), hash=False)

    @property
    def id(self) -> str:
        """The name used everywhere: ``6.1-netavark-rootless``."""
        return f"{self.podman}-{self.backend}-{self.mode}"

    @property
    def anchor(self) -> str:
        """The id as an HTML anchor: ``env-6-1-netavark-rootless``."""
        return "env-" + self.id.replace(".", "-")

    @property
    def rootless(self) -> bool:
        """Whether its mode is rootless."""
        return self.mode is Mode.ROOTLESS

    @property
    def user(self) -> str:
        """The user who runs the recipe inside the host."""
        return "reader" if self.rootless else "root"

    def twin(self, other: Environment) -> bool:
        """Whether ``other`` is alike but for the backend."""
        return (self.podman, self.mode) == (other.podman, other.mode) and self.backend != other.backend


@functools.cache
def load_environments() -> tuple[Environment, ...]:
    """All environments, oldest Podman first; root before rootless."""
    data = tomllib.loads(resources.files("recetario.book").joinpath("environments.toml").read_text("utf-8"))
    return tuple(
        Environment(row["version"], Backend(backend), mode, row["suite"], tuple(row.get("departures", ())))
        for row in data["podman"]
        for backend in row["backends"]
        for mode in Mode
    )


def counts() -> dict[str, str]:
    """How many ``environments`` there are, and the ``oldest`` and the ``newest`` Podman among them."""
    every = load_environments()
    return {"environments": str(len(every)), "oldest": every[0].podman, "newest": every[-1].podman}


def with_counts(text: str) -> str:
    """Text with ``{{ environments }}``, ``{{ oldest }}`` and ``{{ newest }}`` filled in.

    Raises:
        RecetarioError: Another name stands in double braces.
    """
    values = counts()

    def value(name: re.Match[str]) -> str:
        if name[1] not in values:
            raise RecetarioError(f'There is no "{name[0]}" to fill in.', nearest(name[1], values))
        return values[name[1]]

    return _COUNT.sub(value, text)


def find(ids: Iterable[str] = ()) -> tuple[Environment, ...]:
    """The environments with these ids, in table order; all of them when none is named.

    Raises:
        RecetarioError: An id that the table does not have.
    """
    wanted = list(ids)
    known = {environment.id: environment for environment in load_environments()}
    for name in wanted:
        if name not in known:
            raise RecetarioError(
                f'There is no environment "{name}".', nearest(name, known), "All of them: recetario envs"
            )
    return tuple(environment for environment in known.values() if not wanted or environment.id in wanted)
