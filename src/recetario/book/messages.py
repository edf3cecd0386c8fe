"""Find the error messages that steps printed, and read what causes each of them and where its fix is.

``docs/errors.toml`` has the causes, and messages of readers' own programs, which no step prints.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Evidence, Output
from recetario.book.ids import CaseKey, Slug
from recetario.book.project import Project
from recetario.errors import RecetarioError

__all__ = ["CAUSES", "Cause", "Causes", "Fix", "Place", "load_causes", "printed", "unexplained"]

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


def printed(project: Project, evidence: Mapping[CaseKey, Evidence] | None = None) -> dict[str, tuple[Place, ...]]:
    """All error messages that steps printed, with these steps.

    Args:
        project: The recipes.
        evidence: Look only there, by (slug, environment id), instead of in all evidence of the project.

    Messages of ``cleanup`` are left out: it only fails if a recipe ended early, because it removes objects that were
    never created.
    """
    environments_by_step: dict[str, dict[tuple[Slug, str], list[Environment]]] = {}
    for slug, step, environment, output in _outputs(project, project.evidence if evidence is None else evidence):
        for line in dict.fromkeys(_error_lines(output)):
            environments_by_step.setdefault(line, {}).setdefault((slug, step), []).append(environment)
    return {
        text: tuple(Place(slug, step, tuple(environments)) for (slug, step), environments in steps.items())
        for text, steps in environments_by_step.items()
    }


def unexplained(causes: Causes, messages: Mapping[str, tuple[Place, ...]]) -> dict[str, tuple[Place, ...]]:
    """Those of ``printed`` that have no cause yet, and aren't left out."""
    patterns = [*causes.left_out, *(line for _, _, group in causes.groups for cause in group for line in cause.lines)]
    return {
        line: places for line, places in messages.items() if not any(fnmatchcase(line, pattern) for pattern in patterns)
    }


def _outputs(project: Project, evidence: Mapping[CaseKey, Evidence]) -> Iterator[tuple[Slug, str, Environment, Output]]:
    """(Slug, step, environment, output) of each step that has evidence, except ``cleanup``."""
    for recipe in project.recipes.values():
        for step in recipe.names:
            if step == _CLEANUP:
                continue
            for environment in load_environments():
                if replayed := evidence.get((recipe.slug, environment.id)):
                    yield recipe.slug, step, environment, replayed.outputs[recipe.variant_for(step, environment).name]


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
