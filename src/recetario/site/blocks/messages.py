"""Find the error messages that steps printed, who printed them, and where: people search by pasting them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.book.project import Project

__all__ = ["Message", "Place", "messages"]

_FAILED = re.compile(r"exit status: [1-9]\d*")
_SPEAKER = re.compile(r"([a-z][\w.-]*): ")
_LOOKUP = "** server can't find "  # nslookup prints it on stdout
_HINT = "See '"  # "See 'podman run --help'" is no message
_NUMBERED = re.compile(r"<([a-z]+)\d+>")
_CLEANUP = "cleanup"


@dataclass(frozen=True)
class Place:
    """A step that printed a message, and the environments in which it did, in table order."""

    recipe: str
    step: str
    environments: tuple[Environment, ...]


@dataclass(frozen=True)
class Message:
    """One line that told of a failure.

    Attributes:
        text: The line, normalised; what varies from one machine to the next stands as ``<id>``.
        speaker: The program that printed it: ``"Podman"``, ``"nsenter"``.
        places: The steps that printed it.
    """

    text: str
    speaker: str
    places: tuple[Place, ...]

    @property
    def anchor(self) -> str:
        """Its id on the page: its first words, and a sum that tells it from others that begin alike."""
        words = re.sub(r"[^a-z0-9]+", "-", self.text.lower()).strip("-")[:48].strip("-")
        return f"{words}-{zlib.crc32(self.text.encode()):08x}"


def messages(project: Project) -> list[Message]:
    """Every message once, Podman's own first, then by program and by alphabet.

    What a clean-up says is left out: it speaks up only where a story ended early, of things that were never made.
    """
    found: dict[str, dict[tuple[str, str], list[Environment]]] = {}
    for slug, recipe in project.recipes.items():
        for name in (name for name in recipe.names if name != _CLEANUP):
            for environment in load_environments():
                evidence = project.evidence.get((slug, environment.id))
                output = evidence.outputs[recipe.variant_for(name, environment).name] if evidence else Output()
                for line in dict.fromkeys(_lines(output)):
                    found.setdefault(line, {}).setdefault((slug, name), []).append(environment)
    all_of_them = [
        Message(text, _speaker(text), tuple(Place(*where, tuple(some)) for where, some in places.items()))
        for text, places in found.items()
    ]
    return sorted(all_of_them, key=lambda one: (one.speaker != "Podman", one.speaker, one.text.lower()))


def _lines(output: Output) -> Iterator[str]:
    """Podman's errors wherever they stand, and whatever else a failing step printed on stderr."""
    failed = output.status not in (0, None) or any(map(_FAILED.fullmatch, output.lines))
    for line in output.lines:
        told = line in output.stderr.split("\n") and not line.startswith(_HINT)
        if line.startswith("Error:") or (failed and line.strip() and (told or line.startswith(_LOOKUP))):
            yield _NUMBERED.sub(r"<\1>", line)


def _speaker(text: str) -> str:
    if text.startswith(_LOOKUP):
        return "nslookup"
    found = _SPEAKER.match(text)
    return found[1] if found else "Podman"
