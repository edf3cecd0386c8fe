"""Make mutants of a step: remove a command, negate it, or misspell one of its options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from recetario.book.recipes import Step

__all__ = ["Kind", "Mutant", "Role", "misspelled", "mutants"]

_BASH = Parser(Language(tree_sitter_bash.language()))
_SCRIPT = re.compile(r"(?:.*\s)?(?:ba)?sh (?:-\w+ )*-c $", re.DOTALL)  # what comes before a quoted script


class Kind(StrEnum):
    """What is wrong with a mutant."""

    REMOVE = "remove"
    NEGATE = "negate"
    MISSPELL = "misspell"


class Role(StrEnum):
    """What reads the exit status of a command, which decides what its negation means."""

    STATEMENT = "statement"  # only `set -e`, which ignores a negated command
    CONDITION = "condition"  # `if`, `while`, `until`, `&&`
    TRIED = "tried"  # `||`, on its left
    FALLBACK = "fallback"  # on the right of `||`


@dataclass(frozen=True)
class Mutant:
    """A step with one mistake.

    Attributes:
        kind: What was done.
        role: The role of the command.
        text: The command that was removed or negated, or the option that was misspelled.
        source: The lines of the step with the mistake.
    """

    kind: Kind
    role: Role
    text: str
    source: str


def mutants(step: Step) -> list[Mutant]:
    """The mutants of a step, without those that are the same text as another or as the step itself.

    The condition of half of a pair, or of a lab-only step, is left as it is. Scripts that a command gets after
    ``sh -c`` are mutated, too; those in files and in languages other than bash are not.
    """
    begin = 0 if step.command == step.source else step.source.index("\n") + 1
    unique: dict[str, Mutant] = {}
    for command in _commands(step.source, 0, len(step.source)):
        if command.start >= begin:
            for mutant in command.mutants(step.source):
                unique.setdefault(mutant.source, mutant)
    unique.pop(step.source, None)
    return list(unique.values())


def misspelled(option: str) -> str:
    """An option with its last two different letters swapped; one of a single letter, also after others, is another.

    ``--netwokr=host``, ``-tyep=a``, ``-lnT``, ``-5``.
    """
    name, equals, value = option.partition("=")
    letters = name.lstrip("-")
    dashes = name[: len(name) - len(letters)]
    if dashes == "-" and len(letters) <= 3:
        *others, last = letters
        other = str((int(last) + 1) % 10) if last.isdecimal() else last.swapcase()
        return f"-{''.join(others)}{other}{equals}{value}"
    last = next(number for number in range(len(letters) - 1, 0, -1) if letters[number - 1] != letters[number])
    swapped = letters[: last - 1] + letters[last] + letters[last - 1] + letters[last + 1 :]
    return f"{dashes}{swapped}{equals}{value}"


@dataclass(frozen=True)
class _Command:
    """A command in the text of a step, or an assignment without one.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        role: Its role.
        is_filter: Whether it reads what the command before it in a pipeline prints.
        options: Where its options begin and end.
    """

    start: int
    end: int
    role: Role
    is_filter: bool = False
    options: tuple[tuple[int, int], ...] = ()

    def mutants(self, source: str) -> Iterator[Mutant]:
        """The mutants of this command in this text."""
        text = source[self.start : self.end]
        before, after = source[: self.start], source[self.end :]
        yield Mutant(Kind.REMOVE, self.role, text, before + ("cat" if self.is_filter else ":") + after)
        yield Mutant(Kind.NEGATE, self.role, text, f"{before}{{ ! {text}; }}{after}")
        for start, end in self.options:
            option = source[start:end]
            yield Mutant(Kind.MISSPELL, self.role, option, source[:start] + misspelled(option) + source[end:])


def _commands(source: str, start: int, end: int) -> Iterator[_Command]:
    """The commands in a part of a text."""
    tree = _BASH.parse(source[start:end].encode("ascii", "replace"))  # a byte for each character
    if tree.root_node.has_error:
        raise ValueError(f"this is not bash that can be parsed: {source[start:end]}")
    for node in _walk(tree.root_node):
        here = (start + node.start_byte, start + node.end_byte)
        if node.type in ("command", "test_command", "declaration_command"):
            yield _Command(*here, _role(node), _is_filter(node), tuple(_options(source, start, node)))
        elif (
            node.type == "variable_assignment"
            and node.parent
            and node.parent.type not in ("command", "declaration_command")
        ):
            yield _Command(*here, _role(node))
        elif node.type == "raw_string" and _SCRIPT.match(source[: here[0]]):
            yield from _commands(source, here[0] + 1, here[1] - 1)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _options(source: str, offset: int, command: Node) -> Iterator[tuple[int, int]]:
    if command.type == "command":
        for child in command.children:
            start, end = offset + child.start_byte, offset + child.end_byte
            if re.match(r"-{1,2}\w", source[start:end]):
                yield start, end


def _role(node: Node) -> Role:
    """The role of a command, or of the pipeline that it is part of."""
    while (parent := node.parent) and parent.type in ("redirected_statement", "pipeline", "negated_command"):
        node = parent
    if parent is None:
        return Role.STATEMENT
    if parent.type == "list":
        is_left, is_or = parent.children[0] == node, parent.children[1].type == "||"
        if is_left:
            return Role.TRIED if is_or else Role.CONDITION
        return Role.FALLBACK if is_or else _role(parent)
    is_condition = (
        parent.type in ("if_statement", "while_statement") and parent.child_by_field_name("condition") == node
    )
    return Role.CONDITION if is_condition else Role.STATEMENT


def _is_filter(node: Node) -> bool:
    """Whether it is in a pipeline, after another command."""
    while node.parent and node.parent.type == "redirected_statement":
        node = node.parent
    return bool(node.parent and node.parent.type == "pipeline" and node.parent.children[0] != node)
