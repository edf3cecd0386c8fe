"""Find the error messages that steps printed, and say what causes each of them and where its fix is.

They get a page of their own, because readers paste messages into a search engine. ``docs/errors.toml`` has the causes,
and messages of readers' own programs, which no step prints.
"""

from __future__ import annotations

import re
import tomllib
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.book.ids import Slug
from recetario.book.project import Project
from recetario.errors import RecetarioError
from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import Highlight
from recetario.translations import translations

__all__ = ["CAUSES", "Cause", "Causes", "Errors", "Message", "Place", "load_causes", "printed"]

CAUSES = "docs/errors.toml"
"""The causes of messages, in groups. Its first lines say how it's written."""

_EXIT_STATUS = re.compile(r"exit status: [1-9]\d*")
# By nslookup; and by curl, where a step takes times out of it.
_ON_STDOUT = ("** server can't find ", ";; connection timed out", "curl: (")
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
class Fix:
    """A link to a fix: its address below the language's folder, and what it says in each language."""

    to: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Cause:
    """What causes some messages, and what to do about it.

    Attributes:
        text: The cause, by language.
        fixes: Where the fix is, likeliest first.
        lines: Patterns of the lines that steps print; the page shows them with ``…`` for each ``*``.
        programs: Messages, or what they have in common, of readers' programs. A step may have printed them, too.
        translated: The same as programs print them in another language, by language.
    """

    text: Mapping[str, str]
    fixes: tuple[Fix, ...]
    lines: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    translated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Causes:
    """What ``docs/errors.toml`` says.

    Attributes:
        groups: (Id, its heading by language, its causes), as the page has them.
        left_out: Patterns of lines that are no reader's: those of controls that ask for something that can't exist.
    """

    groups: tuple[tuple[str, Mapping[str, str], tuple[Cause, ...]], ...] = ()
    left_out: tuple[str, ...] = ()


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


def load_causes(top: Path) -> Causes:
    """Read ``docs/errors.toml``, if there is one.

    Raises:
        RecetarioError: The file is not TOML, or something is missing in it.
    """
    path = top / CAUSES
    if not path.is_file():
        return Causes()
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        groups = tuple(
            (group["id"], group["title"], tuple(_cause(table) for table in group["cause"])) for group in tables["group"]
        )
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise RecetarioError(f"{CAUSES} lacks something, or is not TOML: {error}.") from error
    return Causes(groups, tuple(tables.get("left_out", ())))


def _cause(table: Mapping[str, Any]) -> Cause:
    return Cause(
        text=table["text"],
        fixes=tuple(Fix(fix["to"], fix) for fix in table["fix"]),
        lines=tuple(table.get("lines", ())),
        programs=tuple(table.get("programs", ())),
        translated={language: tuple(texts) for language, texts in table.get("translated", {}).items()},
    )


def printed(project: Project) -> dict[str, tuple[Place, ...]]:
    """All error messages that steps printed, with these steps.

    Messages of ``cleanup`` are left out: it only fails if a recipe ended early, because it removes objects that were
    never created.
    """
    environments_by_step: dict[str, dict[tuple[Slug, str], list[Environment]]] = {}
    for slug, step, environment, output in _outputs(project):
        for line in dict.fromkeys(_error_lines(output)):
            environments_by_step.setdefault(line, {}).setdefault((slug, step), []).append(environment)
    return {
        text: tuple(Place(slug, step, tuple(environments)) for (slug, step), environments in steps.items())
        for text, steps in environments_by_step.items()
    }


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
            is_error = is_error or line.startswith(_ON_STDOUT) or (line in stderr and not line.startswith(_HINT))
        if is_error:
            yield _TOKEN.sub(r"<\1>", line)


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
