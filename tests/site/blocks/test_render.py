"""Blocks render commands to copy, outputs, and verdicts that link the steps that decided them."""

from __future__ import annotations

import pytest
from bs4 import Tag
from support.blocks import BlockPage, element
from support.demo import CLAIMS, NEWEST, Demo, environment, refusal

from recetario.book.environments import Mode, load_environments
from recetario.book.evidence import Output
from recetario.site.blocks.groups import columns

NOTE = '\n[[demo-answers.{}]]\nwhere = {}\nes = "Nada de `a*b*c` & <x>."\nen = "Nothing of `a*b*c` & <x>."\n'


def page(demo: Demo, language: str = "en", /, **prints: str | Output) -> BlockPage:
    """The demo's own page."""
    return BlockPage(demo.project(**prints), language)


def step(demo: Demo, name: str, **prints: str | Output) -> Tag:
    """A step as rendered."""
    return element(page(demo, **prints).soup(f"step | {name}"), "section")


def make_lab_only(demo: Demo) -> None:
    """Make the demo's first step a lab-only step."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  echo deleted\nfi')
    demo.claims(more='[lab_only.create]\nes = "Borra todo."\nen = "It deletes everything."\n')


# Steps.


def test_the_copy_button_copies_the_exact_command(demo: Demo) -> None:
    """With quotes, angle brackets, ampersands, backslashes and several lines."""
    command = "cat <<'X' | sort && echo \"a\\tb\" \\\n  >&2\n<b>&amp;\n\n  indented\nX"
    demo.recipe('echo "answer: yes"', command)

    assert element(step(demo, "check"), ".step__cmd")["data-copy"] == command


def test_a_step_may_have_the_name_of_a_method(demo: Demo) -> None:
    """Templates look for a key of a dict before an attribute, and a step without a title or a reason has no key."""
    demo.recipe("# %% control", "# %% update")
    demo.claims('control = "control"', 'control = "update"')

    assert step(demo, "update").select_one(".step__lab") is None


def test_a_page_says_what_machine_its_recipe_was_tested_on(demo: Demo) -> None:
    """A sentence for each need, in the page's language."""
    demo.claims(first='needs = ["systemd", "outside"]\n')

    assert [line.text.partition(" ")[0] for line in page(demo).soup("needs").select("li")] == ["The", "outside"]


def test_a_lab_only_step_gives_its_reason_and_cannot_be_copied(demo: Demo) -> None:
    """Neither the block nor the transcript shows the condition around the command."""
    make_lab_only(demo)
    block = step(demo, "create")
    transcript = element(page(demo).soup("transcripts"), ".transcript__step")

    assert element(block, ".step__lab").text == "Only for the lab. It deletes everything."
    assert [command.get("data-copy") for command in block.select(".step__cmd")] == [None]
    assert element(block, ".step__cmd--lab").text.strip() == "echo deleted"
    assert element(transcript, ".step__lab").text == element(block, ".step__lab").text


def test_other_steps_have_no_lab_only_sentence(demo: Demo) -> None:
    """Their command can be copied."""
    make_lab_only(demo)

    assert step(demo, "check").select(".step__lab, .step__cmd--lab") == []


@pytest.mark.parametrize("name", ["update", "items"])
def test_a_step_may_be_called_like_a_method_of_a_dictionary(demo: Demo, name: str) -> None:
    """It isn't taken for a step that is only for the lab."""
    make_lab_only(demo)
    demo.recipe("# %% control", f"# %% {name}\necho more\n\n# %% control")

    assert step(demo, name).select(".step__lab, .step__cmd--lab") == []


def test_a_step_with_two_variants_has_a_tab_for_each(demo: Demo) -> None:
    """Each tab's copy button copies what is between `if` and `fi`."""
    tabs = step(demo, "who")

    assert [label.text for label in tabs.select(".tabbed-labels label")] == ["As root (sudo -i)", "As your user"]
    assert [command["data-copy"] for command in tabs.select(".step__cmd")] == ['echo "I am root"', 'echo "I am a user"']
    assert {label["for"] for label in tabs.select("label")} == {tab["id"] for tab in tabs.select("input")}


@pytest.mark.parametrize(("reference", "mode"), [("", "rootless"), ('reference = "4.3-cni-root"\n', "root")])
def test_the_references_tab_is_open(demo: Demo, reference: str, mode: str) -> None:
    """The output below the tabs is the reference's, too."""
    demo.claims(first=reference)
    tabs = step(demo, "who")

    assert [tab["value"] for tab in tabs.select("input[checked]")] == [mode]
    assert [tab["value"] for tab in tabs.select("input")] == ["root", "rootless"]


