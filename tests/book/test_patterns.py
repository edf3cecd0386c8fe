"""Patterns mean the same to Python, which builds the site, and to bash, in which a reader's script judges."""

from __future__ import annotations

import random
import subprocess

import pytest

from recetario.book.patterns import flaw, matches

# Reads a pattern and a line in turn, and says of each pair what [[ == ]] says.
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
    """Pairs of a pattern of the dialect and a line, the same ones every time."""
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


def test_python_and_bash_decide_alike() -> None:
    """A hand-made list of what could go wrong, and thousands made by chance, through one bash."""
    pairs = [(pattern, line) for pattern, lines in EXAMPLES for line in lines] + _generated(6000, seed=2026)
    lines = "".join(f"{pattern}\n{line}\n" for pattern, line in pairs)
    told = subprocess.run(["bash", "-c", JUDGE], input=lines, capture_output=True, encoding="utf-8", check=True)
    differ = [p for p, said in zip(pairs, told.stdout.split(), strict=True) if matches([p[0]], [p[1]]) != (said == "1")]

    assert told.stdout.count("1") > 100
    assert differ == []


def test_any_pattern_of_any_line_will_do() -> None:
    """A list of patterns is an or."""
    assert matches(["x", "b*"], ["a", "bc"])
    assert not matches(["x", "b"], ["a", "bc"])


def test_nothing_matches_nothing() -> None:
    """A step that printed nothing decides nothing, not even by a star."""
    assert not matches(["*"], [])


def test_letters_differ_by_case() -> None:
    """On every system: exact is exact."""
    assert not matches(["Name"], ["name"])


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in EXAMPLES if pattern != "*"])
def test_what_both_read_alike_is_of_the_dialect(pattern: str) -> None:
    """Plain text may hold any other character."""
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
def test_what_they_read_differently_is_refused(pattern: str, wrong: str) -> None:
    """The words show the piece, and what there is instead."""
    assert flaw(pattern) == (
        f'is outside the dialect: "{wrong}"',
        "Use *, ?, [a-z], [!a-z] and plain text, which Python and bash read alike.",
    )


@pytest.mark.parametrize("pattern", ["", " ", "*", "**", "* *"])
def test_an_empty_pattern_is_refused(pattern: str) -> None:
    """It would match whatever a step prints."""
    assert flaw(pattern) == ("is empty: it says nothing", "Write the line that decides.")


def test_a_token_is_refused() -> None:
    """A reader's machine prints no <id1>."""
    what, todo = flaw("container <id1> *") or ("", "")

    assert what == 'names "<id1>", which stands in normalised output alone'
    assert todo == "Write * instead: a pattern must match raw output, too."
