"""Steps run in order, a failed step ends the story, and cleanup runs unless the host is kept; with the real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.demo import NEWEST, NEWEST_ROOT, PREPARE, Demo, environment, refusal

from recetario.book.case import Case
from recetario.book.claims import ClaimFile
from recetario.book.evidence import Evidence, Output
from recetario.book.recipes import Recipe
from recetario.lab.runs import Run
from recetario.replay.kernel_process import KernelProcess
from recetario.replay.story import replay, run_story

_ENDS = """
[[ends]]
step = "check"
shows = "no answer"
es = "Aquí no contesta."
en = "It does not answer here."
"""


@pytest.fixture(scope="module")
def process() -> Iterator[KernelProcess]:
    """One kernel process for all tests of this module."""
    with KernelProcess() as kernel:
        yield kernel


@pytest.fixture
def kernel(process: KernelProcess, tmp_path: Path) -> Iterator[KernelProcess]:
    """The kernel with a new bash on this machine."""
    process.open([], tmp_path, str(tmp_path), limit_s=10)
    yield process
    process.close()


def _story(recipe: Recipe, file: ClaimFile, kernel: KernelProcess) -> dict[str, Output]:
    return run_story(Case(recipe, file, environment()), kernel.run)


def test_steps_run_in_order_with_separate_outputs(demo: Demo, kernel: KernelProcess) -> None:
    """Each step has its own output and status."""
    outputs = _story(demo.recipe(), demo.claims(), kernel)

    assert list(outputs) == ["create", "who-root", "who-rootless", "check", "control", "cleanup"]
    assert outputs["check"] == Output("answer: yes\n", "", 0)


def test_a_failing_command_fails_its_step(demo: Demo, kernel: KernelProcess) -> None:
    """Later commands of the step do not run; the message has the case, the step, its output and the replay command."""
    recipe = demo.recipe('echo "answer: yes"', 'echo broken >&2\n(exit 125)\necho "answer: yes"')

    message = refusal(lambda: _story(recipe, demo.claims(), kernel))

    assert message == (
        f'demo on {NEWEST}: step "check" ended with status 125.\n'
        "  It said: broken\n"
        "  Replay only this, and keep the host to look around:\n"
        f"  python3 noxfile.py -s replay -- demo --env {NEWEST} --keep"
    )


def test_cleanup_runs_each_line_after_a_failure(demo: Demo, kernel: KernelProcess, tmp_path: Path) -> None:
    """After a failed step, a failing line of cleanup does not prevent the next."""
    demo.recipe('echo "answer: yes"', "false")
    recipe = demo.recipe("# %% cleanup\ntrue", f"# %% cleanup\nfalse\ntouch {tmp_path}/cleaned")

    refusal(lambda: _story(recipe, demo.claims(), kernel))

    assert (tmp_path / "cleaned").exists()


def test_a_kept_host_stays_as_the_failed_step_left_it(demo: Demo) -> None:
    """Cleanup would delete what the author wants to look at."""
    ran: list[str] = []

    def run(source: str, name: str) -> Output:
        ran.append(name)
        return Output(status=int(name == "check"))

    message = refusal(lambda: run_story(demo.case(), run, cleanup_after_failure=False))

    assert ran[-1] == "check"
    assert "The host is as this step left it: cleanup did not run." in message


def test_a_story_can_stop_at_a_step(demo: Demo) -> None:
    """Whoever throws the host away needs neither the steps after it nor cleanup."""
    case, ran = demo.case(), []

    def run(source: str, name: str) -> Output:
        ran.append(name)
        return Output()

    outputs = run_story(case, run, last=case.step("check"))

    assert ran[-1] == "check"
    assert outputs["control"].status is None


def test_cleanup_must_succeed_after_a_complete_story(demo: Demo, kernel: KernelProcess) -> None:
    """A failed cleanup probably left something behind, so it fails the replay."""
    recipe = demo.recipe("# %% cleanup\ntrue", "# %% cleanup\nfalse")

    assert 'step "cleanup" ended with status 1' in refusal(lambda: _story(recipe, demo.claims(), kernel))


def test_a_command_that_was_killed_before_the_failure_is_named(demo: Demo, kernel: KernelProcess) -> None:
    """Its step may ignore how it ended, and what it left is found by another."""
    demo.recipe('echo "answer: yes"', "bash -c 'kill -9 $$' || echo \"exit status: $?\"")
    recipe = demo.recipe("# %% cleanup\ntrue", "# %% cleanup\nfalse")

    message = refusal(lambda: _story(recipe, demo.claims(), kernel))

    assert 'step "cleanup" ended with status 1' in message
    assert '  In step "check", a command was killed: ' in message
    assert "Killed" in message


def test_a_declared_end_ends_the_story(demo: Demo, kernel: KernelProcess) -> None:
    """If the declared step fails, later steps have no status, and cleanup runs."""
    recipe = demo.recipe('echo "answer: yes"', "echo no answer; false")

    outputs = _story(recipe, demo.claims(first=_ENDS), kernel)

    assert outputs["check"].status == 1
    assert outputs["control"].status is None
    assert outputs["cleanup"].status == 0


@pytest.mark.parametrize("mode", ["root", "rootless"])
def test_a_declared_end_may_name_a_pair(demo: Demo, mode: str) -> None:
    """The half that runs in the mode of the environment ends the story."""
    recipe, file = demo.recipe(), demo.claims(first=_ENDS.replace('"check"', '"who"'))

    def run(source: str, name: str) -> Output:
        return Output(status=int(name == f"who-{mode}"))

    outputs = run_story(Case(recipe, file, environment(f"5.4-netavark-{mode}")), run)

    assert outputs[f"who-{mode}"].status == 1
    assert outputs["check"].status is None


def test_standard_input_of_steps_is_empty(demo: Demo, kernel: KernelProcess) -> None:
    """A step that reads it, such as `cat`, ends at once."""
    recipe = demo.recipe('echo "answer: yes"', "cat")

    assert _story(recipe, demo.claims(), kernel)["check"] == Output("", "", 0)


@pytest.mark.podman
def test_a_leak_is_named(demo: Demo, process: KernelProcess, run: Run) -> None:
    """A network that cleanup does not remove fails the replay, and its output is not kept."""
    demo.recipe('echo "demo created"', "podman network create demo-forgotten")
    kept: list[Evidence] = []

    with run.host(environment()) as host:
        message = refusal(lambda: replay(demo.case(), host, process, kept.append))

    assert f"demo on {NEWEST} left something behind:\n" in message
    assert "network demo-forgotten of reader" in message
    assert kept == []


@pytest.mark.podman
def test_a_story_goes_on_after_a_restart(demo: Demo, process: KernelProcess, run: Run) -> None:
    """In the host that came back: files are there, but no variable."""
    restart = 'touch kept; lost=1\n\n# %% restart\nif lab_only "It restarts the machine."; then\n  systemctl reboot\nfi'
    demo.recipe('echo "demo created"', restart)
    demo.recipe('echo "answer: yes"', 'echo "answer: ${lost-yes} $(ls)"; rm kept')
    demo.claims(
        first='needs = ["systemd"]\n', more='[lab_only.restart]\nes = "Reinicia."\nen = "It restarts the machine."\n'
    )
    demo.claims('"answer: yes"', '"answer: yes kept"')
    case = demo.case()

    with run.host(environment(), case.file.needs, without=case.file.without) as host:
        evidence = replay(case, host, process)

    assert evidence.outputs["restart"] == Output("", "", 0)


@pytest.mark.smoke
@pytest.mark.podman
def test_an_undecided_claim_and_a_leak_are_both_reported(demo: Demo, process: KernelProcess, run: Run) -> None:
    """The output is not kept: with a corrected pattern, `accept` would take a replay that leaked."""
    demo.recipe('echo "demo created"', "podman network create demo-forgotten")
    demo.recipe('echo "answer: yes"', 'echo "answer: perhaps"')
    kept: list[Evidence] = []

    with run.host(environment()) as host:
        message = refusal(lambda: replay(demo.case(), host, process, kept.append))

    assert "neither pattern matches" in message
    assert "network demo-forgotten of reader" in message
    assert kept == []


@pytest.mark.podman
def test_objects_that_prepare_created_are_no_leaks(demo: Demo, process: KernelProcess, run: Run) -> None:
    """Steps can use what `prepare.sh` created, and it may remain."""
    demo.recipe('echo "demo created"', "podman network inspect shop >/dev/null")
    demo.prepare()

    with run.host(environment()) as host:
        evidence = replay(demo.case(), host, process)

    assert evidence.outputs["create"].status == 0


@pytest.mark.podman
def test_objects_that_prepare_created_must_remain(demo: Demo, process: KernelProcess, run: Run) -> None:
    """`prepare.sh` stands for the reader's own set-up, which recipes must not remove."""
    demo.recipe("# %% cleanup\ntrue", "# %% cleanup\npodman network rm shop")
    demo.prepare()

    with run.host(environment()) as host:
        message = refusal(lambda: replay(demo.case(), host, process))

    assert "gone: network shop of reader" in message


