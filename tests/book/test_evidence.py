"""Evidence is kept as it was printed, and refused when it no longer is what a replay left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from support.demo import NEWEST, PREPARE, Demo, refusal

from recetario.book.evidence import Output, read_evidence, to_notebook

RENEW = f"""
  nox -s replay -- demo --env {NEWEST}, then read the diff and keep it:
  nox -s accept -- demo --env {NEWEST}"""
FILE = f"recipes/demo/evidence/{NEWEST}.ipynb"


def edited(demo: Demo, change: Callable[[dict[str, Any]], object]) -> str:
    """The words that meet evidence after somebody changed its file."""
    path = demo.keep(demo.evidence())
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), "utf-8")
    return refusal(lambda: read_evidence(demo.case()))


def test_evidence_reads_as_it_was_written(demo: Demo) -> None:
    """Both streams, status, what was cut, what did not run, and the versions."""
    written = demo.evidence(
        check=Output("señor\n\n no end", "oops\n\tx\n", 3, 17), control=Output(status=None), create="\u2028 \u0085\n"
    )

    assert read_evidence(demo.case(), demo.keep(written)) == written


def test_its_place_is_named_by_recipe_and_environment(demo: Demo) -> None:
    """One notebook each, beside the recipe."""
    assert demo.case().evidence.relative_to(demo.top) == Path(FILE)


def test_evidence_is_a_notebook_that_others_read(demo: Demo) -> None:
    """Version 4.5: the header, then a cell a step, named by its id, with what it printed."""
    notebook = nbformat.reads(to_notebook(demo.recipe(), demo.evidence()).decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)

    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert [cell.id for cell in notebook.cells] == ["header", *(step.name for step in demo.recipe().steps)]
    assert [cell.source for cell in notebook.cells] == [demo.recipe().header, *(s.source for s in demo.recipe().steps)]
    assert notebook.cells[4].outputs == [{"output_type": "stream", "name": "stdout", "text": "answer: yes\n"}]


def test_the_same_replay_makes_the_same_bytes(demo: Demo) -> None:
    """No time, no random cell id, no path: git sees no change where there is none."""
    content = to_notebook(demo.recipe(), demo.evidence())

    assert content == to_notebook(demo.recipe(), demo.evidence())
    assert str(demo.top).encode() not in content
    assert content.endswith(b"}\n")


def test_lines_are_those_of_both_streams() -> None:
    """Stdout's first; an empty line is one, the end of the last is none."""
    assert Output("a\n\nb\n", "c").lines == ("a", "", "b", "c")
    assert Output().lines == ()


def test_only_a_line_feed_ends_a_line() -> None:
    """A reader's script judges by bash's `read`, which knows no other."""
    assert Output("a\u2028b\u0085c\fd\n").lines == ("a\u2028b\u0085c\fd",)


def test_missing_evidence_is_named_with_the_command_that_makes_it(demo: Demo) -> None:
    """The site does not build with a hole in it."""
    words = refusal(lambda: read_evidence(demo.case()))

    assert words == f"demo has no evidence for {NEWEST}: {FILE} is missing.{RENEW}"


def test_another_schema_is_named(demo: Demo) -> None:
    """Evidence of a newer tool is not guessed at."""
    words = edited(demo, lambda notebook: notebook["metadata"]["recetario"].update(schema=2))

    assert words == f"{FILE}: its schema is 2, and this tool reads 1.{RENEW}"


