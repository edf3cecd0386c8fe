"""The command line reports errors with a message and an exit status that scripts can use."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from support.demo import NEWEST, NEWEST_ROOT, Demo

from recetario.book.environments import load_environments
from recetario.book.evidence import Output, to_notebook
from recetario.book.history import load_history
from recetario.cli import _advice_on_leftovers, _replayed_since
from recetario.errors import DRIFT, FAILED, INTERRUPTED, USAGE
from recetario.lab.listing import ListedHost
from recetario.replay.story import FailedReplayError
from recetario.replay.suite import keeping_failures


def _recetario(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recetario", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_has_examples(tmp_path: Path) -> None:
    """Newcomers see whole command lines, without Click's markup."""
    done = _recetario("--help", cwd=tmp_path)

    examples = {line.strip() for line in done.stdout.splitlines()}
    assert done.returncode == 0
    assert {"recetario replay dns-network --env 5.4-netavark-rootless", "recetario drift"} <= examples
    assert "\\b" not in done.stdout


def test_the_command_line_imports_nothing_slow() -> None:
    """Else `--help` and completion with Tab are: commands import what they need when they run."""
    ask = "import sys, recetario.cli; print({'pytest', 'jupytext', 'nbclient', 'nbformat', 'rich'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


def test_it_says_its_version(tmp_path: Path) -> None:
    """The one that pip installed, for reports."""
    assert _recetario("--version", cwd=tmp_path).stdout == f"recetario, version {version('recetario')}\n"


def test_help_documents_exit_statuses(tmp_path: Path) -> None:
    """Scripts depend on them."""
    documented = re.findall(r"^ +(\d+) +\w", _recetario("--help", cwd=tmp_path).stdout, re.MULTILINE)

    assert [int(status) for status in documented] == [0, FAILED, USAGE, DRIFT, INTERRUPTED]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["replay", "demo", "--evn", NEWEST], "No such option '--evn'. Did you mean '--env'?"),
        (["drift", "demo", "-x"], "No such option '-x'."),
        (["site", "serve", "--port", "99999"], "Invalid value for '--port': 99999 is not in the range 0<=x<=65535."),
    ],
)
def test_a_wrong_option_is_a_usage_error(words: list[str], message: str, demo: Demo) -> None:
    """An option is only for pytest after two hyphens."""
    done = _recetario(*words, cwd=demo.top)

    assert done.returncode == USAGE
    assert done.stderr.endswith(f"Error: {message}\n")


def test_quiet_prints_only_results(demo: Demo) -> None:
    """Lines about progress go to stderr, and only without the option."""
    demo.keep(demo.evidence())
    case = demo.case()
    case.result.parent.mkdir(parents=True)
    case.result.write_bytes(to_notebook(case.recipe, demo.evidence()))

    loud, quiet = _recetario("accept", cwd=demo.top), _recetario("--quiet", "accept", cwd=demo.top)

    assert quiet.stdout == loud.stdout
    assert loud.stderr
    assert not quiet.stderr


