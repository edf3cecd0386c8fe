"""The script that readers download runs the recipe, cleans up even after a failure, and judges the claims."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support.demo import CLAIMS, Demo
from support.shellcheck import shellcheck

from recetario.book.ids import Slug
from recetario.book.project import Project
from recetario.book.recipes import load_recipes
from recetario.takeaway.script import reader_script

TOP = Path(__file__).parents[2]
TOOLS = ("bash", "cat", "grep", "id", "mkdir", "mktemp", "rm", "sleep", "touch")


@pytest.fixture
def variables(demo: Demo) -> dict[str, str]:
    """The environment variables of a machine without Podman: PATH has only a few tools, and TMPDIR is the test's."""
    (demo.top / "tools").mkdir()
    (demo.top / "tmp").mkdir()
    for name in TOOLS:
        (demo.top / "tools" / name).symlink_to(shutil.which(name) or name)
    return {"PATH": str(demo.top / "tools"), "TMPDIR": str(demo.top / "tmp"), "LANG": "C"}


def write_script(demo: Demo, language: str = "en", slug: str = "demo") -> Path:
    """Write the script of the demo recipe to a file."""
    path = demo.top / "demo.sh"
    path.write_bytes(reader_script(replace(demo.recipe(), slug=Slug(slug)), demo.claims(), "Does it answer?", language))
    return path


def run(
    demo: Demo, variables: dict[str, str], language: str = "en", slug: str = "demo"
) -> subprocess.CompletedProcess[str]:
    """Run the script of the demo recipe with these environment variables."""
    command = ["bash", str(write_script(demo, language, slug))]
    return subprocess.run(command, env=variables, capture_output=True, encoding="utf-8", timeout=20, check=False)


def _wait_for_child(process: subprocess.Popen[bytes], name: str) -> None:
    """Wait until a process has a child that runs this program, because a signal before that may be ignored."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    names: set[str] = set()
    while name not in names:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
        with contextlib.suppress(FileNotFoundError):  # a child may end at any time
            names = {Path(f"/proc/{child}/comm").read_text().strip() for child in children.read_text().split()}


def test_it_begins_with_comments_for_the_reader(demo: Demo) -> None:
    """They have the title of the page, how to run the script, and what it creates and deletes."""
    head = write_script(demo).read_text("utf-8").split("\nset -Eeuo")[0]

    assert head == (
        "#!/usr/bin/env bash\n# Does it answer?\n"
        '# Run it as root or as your user. It only creates things whose names begin with "demo", and deletes them at '
        "the end; the image that it pulls stays.\n"
        "# At the end it says what holds here, judging by what each step printed."
    )


def test_it_shows_each_step_and_judges_at_the_end(demo: Demo, variables: dict[str, str]) -> None:
    """Each step has a title, followed by its output; of a pair, only one half prints something."""
    result = run(demo, variables)
    if os.geteuid() == 0:
        pair = ("== who-root", "I am root", "== who-rootless")
    else:
        pair = ("== who-root", "== who-rootless", "I am a user")

    assert result.returncode == 0
    assert [line for line in result.stdout.splitlines() if line] == [
        *("== create", "demo created"),
        *pair,
        *("== check", "answer: yes", "== control", "answer: no", "== cleanup"),
        "holds: The demo *answers* yes.",
    ]


def test_verdicts_are_in_the_language_of_the_page(demo: Demo, variables: dict[str, str]) -> None:
    """Accents are printed correctly in the C locale, too."""
    assert "\nse cumple: La demo *contesta* que sí.\n" in run(demo, variables, "es").stdout


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("echo 'answer: no'", "does not hold"),
        ("echo 'answer: no' >&2", "does not hold"),
        ("echo 'the answer: yes'", "undecided here"),
        ("true", "undecided here"),
        ("printf 'answer: yes'", "holds"),
        ("printf 'answer: yes\\nanswer: no\\n'", "undecided here"),
    ],
)
def test_it_judges_as_the_site_does(demo: Demo, variables: dict[str, str], command: str, verdict: str) -> None:
    """Patterns match whole lines of both streams, and a claim is undecided if both patterns match."""
    demo.recipe('echo "answer: yes"', command)

    assert f"\n{verdict}: The demo *answers* yes.\n" in run(demo, variables).stdout


def test_it_judges_each_claim(demo: Demo, variables: dict[str, str]) -> None:
    """Any pattern of a claim may match, and the shell does not expand anything in the claim's text."""
    text = 'It\'s `$(touch touched)` \\"said\\".'
    more = CLAIMS.replace("[demo-answers]", "[demo-more]").replace("The demo *answers* yes.", text)
    demo.claims(more=more.replace('holds = "answer: yes"', 'holds = ["\'x\'", "[!b]nswer: y?s"]'))
    result = run(demo, variables)

    assert result.stdout.endswith('holds: The demo *answers* yes.\nholds: It\'s `$(touch touched)` "said".\n')
    assert not list(demo.top.rglob("touched"))


