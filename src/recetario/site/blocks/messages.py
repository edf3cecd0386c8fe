"""A block with all error messages that steps printed: what causes each of them, and where its fix is.

They get a page of their own, because readers paste messages into a search engine.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from recetario.book.environments import Environment, load_environments
from recetario.book.messages import CAUSES, Cause, Place, load_causes, printed
from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import Highlight
from recetario.translations import translations

__all__ = ["CAUSES", "Errors", "Message", "load_causes", "printed"]


@dataclass(frozen=True)
class Message:
    """One error message.

    Attributes:
        text: As the page shows it, with ``…`` or a token such as ``<id>`` for what differs.
        places: The steps that printed it, or a line that contains it; none if only other programs do.
    """

    text: str
    places: tuple[Place, ...] = ()

    @property
    def anchor(self) -> str:
        """The message's id on the page: its first words, and a checksum that makes it unique."""
        beginning = re.sub(r"[^a-z0-9]+", "-", self.text.lower()).strip("-")[:48].strip("-")
        return f"{beginning}-{zlib.crc32(self.text.encode()):08x}"

    @property
    def environments(self) -> list[Environment]:
        """Where steps printed it, in table order."""
        seen = {environment.id for place in self.places for environment in place.environments}
        return [environment for environment in load_environments() if environment.id in seen]


@dataclass(frozen=True)
class Explained:
    """Messages with the same cause; the cause is None if nobody wrote it down yet."""

    cause: Cause | None
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class ErrorsContent:
    """One group of messages: its id, its heading, and its messages by cause."""

    id: str
    title: str
    explained: tuple[Explained, ...]


class Errors(PageBlock):
    """``/// errors``: every error message of a recipe's steps and of ``docs/errors.toml``, with cause and fix."""

    NAME, ARGUMENT = "errors", False

    @staticmethod
    def content(page: PageContext, argument: str) -> list[ErrorsContent]:
        language, causes = page.renderer.language, load_causes(page.renderer.project.top)
        every = printed(page.renderer.project)
        lines = every.copy()
        for line in [line for line in lines if any(fnmatchcase(line, pattern) for pattern in causes.left_out)]:
            del lines[line]
        groups = []
        for name, title, of_group in causes.groups:
            explained = tuple(Explained(cause, tuple(_messages(cause, lines, every, language))) for cause in of_group)
            groups.append(ErrorsContent(name, title[language], explained))
        if lines:
            others = Explained(None, tuple(Message(line, places) for line, places in lines.items()))
            groups.append(ErrorsContent("others", translations(language)["site"]["other-messages"], (others,)))
        return groups

    @classmethod
    def render_again(cls, page: PageContext, argument: str, highlight: Highlight) -> str:
        parts = [
            f"## {content.title}\n\n{page.renderer.fill(cls.NAME, content, highlight)}"
            for content in cls.content(page, argument)
        ]
        return "\n".join(parts)

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """Make elements of the headings, so that the page's table of contents has them."""
        element = ElementTree.SubElement(parent, "div", {"class": "block"})
        for content in self.content(self.page, self.argument):
            ElementTree.SubElement(element, "h2", {"id": content.id}).text = content.title
            html = self.page.renderer.fill(self.NAME, content, self.highlight)
            ElementTree.SubElement(element, "div").text = self.md.htmlStash.store(html)
        return element


def _messages(
    cause: Cause, lines: dict[str, tuple[Place, ...]], every: Mapping[str, tuple[Place, ...]], language: str
) -> Iterator[Message]:
    """A cause's messages: first those of programs, then those of steps, whose lines are taken out of ``lines``."""
    for text in (*cause.programs, *cause.translated.get(language, ())):
        yield Message(text, _places(text, cause, every))
    for pattern in cause.lines:
        matching = [line for line in lines if fnmatchcase(line, pattern)]
        places = tuple(place for line in matching for place in lines.pop(line))
        if places:
            yield Message(pattern.replace("[*]", "\0").replace("*", "…").replace("\0", "*"), places)


def _places(text: str, cause: Cause, every: Mapping[str, tuple[Place, ...]]) -> tuple[Place, ...]:
    """The steps that printed lines with this text, first those with the same cause."""
    having = [line for line in every if text in line]
    having.sort(key=lambda line: not any(fnmatchcase(line, pattern) for pattern in cause.lines))
    return tuple(place for line in having for place in every[line])
