"""What steps share, how they end, and what remains of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recetario.errors import RecetarioError
from recetario.kernel import bash as module
from recetario.kernel.bash import Bash, Outcome

Run = Callable[..., tuple[str, str, Outcome]]


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Bash]:
    """A bash with a time limit of 0.3 s for each step."""
    bash = Bash([], tmp_path, str(tmp_path), limit_s=0.3)
    yield bash
    bash.close()


def ignore(stream: str, text: str) -> None:
    """Discard output."""


def alive(mark: str) -> bool:
    """Whether a `sleep` with this mark is running."""
    return not subprocess.call(["pgrep", "--full", f"^sleep {mark}$"], stdout=subprocess.DEVNULL)


# -- from step to step


def test_steps_share_variables_functions_and_the_directory(run: Run) -> None:
    """Arrays, functions and the current folder of one step are there in the next."""
    stdout, _, _ = run(
        "a=('x y' z); f() { echo f $1; }; mkdir d; cd d", 'printf "%s," "${a[@]}"; f 1; echo "${PWD##*/}"'
    )

    assert stdout == "x y,z,f 1\nd\n"


def test_a_child_of_an_earlier_step_can_be_waited_for(run: Run) -> None:
    """All steps run in one bash, so `wait` knows children of earlier steps."""
    stdout, _, outcome = run("(sleep 0.2; exit 7) & p=$!", "wait $p || echo waited: $?")

    assert (stdout, outcome.status) == ("waited: 7\n", 0)


def test_the_bash_stays_the_same_one(run: Run) -> None:
    """Steps run in the same process until one fails; then a new bash takes over."""
    stdout, _, _ = run("echo $$", "echo $$", "false", "echo $$")

    first, second, third = stdout.split()
    assert first == second != third


def test_a_failure_leaves_what_was_set_before_it(run: Run) -> None:
    """Variables, functions, options, traps and the folder survive a failure, because cleanup may need them."""
    before = """
        shopt -s extglob; umask 027; mkdir d; cd d
        a=([3]='x y' [5]=z); declare -A m=([k]=v); declare -i n=4; readonly R=1; export E='1
