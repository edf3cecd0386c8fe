"""Each fault of docs/faults.toml is found by the session that it names, with its message; harmless changes pass."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from support.check.cases import Cases
from support.check.changes import changes_of
from support.check.plan import plan_for
from support.check.reads import Candidate, is_chosen
from support.damage import checks, complaints, copy_project, damaged, fits
from support.demo import Demo, environment, refusal
from support.faults import FAULTS, Fault, Session

from recetario.book.evidence import Output
from recetario.book.project import Project
from recetario.kernel.bash import Bash
from recetario.lab.runs import Run
from recetario.replay.drift import check_drift
from recetario.replay.kernel_process import KernelProcess
from recetario.replay.story import replay, run_story

TOP = Path(__file__).parents[2]
CASES = Cases(Project(TOP))


def _each(sessions: Iterable[Session], on_podman: bool = False) -> pytest.MarkDecorator:
    """Run a test for each fault that these sessions find."""
    faults = [fault for fault in FAULTS if fault.session in sessions and bool(fault.environment) == on_podman]
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.text)


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, which each test leaves as it was."""
    return copy_project(TOP, tmp_path_factory.mktemp("clone"))


@_each([Session.LINT])
def test_lint_finds_it(fault: Fault, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the content's tests fails with this message."""
    monkeypatch.chdir(clone)
    with damaged(clone, fault.changes):
        messages = complaints(clone, fault.changes)

    if not any(fits(message, fault.says) for message in messages):
        _skip_if_the_project_has_a_fault(clone, fault)
        pytest.fail(f"Nothing says so: {messages}")


@_each([Session.NONE])
def test_it_does_no_harm(fault: Fault, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of the content fails."""
    monkeypatch.chdir(clone)
    with damaged(clone, fault.changes):
        messages = complaints(clone, fault.changes)

    if messages:
        _skip_if_the_project_has_a_fault(clone, fault)
    assert messages == []


def _skip_if_the_project_has_a_fault(clone: Path, fault: Fault) -> None:
    """Leave a fault of the project itself to tests/recipes, where one test fails and says what it is."""
    if messages := complaints(clone, fault.changes):
        pytest.skip(f"Without this fault, too: {messages[0]}")


def test_a_fault_of_the_project_itself_fails_no_test_here(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the sentence that says what it is would come after all of ours that it hides."""
    own = next(fault for fault in FAULTS if fault.text == "An error message has no cause.")
    harmless = next(fault for fault in FAULTS if fault.session is Session.NONE)
    with damaged(clone, own.changes), pytest.raises(pytest.skip.Exception, match="no cause for this message"):
        test_it_does_no_harm(harmless, clone, monkeypatch)


@_each([Session.REPLAY])
def test_a_step_fails(fault: Fault, demo: Demo) -> None:
    """A replay of the demo ends there; its steps need no Podman."""
    for change in fault.changes:
        demo.recipe(change.old, change.new)
    (demo.top / "exchange").mkdir()

    with closing(Bash([], demo.top / "exchange", str(demo.top / "exchange"), limit_s=20)) as bash:
        message = refusal(lambda: run_story(demo.case(), lambda source, name: _run(bash, source, name)))

    assert fits(message, fault.says), message


def _run(bash: Bash, source: str, name: str) -> Output:
    """Run a step, as the kernel does for a replay."""
    shown = {"stdout": "", "stderr": ""}

    def show(stream: str, text: str) -> None:
        shown[stream] += text

    outcome = bash.run(source, name, show)
    return Output(shown["stdout"], shown["stderr"], outcome.status or (1 if outcome.explanation else 0))


@pytest.mark.podman
@_each([Session.REPLAY, Session.DRIFT], on_podman=True)
def test_a_replay_finds_it(
    fault: Fault, clone: Path, run: Run, kernel: KernelProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On real Podman, in one environment."""
    monkeypatch.chdir(clone)
    with damaged(clone, fault.changes):
        (slug,) = {change.file.split("/")[1] for change in fault.changes}
        case = Project(clone).case(slug, environment(fault.environment))
        with run.host(case.environment, case.file.needs, without=case.file.without) as host:
            message = refusal(lambda: check_drift(case, replay(case, host, kernel)))

    assert fits(message, fault.says), message


@_each([Session.LINT])
def test_a_check_of_its_change_runs_what_lint_runs(fault: Fault) -> None:
    """The tests that find it are chosen, whatever else is."""
    chosen = plan_for(CASES, changes_of(TOP, "HEAD", _paths(fault)), turn=0)

    for check in checks():
        file = TOP / "tests" / f"{check.__module__.replace('.', '/')}.py"
        markers = frozenset(marker.name for marker in getattr(check, "pytestmark", ()))
        assert is_chosen(Candidate(file, markers), chosen)


@_each([Session.REPLAY, Session.DRIFT], on_podman=True)
def test_a_check_of_its_change_replays_the_case_that_finds_it(fault: Fault) -> None:
    """A recipe that changed is replayed in all its environments."""
    (slug,) = {path.split("/")[1] for path in _paths(fault)}

    assert f"{slug} on {fault.environment}" in plan_for(CASES, changes_of(TOP, "HEAD", _paths(fault)), turn=0).cases


def _paths(fault: Fault) -> tuple[str, ...]:
    return tuple(dict.fromkeys(change.file for change in fault.changes))


def test_each_change_changes_something() -> None:
    """Sentences are unique, so that readers and test ids can tell them apart; each fault has a message."""
    assert [fault.text for fault in FAULTS if not fault.changes] == []
    assert [fault.text for fault in FAULTS if (fault.session is Session.NONE) != (not fault.says)] == []
