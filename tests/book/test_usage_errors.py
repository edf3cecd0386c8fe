"""Patterns must not match the output of misspelled commands, which is recorded from real tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from recetario.book.environments import load_environments
from recetario.book.patterns import unknown_option, usage_error, usage_errors
from recetario.lab.runs import Run

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "pattern",
    [
        "Error: *",
        "*unknown flag*",
        "*invalid option*",
        "*not found*",
        "nsenter: *",
        "*can't evaluate field*",
        "Error: Error initializing source *",
        "Error: unknown flag: --*",
    ],
)
def test_a_pattern_that_matches_a_usage_error_is_found(pattern: str) -> None:
    """The function returns the line of output that the pattern would match."""
    assert usage_error(pattern) in {line for lines in usage_errors().values() for line in lines}


@pytest.mark.parametrize("pattern", ["exit status: 1", "exit status: *", "exit status: 7", "exit*: 12[0-7]"])
def test_an_exit_status_says_only_that_something_failed(pattern: str) -> None:
    """A misspelled command also has an exit status, so a status alone proves nothing."""
    assert (usage_error(pattern) or "").startswith("exit status: ")


@pytest.mark.parametrize(
    "pattern",
    [
        "*NXDOMAIN*",
        "Error: unknown flag: --link",
        "*can't evaluate field RootlessNetworkCmd in type *",
        "Error: Error initializing source *rootless-cni-infra*",
        "curl: (7) Failed to connect to 127.0.0.1*",
        "hello",
    ],
)
def test_a_pattern_that_says_what_happened_is_accepted(pattern: str) -> None:
    """An error about an unknown option is accepted if the pattern has the name of the option."""
    assert usage_error(pattern) is None


_OPTIONS = [
    "podman run --detatch --name usage docker.io/library/busybox true",
    "podman run -Q docker.io/library/busybox true",
    "podman run --rm docker.io/library/busybox nslookup -tpye=a web",
    "podman run --rm docker.io/library/busybox wget --quite http://127.0.0.1/",
    "podman run --rm docker.io/library/busybox wget -j http://127.0.0.1/",
    "curl --silnt http://127.0.0.1/",
    "nsenter --traget 1 --net true",
    "sudo --usage true",
    "ps --formt args=",
    "ss --listeningg",
    "ip --usage address",
    "grep --cuont x /etc/passwd",
    "dpkg --listfile podman",
    "find / --maxdept 0",
    "read -R usage",
]


@pytest.mark.parametrize("command", _OPTIONS)
def test_an_unknown_option_is_told_from_an_answer(command: str) -> None:
    """Each program says it in its own words."""
    assert unknown_option(usage_errors()[command], []) is not None


def test_an_unknown_option_is_told_in_the_middle_of_a_line() -> None:
    """Programs of a pipeline that print at the same time share lines."""
    assert unknown_option(["cat: grep: unrecognized option '--cuont'"], []) is not None


def test_other_mistakes_and_answers_are_not_about_options() -> None:
    """Some of them are answers: that a name is not found, that Podman has no such field."""
    others = [line for command, lines in usage_errors().items() if command not in _OPTIONS for line in lines]

    assert unknown_option([*others, "hello", "curl: (7) Failed to connect to 127.0.0.1 port 80"], []) is None


def test_an_unknown_option_may_be_the_answer() -> None:
    """A newer Podman may have dropped an option."""
    assert unknown_option(["Error: unknown flag: --link"], ["Error: unknown flag: --link"]) is None


@pytest.mark.podman
def test_the_lines_were_printed_by_real_tools() -> None:
    """Each recorded line is printed by its command, as root, with at least one version of Podman."""
    printed: dict[str, set[str]] = {command: set() for command in usage_errors()}
    newest = {environment.suite: environment for environment in load_environments() if not environment.rootless}
    with Run(TOP) as run:
        for environment in newest.values():
            with run.host(environment) as host:
                for command in printed:
                    result = host.run(["bash", "-c", command])
                    printed[command].update((result.stdout + result.stderr).splitlines())

    typed_by_hand = [(c, line) for c, lines in usage_errors().items() for line in lines if line not in printed[c]]
    assert typed_by_hand == []
