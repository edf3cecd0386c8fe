"""What is true of every host of one environment made from one image: data, as it is kept between runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

__all__ = ["Known"]


@dataclass(frozen=True)
class Known:
    """What is true of every host of one environment made from one image.

    Attributes:
        versions: Upstream-looking versions by what is in use: ``podman``, ``conmon``, ``runtime`` and the like.
        backend: The one that Podman says, or ``"cni"`` where it cannot say.
        rootless: What Podman says of itself as the environment's user.
        pristine: The state of a host nothing was done in.
        residue: What is there in addition after containers and networks were made and removed.
    """

    versions: dict[str, str]
    backend: str
    rootless: bool
    pristine: frozenset[str]
    residue: frozenset[str]

    def to_json(self) -> str:
        """As text, for ``from_json``."""
        data = vars(self) | {"pristine": sorted(self.pristine), "residue": sorted(self.residue)}
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From what ``to_json`` made."""
        data = json.loads(text)
        return cls(**data | {"pristine": frozenset(data["pristine"]), "residue": frozenset(data["residue"])})
