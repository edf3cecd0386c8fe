"""The notebook that readers take away: the page's prose, and the recipe's steps with what they printed."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import nbformat
import pytest
from support.demo import NEWEST, Demo, refusal

from recetario.book.pages import load_page
from recetario.kernel.bash import Bash
from recetario.takeaway.notebook import reader_notebook

SITE = "https://site.example/en/"
STEPS = "".join(f"/// step | {name}\n///\n\n" for name in ("create", "who", "check", "control", "cleanup"))


def made(demo: Demo, text: str = "# T { #answer }\n\nProse.\n\n" + STEPS) -> nbformat.NotebookNode:
    """The notebook of a page of this text."""
    demo.page("en").write_text(text, "utf-8")
    page = load_page(demo.page("en"), demo.top)
    content = reader_notebook(page, demo.recipe(), demo.evidence(), "en", SITE)
    return nbformat.reads(content.decode(), as_version=4)


def test_it_is_prose_then_steps_with_their_outputs(demo: Demo) -> None:
    """Each step is a cell, named by its id; a pair is two; the header comes first."""
    cells = made(demo).cells

    assert [cell.id for cell in cells] == [
        *("prose-t-prose", "about", "header", "create", "who-root", "who-rootless", "check", "control", "cleanup")
    ]
    assert cells[2].source.startswith(f"{demo.recipe().header}\n")
    assert [cell.source for cell in cells[3:-1]] == [step.source for step in demo.recipe().steps[:-1]]
    assert cells[6].outputs[0].text == "answer: yes\n"


def cells_run(demo: Demo, *names: str, before: str = "") -> list[subprocess.CompletedProcess[str]]:
    """Run these code cells one after the other, as the kernel does: in one bash that goes on after a failure."""
    cells = {cell.id: cell.source for cell in made(demo).cells}
    kernel = Bash([], demo.top, str(demo.top))
    done = []
    try:
        for name in names:
            shown: dict[str, list[str]] = {"stdout": [], "stderr": []}
            source = before + cells[name] if name == names[0] else cells[name]
            outcome = kernel.run(source, name, lambda stream, text, shown=shown: shown[stream].append(text))
            texts = ("".join(shown[stream]) for stream in ("stdout", "stderr"))
            done.append(subprocess.CompletedProcess([name], outcome.status, *texts))
    finally:
        kernel.close()
    return done


def test_it_refuses_to_start_where_a_port_is_taken(demo: Demo) -> None:
    """And then deletes nothing, also when the reader goes on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        demo.recipe('echo "demo created"', f"echo podman run --publish {server.getsockname()[1]}:80")
        demo.recipe("# %% cleanup\ntrue", f"# %% cleanup\nrm {demo.top}/mine")
        (demo.top / "mine").touch()
        header, cleanup = cells_run(demo, "header", "cleanup", before="podman() { :; }\n")

    assert (header.returncode, cleanup.returncode) != (0, 0)
    assert "Nothing was touched." in header.stderr
    assert "Run the first cell first." in cleanup.stderr
    assert (demo.top / "mine").exists()


def test_cleanup_deletes_what_this_run_made(demo: Demo) -> None:
    """Steps work in a new folder, which goes with it; run again, it has nothing to delete."""
    demo.recipe('echo "demo created"', "touch demo-file && pwd")
    demo.recipe("# %% cleanup\ntrue", "# %% cleanup\nrm demo-file")
    _, create, first, second = cells_run(demo, "header", "create", "cleanup", "cleanup", before="podman() { :; }\n")

    assert (create.returncode, first.returncode) == (0, 0)
    assert not Path(create.stdout.strip()).exists()
    assert "Run the first cell first." in second.stderr


@pytest.mark.parametrize(
    ("source", "guarded"),
    [("podman rm --force demo-a", True), ("kill 1", True), ("podman run --rm demo", False), ("echo arm", False)],
)
def test_a_cell_that_deletes_runs_only_after_the_first(demo: Demo, source: str, guarded: bool) -> None:
    """With a name that exists already, it would delete the reader's."""
    demo.recipe('echo "demo created"', source)

    assert ('"${work:?' in made(demo).cells[3].source) == guarded