@pytest.mark.parametrize(
    "change",
    [
        lambda notebook: notebook["cells"][1]["outputs"][0].update(text="demo Created\n"),
        lambda notebook: notebook["cells"][1]["outputs"].clear(),
        lambda notebook: notebook["cells"][4]["metadata"]["recetario"].update(status=1),
        lambda notebook: notebook["cells"][4]["metadata"].clear(),
        lambda notebook: notebook["cells"][4]["outputs"][0].update(name="stderr"),
        lambda notebook: notebook["metadata"]["recetario"].update(digest="sha256:0"),
        lambda notebook: notebook["cells"].pop(),
        lambda notebook: notebook["cells"][1].pop("id"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_outputs_edited_by_hand_are_refused(demo: Demo, change: Callable[[dict[str, Any]], object]) -> None:
    """Only a machine says what a machine printed."""
    assert edited(demo, change) == f"{FILE}: its outputs were edited by hand (their digest differs).{RENEW}"


@pytest.mark.parametrize(
    "change",
    [
        lambda notebook: notebook["metadata"].clear(),
        lambda notebook: notebook["metadata"]["recetario"].pop("digest"),
        lambda notebook: notebook["metadata"]["recetario"].pop("versions"),
        lambda notebook: notebook["metadata"].update(recetario=3),
        lambda notebook: notebook.update(nbformat=9),
        lambda notebook: notebook["cells"][1]["outputs"].append({"output_type": "display_data", "data": {}}),
        lambda notebook: notebook["cells"].append({"cell_type": "markdown", "id": "x", "source": "", "metadata": {}}),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_that_is_no_evidence_is_refused(demo: Demo, change: Callable[[dict[str, Any]], object]) -> None:
    """Whatever somebody else's program made of it."""
    words = edited(demo, change)

    assert words.startswith(f"{FILE}: this is not evidence (")
    assert words.endswith(RENEW)


@pytest.mark.parametrize("content", ["", "[]", "{}", "3", "<html>", '{"nbformat": 3}'])
def test_a_file_that_is_no_notebook_is_refused(demo: Demo, content: str) -> None:
    """Half a file, or another's."""
    path = demo.keep(demo.evidence())
    path.write_text(content)

    assert f"{FILE}: this is not evidence (" in refusal(lambda: read_evidence(demo.case()))


def test_evidence_of_another_environment_is_refused(demo: Demo) -> None:
    """A copied file proves nothing about the Podman that it is named after."""
    demo.keep(demo.evidence("5.8-netavark-rootless")).rename(demo.top / FILE)
    words = refusal(lambda: read_evidence(demo.case()))

    assert words == f"{FILE}: it is evidence of demo on 5.8-netavark-rootless.{RENEW}"


def test_a_changed_step_makes_evidence_stale(demo: Demo) -> None:
    """The command that a page shows is the one that was run."""
    demo.keep(demo.evidence())
    demo.recipe('echo "answer: yes"', 'echo  "answer: yes"')
    words = refusal(lambda: read_evidence(demo.case()))

    assert words == f'{FILE}: stale: step "check" is not what was replayed.{RENEW}'


def test_a_new_step_makes_evidence_stale(demo: Demo) -> None:
    """What was never run has no output."""
    demo.keep(demo.evidence())
    demo.recipe("# %% cleanup", "# %% more\ntrue\n\n# %% cleanup")
    words = refusal(lambda: read_evidence(demo.case()))

    assert f'{FILE}: stale: step "more" is not what was replayed.' in words


def test_a_step_deleted_makes_evidence_stale(demo: Demo) -> None:
    """It may have been what made the others work."""
    demo.keep(demo.evidence())
    demo.recipe('# %% create\necho "demo created"\n\n', "")
    words = refusal(lambda: read_evidence(demo.case()))

    assert f"{FILE}: stale: its steps are not the recipe's, in its order." in words


def test_another_order_makes_evidence_stale(demo: Demo) -> None:
    """A story is told in its order."""
    demo.keep(demo.evidence())
    demo.recipe('# %% control\necho "answer: no"\n\n', "")
    demo.recipe("# %% check", '# %% control\necho "answer: no"\n\n# %% check')
    words = refusal(lambda: read_evidence(demo.case()))

    assert "stale: its steps are not the recipe's, in its order." in words


def test_evidence_shows_what_the_lab_had_prepared(demo: Demo) -> None:
    """As a cell before the steps, which is not one of them."""
    recipe = demo.prepare()
    path = demo.keep(demo.evidence())
    cells = nbformat.read(path, as_version=nbformat.NO_CONVERT).cells

    assert [cell.id for cell in cells] == ["header", "prepare", *(step.name for step in recipe.steps)]
    assert cells[1].source == PREPARE
    assert read_evidence(demo.case()) == demo.evidence()


@pytest.mark.parametrize("before", [None, PREPARE])
def test_another_preparation_makes_evidence_stale(demo: Demo, before: str | None) -> None:
    """What steps look at is part of what they print."""
    if before:
        demo.prepare(before)
    demo.keep(demo.evidence())
    demo.prepare(f"{PREPARE}podman network create more\n")
    words = refusal(lambda: read_evidence(demo.case()))

    assert words == f"{FILE}: stale: prepare.sh is not what was replayed.{RENEW}"


def test_header_and_claims_do_not_count(demo: Demo) -> None:
    """A better question or another pattern needs no replay."""
    demo.keep(demo.evidence())
    demo.recipe("# Does the demo answer?", "# Does it?")
    demo.claims("answer: yes", "answer: y*")

    assert read_evidence(demo.case()) == demo.evidence()
