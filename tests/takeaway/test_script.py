"""The script that readers download: the recipe, cleaned up whatever happens, its claims judged by itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from support.demo import CLAIMS, Demo

from recetario.book.project import Project
from recetario.book.recipes import load_recipes
from recetario.takeaway.script import reader_script

TOP = Path(__file__).parents[2]
TOOLS = ("bash", "cat", "grep", "id", "mkdir", "mktemp", "rm", "sleep", "touch")


@pytest.fixture
def bare(demo: Demo) -> dict[str, str]:
    """A machine without Podman: its PATH has a few plain tools, its temporary files are the test's."""
    for name in ("tools", "tmp"):
        (demo.top / name).mkdir()
    for name in TOOLS:
        (demo.top / "tools" / name).symlink_to(shutil.which(name) or name)
    return {"PATH": str(demo.top / "tools"), "TMPDIR": str(demo.top / "tmp"), "LANG": "C"}


def script(demo: Demo, language: str = "en") -> Path:
    """The script of the demo recipe, in a file."""
    path = demo.top / "demo.sh"
    path.write_bytes(reader_script(demo.recipe(), demo.claims(), "Does it answer?", language))
    return path


def run(demo: Demo, bare: dict[str, str], language: str = "en") -> subprocess.CompletedProcess[str]:
    """Run it as a reader would."""
    return subprocess.run(
        ["bash", script(demo, language)], env=bare, capture_output=True, encoding="utf-8", timeout=20, check=False
    )


