"""A story runs in order, ends where a step fails, and is cleaned up all the same; real bash, real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.demo import PREPARE, Demo, environment, refusal

from recetario.book.case import Case
from recetario.book.claims import ClaimFile
from recetario.book.evidence import Output
from recetario.book.recipes import Recipe
from recetario.lab.runs import Run
from recetario.replay.kernel import Kernel
from recetario.replay.story import replay, run_story

_ENDS = """
[[ends]]
step = "check"
shows = "no answer"
es = "Aquí no contesta."
en = "It does not answer here."
"""


@pytest.fixture(scope="module")
def process() -> Iterator[Kernel]:
    """One kernel process for all tests."""
    with Kernel() as kernel:
        yield kernel


@pytest.fixture
def kernel(process: Kernel, tmp_path: Path) -> Iterator[Kernel]:
    """A fresh bash on this machine."""
    process.open([], tmp_path, str(tmp_path), limit_s=10)
    yield process
    process.close()


def _story(recipe: Recipe, file: ClaimFile, kernel: Kernel) -> dict[str, Output]:
    return run_story(Case(recipe, file, environment()), kernel.run)


def test_steps_print_apart_and_in_order(demo: Demo, kernel: Kernel) -> None:
    """Each step has its own output and status."""
    outputs = _story(demo.recipe(), demo.claims(), kernel)

    assert list(outputs) == ["create", "who-root", "who-rootless", "check", "control", "cleanup"]
    assert outputs["check"] == Output("answer: yes\n", "", 0)


def test_a_failed_step_is_named_with_what_it_said(demo: Demo, kernel: Kernel) -> None:
    """Where, what happened, what to do next."""
    recipe = demo.recipe('echo "answer: yes"', "echo broken >&2; (exit 125)")

    words = refusal(lambda: _story(recipe, demo.claims(), kernel))

    assert words == (
        'demo on 6.1-netavark-rootless: step "check" ended with status 125.\n'
        "  It said: broken\n"
        "  Replay only this, and keep the host to look around:\n"
        "  nox -s replay -- demo --env 6.1-netavark-rootless --keep"
    )


def test_a_failing_command_in_mid_step_fails_it(demo: Demo, kernel: Kernel) -> None:
    """What comes after it does not make the step green."""
    recipe = demo.recipe('echo "answer: yes"', 'false\necho "answer: yes"')

    assert 'step "check" ended with status 1' in refusal(lambda: _story(recipe, demo.claims(), kernel))


def test_cleanup_runs_each_line_after_a_failure(demo: Demo, kernel: Kernel, tmp_path: Path) -> None:
    """Whatever the line before said."""
    demo.recipe('echo "answer: yes"', "false")
    recipe = demo.recipe("# %% cleanup\ntrue", f"# %% cleanup\nfalse\ntouch {tmp_path}/cleaned")

    refusal(lambda: _story(recipe, demo.claims(), kernel))

    assert (tmp_path / "cleaned").exists()


def test_cleanup_must_succeed_after_a_complete_story(demo: Demo, kernel: Kernel) -> None:
    """A cleanup that fails leaves something."""
    recipe = demo.recipe("# %% cleanup\ntrue", "# %% cleanup\nfalse")

    assert 'step "cleanup" ended with status 1' in refusal(lambda: _story(recipe, demo.claims(), kernel))


def test_a_declared_end_ends_the_story(demo: Demo, kernel: Kernel) -> None:
    """Later steps did not run; cleanup did."""
    recipe = demo.recipe('echo "answer: yes"', "echo no answer; false")

    outputs = _story(recipe, demo.claims(first=_ENDS), kernel)

    assert outputs["check"].status == 1
    assert outputs["control"].status is None
    assert outputs["cleanup"].status == 0


@pytest.mark.parametrize("mode", ["root", "rootless"])
def test_a_declared_end_may_name_a_pair(demo: Demo, mode: str) -> None:
    """It means the half that ran there."""
    recipe, file = demo.recipe(), demo.claims(first=_ENDS.replace('"check"', '"who"'))

    def run(source: str, name: str) -> Output:
        return Output(status=int(name == f"who-{mode}"))

    outputs = run_story(Case(recipe, file, environment(f"6.1-netavark-{mode}")), run)

    assert outputs[f"who-{mode}"].status == 1
    assert outputs["check"].status is None


def test_a_step_that_reads_gets_nothing(demo: Demo, kernel: Kernel) -> None:
    """Nobody sits at the keyboard."""
    recipe = demo.recipe('echo "answer: yes"', "cat")

    assert _story(recipe, demo.claims(), kernel)["check"] == Output("", "", 0)


@pytest.mark.podman
def test_a_leak_is_named(demo: Demo, process: Kernel) -> None:
    """A network that cleanup forgot fails the replay."""
    demo.recipe('echo "demo created"', "podman network create demo-forgotten")

    with Run(Path(__file__).parents[2]) as run, run.host(environment()) as host:
        words = refusal(lambda: replay(demo.case(), host, process))

    assert "demo on 6.1-netavark-rootless left something behind:\n" in words
    assert "network demo-forgotten of reader" in words


@pytest.mark.podman
def test_what_was_prepared_is_no_leak(demo: Demo, process: Kernel) -> None:
    """The steps find it, and it may stay."""
    demo.recipe('echo "demo created"', "podman network inspect shop >/dev/null")
    demo.prepare()

    with Run(Path(__file__).parents[2]) as run, run.host(environment()) as host:
        evidence = replay(demo.case(), host, process)

    assert evidence.outputs["create"].status == 0


@pytest.mark.podman
def test_what_was_prepared_must_stay(demo: Demo, process: Kernel) -> None:
    """A recipe that deletes what is not its own would do that to a reader."""
    demo.recipe("# %% cleanup\ntrue", "# %% cleanup\npodman network rm shop")
    demo.prepare()

    with Run(Path(__file__).parents[2]) as run, run.host(environment()) as host:
        words = refusal(lambda: replay(demo.case(), host, process))

    assert "gone: network shop of reader" in words


@pytest.mark.podman
def test_a_preparation_that_fails_is_named_with_what_it_said(demo: Demo, process: Kernel) -> None:
    """Nothing is replayed then."""
    demo.prepare(f"{PREPARE}podman network create shop\n")

    with Run(Path(__file__).parents[2]) as run, run.host(environment()) as host:
        words = refusal(lambda: replay(demo.case(), host, process))

    assert words.startswith("demo on 6.1-netavark-rootless: prepare.sh ended with status 125.\n  It said: ")
    assert "already exists" in words


@pytest.mark.podman
def test_an_undecided_claim_fails_the_replay(demo: Demo, process: Kernel) -> None:
    """With what the step printed."""
    demo.recipe('echo "answer: yes"', 'echo "answer: perhaps"')

    with Run(Path(__file__).parents[2]) as run, run.host(environment()) as host:
        words = refusal(lambda: replay(demo.case(), host, process))

    assert "neither pattern matches" in words
    assert "answer: perhaps" in words


@pytest.mark.podman
def test_a_host_that_dies_fails_the_replay(demo: Demo, process: Kernel) -> None:
    """In words, and soon."""
    demo.recipe('echo "answer: yes"', "kill -KILL -1; sleep infinity")

    with Run(Path(__file__).parents[2]) as run, run.host(environment("6.1-netavark-root")) as host:
        words = refusal(lambda: replay(demo.case("6.1-netavark-root"), host, process))

    assert 'demo on 6.1-netavark-root: step "check" ended with status' in words


_SUDO = "sudo sh -c 'echo I am $(id -un)' || echo \"exit status: $?\""


@pytest.mark.podman
@pytest.mark.parametrize(
    ("declared", "line"), [(True, "I am root"), (False, "sudo: a terminal is required to read the password")]
)
def test_sudo_works_where_a_recipe_declares_it(demo: Demo, process: Kernel, declared: bool, line: str) -> None:
    """In its own host; elsewhere it asks for a password, finds no terminal and fails at once."""
    recipe = demo.recipe('echo "I am a user"', _SUDO)
    file = replace(demo.claims(first='sudo = ["who"]'), sudo=("who",) if declared else ())
    with Run(Path(__file__).parents[2]) as run, run.host(environment()) as host:
        found = replay(Case(recipe, file, host.environment), host, process)

    assert line in "\n".join(found.outputs["who-rootless"].lines)
