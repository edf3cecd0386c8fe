"""Evidence can be written and read without change, and is refused if it is not what a replay wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from support.demo import NEWEST, NEWEST_ROOT, PREPARE, Demo, refusal

from recetario.book.evidence import Output, picture_beside, read_all, read_evidence, to_notebook
from recetario.book.project import Project

RENEW = f"""
  python3 noxfile.py -s replay -- demo --env {NEWEST}, then read the diff and keep it:
  python3 noxfile.py -s accept -- demo --env {NEWEST}"""
UNDO = "\n  Or undo your change: git checkout -- recipes/demo"
FILE = f"recipes/demo/evidence/{NEWEST}.ipynb"


def edited(demo: Demo, change: Callable[[dict[str, Any]], object]) -> str:
    """Write evidence, change its file, and return the error message of reading it."""
    path = demo.keep(demo.evidence())
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), "utf-8")
    return refusal(lambda: read_evidence(demo.case()))


def test_evidence_reads_as_it_was_written(demo: Demo) -> None:
    """Streams, statuses, numbers of cut bytes and versions survive, also for steps that did not run."""
    written = demo.evidence(
        check=Output("señor\n\n no end", "oops\n\tx\n", 3, 17), control=Output(status=None), create="\u2028 \u00a0\n"
    )

    assert read_evidence(demo.case(), demo.keep(written)) == written


def test_each_environment_has_a_notebook_next_to_the_recipe(demo: Demo) -> None:
    """The folder says the recipe, the file name the environment."""
    assert demo.case().evidence.relative_to(demo.top) == Path(FILE)


def test_evidence_is_a_valid_notebook(demo: Demo) -> None:
    """It is a valid notebook of format 4.5: the header, then a cell with output for each step."""
    notebook = nbformat.reads(to_notebook(demo.recipe(), demo.evidence()).decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)

    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert [cell.id for cell in notebook.cells] == ["header", *(step.name for step in demo.recipe().steps)]
    assert [cell.source for cell in notebook.cells] == [demo.recipe().header, *(s.source for s in demo.recipe().steps)]
    assert notebook.cells[4].outputs == [{"output_type": "stream", "name": "stdout", "text": "answer: yes\n"}]


def test_the_same_replay_makes_the_same_bytes(demo: Demo) -> None:
    """A notebook has no time, random id or path in it, so git shows only real changes."""
    content = to_notebook(demo.recipe(), demo.evidence())

    assert content == to_notebook(demo.recipe(), demo.evidence())
    assert str(demo.top).encode() not in content
    assert content.endswith(b"}\n")


def test_lines_have_both_streams() -> None:
    """Lines of stdout come first; empty lines count, but the end of the last line does not add one."""
    assert Output("a\n\nb\n", "c").lines == ("a", "", "b", "c")
    assert Output().lines == ()


def test_only_a_line_feed_ends_a_line() -> None:
    """Downloaded scripts split lines with bash's `read`, which knows only LF."""
    assert Output("a\u2028b\u0085c\fd\n").lines == ("a\u2028b\u0085c\fd",)


def test_missing_evidence_is_refused_with_the_command_that_makes_it(demo: Demo) -> None:
    """The message has the commands that create and accept it."""
    message = refusal(lambda: read_evidence(demo.case()))

    assert message == f"demo has no evidence for {NEWEST}: {FILE} is missing.{RENEW}"


def test_another_schema_is_refused(demo: Demo) -> None:
    """Evidence of another version of the tool is refused, not interpreted."""
    message = edited(demo, lambda notebook: notebook["metadata"]["recetario"].update(schema=3))

    assert message == f"{FILE}: its schema is 3, but this tool reads schema 2.{RENEW}"