def _wait_for_child(pid: int, name: str) -> None:
    """Until this process has a child that is this program: a signal just before it may go unheard."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    names: set[str] = set()
    while name not in names:
        time.sleep(0.01)
        with contextlib.suppress(FileNotFoundError):  # one that is over already
            names = {Path(f"/proc/{child}/comm").read_text().strip() for child in children.read_text().split()}


def test_it_opens_with_what_it_is(demo: Demo) -> None:
    """A title, how to run it, and what it leaves alone."""
    head = script(demo).read_text("utf-8").split("\nset -Eeuo")[0]

    assert head == (
        "#!/usr/bin/env bash\n# Does it answer?\n"
        '# Run it as root or as your user. It only creates things whose names begin with "demo", and deletes them at '
        "the end; the image that it pulls stays.\n"
        "# At the end it says what holds here, judging by what each step printed."
    )


def test_it_shows_each_step_and_judges_at_the_end(demo: Demo, bare: dict[str, str]) -> None:
    """What a reader sees, in order."""
    told = run(demo, bare)
    root = os.geteuid() == 0

    assert told.returncode == 0
    assert [line for line in told.stdout.splitlines() if line] == [
        *("== create", "demo created"),
        *(
            ("== who-root", "I am root", "== who-rootless")
            if root
            else ("== who-root", "== who-rootless", "I am a user")
        ),
        *("== check", "answer: yes", "== control", "answer: no", "== cleanup"),
        "holds: The demo *answers* yes.",
    ]


def test_it_speaks_the_pages_language(demo: Demo, bare: dict[str, str]) -> None:
    """Accents and all, in whatever locale the reader has."""
    assert "\nse cumple: La demo *contesta* que sí.\n" in run(demo, bare, "es").stdout


@pytest.mark.parametrize(
    ("says", "judged"),
    [
        ("echo 'answer: no'", "does not hold"),
        ("echo 'answer: no' >&2", "does not hold"),
        ("echo 'the answer: yes'", "undecided here"),
        ("true", "undecided here"),
        ("printf 'answer: yes'", "holds"),
        ("printf 'answer: yes\\nanswer: no\\n'", "undecided here"),
    ],
)
def test_it_judges_as_the_site_does(demo: Demo, bare: dict[str, str], says: str, judged: str) -> None:
    """Whole lines of either stream, and two answers are none."""
    demo.recipe('echo "answer: yes"', says)

    assert f"\n{judged}: The demo *answers* yes.\n" in run(demo, bare).stdout


def test_it_judges_each_claim(demo: Demo, bare: dict[str, str]) -> None:
    """By any of its patterns; what a text holds means nothing to the shell."""
    text = 'It\'s `$(touch touched)` \\"said\\".'
    more = CLAIMS.replace("[demo-answers]", "[demo-more]").replace("The demo *answers* yes.", text)
    demo.claims(more=more.replace('holds = "answer: yes"', 'holds = ["\'x\'", "[!b]nswer: y?s"]'))
    told = run(demo, bare)

    assert told.stdout.endswith('holds: The demo *answers* yes.\nholds: It\'s `$(touch touched)` "said".\n')
    assert not list(demo.top.rglob("touched"))


def test_a_claim_of_a_pair_reads_the_half_that_ran(demo: Demo, bare: dict[str, str]) -> None:
    """Whoever runs it."""
    demo.claims('"check"\nholds = "answer: yes"', '"who"\nholds = "I am *"')

    assert "\nholds: " in run(demo, bare).stdout


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("rootless", [False, True])
def test_a_claim_about_the_other_mode_does_not_apply(
    demo: Demo, bare: dict[str, str], rootless: bool, everything: bool
) -> None:
    """Whatever its step printed; the claim says so, or the whole file."""
    about = f"about = {{ rootless = {str(rootless).lower()} }}\n"
    if everything:
        demo.claims("[demo-answers]", f"{about}[demo-answers]")
    else:
        demo.claims("step =", f"{about}step =")
    judged = "holds" if rootless == (os.geteuid() != 0) else "does not apply"

    assert f"\n{judged}: The demo *answers* yes.\n" in run(demo, bare).stdout


@pytest.mark.parametrize(
    ("versions", "judged"),
    [("==4.3", "holds"), ("==5.4", "does not apply"), (">=4,<5", "holds"), ("<4", "does not apply")],
)
def test_a_claim_about_other_versions_does_not_apply(
    demo: Demo, bare: dict[str, str], versions: str, judged: str
) -> None:
    """The minor version counts, as in the table of environments."""
    podman = demo.top / "tools" / "podman"
    podman.write_text('#!/bin/bash\n[ "$1" != version ] || echo 4.3.1\n')
    podman.chmod(0o755)
    demo.claims("step =", f'about = {{ podman = "{versions}" }}\nstep =')

    assert f"\n{judged}: The demo *answers* yes.\n" in run(demo, bare).stdout


def test_a_failed_step_ends_it_and_cleanup_runs(demo: Demo, bare: dict[str, str]) -> None:
    """What the step printed is shown, the status is its own, and claims of later steps were not run."""
    demo.recipe('echo "demo created"', "echo begun; echo oops >&2; (exit 7); echo never")
    demo.recipe("# %% cleanup\ntrue", "# %% cleanup\nfalse\necho cleaned")
    told = run(demo, bare)

    assert told.returncode == 7
    assert "== create\nbegun\n\n== cleanup\ncleaned\n\nnot run here: " in told.stdout
    assert "oops\n" in told.stderr
    assert "never" not in told.stdout


@pytest.mark.parametrize(
    ("old", "judged"),
    [('echo "demo created"', "not run here"), ('echo "answer: no"', "holds")],
    ids=["before", "after"],
)
def test_a_claim_that_comes_after_a_lab_only_step_is_not_judged(
    demo: Demo, bare: dict[str, str], old: str, judged: str
) -> None:
    """The step prints its reason instead of running; the others run, and cleanup."""
    step = 'if lab_only "It deletes everything."; then\n  echo deleted\nfi'
    demo.recipe(old, step)
    name = "create" if "created" in old else "control"
    demo.claims(more=f'[lab_only.{name}]\nes = "Borra todo."\nen = "It deletes everything."\n')
    told = run(demo, bare)

    assert (told.returncode, "deleted" in told.stdout) == (0, False)
    assert "It deletes everything. Nothing was changed." in told.stderr
    assert told.stdout.endswith(f"== cleanup\n\n{judged}: The demo *answers* yes.\n")


@pytest.mark.parametrize("mode", ["root", "rootless"])
def test_a_lab_only_half_counts_for_whoever_runs_it(demo: Demo, bare: dict[str, str], mode: str) -> None:
    """The other mode's half ran as ever."""
    reason = f'if {mode} && lab_only "It deletes everything."; then'
    demo.recipe(f"if {mode}; then", reason)
    demo.claims(more=f'[lab_only.who-{mode}]\nes = "Borra todo."\nen = "It deletes everything."\n')
    mine = mode == ("root" if os.geteuid() == 0 else "rootless")

    assert ("not run here" if mine else "\nholds") in run(demo, bare).stdout