def test_a_step_that_needs_root_says_so(demo: Demo) -> None:
    """Above its tabs. Other steps don't mention it."""
    demo.recipe('echo "I am a user"', "sudo id -u")
    demo.claims(first='sudo = ["who"]')

    assert "Needs root" in step(demo, "who").text
    assert "Needs root" not in step(demo, "check").text


def test_equal_outputs_are_shown_once(demo: Demo) -> None:
    """The output is open, and its title says that it is the same everywhere."""
    outputs = step(demo, "check").select("details")

    assert len(outputs) == 1
    assert outputs[0].has_attr("open")
    assert element(outputs[0], ".step__group").text == "Every environment"
    assert len(outputs[0].select(".step__envs a")) == len(load_environments())


def test_the_references_output_is_first_and_open(demo: Demo) -> None:
    """The others are closed, and each has a title."""
    demo.claims(first='reference = "5.4-netavark-rootless"\n')
    project = demo.project()
    demo.keep(demo.evidence("5.4-netavark-rootless", check="answer: yes\nand more\n"))
    first, second = BlockPage(project).soup("step | check").select("details")

    assert (first.has_attr("open"), second.has_attr("open")) == (True, False)
    assert element(first, ".step__group").text == "Podman 5.4, rootless"
    assert "and more" in first.text


def test_stdout_and_stderr_are_shown_separately(demo: Demo) -> None:
    """If bytes were left out, the step says how many."""
    check = step(demo, "check", check=Output("out <b>\n", "err\n", 0, 7))

    assert element(check, ".step__stdout").text.strip() == "out <b>"
    assert "err" in element(check, ".step__stderr").text
    assert "7 bytes are missing" in check.text


def test_a_step_without_output_says_so(demo: Demo) -> None:
    """An empty box would look broken."""
    assert "It prints nothing." in step(demo, "cleanup").text


def test_a_replay_that_ends_early_says_so(demo: Demo) -> None:
    """The step that ended it shows its status, and later steps say that they did not run."""
    end = '[[ends]]\nstep = "check"\nshows = "no"\nes = "Fin."\nen = "End of `it`."\n'
    demo.claims('"check"', '"create"', first=end)
    demo.claims("answer: yes", "demo created")
    demo.claims('control = "control"', "", more=NOTE.format("no_control", "{}"))
    shown = page(demo, check=Output("no\n", status=4), control=Output(status=None))

    assert "Exit status 4" in shown.html("step | check")
    assert "The replay ends before this step." in shown.html("step | control")
    assert "The replay ends here: End of <code>it</code>." in shown.html("transcripts")


# Verdicts.


def test_a_claim_has_a_mark_for_each_environment(demo: Demo) -> None:
    """Those of a mode are in one list. Links to the claim lead to its sentence."""
    claim = element(page(demo).soup("verdicts"), ".claim")

    assert [mode.text for mode in claim.select(".marks__mode")] == ["as root", "rootless"]
    assert [
        [mark["data-environment"] for mark in marks.select(".verdict")] for marks in claim.select(".marks__list")
    ] == [[environment.id for environment in load_environments() if environment.mode is mode] for mode in Mode]
    assert element(claim, "#demo-answers").text.strip() == "The demo answers yes."


def test_a_mark_links_the_step_that_decided_it(demo: Demo) -> None:
    """In the transcript of its environment; the link is relative to the page."""
    marks = page(demo).soup("verdicts").select(".marks .verdict")

    assert {element(mark, ".verdict__word").text for mark in marks} == {"holds"}
    assert {mark["data-environment"]: element(mark, "a")["href"] for mark in marks} == {
        environment.id: f"../../transcripts/demo/#{environment.anchor}-check" for environment in load_environments()
    }


def test_a_claims_grid_is_closed_at_first(demo: Demo) -> None:
    """It has a row for each mode, and the matrix a row for each claim, too."""
    grid = element(page(demo).soup("verdicts"), "details:not([open]) .grid")

    assert [element(row, "th").text for row in grid.select("tbody tr")] == ["as root", "rootless"]
    assert [len(row.select("td")) for row in grid.select("tbody tr")] == [len(columns(load_environments()))] * 2


@pytest.mark.parametrize(("language", "word"), [("es", "no procede"), ("en", "does not apply")])
def test_a_verdict_out_of_scope_has_no_link(demo: Demo, language: str, word: str) -> None:
    """No step decided it."""
    demo.claims("source", 'about = { backend = "cni" }\nsource')
    cell = page(demo, language).soup("verdicts").select(".marks .verdict")[-1]

    assert element(cell, ".verdict__word").text == word
    assert cell.select_one("a") is None


def test_the_matrix_links_each_claims_explanation(demo: Demo) -> None:
    """The link is relative to the matrix's page."""
    link = element(BlockPage(demo.project(), url="matrix/").soup("matrix"), ".grid__claim a")

    assert link["href"] == "../recipes/demo/#demo-answers"


