"""Mutants of a step are mistakes that a person could make, and each of them is still bash."""

from __future__ import annotations

import pytest
from support.mutation import Kind, Role, misspelled, mutants

from recetario.book.recipes import Step


def _mutants(source: str, kind: Kind) -> list[str]:
    return [mutant.source for mutant in mutants(Step("check", source, 1)) if mutant.kind is kind]


def test_each_command_is_removed() -> None:
    """In a pipeline, what follows reads what the command would have read."""
    removed = _mutants('ss | grep --quiet . || echo "$(hostname)"', Kind.REMOVE)

    assert removed == [
        ': | grep --quiet . || echo "$(hostname)"',
        'ss | cat || echo "$(hostname)"',
        "ss | grep --quiet . || :",
        'ss | grep --quiet . || echo "$(:)"',
    ]


def test_each_command_is_negated() -> None:
    """An assignment, too, which has the status of the command whose output it assigns; but not part of a command."""
    assert _mutants("a=$(hostname)\nexport b=c\nd=e ls >list", Kind.NEGATE) == [
        "{ ! a=$(hostname); }\nexport b=c\nd=e ls >list",
        "a=$({ ! hostname; })\nexport b=c\nd=e ls >list",
        "a=$(hostname)\n{ ! export b=c; }\nd=e ls >list",
        "a=$(hostname)\nexport b=c\n{ ! d=e ls; } >list",
    ]


def test_each_option_is_misspelled_in_turn() -> None:
    """Those of scripts in quotes, too, but not what only looks like an option."""
    assert _mutants("timeout 5 sh -c 'ls --all -l -- -x -'", Kind.MISSPELL) == [
        "timeout 5 sh -C 'ls --all -l -- -x -'",
        "timeout 5 sh -c 'ls --lal -l -- -x -'",
        "timeout 5 sh -c 'ls --all -L -- -x -'",
        "timeout 5 sh -c 'ls --all -l -- -X -'",
    ]


@pytest.mark.parametrize(
    ("option", "wrong"),
    [
        ("--network=host", "--netwokr=host"),
        ("--all", "--lal"),
        ("-type=a", "-tyep=a"),
        ("-lnt", "-lnT"),
        ("-O", "-o"),
        ("-4", "-5"),
    ],
)
def test_a_misspelled_option_is_another(option: str, wrong: str) -> None:
    """Programs take the beginning of a long option for all of it, so no letter is only left out."""
    assert misspelled(option) == wrong


def test_the_condition_of_a_step_is_left_alone() -> None:
    """It is the same in all steps of its kind, and pages do not show it."""
    source = 'if root && lab_only "It stops all."; then\n  ls\nfi'

    assert [mutant.text for mutant in mutants(Step("check-root", source, 1))] == ["ls", "ls"]


def test_a_mutant_knows_what_reads_its_status() -> None:
    """Reasons are about that: nothing reads the status of most commands."""
    source = "ls\nif id; then w; fi\nuntil x | y; do z; done\na && b || c"

    roles = {mutant.text: mutant.role for mutant in mutants(Step("check", source, 1))}

    assert roles == {
        **dict.fromkeys(["ls", "w", "z"], Role.STATEMENT),
        **dict.fromkeys(["id", "x", "y", "a"], Role.CONDITION),
        "b": Role.TRIED,
        "c": Role.FALLBACK,
    }


def test_text_outside_ascii_does_not_shift_positions() -> None:
    """The parser counts bytes."""
    assert _mutants("echo — é; ls", Kind.REMOVE) == [":; ls", "echo — é; :"]