def test_a_file_of_its_name_in_tmp_makes_it_refuse(demo: Demo, bare: dict[str, str]) -> None:
    """Recipes that share files between users keep them there."""
    path = Path(f"/tmp/demo-taken-{os.getpid()}")
    path.touch()
    try:
        told = run(demo, bare)
    finally:
        path.unlink()

    assert (told.returncode, told.stdout) == (2, "")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_whoever_stops_it_finds_it_cleaned_up(demo: Demo, bare: dict[str, str], ending: signal.Signals) -> None:
    """Ctrl-C in the middle of a step."""
    demo.recipe('echo "demo created"', "sleep 20")
    process = subprocess.Popen(
        ["bash", script(demo)],
        env=bare,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            ending, signal.SIG_DFL
        ),  # whoever runs the tests may ignore it, and bash then does
    )
    _wait_for_child(process.pid, "sleep")
    os.killpg(process.pid, ending)
    out, _ = process.communicate(timeout=10)

    assert b"\n== cleanup\n" in out
    assert process.returncode != 0


def test_it_leaves_nothing_behind(demo: Demo, bare: dict[str, str]) -> None:
    """Steps write into a folder of its own, not over the reader's files."""
    demo.recipe('echo "demo created"', "touch demo-file")
    (demo.top / "demo-file").write_text("the reader's")
    run(demo, bare)

    assert list((demo.top / "tmp").iterdir()) == []
    assert (demo.top / "demo-file").read_text() == "the reader's"


@pytest.mark.parametrize(
    "takes",
    [
        "--publish 127.0.0.1:{port}:80 --publish=9:80",
        "--network host busybox httpd -f -p {port} -h /tmp",
        "--network host busybox httpd -f -p 127.0.0.1:{port} -h /tmp",
    ],
)
def test_a_taken_port_makes_it_refuse(demo: Demo, bare: dict[str, str], takes: str) -> None:
    """Nothing of the recipe has run."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        demo.recipe('echo "demo created"', "echo podman run " + takes.format(port=server.getsockname()[1]))
        told = run(demo, bare)

    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.endswith(
        "demo: something with that name already exists, or the port is taken. Nothing was touched.\n"
    )


@pytest.mark.podman
@pytest.mark.parametrize("kind", ["volume", "network"])
def test_a_taken_name_makes_it_refuse(demo: Demo, kind: str) -> None:
    """Also where much else follows it in Podman's lists."""
    name = f"demo-taken-{os.getpid()}"
    subprocess.run(["podman", kind, "create", name], check=True, capture_output=True)
    try:
        told = run(demo, dict(os.environ))
    finally:
        subprocess.run(["podman", kind, "rm", name], check=True, capture_output=True)

    assert (told.returncode, told.stdout) == (2, "")
    assert "Nothing was touched." in told.stderr


def test_derived_claims_are_left_to_the_site(demo: Demo) -> None:
    """One machine cannot compare backends."""
    head, tail = CLAIMS.partition("step =")[0], CLAIMS[CLAIMS.index("source =") :]
    demo.claims(more=f'{head}all = ["demo-answers"]\n{tail}'.replace("[demo-answers]", "\n[demo-derived]"))

    assert script(demo).read_text("utf-8").count("  judge ") == 1


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    """In any script of this project."""
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    project = Project(TOP)
    for slug, recipe in load_recipes(TOP).items():
        (tmp_path / f"{slug}.sh").write_bytes(reader_script(recipe, project.files[slug], "Title?", "en"))
    told = subprocess.run(["shellcheck", *tmp_path.iterdir()], capture_output=True, text=True, check=False)

    assert told.stdout == ""
