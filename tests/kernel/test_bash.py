"""What steps share, what ends them, and what is left of them."""

from __future__ import annotations

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
    """A bash whose steps may take 0.3 s."""
    bash = Bash([], tmp_path, str(tmp_path), limit_s=0.3)
    yield bash
    bash.close()


def ignore(stream: str, text: str) -> None:
    """Show nothing."""


def alive(mark: str) -> bool:
    """Whether a process has this mark on its command line."""
    return not subprocess.call(["pgrep", "--full", f"^sleep {mark}$"], stdout=subprocess.DEVNULL)


# -- from step to step


def test_steps_share_variables_functions_and_the_directory(run: Run) -> None:
    """It is one bash."""
    stdout, _, _ = run(
        "a=('x y' z); f() { echo f $1; }; mkdir d; cd d", 'printf "%s," "${a[@]}"; f 1; echo "${PWD##*/}"'
    )

    assert stdout == "x y,z,f 1\nd\n"


def test_a_child_of_an_earlier_step_can_be_waited_for(run: Run) -> None:
    """Its process id stays that of our own child."""
    stdout, _, outcome = run("(sleep 0.2; exit 7) & p=$!", "wait $p || echo waited: $?")

    assert (stdout, outcome.status) == ("waited: 7\n", 0)


def test_the_bash_stays_the_same_one(run: Run) -> None:
    """Until something fails."""
    stdout, _, _ = run("echo $$", "echo $$", "false", "echo $$")

    first, second, third = stdout.split()
    assert first == second != third


def test_a_failure_leaves_what_was_set_before_it(run: Run) -> None:
    """Cleanup has to know what there is to clean."""
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
    """The last state that is known."""
    stdout, _, outcome = run("x=1", f"x=2; {end}", "echo x=$x")

    assert stdout.endswith("x=1\n")
    assert not outcome.failed


@pytest.mark.parametrize("step", ["exec >/dev/null", "exec 2>&-", "set +eu", "trap 'echo bye' EXIT"])
def test_a_step_that_spoils_the_next_ones_is_undone(run: Run, step: str) -> None:
    """Its variables stay, its harm does not."""
    stdout, stderr, outcome = run(f"x=1; {step}", "echo x=$x; echo error >&2; false | true", "echo b")

    assert (stdout, stderr) == ("x=1\nb\n", "error\n")
    assert not outcome.failed


@pytest.mark.parametrize(
    "step", ["set -C", "IFS=e", "set -f", "TMOUT=1", "shopt -s nullglob failglob", "cd() { false; }"]
)
def test_settings_of_a_step_do_not_confuse_us(run: Run, step: str) -> None:
    """They belong to the steps; what we do between them is unharmed."""
    stdout, _, outcome = run(step, "echo a; sleep 0.1", "echo b; false", "echo c")

    assert stdout == "a\nb\nc\n"
    assert not outcome.failed


def test_tracing_ends_with_its_step(run: Run) -> None:
    """Or it would show what we do between steps."""
    _, stderr, _ = run("set -x; true", "true")

    assert stderr == "++ true\n"


def test_a_line_is_counted_within_its_step(run: Run) -> None:
    """And after a failure as before it."""
    _, stderr, _ = run("\n\nfalse", "\nno-such-command")

    assert stderr == "bash: line 2: no-such-command: command not found\n"


def test_children_inherit_three_open_files(run: Run) -> None:
    """Neither the way back to us nor our script."""
    stdout, _, _ = run("bash -c 'for n in {0..255}; do [ ! -e /proc/$$/fd/$n ] || echo $n; done'")

    assert stdout.split() == ["0", "1", "2"]


# -- what a step prints


def test_output_comes_while_the_step_runs(bash: Bash) -> None:
    """Whole lines, at once."""
    times: list[float] = []
    bash.run("echo a; sleep 0.3; echo b", "try", lambda *_: times.append(time.monotonic()))

    assert times[1] - times[0] > 0.2


def test_output_of_a_background_child_goes_to_the_step_that_runs(run: Run) -> None:
    """As it would in a script."""
    bash_steps = [run("(sleep 0.1; echo late) & echo a"), run("sleep 0.3")]

    assert [stdout for stdout, _, _ in bash_steps] == ["a\n", "late\n"]


