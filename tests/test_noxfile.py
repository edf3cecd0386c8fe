"""What the sessions of noxfile.py do to the programs that they run."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]

_NOXFILE = f"""
import sys
sys.path.insert(0, {str(TOP)!r})
import nox, noxfile
noxfile.tool = lambda name: name

@nox.session
def program(session):
    noxfile.run(session, {sys.executable!r}, "-c", session.posargs[0])
"""
_SLOW_TO_END = """
import pathlib, time
try:
    pathlib.Path("started").touch()
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(2)
    pathlib.Path("cleaned").touch()
    raise
"""


def test_ctrl_c_leaves_a_program_time_to_clean_up(tmp_path: Path) -> None:
    """By default, nox kills what it runs half a second after Ctrl-C: our hosts would stay."""
    (tmp_path / "noxfile.py").write_text(_NOXFILE)
    status = interrupted(tmp_path, "program", _SLOW_TO_END)

    assert (tmp_path / "cleaned").exists()
    assert status == 130


def interrupted(folder: Path, session: str, *arguments: str) -> int:
    """Run a session of the noxfile in this folder, press Ctrl-C once its program has started; return nox's status."""
    nox = subprocess.Popen(
        [sys.executable, "-m", "nox", "--session", session, "--default-venv-backend", "none", "--", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or it stays ignored, if it is here
    )
    deadline = time.monotonic() + 20
    while not (folder / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.02)

    os.killpg(nox.pid, signal.SIGINT)  # as a terminal does
    return nox.wait(timeout=20)


def test_two_commands_do_not_set_up_the_environment_at_once() -> None:
    """Each would remove what the other installs."""
    if not (TOP / ".nox" / "recetario" / "made-from").is_file():
        pytest.skip("Nox has not set up its environment here: these tests run in another one.")
    ask = f"import sys; sys.path.insert(0, {str(TOP)!r}); import noxfile; print(noxfile.tool('nox'))"
    with (TOP / ".nox" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        said = second.stdout.readline()
        waits = second.poll() is None

    assert said == "Waiting until another command has set up the environment …\n" and waits
    assert second.communicate(timeout=60)[0] == f"{TOP}/.nox/recetario/bin/nox\n"


_DRY = f"""
import sys
sys.path.insert(0, {str(TOP)!r})
import noxfile
from noxfile import *
noxfile.tool = lambda name: name
noxfile.CHECK = Path(__file__).parent
"""
_PROGRAMS = ("apt-get", "deptry", "mypy", "pytest", "python", "recetario", "ruff", "sudo")


def run_dry(folder: Path, *sessions: str, failing: str = "") -> subprocess.CompletedProcess[str]:
    """Run these sessions with programs that do nothing, unless the folder has others; one may fail."""
    (folder / "bin").mkdir(exist_ok=True)
    for name in _PROGRAMS:
        if not (folder / "bin" / name).exists():
            (folder / "bin" / name).symlink_to(shutil.which("false" if name == failing else "true") or "")
    (folder / "noxfile.py").write_text(_DRY)
    (folder / "plan.json").write_text('{"kills": true}')
    command = [sys.executable, "-m", "nox", "--non-interactive", "--session", *sessions]
    path = {"PATH": str(folder / "bin")}
    return subprocess.run(command, cwd=folder, env=path, capture_output=True, text=True, check=False)


def programs_run_by(folder: Path, *sessions: str) -> list[str]:
    """The command lines that these sessions run, one after the other; the programs themselves do nothing.

    Args:
        folder: A folder for it. A check finds there that replays are to be killed.
        sessions: Names of sessions; after `--`, what they pass on.
    """
    done = run_dry(folder, *sessions)
    assert done.returncode == 0, done.stderr
    lines = [line.partition("> ")[2] for line in done.stderr.splitlines()]
    return [line for line in lines if line.startswith(_PROGRAMS)]


def test_nothing_is_said_about_uv(tmp_path: Path) -> None:
    """Nox looks for it in each run; no session uses it."""
    done = run_dry(tmp_path, "serve")

    assert "Running session serve" in done.stderr
    assert "uv binary" not in done.stderr


@pytest.mark.parametrize(
    ("name", "advice"),
    [("chekc", "Did you mean check?"), ("zzz", "`python3 noxfile.py --list` shows all.")],
)
def test_an_unknown_session_is_named_once_with_the_nearest(tmp_path: Path, name: str, advice: str) -> None:
    """Or with the command that lists all of them."""
    done = run_dry(tmp_path, name)

    assert done.returncode == 3
    assert done.stderr == f"nox > Error while collecting sessions.\nnox > Sessions not found: {name}. {advice}\n"


def test_tests_of_content_run_once(tmp_path: Path) -> None:
    """If both sessions are run, `tests` leaves out what `lint` has run."""
    *_, lint, tests = programs_run_by(tmp_path, "lint", "tests")

    assert "tests/recipes" in lint.split()
    assert "--ignore=tests/recipes" in tests.split()


def test_without_lint_no_test_is_left_out(tmp_path: Path) -> None:
    """Except for those that measure time."""
    (tests,) = programs_run_by(tmp_path, "tests")

    assert "--ignore" not in tests
    assert "-m 'not alone'" in tests


def test_coverage_is_measured_where_all_quick_tests_run(tmp_path: Path) -> None:
    """Not by a check, which it would slow, and not of a few tests, of which it says nothing."""
    (tests,) = programs_run_by(tmp_path, "tests")
    (few,) = programs_run_by(tmp_path, "tests", "--", "tests/book")
    check = programs_run_by(tmp_path, "check")

    assert "--cov" in tests.split()
    assert not [line for line in (few, *check) if "--cov" in line]


def test_check_runs_the_tests_that_measure_time_one_by_one(tmp_path: Path) -> None:
    """After all others, which are run in parallel."""
    lines = programs_run_by(tmp_path, "check")
    together, one_by_one = [line for line in lines if line.startswith("pytest")]

    assert "-m 'not alone'" in together and "--numprocesses" in together
    assert "-m alone" in one_by_one and "--numprocesses" not in one_by_one
    assert "--ignore" not in together + one_by_one


def test_tests_use_the_site_that_was_just_built(tmp_path: Path) -> None:
    """They build it themselves if it may be older than the pages."""
    (tmp_path / "bin").mkdir()
    for name in ("pytest", "recetario"):
        (tmp_path / "bin" / name).write_text('#!/bin/sh\nexport -p > "$0".environment\n')
        (tmp_path / "bin" / name).chmod(0o755)
    environment = tmp_path / "bin" / "pytest.environment"

    programs_run_by(tmp_path, "tests")
    assert "RECETARIO_SITE" not in environment.read_text()

    programs_run_by(tmp_path, "site", "tests")
    assert f"RECETARIO_SITE='{TOP / 'site'}'" in environment.read_text()


def test_check_builds_the_site_before_its_tests(tmp_path: Path) -> None:
    """They use it, instead of building it again."""
    programs = [" ".join(line.split()[:3]) for line in programs_run_by(tmp_path, "check")]

    assert programs.index("recetario site build") < programs.index("pytest --podman --browser")


def test_check_chooses_first_and_records_last(tmp_path: Path) -> None:
    """What can't be checked in an hour is refused at once; the replays are those that were chosen."""
    lines = programs_run_by(tmp_path, "check", "--", "--all", "--part", "1/2")

    assert lines[0] == "python tests/check.py choose --all --part 1/2"
    assert "recetario site build" in lines  # without these options
    assert lines[-1].startswith("python tests/check.py finish --minutes ")
    assert [line.split()[1:4] for line in lines[-4:-2]] == [
        ["tests/trust.py", "--kills", "10"],
        ["tests/check.py", "order"],
    ]
    assert lines[-2].startswith(f"recetario drift --cases {tmp_path}/cases.txt ")


def test_a_check_goes_on_after_a_test_failed(tmp_path: Path) -> None:
    """All that is wrong is known after one run, which fails in the end and says how long each part took."""
    done = run_dry(tmp_path, "check", failing="pytest")

    assert done.returncode == 1
    assert "finish --minutes 0 --failed tests --failed 'tests that measure time'" in done.stderr
    assert "Failed: tests, tests that measure time." in done.stderr
    assert [line.split("  ")[0] for line in done.stdout.splitlines()[-6:]] == [
        *("set-up, style, site and lab", "tests", "tests that measure time", "kills", "replays", "all")
    ]


def test_a_check_ends_where_the_lab_cannot_be_built(tmp_path: Path) -> None:
    """Hundreds of tests would fail for that reason."""
    done = run_dry(tmp_path, "check", failing="recetario")

    assert done.returncode == 1
    assert "pytest" not in done.stderr


_BESIDE = f"""
import sys
sys.path.insert(0, {str(TOP)!r})
import nox, noxfile
noxfile.tool = lambda name: name

@nox.session
def both(session):
    with noxfile.beside(session, {sys.executable!r}, "-c", session.posargs[0]):
        session.run({sys.executable!r}, "-c", session.posargs[1], external=True)
    open("after", "w").close()
"""


def run_beside(folder: Path, program: str, other: str) -> tuple[int, str]:
    """Run a Python program beside another one in a session; return the exit status and what nox said."""
    (folder / "noxfile.py").write_text(_BESIDE)
    command = ["--session", "both", "--default-venv-backend", "none", "--", program, other]
    nox = subprocess.run(
        [sys.executable, "-m", "nox", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or it stays ignored, if it is here
    )
    return nox.returncode, nox.stderr


def test_what_follows_waits_for_a_program_beside_others(tmp_path: Path) -> None:
    """`check` builds the lab while it checks style, and its tests need the lab."""
    status, _ = run_beside(tmp_path, "import time; time.sleep(1); open('built', 'w').close()", "pass")

    assert status == 0
    assert (tmp_path / "built").exists() and (tmp_path / "after").exists()


def test_a_program_that_fails_beside_others_fails_the_session(tmp_path: Path) -> None:
    """Nothing that needs it is run."""
    status, said = run_beside(tmp_path, "raise SystemExit(3)", "pass")

    assert status == 1 and "failed: see above." in said
    assert not (tmp_path / "after").exists()


def test_a_failure_ends_the_program_beside_it(tmp_path: Path) -> None:
    """It has the time that it needs to clean up."""
    wait = "import pathlib, time\nwhile not pathlib.Path('started').exists(): time.sleep(0.05)\nraise SystemExit(3)"
    status, _ = run_beside(tmp_path, _SLOW_TO_END, wait)

    assert status == 1
    assert (tmp_path / "cleaned").exists()
    assert not (tmp_path / "after").exists()


def test_ctrl_c_leaves_a_program_beside_others_time_to_clean_up(tmp_path: Path) -> None:
    """It gets the signal once: a second one would interrupt what it does after the first."""
    (tmp_path / "noxfile.py").write_text(_BESIDE)
    status = interrupted(tmp_path, "both", _SLOW_TO_END, "import time; time.sleep(60)")

    assert (tmp_path / "cleaned").exists()
    assert not (tmp_path / "after").exists()
    assert status == 130


def test_no_browser_is_started_unasked() -> None:
    """A module without a mark of its own is skipped, too: its tests use the fixture of a browser."""
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "tests/site/test_keyboard.py"]
    without_browsers = os.environ | {"PATH": str(Path(sys.executable).parent)}
    done = subprocess.run(command, cwd=TOP, env=without_browsers, capture_output=True, text=True, check=False)

    assert re.search(r"^\d+ skipped in", done.stdout, re.MULTILINE), done.stdout
