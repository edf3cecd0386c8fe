"""What readers replace in a fix: the names, ports and images of a recipe that stand for their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

__all__ = ["PATTERNS", "ROLES", "Field", "Kind", "destructive_line", "replace_literals"]


class Kind(StrEnum):
    """What a field accepts."""

    NAME = "name"
    PORT = "port"
    IMAGE = "image"


ROLES: Mapping[str, Kind] = {
    "container": Kind.NAME,
    "other": Kind.NAME,
    "network": Kind.NAME,
    "other-network": Kind.NAME,
    "pod": Kind.NAME,
    "other-pod": Kind.NAME,
    "port": Kind.PORT,
    "other-port": Kind.PORT,
    "image": Kind.IMAGE,
}
"""What a literal can stand for. A reader's value is kept for the next page by this name."""

# A component of an image's name, as in github.com/distribution/reference, regexp.go.
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
PATTERNS: Mapping[Kind, str] = {
    # As Podman checks names (libpod/define/config.go), and short enough for a label of DNS.
    Kind.NAME: r"[a-zA-Z0-9][a-zA-Z0-9_.\-]{0,62}",
    Kind.PORT: r"[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]",
    Kind.IMAGE: (
        rf"(?!.{{201}})(?:[a-zA-Z0-9](?:[a-zA-Z0-9.\-]*[a-zA-Z0-9])?(?::[0-9]{{1,5}})?/)?{_COMPONENT}(?:/{_COMPONENT})*"
        r"(?::[a-zA-Z0-9_][a-zA-Z0-9_.\-]{0,127})?(?:@sha256:[a-f0-9]{64})?"
    ),
}
"""What each kind accepts, whole, for Python and for HTML's ``pattern``: nothing that is special to a shell."""

# Words of commands that delete or overwrite. `podman run --rm` only deletes the container that it has just made.
_DESTRUCTIVE = re.compile(
    r"(?<![\w-])(?:rm|rmi|remove|prune|reset|kill|mv|dd|shred|truncate)(?![\w-])|--(?:replace|in-place|force)\b"
)
_OVERWRITTEN = re.compile(r"(?<!-)>{1,2}\s*(\S+)")


@dataclass(frozen=True)
class Field:
    """A literal of a recipe that stands for something of the reader's.

    Attributes:
        role: One of ``ROLES``.
        ours: The literal: a name, a port, or an image with its arguments, as the reader's has a command of its own.
    """

    role: str
    ours: str

    @property
    def kind(self) -> Kind:
        """What the reader may type instead."""
        return ROLES[self.role]


def replace_literals(text: str, fields: Collection[Field], replacement: Callable[[Field], str]) -> str:
    """Replace each literal where it stands for itself.

    That is where it is a whole word, or comes before ``-old`` (what fixes call the container that they set aside) or
    ``.dns.podman``. In ``default-network.conf`` it is part of the name of a file, which is ours.
    """
    by_literal = {field.ours: field for field in fields}
    if not by_literal:
        return text
    return _pattern(tuple(by_literal)).sub(lambda match: replacement(by_literal[match[0]]), text)


@lru_cache(256)
def _pattern(literals: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(map(re.escape, sorted(literals, key=len, reverse=True)))
    return re.compile(rf"(?<![\w.-])(?:{either})(?=(?:-old)?(?![\w.-])|->|\.dns\.podman)")


def destructive_line(text: str, fields: Collection[Field]) -> str:
    """The first line of commands that deletes or overwrites something and has a field; empty if there is none."""
    for line in text.splitlines():
        dangerous = line if _DESTRUCTIVE.search(line) else " ".join(_OVERWRITTEN.findall(line))
        if replace_literals(dangerous, fields, lambda field: "") != dangerous:
            return line.strip()
    return ""
