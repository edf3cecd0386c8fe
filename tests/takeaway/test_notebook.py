"""The notebook that readers download has the page's prose, and the recipe's steps with their output."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import nbformat
import pytest
from support.demo import NEWEST, Demo, environment, refusal

from recetario.book.pages import load_page
from recetario.kernel.bash import Bash
from recetario.takeaway.notebook import reader_notebook

SITE = "https://site.example/en/"
STEPS = "".join(f"/// step | {name}\n///\n\n" for name in ("create", "who", "check", "control", "cleanup"))


def make_notebook(demo: Demo, text: str = "# T { #answer }\n\nProse.\n\n" + STEPS) -> nbformat.NotebookNode:
    """Make the notebook of the demo's English page after replacing its text."""
    demo.page("en").write_text(text, "utf-8")
    page = load_page(demo.page("en"), demo.top)
    content = reader_notebook(page, demo.case(), demo.evidence(), "en", SITE)
    notebook: nbformat.NotebookNode = nbformat.reads(content.decode(), as_version=4)
    return notebook


def test_it_has_prose_and_steps_with_their_output(demo: Demo) -> None:
    """The header comes before the steps; each step is a cell with the step's name as its id, a pair two cells."""
    cells = make_notebook(demo).cells

    assert [cell.id for cell in cells] == [
        *("prose-t-prose", "about", "header", "create", "who-root", "who-rootless", "check", "control", "cleanup")
    ]
    assert cells[2].source.startswith(f"{demo.recipe().header}\n")
    assert [cell.source for cell in cells[3:-1]] == [step.source for step in demo.recipe().steps[:-1]]
    assert cells[6].outputs[0].text == "answer: yes\n"


def run_cells(demo: Demo, *names: str, before: str = "") -> list[subprocess.CompletedProcess[str]]:
    """Run code cells in one bash that goes on after a failure, as the kernel does; ``before`` precedes the first."""
    sources = {cell.id: cell.source for cell in make_notebook(demo).cells}
    sources[names[0]] = before + sources[names[0]]
    kernel = Bash([], demo.top, str(demo.top))
    try:
        return [_run_cell(kernel, name, sources[name]) for name in names]
    finally:
        kernel.close()


def _run_cell(kernel: Bash, name: str, source: str) -> subprocess.CompletedProcess[str]:
    texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
    outcome = kernel.run(source, name, lambda stream, text: texts[stream].append(text))
    return subprocess.CompletedProcess([name], outcome.status, "".join(texts["stdout"]), "".join(texts["stderr"]))


def test_it_refuses_to_start_if_a_port_is_in_use(demo: Demo) -> None:
    """It deletes nothing then, even if the reader runs further cells."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        demo.recipe('echo "demo created"', f"echo podman run --publish {server.getsockname()[1]}:80")
        demo.recipe("# %% cleanup\ntrue", f"# %% cleanup\nrm {demo.top}/mine")
        (demo.top / "mine").touch()
        header, cleanup = run_cells(demo, "header", "cleanup", before="podman() { :; }\n")

    assert (header.returncode, cleanup.returncode) != (0, 0)
    assert "Nothing was touched." in header.stderr
    assert "Run the first cell first." in cleanup.stderr
    assert (demo.top / "mine").exists()


def test_cleanup_deletes_what_this_run_created(demo: Demo) -> None:
    """Steps run in a new folder, which cleanup removes; if cleanup runs again, it refuses."""
    demo.recipe('echo "demo created"', "touch demo-file && pwd")
    demo.recipe("# %% cleanup\ntrue", "# %% cleanup\nrm demo-file")
    _, create, first, second = run_cells(demo, "header", "create", "cleanup", "cleanup", before="podman() { :; }\n")

    assert (create.returncode, first.returncode) == (0, 0)
    assert not Path(create.stdout.strip()).exists()
    assert "Run the first cell first." in second.stderr


@pytest.mark.parametrize(
    ("source", "guarded"),
    [
        ("podman rm --force demo-a", True),
        ("kill 1", True),
        ("ufw delete allow 8080/tcp", True),
        ("ufw route delete allow proto tcp to any port 8000", True),
        ("firewall-cmd --zone public --remove-port=8080/tcp", True),
        ("podman run --rm demo", False),
        ("echo arm", False),
        ("ufw allow 8080/tcp", False),
    ],
)
def test_a_cell_that_deletes_runs_only_after_the_first(demo: Demo, source: str, guarded: bool) -> None:
    """If a name is in use, the first cell fails, and the cell would delete something of the reader's."""
    demo.recipe('echo "demo created"', source)

    assert ('"${work:?' in make_notebook(demo).cells[3].source) == guarded