2'; f() { echo f @(a|b); }; export -f f; trap 'echo interrupted' INT
        g() { local inner=1 n=9; false; }
        unset -v HOME; g
    """
    after = """
        declare -p a m n R E; declare -F f; f; umask; echo "${PWD##*/} ${inner-no} ${HOME-no}"; trap -p INT
    """
    stdout, stderr, outcome = run(before, after)

    assert stdout.splitlines() == [
        'declare -a a=([3]="x y" [5]="z")',
        'declare -A m=([k]="v" )',
        'declare -i n="4"',
        'declare -r R="1"',
        "declare -x E=$'1\\n2'",
        "f",
        "f @(a|b)",
        "0027",
        "d no no",
        "trap -- 'echo interrupted' SIGINT",
    ]
    assert (stderr, outcome.status) == ("", 0)


@pytest.mark.parametrize("end", ["exec true", "kill -9 $$", "trap 'echo bye' EXIT; false"])
def test_what_is_lost_with_bash_comes_back_from_the_step_before(run: Run, end: str) -> None:
    """If a step destroys bash before its state is saved, the next step gets the last saved state."""
    stdout, _, outcome = run("x=1", f"x=2; {end}", "echo x=$x")

    assert stdout.endswith("x=1\n")
    assert not outcome.failed


@pytest.mark.parametrize("step", ["exec >/dev/null", "exec 2>&-", "set +eu", "trap 'echo bye' EXIT"])
def test_redirections_options_and_traps_of_a_step_do_not_reach_the_next_one(run: Run, step: str) -> None:
    """Its variables are kept."""
    stdout, stderr, outcome = run(f"x=1; {step}", "echo x=$x; echo error >&2; false | true", "echo b")

    assert (stdout, stderr) == ("x=1\nb\n", "error\n")
    assert not outcome.failed


@pytest.mark.parametrize(
    "step", ["set -C", "IFS=e", "set -f", "TMOUT=1", "shopt -s nullglob failglob", "cd() { false; }"]
)
def test_settings_of_a_step_do_not_break_what_runs_between_steps(run: Run, step: str) -> None:
    """Options, variables and functions that a step sets do not affect the code of live.sh."""
    stdout, _, outcome = run(step, "echo a; sleep 0.1", "echo b; false", "echo c")

    assert stdout == "a\nb\nc\n"
    assert not outcome.failed


def test_tracing_ends_with_its_step(run: Run) -> None:
    """`set -x` would otherwise print the code that runs between steps."""
    _, stderr, _ = run("set -x; true", "true")

    assert stderr == "++ true\n"


def test_a_line_is_counted_within_its_step(run: Run) -> None:
    """Line numbers in errors count from the first line of the step, also after a failure."""
    _, stderr, _ = run("\n\nfalse", "\nno-such-command")

    assert stderr == "bash: line 2: no-such-command: command not found\n"


def test_children_inherit_three_open_files(run: Run) -> None:
    """Children inherit neither our FIFOs nor our script."""
    stdout, _, _ = run("bash -c 'for n in {0..255}; do [ ! -e /proc/$$/fd/$n ] || echo $n; done'")

    assert stdout.split() == ["0", "1", "2"]


# -- what a step prints


def test_output_comes_while_the_step_runs(bash: Bash) -> None:
    """Lines arrive as soon as they are complete, not at the end of the step."""
    times: list[float] = []
    bash.run("echo a; sleep 0.3; echo b", "try", lambda *_: times.append(time.monotonic()))

    assert times[1] - times[0] > 0.2


def test_output_of_a_background_child_goes_to_the_step_that_runs(run: Run) -> None:
    """Late output of a child counts as output of the step that is running then."""
    bash_steps = [run("(sleep 0.1; echo late) & echo a"), run("sleep 0.3")]

    assert [stdout for stdout, _, _ in bash_steps] == ["a\n", "late\n"]


def test_a_background_child_does_not_hold_up_its_step(run: Run) -> None:
    """A step ends while its child goes on printing without end."""
    start = time.monotonic()
    stdout, _, outcome = run("yes >&2 & echo a", "kill $!; wait $! || echo ended: $?")

    assert time.monotonic() - start < 5
    assert stdout == "a\nended: 143\n"
    assert not outcome.failed


def test_a_flood_is_cut_and_counted(run: Run) -> None:
    """100 MB of output take seconds and little memory; only the limit is kept."""
    start = time.monotonic()
    stdout, _, outcome = run("head --bytes=100000000 /dev/zero | tr '\\0' '\\n'")

    assert time.monotonic() - start < 10
    assert (len(stdout), outcome.cut) == (65536, {"stdout": 100_000_000 - 65536, "stderr": 0})
    assert not outcome.failed


def test_the_output_limit_applies_to_each_step(run: Run) -> None:
    """Output that was cut in one step does not reduce the limit of the next."""
    run("head --bytes=100000 /dev/zero | tr '\\0' '\\n'")
    stdout, _, outcome = run("echo a")

    assert (stdout, outcome.cut) == ("a\n", {"stdout": 0, "stderr": 0})


# -- what ends a step


@pytest.mark.parametrize(
    "step",
    [
        "sleep MARK",
        "trap '' TERM; sleep MARK",
        "(trap '' TERM; sleep MARK) & wait",
        "timeout 500 sleep MARK",
        "set -m; sleep MARK & sleep MARK",
        "sleep MARK | cat",
        "while :; do sleep MARK & sleep 0.1; done",
    ],
)
def test_the_limit_ends_all_that_a_step_started(
    hasty: Bash, monkeypatch: pytest.MonkeyPatch, step: str, mark: str
) -> None:
    """The time limit also ends processes that ignore TERM, and those in other process groups."""
    monkeypatch.setattr(module, "_GRACE_S", 0.3)
    outcome = hasty.run(step.replace("MARK", mark), "try", ignore)

    assert outcome.status == 124
    assert outcome.explanation == 'Step "try" did not end within 0.3 s; everything it ran was ended.'
    assert not alive(mark)


def test_the_limit_spares_sessions_of_their_own(hasty: Bash, mark: str) -> None:
    """A process in another session survives the time limit, as conmon must."""
    subprocess.check_call(["setsid", "true"])  # read from a busy disk, it may take longer than the time limit
    hasty.run(f"setsid sleep {mark}1 & sleep {mark}2", "try", ignore)

    assert alive(f"{mark}1")
    assert not alive(f"{mark}2")
    subprocess.call(["pkill", "--full", f"^sleep {mark}1$"])


def test_after_the_limit_the_next_step_goes_on(hasty: Bash, mark: str) -> None:
    """The next step has the variables that were set before the time limit."""
    shown: list[str] = []
    hasty.run(f"x=1; sleep {mark}", "try", ignore)
    outcome = hasty.run("echo x=$x", "try", lambda _, text: shown.append(text))

    assert shown == ["x=1\n"]
    assert not outcome.failed


def test_an_endless_flood_ends_at_the_limit(hasty: Bash) -> None:
    """Constant output does not prevent the time limit."""
    outcome = hasty.run("yes", "try", ignore)

    assert outcome.status == 124
    assert outcome.cut["stdout"] > 0


def test_an_interrupt_ends_the_step_and_spares_earlier_daemons(bash: Bash, mark: str) -> None:
    """Daemons of earlier steps in other process groups survive, as Podman's network helpers must."""
    bash.run(f"set -m; sleep {mark}1 & set +m; sleep 0.05", "start", ignore)
    threading.Timer(0.2, bash.interrupt).start()
    outcome = bash.run(f"timeout 500 sleep {mark}2", "try", ignore)

    assert (outcome.status, outcome.explanation) == (130, 'Step "try" was interrupted; everything it ran was ended.')
    assert (alive(f"{mark}1"), alive(f"{mark}2")) == (True, False)
    subprocess.call(["pkill", "--full", f"^sleep {mark}1$"])


