"""What recipes may need beyond a plain host, such as systemd or a browser.

It is data, in ``needs.toml``; no code names a need but ``systemd``, with which hosts start in another way.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from recetario.errors import RecetarioError, UnknownNameError, nearest
from recetario.translations import LANGUAGES

__all__ = ["SYSTEMD", "Need", "check_needs", "image_for", "load_needs"]

SYSTEMD = "systemd"


@dataclass(frozen=True)
class Need:
    """Something that a recipe may need.

    Attributes:
        name: Its name in ``needs`` of claims.toml.
        image: The name of the image that has it; hosts have one image.
        requires: Needs that must be listed, too.
        excludes: Needs that can't be in the same host.
        units: What systemd starts at boot because of it.
        package: The Debian package of a program that it runs in the host, whose version is recorded; or empty.
        text: A sentence about it, by language.
    """

    name: str
    image: str
    text: Mapping[str, str]
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    package: str = ""

    @property
    def runs_in_host(self) -> bool:
        """Whether it runs a program of its own in the host, so that facts about such hosts are learned separately."""
        return bool(self.package)


@functools.cache
def load_needs() -> Mapping[str, Need]:
    """All needs, by name."""
    data = tomllib.loads(resources.files("recetario.book").joinpath("needs.toml").read_text("utf-8"))
    return {
        name: Need(
            name,
            image=row["image"],
            text={language: row[language] for language in LANGUAGES},
            requires=tuple(row.get("requires", ())),
            excludes=tuple(row.get("excludes", ())),
            units=tuple(row.get("units", ())),
            package=row.get("package", ""),
        )
        for name, row in data.items()
    }


def check_needs(names: Iterable[str]) -> None:
    """Check that a host can have all of these.

    Raises:
        RecetarioError: One is unknown or lacks another that it requires, or two exclude each other.
    """
    needs, wanted = load_needs(), list(names)
    for name in wanted:
        if name not in needs:
            raise UnknownNameError(f'There is no need "{name}".', nearest(name, needs))
    for name in wanted:
        for other in needs[name].requires:
            if other not in wanted:
                raise RecetarioError(f'A host with "{name}" also needs "{other}".', f'Add "{other}".')
        for other in wanted:
            if other in needs[name].excludes or needs[other].image != needs[name].image:
                raise RecetarioError(f'No host can have both "{name}" and "{other}".', "Leave out one of them.")


def image_for(names: Iterable[str]) -> str:
    """The name of the image of a host with these needs; empty without any."""
    return next((load_needs()[name].image for name in names), "")