def test_a_lab_only_cell_refuses_even_if_it_is_the_only_one_that_runs(demo: Demo) -> None:
    """The cell defines ``lab_only`` itself, and prints the reason of the step."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  rm demo-file\nfi')
    demo.claims(more='[lab_only.create]\nes = "Borra todo."\nen = "It deletes everything."\n')
    (create,) = run_cells(demo, "create")

    assert create.stderr == (
        "Only for a lab host: this step changes the machine. It deletes everything. Nothing was changed.\n"
    )


def test_the_commands_of_a_fix_are_shown_to_read(demo: Demo) -> None:
    """The cells that run them come later, in the recipe's order."""
    demo.claims('step = "check"', 'fix = ["create", "who"]\nstep = "check"')
    notebook = make_notebook(demo, f"# T\n\n/// fix | demo-answers\n///\n\n/// worked | demo-answers\n///\n\n{STEPS}")
    cells = {cell.id: cell for cell in notebook.cells}

    assert cells["fix-commands"].source == '```bash\necho "demo created"\necho "I am a user"\n```'
    assert cells["worked-commands"].source == '```bash\necho "answer: yes"\n```'


def test_a_lab_only_command_that_shows_whether_a_fix_worked_is_left_out(demo: Demo) -> None:
    """Nobody can run it on a machine of her own; its cell, further down, says so."""
    demo.recipe('echo "answer: yes"', 'if lab_only "It asks."; then\n  echo "answer: yes"\nfi')
    more = '[lab_only.check]\nes = "Pregunta."\nen = "It asks."\n'
    demo.claims('step = "check"', 'fix = ["create"]\nstep = "check"', more=more)
    notebook = make_notebook(demo, f"# T\n\n/// worked | demo-answers\n///\n\n{STEPS}")

    assert "worked-commands" not in {cell.id for cell in notebook.cells}


def test_a_fix_that_the_recipe_does_not_have_is_refused(demo: Demo) -> None:
    """The message has the page and the line."""
    message = refusal(lambda: make_notebook(demo, f"# T\n\n/// fix | demo-answers\n///\n\n{STEPS}"))

    assert message.startswith('docs/en/recipes/demo.md:3: recipe demo has no claim "demo-answers" with a fix.')


def test_it_says_which_podman_its_outputs_are_from(demo: Demo) -> None:
    """The same cell says how to install the kernel, and links to the page."""
    about = make_notebook(demo).cells[1].source

    assert f"those of {NEWEST} (Podman {environment().podman}.2)" in about
    assert "`recetario kernels install`" in about
    assert f"{SITE}recipes/demo/" in about


def test_it_opens_with_our_kernel(demo: Demo) -> None:
    """JupyterLab, VS Code and nbclient choose the kernel by the notebook's metadata."""
    metadata = make_notebook(demo).metadata

    assert (metadata.kernelspec.name, metadata.title, metadata.recetario.environment) == ("recetario-here", "T", NEWEST)


def test_the_same_page_makes_the_same_bytes(demo: Demo) -> None:
    """Notebooks are committed, so random ids would show up as changes."""
    assert make_notebook(demo) == make_notebook(demo)