def test_an_interrupt_between_steps_is_ignored(bash: Bash, run: Run) -> None:
    """An interrupt that arrives after a step does not end the next one."""
    bash.interrupt()

    assert run("echo a")[0] == "a\n"


def test_an_interrupt_never_hits_the_next_step(bash: Bash, run: Run) -> None:
    """An interrupt during the last moments of a step does not end the next one."""
    for _ in range(20):
        bash.run("echo a", "try", lambda *_: bash.interrupt())
        assert run("echo b")[0] == "b\n"


def test_ctrl_c_interrupts_the_step(bash: Bash, mark: str) -> None:
    """SIGINT to this process has the same effect as `Bash.interrupt`."""
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    outcome = bash.run(f"sleep {mark}", "try", ignore)

    assert outcome.status == 130


def test_the_end_of_the_host_ends_the_step_at_once(bash: Bash, mark: str) -> None:
    """The outcome says that the host ended, and no later step runs."""
    shown: list[str] = []
    outcome = bash.run(f"echo a; kill -9 $PPID; sleep {mark}", "try", lambda _, text: shown.append(text))
    later = bash.run("echo b", "then", ignore)

    assert (shown, outcome.status, outcome.explanation) == (["a\n"], 255, 'Step "try" was cut off: the host ended.')
    assert (later.status, later.explanation) == (255, 'Step "then" did not run: the host ended.')
    bash.close()
    assert not alive(mark)