def test_a_claim_says_what_to_do_and_which_step_decides(demo: Demo) -> None:
    """It also gives its source."""
    claim = page(demo).soup("verdicts")

    assert claim.select_one("#about-demo-answers")
    assert element(claim, ".claim__instead").text == "What to do: Ask with demo."
    assert "Step check decides. The opposite answer comes from step control." in claim.text
    assert "Source: demo(1)" in claim.text


def test_links_to_a_claim_lead_to_its_own_page(demo: Demo) -> None:
    """Other pages can show it, too; its own shows all of its claims together."""
    project = demo.project()

    assert BlockPage(project, recipe="").soup("verdict | demo-answers").select_one("#demo-answers") is None
    assert "Write `/// verdicts`" in refusal(lambda: BlockPage(project).soup("verdict | demo-answers"))


def test_equal_reasons_are_shown_once_with_their_environments(demo: Demo) -> None:
    """They are converted from Markdown only once, so signs in code stay as they are."""
    demo.claims(more=NOTE.format("why", "{}") + NOTE.format("no_control", "{}"))
    claim = page(demo, check="answer: no\n").html("verdicts")

    assert claim.count("<p>Nothing of <code>a*b*c</code> &amp; &lt;x&gt;.</p>") == 1
    assert "<p>No control: Nothing of <code>a*b*c</code> &amp; &lt;x&gt;.</p>" in claim
    assert "Why it does not hold: Every environment" in claim


def test_a_derived_claim_names_the_claims_it_follows_from(demo: Demo) -> None:
    """It has no step of its own."""
    head, tail = CLAIMS.partition("step =")[0], CLAIMS[CLAIMS.index("source =") :]
    more = f'{head}all = ["demo-answers"]\n{tail}'.replace("[demo-answers]", "\n[demo-all]")
    demo.claims(more=more)

    assert "Follows from: demo-answers." in page(demo).html("verdicts")


# Generated pages.


def test_transcripts_have_all_environments_the_references_first(demo: Demo) -> None:
    """Both variants of a step have the same anchor, so links work for either."""
    sections = page(demo).soup("transcripts").select("details.transcript")

    assert [section["id"] for section in sections][:2] == [environment().anchor, "env-3-0-cni-root"]
    assert len(sections) == len(load_environments())
    assert [part["id"] for part in sections[0].select(".transcript__step")] == [
        f"{environment().anchor}-{name}" for name in demo.recipe().names
    ]


def test_a_transcript_shows_the_variant_that_ran(demo: Demo) -> None:
    """Root's command in root environments, and the user's in rootless ones."""
    sections = page(demo).soup("transcripts").select("details.transcript")

    assert 'echo "I am a user"' in sections[0].text
    assert 'echo "I am root"' not in sections[0].text


def test_html_in_output_is_escaped(demo: Demo) -> None:
    """A step may print anything."""
    html = page(demo, check="answer: yes\n<script>alert(1)</script>\n").html("transcripts")

    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_environments_are_listed_with_their_versions(demo: Demo) -> None:
    """The versions come from the evidence."""
    rows = BlockPage(demo.project(), url="environments/").soup("environments").select("tbody tr")

    assert len(rows) == len(load_environments())
    assert element(rows[0], "td").text == "podman 3.0.2"
    assert element(rows[0], "a")["href"] == "3.0-cni-root/"
    assert element(rows[-1], "td").text == f"podman {environment().podman}.2"
    assert element(rows[-1], "a")["href"] == f"{NEWEST}/"


def test_an_environment_shows_its_departures_and_verdicts(demo: Demo) -> None:
    """It also links the transcripts of recipes that ran in it."""
    shown = BlockPage(demo.project(), "es", "environments/3.0-cni-root/")
    html = shown.soup("environment | 3.0-cni-root")

    assert "cni-podman0" in element(html, "ul").text
    assert element(html, ".verdict__word").text == "se cumple"
    assert element(html.select("ul")[-1], "a")["href"] == "../../transcripts/demo/#env-3-0-cni-root"


def test_downloads_are_a_script_and_a_notebook(demo: Demo) -> None:
    """Links are relative to the page."""
    links = [link["href"] for link in page(demo).soup("downloads").select("a")]

    assert links == ["../../downloads/demo.sh", "../../notebooks/demo/"]


def test_an_unknown_recipe_is_refused(demo: Demo) -> None:
    """The message has the page's path, and suggests the most similar name."""
    message = refusal(lambda: BlockPage(demo.project(), recipe="demi").html("verdicts"))

    assert message == 'docs/en/x.md shows recipe "demi", which does not exist.\n  Did you mean "demo"?'