def test_a_background_child_does_not_hold_up_its_step(run: Run) -> None:
    """Not even one that never stops printing."""
    start = time.monotonic()
    stdout, _, outcome = run("yes >&2 & echo a", "kill $!; wait $! || echo ended: $?")

    assert time.monotonic() - start < 5
    assert stdout == "a\nended: 143\n"
    assert not outcome.failed


def test_a_flood_is_cut_and_counted(run: Run) -> None:
    """100 MB pass by within seconds, in little memory."""
    start = time.monotonic()
    stdout, _, outcome = run("head --bytes=100000000 /dev/zero | tr '\\0' '\\n'")

    assert time.monotonic() - start < 10
    assert (len(stdout), outcome.cut) == (65536, {"stdout": 100_000_000 - 65536, "stderr": 0})
    assert not outcome.failed


def test_one_step_does_not_pay_for_the_flood_of_another(run: Run) -> None:
    """Each has its own measure."""
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
    """Also what does not listen, and what is not in its process group."""
    monkeypatch.setattr(module, "_GRACE_S", 0.3)
    outcome = hasty.run(step.replace("MARK", mark), "try", ignore)

    assert outcome.status == 124
    assert outcome.words == 'Step "try" did not end within 0.3 s; everything it ran was ended.'
    assert not alive(mark)


def test_the_limit_spares_sessions_of_their_own(hasty: Bash, mark: str) -> None:
    """A container's conmon is such a one."""
    hasty.run(f"setsid sleep {mark}1 & sleep {mark}2", "try", ignore)

    assert alive(f"{mark}1")
    assert not alive(f"{mark}2")
    subprocess.call(["pkill", "--full", f"^sleep {mark}1$"])


def test_after_the_limit_the_next_step_goes_on(hasty: Bash, mark: str) -> None:
    """With what was set until then."""
    shown: list[str] = []
    hasty.run(f"x=1; sleep {mark}", "try", ignore)
    outcome = hasty.run("echo x=$x", "try", lambda _, text: shown.append(text))

    assert shown == ["x=1\n"]
    assert not outcome.failed


def test_an_endless_flood_ends_at_the_limit(hasty: Bash) -> None:
    """However much there is to read."""
    outcome = hasty.run("yes", "try", ignore)

    assert outcome.status == 124
    assert outcome.cut["stdout"] > 0


def test_an_interrupt_ends_the_step_and_spares_earlier_daemons(bash: Bash, mark: str) -> None:
    """Those that have left the process group, as Podman's network helpers do."""
    bash.run(f"set -m; sleep {mark}1 & set +m; sleep 0.05", "start", ignore)
    threading.Timer(0.2, bash.interrupt).start()
    outcome = bash.run(f"timeout 500 sleep {mark}2", "try", ignore)

    assert (outcome.status, outcome.words) == (130, 'Step "try" was interrupted; everything it ran was ended.')
    assert (alive(f"{mark}1"), alive(f"{mark}2")) == (True, False)
    subprocess.call(["pkill", "--full", f"^sleep {mark}1$"])


def test_an_interrupt_between_steps_means_none(bash: Bash, run: Run) -> None:
    """It came too late."""
    bash.interrupt()

    assert run("echo a")[0] == "a\n"


def test_an_interrupt_never_hits_the_next_step(bash: Bash, run: Run) -> None:
    """Wherever between its last line and its end it comes."""
    for _ in range(20):
        bash.run("echo a", "try", lambda *_: bash.interrupt())
        assert run("echo b")[0] == "b\n"


def test_a_keyboard_interrupt_is_one(bash: Bash, mark: str) -> None:
    """Ctrl-C at a terminal in which the kernel runs."""
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    outcome = bash.run(f"sleep {mark}", "try", ignore)

    assert outcome.status == 130


def test_a_host_that_ends_is_said_at_once(bash: Bash, mark: str) -> None:
    """And nothing runs after that."""
    shown: list[str] = []
    outcome = bash.run(f"echo a; kill -9 $PPID; sleep {mark}", "try", lambda _, text: shown.append(text))
    later = bash.run("echo b", "then", ignore)

    assert (shown, outcome.status, outcome.words) == (["a\n"], 255, 'Step "try" was cut off: the host ended.')
    assert (later.status, later.words) == (255, 'Step "then" did not run: the host ended.')
    bash.close()
    assert not alive(mark)