def test_a_bash_that_cannot_be_ended_refuses_later_steps(
    hasty: Bash, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    """If the driver does not answer, the outcome of later steps says why they did not run."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0.3)
    outcome = hasty.run(f"kill -STOP $PPID; sleep {mark}", "try", ignore)
    later = hasty.run("echo b", "then", ignore)

    assert outcome.status == 124
    assert later.explanation == 'Step "then" did not run: its bash could not be ended.'
    hasty.close()
    assert not alive(mark)


def test_a_driver_without_its_watch_process_fails_the_step(hasty: Bash, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the watch process, output may be missing and no time limit works."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0.3)
    watch = "kill -9 $(pgrep --parent $PPID --full driver.sh)"
    outcome = hasty.run(watch, "try", ignore)
    later = hasty.run("echo b", "then", ignore)

    assert outcome.explanation == 'Step "try" was cut off: the process that watches its bash has ended.'
    assert later.failed


def test_processes_that_could_not_be_ended_are_reported(
    hasty: Bash, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    """Without the watch process nothing ends the step's processes, and the outcome says so."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    monkeypatch.setattr(module, "_GRACE_S", 0.2)
    outcome = hasty.run(f"kill -9 $(pgrep --parent $PPID --full driver.sh); sleep {mark}", "try", ignore)

    assert outcome.explanation == 'Step "try" did not end within 0.3 s; not everything it ran could be ended.'
    hasty.close()
    assert not alive(mark)


# -- what is left


def test_closing_ends_everything_and_removes_our_folder(bash: Bash, tmp_path: Path, mark: str) -> None:
    """`close` is quick, may be called twice, and removes the folder; later steps do not run."""
    bash.run(f"sleep {mark} & sleep {mark} & trap '' TERM; (trap '' TERM; sleep {mark}) &", "try", ignore)
    start = time.monotonic()
    bash.close()
    bash.close()

    assert time.monotonic() - start < 1.5
    assert not alive(mark)
    assert [path.name for path in tmp_path.iterdir()] == ["work"]
    assert bash.run("echo a", "try", ignore).explanation == 'Step "try" did not run: its bash was closed.'


def test_closing_spares_what_left_the_process_group(bash: Bash, mark: str) -> None:
    """Processes in other process groups survive, because a container's network needs them."""
    bash.run(f"set -m; sleep {mark} & sleep 0.05", "try", ignore)
    bash.close()

    assert alive(mark)
    subprocess.call(["pkill", "--full", f"^sleep {mark}$"])


def test_closing_ends_a_step_that_runs(bash: Bash, mark: str) -> None:
    """`close` during a step ends it, as when a notebook is closed."""
    threading.Timer(0.2, bash.close).start()
    outcome = bash.run(f"timeout 500 sleep {mark}", "try", ignore)

    assert outcome.failed
    assert not alive(mark)


def test_nothing_outlives_us_even_when_we_are_killed(tmp_path: Path, mark: str) -> None:
    """The watch process notices that we were killed, ends all others, and removes the folder."""
    script = f"""if True:
        from pathlib import Path
        from recetario.kernel.bash import Bash
        Bash([], Path({str(tmp_path)!r}), {str(tmp_path)!r}).run("echo up; timeout 500 sleep {mark}", "try", print)
    """
    with subprocess.Popen([sys.executable, "-uc", script], stdout=subprocess.PIPE) as us:
        assert us.stdout
        us.stdout.readline()
        us.kill()

    until = time.monotonic() + 5
    while (alive(mark) or list(tmp_path.iterdir())) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(mark)
    assert not list(tmp_path.iterdir())


def test_a_command_that_does_not_start_is_named(tmp_path: Path) -> None:
    """The message has the command and the reason, and no folder is left behind."""
    with pytest.raises(RecetarioError, match="no-such-podman cannot be started: No such file or directory"):
        Bash(["no-such-podman", "exec"], tmp_path, "/run/recetario")

    assert not list(tmp_path.iterdir())


def test_a_prefix_that_leads_nowhere_is_a_host_that_ended(tmp_path: Path) -> None:
    """Its error message is shown as output of the step."""
    shown: list[tuple[str, str]] = []
    bash = Bash(["sh", "-c", "echo no such host >&2; exit 125"], tmp_path, str(tmp_path))
    outcome = bash.run("echo a", "try", lambda *output: shown.append(output))
    bash.close()

    assert shown == [("stderr", "no such host\n")]
    assert outcome.explanation == 'Step "try" was cut off: the host ended.'


# -- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with 256 KB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", "size=256k,mode=777", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run([*sudo, "umount", "--lazy", str(folder)], check=True)


@pytest.mark.podman  # for root or sudo
@pytest.mark.parametrize("end", ["true", "false"])
def test_a_full_disk_is_named_as_the_cause(small_disk: Path, end: str) -> None:
    """What could not be saved looks as if the step had replaced bash, or set a trap in it."""
    bash = Bash([], small_disk, str(small_disk))
    try:
        outcome = bash.run(f'head --bytes=300K /dev/zero >"{small_disk}/file" || :\n{end}', "fill", ignore)
    finally:
        bash.close()

    assert outcome.failed
    assert outcome.explanation.startswith('Step "fill" could not save its variables')
    assert f"no space is left on the disk of {small_disk}." in outcome.explanation


@pytest.mark.podman
def test_a_full_disk_is_named_before_the_first_step(small_disk: Path) -> None:
    """The error of the operating system does not say which file could not be written."""
    with contextlib.suppress(OSError):
        (small_disk / "filler").write_bytes(b"-" * 1024 * 1024)

    with pytest.raises(OSError, match=f"No space left on device: '{small_disk}/"):
        Bash([], small_disk, str(small_disk))