@pytest.mark.podman
def test_a_failing_prepare_fails_the_replay(demo: Demo, process: KernelProcess, run: Run) -> None:
    """The message has the status of `prepare.sh` and its output."""
    demo.prepare(f"{PREPARE}podman network create shop\n")

    with run.host(environment()) as host:
        message = refusal(lambda: replay(demo.case(), host, process))

    assert message.startswith(f"demo on {NEWEST}: prepare.sh ended with status 125.\n  It said: ")
    assert "already exists" in message


@pytest.mark.podman
def test_an_undecided_claim_fails_the_replay(demo: Demo, process: KernelProcess, run: Run) -> None:
    """The message has the output of the step that should decide, and the output is kept for the author to read."""
    demo.recipe('echo "answer: yes"', 'echo "answer: perhaps"')
    kept: list[Evidence] = []

    with run.host(environment()) as host:
        message = refusal(lambda: replay(demo.case(), host, process, kept.append))

    assert "neither pattern matches" in message
    assert "answer: perhaps" in message
    assert [evidence.outputs["check"].stdout for evidence in kept] == ["answer: perhaps\n"]


@pytest.mark.podman
def test_a_host_that_dies_fails_the_replay(demo: Demo, process: KernelProcess, run: Run) -> None:
    """The step that was running fails with a message, instead of waiting for its time limit."""
    demo.recipe('echo "answer: yes"', "kill -KILL -1; sleep infinity")

    with run.host(environment(NEWEST_ROOT)) as host:
        message = refusal(lambda: replay(demo.case(NEWEST_ROOT), host, process))

    assert f'demo on {NEWEST_ROOT}: step "check" ended with status' in message


_SUDO = "sudo sh -c 'echo I am $(id -un)' || echo \"exit status: $?\""


@pytest.mark.podman
@pytest.mark.parametrize(
    ("declared", "line"), [(True, "I am root"), (False, "sudo: a terminal is required to read the password")]
)
def test_sudo_works_if_a_recipe_declares_it(
    demo: Demo, process: KernelProcess, run: Run, declared: bool, line: str
) -> None:
    """Otherwise, sudo would need a password, and fails at once because there is no terminal."""
    recipe = demo.recipe('echo "I am a user"', _SUDO)
    file = replace(demo.claims(first='sudo = ["who"]'), sudo=("who",) if declared else ())
    with run.host(environment()) as host:
        evidence = replay(Case(recipe, file, host.environment), host, process)

    assert line in "\n".join(evidence.outputs["who-rootless"].lines)