def test_other_blocks_are_left_out(demo: Demo) -> None:
    """Notebooks have no verdicts, and no steps of other recipes."""
    notebook = make_notebook(demo, "# T\n\n/// verdicts\n///\n\n/// step | other:create\n///\n\n" + STEPS)

    assert [cell.id for cell in notebook.cells][:4] == ["prose-t", "about", "header", "create"]
    assert "///" not in "".join(cell.source for cell in notebook.cells)


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("# T { #answer }", "# T"),
        ("## Why {: #why .wide }", "## Why"),
        ("A [link](x.md){ .wide }.", f"A [link]({SITE}recipes/x/)."),
        ("`--format '{{.Names}}'` and { .note }", "`--format '{{.Names}}'` and"),
        ("``a ` {.b}``", "``a ` {.b}``"),
        ("```\n[a](b.md) {#x}\n```", "```\n[a](b.md) {#x}\n```"),
        ("{{.Names}} is no code, {{ #x }}", "{{.Names}} is no code, {{ #x }}"),
    ],
)
def test_attributes_are_removed_and_code_stays(demo: Demo, prose: str, expected: str) -> None:
    """Go templates in code look much like attributes."""
    assert make_notebook(demo, f"{prose}\n\n{STEPS}").cells[0].source == expected


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("other.md", "recipes/other/"),
        ("other.md#why", "recipes/other/#why"),
        ("#why", "recipes/demo/#why"),
        ("../index.md", ""),
        ("../matrix.md", "matrix/"),
        ("../decisions/index.md#x", "decisions/#x"),
        ("../assets/a.png", "assets/a.png"),
    ],
)
def test_links_become_absolute(demo: Demo, link: str, address: str) -> None:
    """A notebook may be opened in any folder. This includes pictures, and links with a title."""
    source = make_notebook(demo, f'[a]({link}) [`a`]({link}) ![a]({link}) [a]({link} "t")\n\n{STEPS}').cells[0].source
    url = SITE + address

    assert source == f'[a]({url}) [`a`]({url}) ![a]({url}) [a]({url} "t")'


@pytest.mark.parametrize("link", ["https://podman.io/x", "mailto:a@example.org"])
def test_absolute_links_do_not_change(demo: Demo, link: str) -> None:
    """Any scheme makes a link absolute."""
    assert make_notebook(demo, f"[a]({link})\n\n{STEPS}").cells[0].source == f"[a]({link})"


def test_equal_prose_cells_have_different_ids(demo: Demo) -> None:
    """The ids of a notebook's cells must be unique."""
    text = STEPS
    for step in ("check", "who"):
        text = text.replace(f"/// step | {step}", f"Look:\n\n/// step | {step}")
    ids = [cell.id for cell in make_notebook(demo, f"# T\n\n{text}").cells]

    assert len(ids) == len(set(ids)) == 11


def test_a_step_that_the_page_does_not_show_is_refused(demo: Demo) -> None:
    """Later steps may need it, so the message says which block to add."""
    message = refusal(lambda: make_notebook(demo, STEPS.replace("/// step | check\n///\n", "")))

    assert message == (
        "docs/en/recipes/demo.md must show each step of recipe demo once, in order, "
        'but "check" is missing or in another position.\n'
        "  Put `/// step | check` and `///` where the step belongs."
    )


def test_a_page_without_cleanup_is_refused(demo: Demo) -> None:
    """Without cleanup, what the notebook creates would stay on the reader's machine."""
    message = refusal(lambda: make_notebook(demo, STEPS.replace("/// step | cleanup\n///\n", "")))

    assert 'but "cleanup" is missing or in another position.' in message


def test_a_step_that_is_shown_twice_is_refused_with_its_line(demo: Demo) -> None:
    """The notebook would run it twice."""
    message = refusal(lambda: make_notebook(demo, STEPS + "/// step | create\n///\n"))

    assert (
        message == 'docs/en/recipes/demo.md:16: step "create" is shown a second time.\n  Delete one of the two blocks.'
    )


def test_an_unknown_step_is_refused_with_page_and_line(demo: Demo) -> None:
    """The message suggests the most similar step."""
    message = refusal(lambda: make_notebook(demo, STEPS.replace("| check", "| chek")))

    assert message == 'docs/en/recipes/demo.md:7: recipe demo has no step "chek".\n  Did you mean "check"?'
