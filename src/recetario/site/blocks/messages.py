"""Find the error messages that steps printed, with their programs and environments.

They get a page of their own, because readers paste messages into a search engine.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.book.ids import Slug
from recetario.book.project import Project
from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import Highlight

__all__ = ["Errors", "Message", "Place", "messages"]

_EXIT_STATUS = re.compile(r"exit status: [1-9]\d*")
_PROGRAM = re.compile(r"([a-z][\w.-]*): ")
_LOOKUP = "** server can't find "  # printed by nslookup, on stdout
_HINT = "See '"  # as in "See 'podman run --help'", which is not an error
_TOKEN = re.compile(r"<([a-z]+)\d+>")  # as recetario.book.normalise numbers them: <id1>, <id2>
_CLEANUP = "cleanup"


@dataclass(frozen=True)
class Place:
    """A step that printed a message, and the environments in which it did so, in table order."""

    recipe: Slug
    step: str
    environments: tuple[Environment, ...]


@dataclass(frozen=True)
class Message:
    """One line of an error message.

    Attributes:
        text: The line as normalised, with tokens such as ``<id>`` for what differs between machines.
        speaker: The program that printed it: ``"Podman"``, ``"nsenter"``.
        places: The steps that printed it.
    """

    text: str
    speaker: str
    places: tuple[Place, ...]

    @property
    def anchor(self) -> str:
        """The message's id on the page: its first words, and a checksum that makes it unique."""
        beginning = re.sub(r"[^a-z0-9]+", "-", self.text.lower()).strip("-")[:48].strip("-")
        return f"{beginning}-{zlib.crc32(self.text.encode()):08x}"


def messages(project: Project) -> list[Message]:
    """All error messages that steps printed, each once.

    Messages of ``cleanup`` are left out: it only fails if a recipe ended early, because it removes objects that were
    never created.

    Returns:
        Podman's messages first, then by speaker; in alphabetical order within each.
    """
    environments_by_step: dict[str, dict[tuple[Slug, str], list[Environment]]] = {}
    for slug, step, environment, output in _outputs(project):
        for line in dict.fromkeys(_error_lines(output)):
            environments_by_step.setdefault(line, {}).setdefault((slug, step), []).append(environment)
    collected = []
    for text, steps in environments_by_step.items():
        places = tuple(Place(slug, step, tuple(environments)) for (slug, step), environments in steps.items())
        collected.append(Message(text, _speaker(text), places))
    return sorted(collected, key=lambda message: (message.speaker != "Podman", message.speaker, message.text.lower()))


def _outputs(project: Project) -> Iterator[tuple[Slug, str, Environment, Output]]:
    """(Slug, step, environment, output) of each step that has evidence, except ``cleanup``."""
    for recipe in project.recipes.values():
        for step in recipe.names:
            if step == _CLEANUP:
                continue
            for environment in load_environments():
                if evidence := project.evidence.get((recipe.slug, environment.id)):
                    yield recipe.slug, step, environment, evidence.outputs[recipe.variant_for(step, environment).name]


def _error_lines(output: Output) -> Iterator[str]:
    """Podman's errors on either stream and, if the step failed, everything else on stderr.

    A step has failed if its status is not 0, or if it printed ``exit status: 1``, as recipes do for steps whose
    failure is expected.
    """
    failed = output.status not in (0, None) or any(_EXIT_STATUS.fullmatch(line) for line in output.lines)
    stderr = output.stderr.split("\n")
    for line in output.lines:
        is_error = line.startswith("Error:")
        if failed and line.strip():
            is_error = is_error or line.startswith(_LOOKUP) or (line in stderr and not line.startswith(_HINT))
        if is_error:
            yield _TOKEN.sub(r"<\1>", line)


def _speaker(text: str) -> str:
    if text.startswith(_LOOKUP):
        return "nslookup"
    program = _PROGRAM.match(text)
    return program[1] if program else "Podman"


@dataclass(frozen=True)
class ErrorsContent:
    """The messages of one program."""

    speaker: str
    messages: list[Message]


class Errors(PageBlock):
    """``/// errors``: every error message that a recipe provoked, by the program that printed it."""

    NAME, ARGUMENT = "errors", False

    @staticmethod
    def content(page: PageContext, argument: str) -> list[ErrorsContent]:
        by_speaker: dict[str, list[Message]] = {}
        for message in messages(page.renderer.project):
            by_speaker.setdefault(message.speaker, []).append(message)
        return [ErrorsContent(speaker, spoken) for speaker, spoken in by_speaker.items()]

    @classmethod
    def render_again(cls, page: PageContext, argument: str, highlight: Highlight) -> str:
        parts = [
            f"## {content.speaker}\n\n{page.renderer.fill(cls.NAME, content, highlight)}"
            for content in cls.content(page, argument)
        ]
        return "\n".join(parts)

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """Make elements of the headings, so that the page's table of contents has them."""
        element = ElementTree.SubElement(parent, "div", {"class": "block"})
        for content in self.content(self.page, self.argument):
            ElementTree.SubElement(element, "h2", {"id": f"from-{content.speaker.lower()}"}).text = content.speaker
            html = self.page.renderer.fill(self.NAME, content, self.highlight)
            ElementTree.SubElement(element, "div").text = self.md.htmlStash.store(html)
        return element
