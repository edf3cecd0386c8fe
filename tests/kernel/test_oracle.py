"""A step means what the same lines mean in ``bash file`` under ``set -Eeuo pipefail``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from recetario.kernel.bash import Outcome

Run = Callable[..., tuple[str, str, Outcome]]

# Each alone in one step. Those that must fail with words, though bash may call them a success, are below.
SNIPPETS = {
    "a command": "echo a",
    "a failure in the middle": "echo a; false; echo b",
    "a failure in a pipe": "false | cat; echo b",
    "a failure in a function": "f() { false; echo in; }; f; echo b",
    "a failure in a function in a function": "g() { (exit 7); echo g; }; f() { g; echo f; }; f; echo b",
    "a failure in a subshell": "(false; echo in); echo b",
    "a substitution that fails first": "x=$(false; echo y); echo $x",
    "a substitution that fails last": "x=$(echo y; false); echo $x",
    "local hides a failure": "f() { local x=$(false); echo after; }; f",
    "a condition": "if false; then echo yes; else echo no; fi",
    "or": "false || echo or",
    "and, in the middle": '[ -n "" ] && echo yes; echo after',
    "and, at the end": '[ -n "" ] && echo yes',
    "not": "! true; echo after",
    "a function as a condition": "f() { false; echo in; }; if f; then echo yes; fi",
    "a loop with a failure": "for i in 1 2 3; do echo $i; [ $i != 2 ]; done; echo after",
    "a loop over a process substitution": "while read -r line; do echo got $line; done < <(echo 1; echo 2)",
    "a loop at the end of a pipe": "echo 1 | while read -r line; do echo $line; false; done; echo after",
    "a failure in a process substitution": "cat <(false); echo after",
    "a failing exit": "echo a; exit 3; echo b",
    "an unset variable": "echo a; echo $nothing; echo b",
    "a syntax error": "echo a\nif then\necho b",
    "a syntax error at the end": "echo a\nif true; then\necho b",
    "an unclosed quote": "echo a\necho 'b",
    "a here-document, then a failure": "cat <<END\none\nEND\nfalse\necho b",
    "a here-document without an end": "cat <<END\none",
    "eval": 'eval "false; echo in"; echo b',
    "a sourced file that fails": "echo 'false; echo in' >sourced; . ./sourced; echo b",
    "no ERR trap": "trap - ERR; false; echo b",
    "an ERR trap": "trap 'echo failed at $LINENO' ERR\nf() { false; }\nf\necho b",
    "standard input is empty": "cat; echo b",
    "a background child that fails": "false & wait $!; echo b",
    "arithmetic that is zero": "((0)); echo b",
    "cd to nowhere": "cd /nowhere; echo b",
    "a background child that stays": "sleep 30 & echo b",
    "a read-only variable, then a failure": "readonly R=1; echo $R; false",
    "a read-only variable is set": "readonly R=1; R=2; echo b",
    "a command that is not there": "echo a\nno-such-command\necho b",
    "an error message in a function": "f() {\n  no-such-command\n}\n\nf",
    "an error message in a substitution": "x=$(no-such-command 2>&1) || echo ${#nothing:-} $x",
    "a bad substitution": 'echo a\necho "${x y}"',
    "a failing last line of a pipe": "echo a | grep b",
    "a signal that is handled": "trap 'echo caught' INT; kill -INT $$; echo b",
    "a signal that is not": "kill -TERM $$; echo b",
    "a signal to the whole group": "kill 0; echo b",
    "no line end": "printf a; printf b >&2",
    "nothing": "",
    "a comment": "# nothing",
    "what bash is called": "echo $0 $#",
    "a coprocess": "coproc cat; echo hello >&${COPROC[1]}; read -r line <&${COPROC[0]}; echo $line",
    "extglob": "shopt -s extglob\necho @(a|b)",
    "errexit put back": "set +e; false; set -e; echo b",
}
SPOILT = {
    "exit 0 in the middle": ("echo a; exit 0; echo b", "ended the bash"),
    "exec": ("echo a; exec true; echo b", "replaced or killed"),
    "kill -9": ("echo a; kill -9 $$; echo b", "replaced or killed"),
    "an EXIT trap, then a failure": ("trap 'echo bye' EXIT; false; echo b", "a trap on its end"),
    "set +e": ("set +e; false; echo b", 'left "set -Eeuo pipefail" undone'),
    "set +o pipefail": ("set +o pipefail; false | true; echo b", 'left "set -Eeuo pipefail" undone'),
    "set +e, and a failure": ("set +e; echo b; false", 'left "set -Eeuo pipefail" undone'),
    "exec >/dev/null": ("exec >/dev/null; echo hidden", "sent the output"),
    "exec 2>&1": ("exec 2>&1; echo shown >&2", "sent the output"),
    "exec >&-": ("echo a; exec >&-", "sent the output"),
}


def oracle(source: str, folder: Path) -> tuple[str, str, int]:
    """What ``bash file`` prints and ends with."""
    file = folder / "file"
    file.write_text(source + "\n", "utf-8")
    with (folder / "stdout").open("w+b") as stdout, (folder / "stderr").open("w+b") as stderr:
        # files, because a background child would keep pipes open
        status = subprocess.call(
            ["bash", "-Eeuo", "pipefail", file],
            cwd=folder / "work",
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    printed = [(folder / name).read_text("utf-8").replace(str(file), "bash") for name in ("stdout", "stderr")]
    return printed[0], printed[1], status if status >= 0 else 128 - status


@pytest.mark.parametrize("source", SNIPPETS.values(), ids=SNIPPETS)
def test_a_step_is_what_bash_makes_of_a_file(run: Run, tmp_path: Path, source: str) -> None:
    """Output, errors and status are the same, and there is nothing to add."""
    stdout, stderr, outcome = run(source)

    assert (stdout, stderr, outcome.status) == oracle(source, tmp_path)
    assert not outcome.words


@pytest.mark.parametrize(("source", "words"), SPOILT.values(), ids=SPOILT)
def test_what_spoils_the_shared_bash_fails_with_words(run: Run, tmp_path: Path, source: str, words: str) -> None:
    """The step prints and ends as in bash, but the story cannot go on as if nothing was."""
    stdout, stderr, outcome = run(source)

    assert (stdout, stderr, outcome.status) == oracle(source, tmp_path)
    assert outcome.failed
    assert words in outcome.words