@pytest.mark.parametrize(
    ("words", "completions"),
    [("recetario replay de", ["demo"]), ("recetario lab shell 3.0", ["3.0-cni-root", "3.0-cni-rootless"])],
)
def test_shells_complete_recipes_and_environments(words: str, completions: list[str], demo: Demo) -> None:
    """Click's scripts for shells ask the tool itself."""
    asked = {"_RECETARIO_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}

    done = subprocess.run(
        [sys.executable, "-m", "recetario"], cwd=demo.top, env=os.environ | asked, capture_output=True, text=True
    )

    assert [line.partition(",")[2] for line in done.stdout.splitlines()] == completions


@pytest.mark.parametrize("group", [[], ["lab"], ["site"], ["kernels"]])
def test_descriptions_of_commands_are_not_cut(group: list[str], tmp_path: Path) -> None:
    """Click cuts descriptions that do not fit in 80 columns, and adds "..."."""
    commands = _recetario(*group, "--help", cwd=tmp_path).stdout.partition("Commands:")[2]

    assert commands
    assert "..." not in commands


def test_an_unknown_recipe_is_refused(demo: Demo) -> None:
    """The message suggests the most similar recipe."""
    done = _recetario("replay", "dmeo", cwd=demo.top)

    assert done.returncode == 2
    assert 'There is no recipe "dmeo".' in done.stderr
    assert 'Did you mean "demo"?' in done.stderr


def test_an_unknown_environment_is_refused(demo: Demo) -> None:
    """The message suggests the most similar environment."""
    done = _recetario("replay", "demo", "--env", "5.4-netavark-rotless", cwd=demo.top)

    assert done.returncode == 2
    assert 'There is no environment "5.4-netavark-rotless".' in done.stderr
    assert 'Did you mean "5.4-netavark-rootless"?' in done.stderr


def test_outside_a_clone_it_prints_a_message(tmp_path: Path) -> None:
    """Users see no traceback."""
    done = _recetario("matrix", cwd=tmp_path)

    assert done.returncode == 1
    assert "is not inside a clone of Recetario" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.podman  # for root or sudo
@pytest.mark.parametrize(
    ("options", "cause"), [("ro", "the disk is read-only"), ("size=4k", "no space is left on the disk")]
)
def test_a_disk_that_cannot_be_written_is_named(demo: Demo, options: str, cause: str) -> None:
    """With the file, and without a traceback."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    recipes = demo.top / "recipes"
    subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", f"mode=777,{options}", "tmpfs", str(recipes)], check=True)
    try:
        done = _recetario("new", "other", cwd=demo.top)
    finally:
        subprocess.run([*sudo, "umount", str(recipes)], check=True)

    assert done.returncode == 1
    assert done.stderr.startswith(f"{recipes}/other")
    assert f": {cause}.\n" in done.stderr
    assert "Traceback" not in done.stderr


def test_accept_without_a_replay_is_an_error(demo: Demo) -> None:
    """The user probably forgot to replay, or mistyped the name of a recipe."""
    done = _recetario("accept", cwd=demo.top)

    assert done.returncode == 1
    assert "There is no replay to accept." in done.stderr


@pytest.mark.parametrize("command", ["diff", "accept"])
def test_a_replay_that_failed_is_named_with_what_it_printed(demo: Demo, command: str) -> None:
    """It has no result, so it would look as if there were no replay."""
    outputs = {"create": Output("demo created\n"), "check": Output("no demo\n", status=1)}
    for case in demo.project().cases()[:2]:
        with pytest.raises(FailedReplayError), keeping_failures(case):
            raise FailedReplayError(outputs, f'{case.id}: step "check" ended with status 1.')

    done = _recetario(command, cwd=demo.top)

    file = ".recetario/replays/demo/3.0-cni-root.failed.txt"
    assert done.returncode == FAILED
    assert done.stderr == (
        f"demo on 3.0-cni-root: the last replay failed. What it printed: {file}\n"
        "  The same on 3.0-cni-rootless.\n  python3 noxfile.py -s replay -- demo\n"
    )
    assert all(text in (demo.top / file).read_text("utf-8") for text in ("ended with status 1.", "created", "no demo"))


def test_accept_copies_the_last_replay_to_the_evidence(demo: Demo) -> None:
    """The file is copied unchanged, and the output says that the evidence is new."""
    kept = demo.keep(demo.evidence())
    waiting = demo.top / ".recetario" / "replays" / "demo" / kept.name
    demo.project()
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(kept.read_bytes())
    kept.unlink()

    done = _recetario("accept", cwd=demo.top)

    assert done.returncode == 0, done.stderr
    assert f"demo on {NEWEST}: new evidence" in done.stdout
    assert kept.read_bytes() == waiting.read_bytes()


def test_accept_writes_nothing_if_one_replay_is_invalid(demo: Demo) -> None:
    """Otherwise, only a part of the replays would become evidence."""
    cases = demo.project().cases(["demo"])[-2:]
    before = {path: path.read_bytes() for path in demo.top.rglob("*") if path.is_file()}
    for case in cases:
        case.result.parent.mkdir(parents=True, exist_ok=True)
        changed = demo.evidence(case.environment.id, check="answer: no\n")
        case.result.write_bytes(to_notebook(case.recipe, changed))
    cases[-1].result.write_bytes(cases[-1].result.read_bytes()[:100])

    done = _recetario("accept", cwd=demo.top)

    assert done.returncode == 1
    assert f"{NEWEST}.ipynb: this is not evidence" in done.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_accept_refuses_a_replay_with_an_undecided_claim(demo: Demo) -> None:
    """It shows what changed, but writes nothing."""
    before = demo.keep(demo.evidence()).read_bytes()
    case = demo.case()
    case.result.parent.mkdir(parents=True)
    case.result.write_bytes(to_notebook(case.recipe, demo.evidence(check="answer: perhaps\n")))

    done = _recetario("accept", cwd=demo.top)

    assert done.returncode == 1
    assert "answer: perhaps" in done.stdout
    assert f'claim "demo-answers" on {NEWEST} is undecided by step "check": neither pattern matches.' in done.stderr
    assert case.evidence.read_bytes() == before


def test_diff_shows_outputs_and_commands_side_by_side(demo: Demo) -> None:
    """It works even if the evidence is stale because the commands of a step changed."""
    demo.keep(demo.evidence())
    demo.recipe('echo "answer: yes"', 'echo "answer: no"')
    case = demo.case()
    case.result.parent.mkdir(parents=True)
    case.result.write_bytes(to_notebook(case.recipe, demo.evidence(check="answer: no\n")))

    done = _recetario("diff", cwd=demo.top)
    rows = [line for line in done.stdout.splitlines() if "│ check" in line]

    assert done.returncode == 0
    assert [('"answer: yes"' in row, '"answer: no"' in row) for row in rows] == [(True, True), (False, False)]
    assert "answer: yes" in rows[1]
    assert "answer: no" in rows[1]


def test_accept_names_error_messages_that_have_no_cause(demo: Demo) -> None:
    """The page of errors needs them; else the first to say so would be a test."""
    cases = demo.project().cases()
    case = cases[-1]
    case.result.parent.mkdir(parents=True)
    case.result.write_bytes(to_notebook(case.recipe, demo.evidence(create="Error: no demo\n")))

    done = _recetario("accept", cwd=demo.top)

    assert "docs/errors.toml has no cause for this message of demo, step create: Error: no demo\n" in done.stderr


@pytest.mark.parametrize("command", ["diff", "accept"])
def test_changes_that_are_the_same_everywhere_are_shown_once(demo: Demo, command: str) -> None:
    """The table stands under the names of all environments that have it."""
    cases = demo.project().cases(["demo"])
    for case in cases:
        replayed = demo.evidence(case.environment.id, control="answer: no\nreally\n")
        case.result.parent.mkdir(parents=True, exist_ok=True)
        case.result.write_bytes(to_notebook(case.recipe, replayed))

    done = _recetario(command, cwd=demo.top)

    assert done.stdout.startswith(f"demo on {', '.join(case.environment.id for case in cases)}: ")
    assert done.stdout.count("really") == 1


@pytest.mark.podman
def test_replay_keeps_output_that_leaves_a_claim_undecided(demo: Demo) -> None:
    """The author can read the changes and the notebook, and with ``--keep`` also enter the host."""
    (demo.top / "pyproject.toml").touch()
    demo.keep(demo.evidence())
    demo.recipe('echo "answer: yes"', 'echo "answer: perhaps"')

    done = _recetario("replay", "demo", "--env", NEWEST, "--keep", cwd=demo.top)
    kept = re.findall(r"^  (enter|remove): +(.+)$", done.stdout, re.MULTILINE)

    try:
        assert done.returncode == 1
        assert "undecided by step" in done.stdout
        assert [row for row in done.stdout.splitlines() if "answer: yes" in row and "answer: perhaps" in row]
        assert "answer: perhaps" in demo.case().result.read_text("utf-8")
        assert [name for name, _ in kept] == ["enter", "remove"]
    finally:
        for name, command in kept:
            if name == "remove":
                subprocess.run(shlex.split(command), check=True, capture_output=True)
    assert _hosts(demo) == []


@pytest.mark.podman
def test_a_host_that_is_kept_has_what_the_failed_step_left(demo: Demo) -> None:
    """`lab ls` lists the host, and `lab rm` removes it."""
    (demo.top / "pyproject.toml").touch()
    demo.recipe('echo "answer: yes"', "podman network create demo-left\nfalse")
    demo.recipe("# %% cleanup\ntrue", "# %% cleanup\npodman network rm demo-left")

    done = _recetario("replay", "demo", "--env", NEWEST, "--keep", cwd=demo.top)
    enter = re.findall(r"^  enter: +(.+) bash$", done.stdout, re.MULTILINE)[0]
    listed = _recetario("lab", "ls", cwd=demo.top).stdout
    name = next(line.split()[0] for line in listed.splitlines() if line.split()[-2:] == ["kept", str(demo.top)])
    networks = subprocess.run(
        [*shlex.split(enter.replace("--tty", "")), "podman", "network", "ls"], capture_output=True, text=True
    )
    removed = _recetario("lab", "rm", name, cwd=demo.top)

    assert "cleanup did not run" in done.stdout
    assert "demo-left" in networks.stdout
    assert NEWEST in next(line for line in listed.splitlines() if name in line)
    assert removed.returncode == 0, removed.stderr
    assert _hosts(demo) == []


def test_accept_records_which_verdicts_changed(demo: Demo) -> None:
    """The feed needs all verdicts, so while other environments lack evidence, there is only a warning."""
    kept = demo.keep(demo.evidence())
    waiting = demo.top / ".recetario" / "replays" / "demo" / kept.name
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(kept.read_bytes())

    early = _recetario("accept", cwd=demo.top)
    demo.project()
    done = _recetario("accept", cwd=demo.top)
    again = _recetario("history", cwd=demo.top)

    assert "The history of verdicts was not updated, because some evidence is missing or invalid: " in early.stderr
    assert early.stderr.endswith("\nAt the end, when all evidence has been accepted: recetario history\n")
    assert done.stdout.endswith(f"demo-answers on {NEWEST}: holds\n")
    assert len(load_history(demo.top)) == len(load_environments())
    assert again.stdout == ""


def test_matrix_shows_every_environment(demo: Demo) -> None:
    """Each claim is a row of signs, which fits in 80 columns even if its name is as long as the longest of ours."""
    demo.project()
    demo.claims("[demo-answers]", f"[{'demo-answers':x<27}]")

    done = _recetario("matrix", cwd=demo.top)

    lines = done.stdout.splitlines()
    assert lines[3].split() == [f"{'demo-answers':x<27}", *["+"] * len(load_environments())]
    assert max(map(len, lines)) <= 80
    assert "+ holds   - does not hold   . does not apply   ? not tested" in lines


def test_matrix_and_recipes_print_json(demo: Demo) -> None:
    """With the words for verdicts that pages have."""
    demo.project(check="answer: no\n")
    reasons = (f'[[demo-answers.{key}]]\nes = "No."\nen = "No."\n' for key in ("why", "no_control"))
    demo.claims(more="".join(reasons))

    matrix, recipes = (_recetario(name, "--json", cwd=demo.top) for name in ("matrix", "recipes"))
    assert matrix.returncode == 0, matrix.stderr

    assert json.loads(matrix.stdout)["demo-answers"][NEWEST] == "does not hold"
    assert json.loads(recipes.stdout) == [{"recipe": "demo", "question": "Does the demo answer?"}]


def test_envs_prints_json_for_workflows(tmp_path: Path) -> None:
    """The output is a list of ids."""
    done = _recetario("envs", "--json", cwd=tmp_path)

    assert json.loads(done.stdout) == [environment.id for environment in load_environments()]


def test_only_cases_that_were_replayed_are_verified(demo: Demo) -> None:
    """`recetario drift -- -k WORD` replays only some cases; results of earlier replays do not count."""
    before, after = demo.project().cases([], ["3.0-cni-root", "5.4-netavark-root"])
    for case in (before, after):
        case.result.parent.mkdir(parents=True, exist_ok=True)
        case.result.write_text("a replay")
    os.utime(before.result, (1, 1))

    assert [_replayed_since(case, start_s=1000.0) for case in (before, after)] == [False, True]


@pytest.mark.parametrize(("state", "advice"), [("left over", "is removed by the next command"), ("in use", "")])
def test_lab_ls_says_what_becomes_of_hosts_that_are_left_over(state: str, advice: str, tmp_path: Path) -> None:
    """Nobody needs to remove them by hand."""
    host = ListedHost("recetario-1", NEWEST, "1", "3 minutes ago", state, tmp_path)

    assert advice in _advice_on_leftovers([host])
    assert bool(_advice_on_leftovers([host])) == bool(advice)


def test_the_help_of_shell_says_how_to_try_a_script(tmp_path: Path) -> None:
    """Such as a download, which takes its commands from a file."""
    assert "lab shell ENV < NAME.sh" in " ".join(_recetario("lab", "shell", "--help", cwd=tmp_path).stdout.split())


@pytest.mark.podman
def test_options_after_two_hyphens_are_passed_to_pytest_with_their_values(demo: Demo) -> None:
    """The word after `-k` is not read as a recipe: no tests run, and pytest does not warn about anything."""
    (demo.top / "pyproject.toml").touch()

    done = _recetario("replay", "demo", "--env", NEWEST_ROOT, "--", "-k", "nothing", cwd=demo.top)

    assert done.returncode == FAILED, done.stderr
    assert "no tests ran" in done.stdout
    assert "Warning" not in done.stdout


@pytest.mark.smoke
@pytest.mark.podman
def test_drift_has_an_exit_status_of_its_own(demo: Demo) -> None:
    """All steps succeed, and only the evidence says something else."""
    (demo.top / "pyproject.toml").touch()
    demo.keep(demo.evidence(NEWEST_ROOT, control="answer: no\nreally\n"))

    done = _recetario("drift", "demo", "--env", NEWEST_ROOT, cwd=demo.top)

    assert "drifted from its evidence" in done.stdout
    assert done.returncode == DRIFT


@pytest.mark.podman
def test_ctrl_c_removes_all_hosts(demo: Demo) -> None:
    """An interrupted replay also leaves no result; pressing Ctrl-C again changes nothing."""
    demo.recipe('echo "demo created"', "sleep infinity")
    (demo.top / "pyproject.toml").touch()
    command = [sys.executable, "-m", "recetario", "replay", "demo", "--env", NEWEST_ROOT]
    running = subprocess.Popen(
        command,
        cwd=demo.top,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # If the parent ignores SIGINT, Python would ignore it, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    before = _first_hosts(demo, running)

    running.send_signal(signal.SIGINT)
    assert running.stderr
    printed = next(line for line in running.stderr if "removing hosts" in line)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)

    assert before
    assert printed == "Interrupted: removing hosts …\n"
    assert running.returncode == INTERRUPTED
    assert _hosts(demo) == []
    assert list((demo.top / ".recetario" / "replays").rglob("*.ipynb")) == []


def _hosts(demo: Demo) -> list[str]:
    """The names of the hosts that belong to runs of the demo project."""
    columns = '{{.Names}} {{index .Labels "recetario.lock"}}'
    listed = subprocess.run(["podman", "ps", "--all", "--format", columns], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(demo.top) in line]


def _first_hosts(demo: Demo, running: subprocess.Popen[str]) -> list[str]:
    """Wait for the first host of a replay, for at most 120 s; the host in which the lab is probed first is ignored."""
    deadline = time.monotonic() + 120
    known = demo.top / ".recetario" / "lab" / "known"  # written when probing has ended
    while not list(known.glob("*.json")) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    while not (hosts := _hosts(demo)) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return hosts
