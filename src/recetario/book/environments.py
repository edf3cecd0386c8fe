"""The environments that recipes are replayed in.

They are data, in ``environments.toml``; no code names one.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources

from recetario.book.ids import EnvironmentId
from recetario.errors import RecetarioError, UnknownNameError, nearest

__all__ = [
    "BACKENDS",
    "Backend",
    "Environment",
    "Mode",
    "counts",
    "find",
    "load_environments",
    "read_environments",
    "with_counts",
]

_COUNT = re.compile(r"\{\{ ([a-z]+) \}\}")


class Backend(StrEnum):
    """The program that sets up Podman's networks."""

    CNI = "cni"
    NETAVARK = "netavark"


class Mode(StrEnum):
    """Whether root or another user runs Podman."""

    ROOT = "root"
    ROOTLESS = "rootless"


BACKENDS = {Backend.CNI: "CNI", Backend.NETAVARK: "netavark"}
"""The names of the backends in prose."""


@dataclass(frozen=True)
class Environment:
    """A minor version of Podman with a network backend and a mode.

    Attributes:
        podman: The minor version, ``"6.1"``.
        backend: The network backend.
        mode: Who runs the recipe: root, or for rootless the user ``reader``.
        suite: The Debian release that the image of its hosts is made from.
        departures: Differences from Debian's own set-up; each is a text by language.
    """

    podman: str
    backend: Backend
    mode: Mode
    suite: str
    departures: tuple[dict[str, str], ...] = field(default=(), hash=False)

    @property
    def id(self) -> EnvironmentId:
        """Its name everywhere: ``6.1-netavark-rootless``."""
        return EnvironmentId(f"{self.podman}-{self.backend}-{self.mode}")

    @property
    def anchor(self) -> str:
        """The id as an HTML anchor: ``env-6-1-netavark-rootless``."""
        return "env-" + self.id.replace(".", "-")

    @property
    def rootless(self) -> bool:
        """Whether the mode is rootless."""
        return self.mode is Mode.ROOTLESS

    @property
    def user(self) -> str:
        """The user who runs the recipe inside the host."""
        return "reader" if self.rootless else "root"

    def twin(self, other: Environment) -> bool:
        """Whether ``other`` has the same version and mode, but another backend."""
        return (self.podman, self.mode) == (other.podman, other.mode) and self.backend != other.backend


@functools.cache
def load_environments() -> tuple[Environment, ...]:
    """All environments, oldest Podman first; root before rootless.

    Raises:
        RecetarioError: Two environments have the same id.
    """
    return read_environments(resources.files("recetario.book").joinpath("environments.toml").read_text("utf-8"))


def read_environments(text: str) -> tuple[Environment, ...]:
    """The environments of a table like ``environments.toml``, in its order.

    Raises:
        RecetarioError: Two environments have the same id.
    """
    environments: dict[EnvironmentId, Environment] = {}
    for row in tomllib.loads(text)["podman"]:
        for backend in row["backends"]:
            for mode in Mode:
                departures = tuple(row.get("departures", ()))
                environment = Environment(row["version"], Backend(backend), mode, row["suite"], departures)
                if environment.id in environments:
                    raise RecetarioError(
                        f'src/recetario/book/environments.toml has environment "{environment.id}" twice.',
                        "Give each version and backend only once.",
                    )
                environments[environment.id] = environment
    return tuple(environments.values())


def counts() -> dict[str, str]:
    """The number of ``environments``, and the ``oldest`` and the ``newest`` Podman, for names in double braces."""
    environments = load_environments()
    return {
        "environments": str(len(environments)),
        "oldest": environments[0].podman,
        "newest": environments[-1].podman,
    }


def with_counts(text: str) -> str:
    """Replace ``{{ environments }}`` by their number, and ``{{ oldest }}`` and ``{{ newest }}`` by versions of Podman.

    Raises:
        RecetarioError: The text has another name in double braces.
    """
    values = counts()

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise RecetarioError(f'"{match[0]}" cannot be filled in.', nearest(match[1], values))
        return values[match[1]]

    return _COUNT.sub(value, text)


def find(ids: Iterable[str]) -> tuple[Environment, ...]:
    """The environments with these ids, in table order.

    Raises:
        RecetarioError: An id does not exist.
    """
    wanted = list(ids)
    known = {environment.id: environment for environment in load_environments()}
    for name in wanted:
        if name not in known:
            raise UnknownNameError(
                f'There is no environment "{name}".', nearest(name, known), "List all environments: recetario envs"
            )
    return tuple(environment for environment in known.values() if environment.id in wanted)