def test_the_half_of_a_pair_that_ran_decides(demo: Demo, variables: dict[str, str]) -> None:
    """The claim names the pair, and root and other users run different halves."""
    demo.claims('"check"\nholds = "answer: yes"', '"who"\nholds = "I am *"')

    assert "\nholds: " in run(demo, variables).stdout


@pytest.mark.parametrize("whole_file", [False, True])
@pytest.mark.parametrize("rootless", [False, True])
def test_a_claim_about_the_other_mode_does_not_apply(
    demo: Demo, variables: dict[str, str], rootless: bool, whole_file: bool
) -> None:
    """The output of its step does not matter; the scope may be that of the claim or of the whole file."""
    about = f"about = {{ rootless = {str(rootless).lower()} }}\n"
    if whole_file:
        demo.claims("[demo-answers]", f"{about}[demo-answers]")
    else:
        demo.claims("step =", f"{about}step =")
    verdict = "holds" if rootless == (os.geteuid() != 0) else "does not apply"

    assert f"\n{verdict}: The demo *answers* yes.\n" in run(demo, variables).stdout


@pytest.mark.parametrize(
    ("versions", "verdict"),
    [
        ("==4.3", "holds"),
        ("==5.4", "does not apply"),
        (">=4,<5", "holds"),
        ("<4", "does not apply"),
        ("===4.3", "holds"),
        ("==4.*", "holds"),
        ("==5.*", "does not apply"),
        ("~=4.1", "holds"),
        ("~=5.4", "does not apply"),
    ],
)
def test_a_claim_about_other_versions_does_not_apply(
    demo: Demo, variables: dict[str, str], versions: str, verdict: str
) -> None:
    """Only the minor version of the reader's Podman counts, as in scopes."""
    podman = demo.top / "tools" / "podman"
    podman.write_text('#!/bin/bash\n[ "$1" != version ] || echo 4.3.1\n')
    podman.chmod(0o755)
    demo.claims("step =", f'about = {{ podman = "{versions}" }}\nstep =')

    assert f"\n{verdict}: The demo *answers* yes.\n" in run(demo, variables).stdout


def test_a_failed_step_ends_the_script_after_cleanup(demo: Demo, variables: dict[str, str]) -> None:
    """Its output is shown, the script ends with its status, and claims that later steps decide were not run."""
    demo.recipe('echo "demo created"', "echo begun; echo oops >&2; (exit 7); echo never")
    demo.recipe("# %% cleanup\ntrue", "# %% cleanup\nfalse\necho cleaned")
    result = run(demo, variables)

    assert result.returncode == 7
    assert "== create\nbegun\n\n== cleanup\ncleaned\n\nnot run here: " in result.stdout
    assert "oops\n" in result.stderr
    assert "never" not in result.stdout


@pytest.mark.parametrize(
    ("old", "verdict"),
    [('echo "demo created"', "not run here"), ('echo "answer: no"', "holds")],
    ids=["before", "after"],
)
def test_claims_of_steps_after_a_lab_only_one_are_not_judged(
    demo: Demo, variables: dict[str, str], old: str, verdict: str
) -> None:
    """The lab-only step only prints its reason; cleanup comes right after it."""
    step = 'if lab_only "It deletes everything."; then\n  echo deleted\nfi'
    demo.recipe(old, step)
    name = "create" if "created" in old else "control"
    demo.claims(more=f'[lab_only.{name}]\nes = "Borra todo."\nen = "It deletes everything."\n')
    result = run(demo, variables)

    assert (result.returncode, "deleted" in result.stdout) == (0, False)
    assert f"== {name}\n\n== cleanup" in result.stdout
    assert result.stdout.rindex("== ") == result.stdout.index("== cleanup")
    assert "It deletes everything. Nothing was changed." in result.stderr
    assert result.stdout.endswith(f"== cleanup\n\n{verdict}: The demo *answers* yes.\n")


@pytest.mark.parametrize("mode", ["root", "rootless"])
def test_a_lab_only_half_of_a_pair_matters_only_in_its_mode(demo: Demo, variables: dict[str, str], mode: str) -> None:
    """In the other mode, the other half runs, and claims are judged."""
    demo.recipe(f"if {mode}; then", f'if {mode} && lab_only "It deletes everything."; then')
    demo.claims(more=f'[lab_only.who-{mode}]\nes = "Borra todo."\nen = "It deletes everything."\n')
    current_mode = "root" if os.geteuid() == 0 else "rootless"

    assert ("not run here" if mode == current_mode else "\nholds") in run(demo, variables).stdout