@pytest.mark.parametrize(
    "change",
    [
        lambda notebook: notebook["cells"][1]["outputs"][0].update(text="demo Created\n"),
        lambda notebook: notebook["cells"][1]["outputs"].clear(),
        lambda notebook: notebook["cells"][4]["metadata"]["recetario"].update(status=1),
        lambda notebook: notebook["cells"][4]["metadata"].clear(),
        lambda notebook: notebook["cells"][4]["outputs"][0].update(name="stderr"),
        lambda notebook: notebook["metadata"]["recetario"].update(digest="sha256:0"),
        lambda notebook: notebook["metadata"]["recetario"]["versions"].update(podman="6.2.0"),
        lambda notebook: notebook["metadata"]["recetario"].update(environment=NEWEST_ROOT),
        lambda notebook: notebook["metadata"]["recetario"].update(picture="sha256:0"),
        lambda notebook: notebook["cells"][4].update(source='echo  "answer: yes"'),
        lambda notebook: notebook["cells"].pop(),
        lambda notebook: notebook["cells"][1].pop("id"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_evidence_edited_by_hand_is_refused(demo: Demo, change: Callable[[dict[str, Any]], object]) -> None:
    """Any change to commands, outputs, statuses, versions, the environment or the digest itself is noticed."""
    assert edited(demo, change) == f"{FILE}: it was edited by hand (its digest differs).{RENEW}"


@pytest.mark.parametrize("text", ["\x1b[31mred", "\a"])
def test_evidence_that_controls_a_terminal_is_refused(demo: Demo, text: str) -> None:
    """Replays escape such characters, so somebody else wrote them, and computed the digest again."""
    demo.keep(demo.evidence(check=f"answer: yes\n{text}\n"))

    message = refusal(lambda: read_evidence(demo.case()))

    assert message == f"{FILE}: it has control characters, which replays escape.{RENEW}"


def test_the_picture_of_a_replay_is_part_of_its_evidence(demo: Demo) -> None:
    """The digest of the picture is part of the notebook's, so it is read as it was written."""
    written = demo.with_picture(b"\x89PNG")

    assert read_evidence(demo.case(), demo.keep(written)) == written


@pytest.mark.parametrize("replaced_by", [b"\x89PNG of something else", None])
def test_another_picture_is_refused(demo: Demo, replaced_by: bytes | None) -> None:
    """The picture was replaced or deleted."""
    demo.keep(demo.with_picture(b"\x89PNG"))
    picture = picture_beside(demo.case().evidence)
    picture.unlink()
    if replaced_by:
        picture.write_bytes(replaced_by)

    message = refusal(lambda: read_evidence(demo.case()))

    assert message == f"{FILE.replace('ipynb', 'png')}: this is not the picture that the replay made.{RENEW}"


def test_a_picture_that_no_replay_made_is_refused(demo: Demo) -> None:
    """The site would publish it."""
    picture_beside(demo.keep(demo.evidence())).write_bytes(b"\x89PNG")

    assert "this is not the picture that the replay made" in refusal(lambda: read_evidence(demo.case()))


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
def test_a_notebook_that_is_not_evidence_is_refused(demo: Demo, change: Callable[[dict[str, Any]], object]) -> None:
    """Notebooks without our metadata, or with other cells and outputs, are refused with a message."""
    message = edited(demo, change)

    assert message.startswith(f"{FILE}: this is not evidence (")
    assert message.endswith(RENEW)


@pytest.mark.parametrize("content", ["", "[]", "{}", "3", "<html>", '{"nbformat": 3}'])
def test_a_file_that_is_not_a_notebook_is_refused(demo: Demo, content: str) -> None:
    """Incomplete or unrelated files are refused with a message."""
    path = demo.keep(demo.evidence())
    path.write_text(content)

    assert f"{FILE}: this is not evidence (" in refusal(lambda: read_evidence(demo.case()))


def test_evidence_of_another_environment_is_refused(demo: Demo) -> None:
    """A file that was copied from another environment proves nothing about this one."""
    demo.keep(demo.evidence("5.8-netavark-rootless")).rename(demo.top / FILE)
    message = refusal(lambda: read_evidence(demo.case()))

    assert message == f"{FILE}: it is evidence of demo on 5.8-netavark-rootless.{RENEW}"


def test_a_changed_step_makes_evidence_stale(demo: Demo) -> None:
    """Pages show commands next to their output, so both must belong together."""
    demo.keep(demo.evidence())
    demo.recipe('echo "answer: yes"', 'echo  "answer: yes"')
    message = refusal(lambda: read_evidence(demo.case()))

    assert message == f'{FILE}: stale: step "check" differs from what was replayed.{RENEW}{UNDO}'


def test_stale_evidence_of_a_recipe_is_named_in_one_message(demo: Demo) -> None:
    """One command replays all of it; without the others, `accept` would refuse a single environment."""
    number = len(demo.project().cases())
    demo.recipe('echo "answer: yes"', 'echo  "answer: yes"')
    demo.keep(demo.evidence("3.0-cni-root"))

    some = refusal(lambda: read_all(Project(demo.top).cases()[:3], {}))
    every = refusal(lambda: Project(demo.top).evidence)

    difference = 'step "check" differs from what was replayed.'
    assert some == (
        f"recipes/demo/evidence: stale in 2 environments: {difference}\n"
        "  python3 noxfile.py -s replay -- demo --env 3.0-cni-rootless --env 4.3-cni-root, "
        "then read the diff and keep it:\n"
        f"  python3 noxfile.py -s accept -- demo{UNDO}"
    )
    assert every.startswith(f"recipes/demo/evidence: stale in {number - 1} environments: {difference}\n")


def test_evidence_that_is_stale_everywhere_needs_no_names(demo: Demo) -> None:
    """The commands are about the whole recipe then."""
    number = len(demo.project().cases())
    demo.recipe('echo "answer: yes"', 'echo  "answer: yes"')

    message = refusal(lambda: Project(demo.top).evidence)

    assert message.startswith(f"recipes/demo/evidence: stale in all {number} environments: ")
    assert (
        "\n  python3 noxfile.py -s replay -- demo, then read the diff and keep it:\n"
        "  python3 noxfile.py -s accept -- demo\n" in message
    )


def test_a_new_step_makes_evidence_stale(demo: Demo) -> None:
    """A step that was never run has no output to show."""
    demo.keep(demo.evidence())
    demo.recipe("# %% cleanup", "# %% more\ntrue\n\n# %% cleanup")
    message = refusal(lambda: read_evidence(demo.case()))

    assert f'{FILE}: stale: step "more" differs from what was replayed.' in message


def test_a_deleted_step_makes_evidence_stale(demo: Demo) -> None:
    """Later steps may depend on the one that was deleted."""
    demo.keep(demo.evidence())
    demo.recipe('# %% create\necho "demo created"\n\n', "")
    message = refusal(lambda: read_evidence(demo.case()))

    assert f"{FILE}: stale: its steps or their order differ." in message


def test_another_order_makes_evidence_stale(demo: Demo) -> None:
    """Outputs may depend on the order of the steps."""
    demo.keep(demo.evidence())
    demo.recipe('# %% control\necho "answer: no"\n\n', "")
    demo.recipe("# %% check", '# %% control\necho "answer: no"\n\n# %% check')
    message = refusal(lambda: read_evidence(demo.case()))

    assert "stale: its steps or their order differ." in message


def test_evidence_has_the_source_of_prepare(demo: Demo) -> None:
    """`prepare.sh` is a cell before the steps, but not a step."""
    recipe = demo.prepare()
    path = demo.keep(demo.evidence())
    cells = nbformat.read(path, as_version=nbformat.NO_CONVERT).cells

    assert [cell.id for cell in cells] == ["header", "prepare", *(step.name for step in recipe.steps)]
    assert cells[1].source == PREPARE
    assert read_evidence(demo.case()) == demo.evidence()


@pytest.mark.parametrize("before", [None, PREPARE])
def test_a_changed_prepare_makes_evidence_stale(demo: Demo, before: str | None) -> None:
    """The output of steps may depend on what `prepare.sh` created."""
    if before:
        demo.prepare(before)
    demo.keep(demo.evidence())
    demo.prepare(f"{PREPARE}podman network create more\n")
    message = refusal(lambda: read_evidence(demo.case()))

    assert message == f"{FILE}: stale: prepare.sh differs from what was replayed.{RENEW}{UNDO}"


def test_a_changed_header_or_claim_does_not_make_evidence_stale(demo: Demo) -> None:
    """Another question or pattern does not make evidence stale."""
    demo.keep(demo.evidence())
    demo.recipe("# Does the demo answer?", "# Does it?")
    demo.claims("answer: yes", "answer: y*")

    assert read_evidence(demo.case()) == demo.evidence()