def test_a_lab_only_cell_run_by_itself_refuses(demo: Demo) -> None:
    """It prints the reason, and needs no other cell for that."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  rm demo-file\nfi')
    (told,) = cells_run(demo, "create")

    assert told.stderr == (
        "Only for a lab host: this step changes the machine. It deletes everything. Nothing was changed.\n"
    )


def test_it_says_where_its_outputs_come_from(demo: Demo) -> None:
    """And how to run it, and where its page is."""
    about = made(demo).cells[1].source

    assert f"those of {NEWEST} (Podman 6.1.2)" in about
    assert "`recetario kernels install`" in about
    assert f"{SITE}recipes/demo/" in about


def test_it_opens_with_our_kernel(demo: Demo) -> None:
    """In JupyterLab, VS Code and nbclient."""
    metadata = made(demo).metadata

    assert (metadata.kernelspec.name, metadata.title, metadata.recetario.environment) == ("recetario-here", "T", NEWEST)


def test_the_same_page_makes_the_same_bytes(demo: Demo) -> None:
    """It is committed; a test holds it fresh."""
    assert made(demo) == made(demo)


def test_other_blocks_are_left_out(demo: Demo) -> None:
    """Verdicts are the site's; a borrowed step is another recipe's."""
    notebook = made(demo, "# T\n\n/// verdicts\n///\n\n/// step | other:create\n///\n\n" + STEPS)

    assert [cell.id for cell in notebook.cells][:4] == ["prose-t", "about", "header", "create"]
    assert "///" not in "".join(cell.source for cell in notebook.cells)


@pytest.mark.parametrize(
    ("written", "read"),
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
def test_attributes_go_and_code_stays(demo: Demo, written: str, read: str) -> None:
    """A template of Go looks much like an attribute."""
    assert made(demo, f"{written}\n\n{STEPS}").cells[0].source == read


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
    """A notebook is opened anywhere; pictures and titles of links included."""
    source = made(demo, f'[a]({link}) [`a`]({link}) ![a]({link}) [a]({link} "t")\n\n{STEPS}').cells[0].source
    there = SITE + address

    assert source == f'[a]({there}) [`a`]({there}) ![a]({there}) [a]({there} "t")'


@pytest.mark.parametrize("link", ["https://podman.io/x", "mailto:a@example.org"])
def test_addresses_stay(demo: Demo, link: str) -> None:
    """They are absolute already."""
    assert made(demo, f"[a]({link})\n\n{STEPS}").cells[0].source == f"[a]({link})"


def test_prose_that_begins_alike_has_names_of_its_own(demo: Demo) -> None:
    """Two cells of a notebook may not share an id."""
    text = STEPS.replace("/// step | check", "Look:\n\n/// step | check").replace(
        "/// step | who", "Look:\n\n/// step | who"
    )
    ids = [cell.id for cell in made(demo, f"# T\n\n{text}").cells]

    assert len(ids) == len(set(ids)) == 11


def test_a_step_that_is_not_shown_is_named(demo: Demo) -> None:
    """A reader would miss it."""
    words = refusal(lambda: made(demo, STEPS.replace("/// step | check\n///\n", "")))

    assert words == (
        'docs/en/recipes/demo.md does not show the steps of recipe demo once each, in order: see "check".\n'
        "  Add `/// step | check` and `///` where it belongs."
    )


def test_the_last_step_is_asked_for_too(demo: Demo) -> None:
    """Cleanup belongs to the story."""
    words = refusal(lambda: made(demo, STEPS.replace("/// step | cleanup\n///\n", "")))

    assert 'in order: see "cleanup".' in words


def test_a_step_shown_twice_is_named_with_its_line(demo: Demo) -> None:
    """The story would do it again."""
    words = refusal(lambda: made(demo, STEPS + "/// step | create\n///\n"))

    assert words == 'docs/en/recipes/demo.md:16: step "create" is shown a second time.\n  Delete one of the two.'


def test_an_unknown_step_is_named_with_page_and_line(demo: Demo) -> None:
    """And with the nearest one."""
    words = refusal(lambda: made(demo, STEPS.replace("| check", "| chek")))

    assert words == 'docs/en/recipes/demo.md:7: recipe demo has no step "chek".\n  Did you mean "check"?'
