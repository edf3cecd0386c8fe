"""Patterns mean the same in Python, which builds the site, and in bash, which runs downloaded scripts."""

from __future__ import annotations

import random
import subprocess

import pytest

from recetario.book.patterns import flaw, matches

# Reads pairs of lines, a pattern and a text, and prints for each pair whether [[ == ]] matches.
JUDGE = "export LC_ALL=C.UTF-8; while IFS= read -r p && IFS= read -r l; do [[ $l == $p ]] && echo 1 || echo 0; done"

EXAMPLES = [
    ("Name:*web*", ["Name:\tweb", "Name: web.dns", "name: web", "xName:web", "Name:", ""]),
    ("exit status: ?", ["exit status: 1", "exit status: 12", "exit status: "]),
    ("[a-c]x", ["ax", "dx", "x", "Ax", "áx"]),
    ("[!a-c]x", ["ax", "dx", "x", "Ax", "áx", "!x"]),
    ("[]a]", ["]", "a", "[]a]"]),
    ("[!]a]", ["]", "a", "b", "!"]),
    ("[a-]", ["-", "a", "b"]),
    ("[-a]", ["-", "a", "b"]),
    ("[abc", ["[abc", "a", "b"]),
    ("[]", ["[]", "]", ""]),
    ("[!]", ["[!]", "!", "x"]),
    ("a]b", ["a]b", "ab"]),
    ("[á-ú]?", ["éé", "ée", "e\u0301", "z"]),
    ("???", ["añb", "日本語", "ab", "😀😀😀"]),
    ("$HOME", ["$HOME", "/root"]),
    ("~", ["~", "/root"]),
    ('"a*"', ['"abc"', "abc", "a"]),
    ("{a,b}", ["{a,b}", "a"]),
    ("a|b", ["a|b", "a", "b"]),
    ("(a)", ["(a)", "a"]),
    (".*", [".", "..x", "x"]),
    ("*", ["", ".x", "a b", "a/b"]),
    (" x ", [" x ", "x"]),
    ("!x", ["!x", "y"]),
    ("#x", ["#x"]),
    ("+x@", ["+x@", "x"]),
    ("<no value>", ["<no value>"]),
    ("x'y", ["x'y"]),
    ("*[0-9] packets*", ["3 packets", "a packets", "12 packets sent"]),
    ("*a*b*c*", ["abc", "xaybzc", "acb", "a\tb\\c"]),
]


def _generated(count: int, seed: int) -> list[tuple[str, str]]:
    """Random pairs of a valid pattern and a line; the same pairs for the same seed."""
    chance = random.Random(seed)

    def piece() -> str:
        if chance.random() < 0.5:
            return chance.choice("ab*?[]!-áz.0(|)@+#{}$~ \"'/^&,:=<>")
        inside = "".join(chance.choice("ab---]!z0á[^.:=é") for _ in range(chance.randint(0, 4)))
        return f"[{chance.choice(['', '!'])}{inside}]"

    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        pattern = "".join(piece() for _ in range(chance.randint(1, 4)))
        line = "".join(chance.choice("ab-]![áz.0(@^ \"'$/é~&:=*?\\") for _ in range(chance.randint(0, 4)))
        if flaw(pattern) is None:
            pairs.append((pattern, line))
    return pairs


def test_python_and_bash_agree() -> None:
    """Python and bash agree on a list of difficult cases and on thousands of random ones."""
    pairs = [(pattern, line) for pattern, lines in EXAMPLES for line in lines] + _generated(6000, seed=2026)
    lines = "".join(f"{pattern}\n{line}\n" for pattern, line in pairs)
    bash = subprocess.run(["bash", "-c", JUDGE], input=lines, capture_output=True, encoding="utf-8", check=True)
    answers = [answer == "1" for answer in bash.stdout.split()]
    differences = [pair for pair, answer in zip(pairs, answers, strict=True) if matches([pair[0]], [pair[1]]) != answer]

    assert sum(answers) > 100
    assert differences == []


def test_one_pattern_that_matches_one_line_is_enough() -> None:
    """One pattern that matches one line is enough."""
    assert matches(["x", "b*"], ["a", "bc"])
    assert not matches(["x", "b"], ["a", "bc"])


def test_no_pattern_matches_empty_output() -> None:
    """If a step prints nothing, no pattern matches, not even a star."""
    assert not matches(["*"], [])


def test_patterns_are_case_sensitive() -> None:
    """Patterns are case-sensitive on every system."""
    assert not matches(["Name"], ["name"])


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in EXAMPLES if pattern != "*"])
def test_patterns_that_both_read_alike_are_valid(pattern: str) -> None:
    """Patterns that both read alike are valid."""
    assert flaw(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("a\\*", "\\"),
        ("[^a]", "[^"),
        ("[[:alpha:]]", "[:"),
        ("[x[:alpha:]]", "[:"),
        ("[[.a.]]", "[."),
        ("[[=a=]]", "[="),
        ("*(a)", "*("),
        ("?(a)", "?("),
        ("+(a)", "+("),
        ("@(a|b)", "@("),
        ("!(a)", "!("),
        ("[z-a]", "z-a"),
        ("x[!0z-a]", "z-a"),
        ("one\ntwo", "\n"),
    ],
)
def test_patterns_that_they_read_differently_are_refused(pattern: str, wrong: str) -> None:
    """The message has the offending part and the syntax that is allowed."""
    assert flaw(pattern) == (
        f'contains "{wrong}", which Python and bash read differently',
        "Use only *, ?, [a-z], [!a-z] and plain text.",
    )


@pytest.mark.parametrize("pattern", ["", " ", "*", "**", "* *"])
def test_an_empty_pattern_is_refused(pattern: str) -> None:
    """Such a pattern would match every line, or an empty one."""
    assert flaw(pattern) == ("is empty or has only wildcards", "Write the line that decides.")


def test_a_token_is_refused() -> None:
    """Output on a reader's machine contains ids, but no tokens."""
    what, todo = flaw("container <id1> *") or ("", "")

    assert what == 'contains the token "<id1>" of normalised output'
    assert todo == "Write * instead: a pattern must also match the output on a reader's machine."