def test_a_bash_that_cannot_be_ended_is_said(hasty: Bash, monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    """A driver that is stopped, say."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0.3)
    outcome = hasty.run(f"kill -STOP $PPID; sleep {mark}", "try", ignore)
    later = hasty.run("echo b", "then", ignore)

    assert outcome.status == 124
    assert later.words == 'Step "then" did not run: its bash could not be ended.'
    hasty.close()
    assert not alive(mark)


def test_a_driver_without_its_watch_is_said(hasty: Bash, monkeypatch: pytest.MonkeyPatch) -> None:
    """Output may be missing then, and a limit would not hold."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0.3)
    watch = "kill -9 $(pgrep --parent $PPID --full driver.sh)"
    outcome = hasty.run(watch, "try", ignore)
    later = hasty.run("echo b", "then", ignore)

    assert outcome.words == 'Step "try" was cut off: what watches its bash is gone.'
    assert later.failed


def test_what_cannot_be_ended_is_said(hasty: Bash, monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    """Nobody was there to end it."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    monkeypatch.setattr(module, "_GRACE_S", 0.2)
    outcome = hasty.run(f"kill -9 $(pgrep --parent $PPID --full driver.sh); sleep {mark}", "try", ignore)

    assert outcome.words == 'Step "try" did not end within 0.3 s; not everything it ran could be ended.'
    hasty.close()
    assert not alive(mark)


# -- what is left


def test_closing_ends_everything_and_removes_our_folder(bash: Bash, tmp_path: Path, mark: str) -> None:
    """Promptly, and as often as one likes."""
    bash.run(f"sleep {mark} & sleep {mark} & trap '' TERM; (trap '' TERM; sleep {mark}) &", "try", ignore)
    start = time.monotonic()
    bash.close()
    bash.close()

    assert time.monotonic() - start < 1.5
    assert not alive(mark)
    assert [path.name for path in tmp_path.iterdir()] == ["work"]
    assert bash.run("echo a", "try", ignore).words == 'Step "try" did not run: its bash was closed.'


def test_closing_spares_what_left_the_process_group(bash: Bash, mark: str) -> None:
    """A container's network is held by such processes; they outlive a terminal, too."""
    bash.run(f"set -m; sleep {mark} & sleep 0.05", "try", ignore)
    bash.close()

    assert alive(mark)
    subprocess.call(["pkill", "--full", f"^sleep {mark}$"])


def test_closing_ends_a_step_that_runs(bash: Bash, mark: str) -> None:
    """A notebook is closed in the middle of it."""
    threading.Timer(0.2, bash.close).start()
    outcome = bash.run(f"timeout 500 sleep {mark}", "try", ignore)

    assert outcome.failed
    assert not alive(mark)


def test_nothing_outlives_us_even_when_we_are_killed(tmp_path: Path, mark: str) -> None:
    """The watch inside sees that we are gone."""
    script = f"""if True:
        from pathlib import Path
        from recetario.kernel.bash import Bash
        Bash([], Path({str(tmp_path)!r}), {str(tmp_path)!r}).run("echo up; timeout 500 sleep {mark}", "try", print)
    """
    us = subprocess.Popen([sys.executable, "-uc", script], stdout=subprocess.PIPE)
    assert us.stdout
    us.stdout.readline()
    us.kill()
    us.wait()

    until = time.monotonic() + 5
    while (alive(mark) or list(tmp_path.iterdir())) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(mark)
    assert not list(tmp_path.iterdir())


def test_a_command_that_does_not_start_is_named(tmp_path: Path) -> None:
    """And leaves no folder behind."""
    with pytest.raises(RecetarioError, match="no-such-podman does not start: No such file or directory"):
        Bash(["no-such-podman", "exec"], tmp_path, "/run/recetario")

    assert not list(tmp_path.iterdir())


def test_a_prefix_that_leads_nowhere_is_a_host_that_ended(tmp_path: Path) -> None:
    """What it said is shown."""
    shown: list[tuple[str, str]] = []
    bash = Bash(["sh", "-c", "echo no such host >&2; exit 125"], tmp_path, str(tmp_path))
    outcome = bash.run("echo a", "try", lambda *output: shown.append(output))
    bash.close()

    assert shown == [("stderr", "no such host\n")]
    assert outcome.words == 'Step "try" was cut off: the host ended.'