def test_it_refuses_to_start_if_a_file_in_tmp_has_its_name(demo: Demo, variables: dict[str, str]) -> None:
    """Recipes put what several users share in ``/tmp``. The name is not ``demo``: other tests would be refused."""
    path = Path(f"/tmp/taken-{os.getpid()}-file")
    path.touch()
    try:
        result = run(demo, variables, slug=f"taken-{os.getpid()}")
    finally:
        path.unlink()

    assert (result.returncode, result.stdout) == (2, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_during_a_step_leads_to_cleanup(demo: Demo, variables: dict[str, str], number: signal.Signals) -> None:
    """A reader may press Ctrl-C or close the terminal."""
    demo.recipe('echo "demo created"', "sleep 20")
    process = subprocess.Popen(
        ["bash", write_script(demo)],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # If the parent ignores the signal, bash would ignore it, too.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    _wait_for_child(process, "sleep")
    os.killpg(process.pid, number)
    out, _ = process.communicate(timeout=10)

    assert b"\n== cleanup\n" in out
    assert process.returncode != 0


def test_it_leaves_nothing_behind(demo: Demo, variables: dict[str, str]) -> None:
    """Steps run in a new folder, so they do not overwrite files of the reader's."""
    demo.recipe('echo "demo created"', "touch demo-file")
    (demo.top / "demo-file").write_text("the reader's")
    run(demo, variables)

    assert list((demo.top / "tmp").iterdir()) == []
    assert (demo.top / "demo-file").read_text() == "the reader's"


@pytest.mark.parametrize(
    "options",
    [
        "--publish 127.0.0.1:{port}:80 --publish=9:80",
        "[Container] PublishPort=127.0.0.1:{port}:80",
        "[Pod] PublishPort={port}:80",
        "--network host busybox httpd -f -p {port} -h /tmp",
        "--network host busybox httpd -f -p 127.0.0.1:{port} -h /tmp",
    ],
)
def test_it_refuses_to_start_if_a_port_is_in_use(demo: Demo, variables: dict[str, str], options: str) -> None:
    """No step runs then."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        demo.recipe('echo "demo created"', "echo podman run " + options.format(port=server.getsockname()[1]))
        result = run(demo, variables)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.endswith(
        "demo: something with that name already exists, or the port is taken. Nothing was touched.\n"
    )


@pytest.mark.podman
@pytest.mark.parametrize(("kind", "prefix"), [("volume", ""), ("network", ""), ("network", "systemd-")])
def test_it_refuses_to_start_if_a_name_is_in_use(demo: Demo, kind: str, prefix: str) -> None:
    """The name is found even if many others follow it in Podman's lists; Quadlet adds a prefix to a file's name."""
    name = f"{prefix}demo-taken-{os.getpid()}"
    subprocess.run(["podman", kind, "create", name], check=True, capture_output=True)
    try:
        result = run(demo, dict(os.environ))
    finally:
        subprocess.run(["podman", kind, "rm", name], check=True, capture_output=True)

    assert (result.returncode, result.stdout) == (2, "")
    assert "Nothing was touched." in result.stderr


@pytest.mark.parametrize(("name", "used"), [("systemd-demo", True), ("demo-web", True), ("systemd-other-demo", False)])
def test_it_finds_names_with_the_prefix_of_quadlet(
    demo: Demo, variables: dict[str, str], name: str, used: bool
) -> None:
    """A file without a name in it gives what it creates its own name with ``systemd-`` before it."""
    podman = demo.top / "tools" / "podman"
    podman.write_text(f'#!/bin/bash\n[ "$1" != network ] || echo {name}\n')
    podman.chmod(0o755)
    result = run(demo, variables)

    assert ("Nothing was touched." in result.stderr) == used


@pytest.mark.parametrize("name", ["containers.conf.d/demo.conf", "systemd/demo.container"])
def test_it_refuses_to_start_if_a_file_of_ours_is_kept(demo: Demo, variables: dict[str, str], name: str) -> None:
    """Readers keep the file of a fix, with their own names in it: the recipe would overwrite and delete it."""
    file = demo.top / "home" / ".config" / "containers" / name
    file.parent.mkdir(parents=True)
    file.write_text("the reader's")
    result = run(demo, variables | {"HOME": str(demo.top / "home")})

    assert (result.returncode, result.stdout) == (2, "")
    assert "Nothing was touched." in result.stderr


def test_derived_claims_are_left_out(demo: Demo) -> None:
    """A single machine cannot compare backends."""
    head, tail = CLAIMS.partition("step =")[0], CLAIMS[CLAIMS.index("source =") :]
    demo.claims(more=f'{head}all = ["demo-answers"]\n{tail}'.replace("[demo-answers]", "\n[demo-derived]"))

    assert write_script(demo).read_text("utf-8").count("  judge ") == 1


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    """The scripts of all recipes are checked."""
    project = Project(TOP)
    for slug, recipe in load_recipes(TOP).items():
        (tmp_path / f"{slug}.sh").write_bytes(reader_script(recipe, project.claim_files[slug], "Title?", "en"))

    assert shellcheck(tmp_path.iterdir()) == ""
