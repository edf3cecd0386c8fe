"""The top of a recipe's page: the fix, the command that shows whether it worked, and where it works."""

from __future__ import annotations

import pytest
from support.blocks import BlockPage, element
from support.demo import Demo, environment, refusal

from recetario.book.environments import Mode, load_environments


def _page(demo: Demo, fix: str = '["create", "check"]', language: str = "en", more: str = "") -> BlockPage:
    """The demo's page; its claim recommends these steps."""
    demo.claims('step = "check"', f'fix = {fix}\nstep = "check"', more=more)
    return BlockPage(demo.project(), language)


def test_a_fix_shows_its_commands_to_copy(demo: Demo) -> None:
    """In the order of the claim, and without output."""
    fix = _page(demo).soup("fix | demo-answers")

    assert [command["data-copy"] for command in fix.select(".step__cmd")] == [
        'echo "demo created"',
        'echo "answer: yes"',
    ]
    assert "answer: yes\n" not in fix.text


def test_a_step_of_a_fix_has_its_title(demo: Demo) -> None:
    """In the page's language. Steps without a title have none."""
    more = '\n[titles]\ncreate = { es = "Crea la `demo`", en = "Create the `demo`" }\n'
    fix = _page(demo, language="es", more=more).soup("fix | demo-answers")

    assert [str(title) for title in fix.select(".step__title")] == [
        '<p class="step__title">Crea la <code>demo</code></p>'
    ]


def test_a_step_of_a_fix_may_be_called_like_a_method_of_a_dictionary(demo: Demo) -> None:
    """It isn't taken for a step with a title."""
    demo.recipe("# %% create", "# %% update")
    fix = _page(demo, '["update", "check"]').soup("fix | demo-answers")

    assert fix.select(".step__title") == []


@pytest.mark.parametrize(
    ("command", "careful"),
    [("podman stop demo-web", True), ("podman pod stop demo", True), ("podman start demo-web", False)],
)
def test_a_fix_that_stops_containers_says_above_it_which_are_deleted(demo: Demo, command: str, careful: bool) -> None:
    """Podman deletes those that were created with ``--rm``."""
    demo.recipe('echo "demo created"', command)
    fix = _page(demo, '["create"]').soup("fix | demo-answers")
    (shown,) = fix.select(".fix__careful, .step__cmd")[:1]

    assert ("--rm" in shown.text) is careful


def test_a_fix_that_depends_on_the_mode_has_a_tab_for_each(demo: Demo) -> None:
    """Each tab has all steps, so that one choice shows everything to run. The reference's tab is open."""
    fix = _page(demo, '["create", "who"]').soup("fix | demo-answers")

    assert [tab["value"] for tab in fix.select("input[checked]")] == ["rootless"]
    assert [[command["data-copy"] for command in tab.select(".step__cmd")] for tab in fix.select(".tabbed-block")] == [
        ['echo "demo created"', 'echo "I am root"'],
        ['echo "demo created"', 'echo "I am a user"'],
    ]


def test_what_a_fix_that_worked_prints_comes_from_the_evidence(demo: Demo) -> None:
    """The line that decided, of the reference, with a link to its transcript."""
    worked = _page(demo, '["create"]').soup("worked | demo-answers")

    assert element(worked, ".step__cmd")["data-copy"] == 'echo "answer: yes"'
    assert element(worked, ".worked__line").text == "You should see something like this: answer: yes"
    assert element(worked, ".worked__line a")["href"] == (f"../../transcripts/demo/#{environment().anchor}-check")


def test_what_shows_that_a_fix_worked_cannot_be_copied_if_it_is_only_for_the_lab(demo: Demo) -> None:
    """The block has its reason instead."""
    asks = 'if lab_only "It asks another machine."; then\n  echo "answer: yes"\nfi'
    demo.recipe('echo "answer: yes"', asks)
    more = '[lab_only.check]\nes = "Pregunta a otra máquina."\nen = "It asks another machine."\n'
    worked = _page(demo, '["create"]', more=more).soup("worked | demo-answers")

    assert [command.get("data-copy") for command in worked.select(".step__cmd")] == [None]
    assert element(worked, ".step__lab").text == "Only for the lab. It asks another machine."


def test_a_command_that_is_part_of_the_fix_is_not_shown_again(demo: Demo) -> None:
    """Only what it should print."""
    worked = _page(demo, '["create", "check"]').soup("worked | demo-answers")

    assert worked.select(".step__cmd") == []
    assert element(worked, ".worked__line code").text == "answer: yes"


def test_each_environment_has_a_mark_that_links_its_transcript(demo: Demo) -> None:
    """In a row for each mode; the picker finds the reader's by its id."""
    where = _page(demo).soup("where | demo-answers")
    marks = where.select("[data-environment]")
    modes = [[e.id for e in load_environments() if e.mode is mode] for mode in Mode]

    assert [mark["data-environment"] for mark in marks] == [name for names in modes for name in names]
    assert {mark["class"][1] for mark in marks} == {"verdict--holds"}
    assert element(marks[0], "a")["href"] == "../../transcripts/demo/#env-3-0-cni-root-check"
    assert marks[0].text.split() == ["3.0", "CNI", "holds"]


@pytest.mark.parametrize("block", ["fix", "worked", "where"])
def test_a_claim_without_a_fix_is_refused(demo: Demo, block: str) -> None:
    """The message says where to write it."""
    message = refusal(lambda: BlockPage(demo.project()).html(f"{block} | demo-answers"))

    assert message == (
        'docs/en/x.md shows the fix of claim "demo-answers", which has none.\n'
        '  List the steps to recommend in recipes/demo/claims.toml: fix = ["STEP"].'
    )
