"""Facts about the hosts of one environment, kept between runs so that they are learned only once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

__all__ = ["Known"]


@dataclass(frozen=True)
class Known:
    """Facts that are the same for every host of one environment made from one image.

    Attributes:
        versions: Versions as upstream writes them, by component: ``podman``, ``conmon``, ``runtime`` and so on.
        backend: The network backend according to ``podman info``; ``"cni"`` if it is too old to say.
        rootless: Whether ``podman info``, run by the environment's user, says that it is rootless.
        pristine: The state of a host that has just started.
        residue: What exists in addition after containers and networks were created and removed.
    """

    versions: dict[str, str]
    backend: str
    rootless: bool
    pristine: frozenset[str]
    residue: frozenset[str]

    def to_json(self) -> str:
        """Serialize as JSON."""
        data = vars(self) | {"pristine": sorted(self.pristine), "residue": sorted(self.residue)}
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        data = json.loads(text)
        return cls(**data | {"pristine": frozenset(data["pristine"]), "residue": frozenset(data["residue"])})
