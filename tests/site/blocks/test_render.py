"""What blocks put on a page: commands to copy, outputs to read, verdicts that open what decided them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from support.demo import CLAIMS, NEWEST, Demo, environment, refusal

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.site.blocks.render import Renderer, find_recipe

NOTE = '\n[[demo-answers.{}]]\nwhere = {}\nes = "Nada de `a*b*c` & <x>."\nen = "Nothing of `a*b*c` & <x>."\n'


def page(demo: Demo, language: str = "en", **prints: str | Output) -> Renderer:
    """The renderer, on the demo's own page."""
    return Renderer(demo.project(**prints), language, "recipes/demo/")


def plain(text: str, language: str, classes: object) -> str:
    """A highlighter that shows what it was given."""
    return str(BeautifulSoup("", "html.parser").new_tag("pre", string=text))


def step(demo: Demo, name: str, **prints: str | Output) -> Tag:
    """A step as it stands on the page."""
    html = page(demo, **prints).step(demo.recipe(), name, plain, f"step-{name}")
    return BeautifulSoup(html, "html.parser").select_one("section")


def lab_only(demo: Demo) -> None:
    """Make the demo's first step one for the lab."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  echo deleted\nfi')
    demo.claims(more='[lab_only.create]\nes = "Borra todo."\nen = "It deletes everything."\n')


def soup(html: str) -> BeautifulSoup:
    """What was rendered, to look into."""
    return BeautifulSoup(html, "html.parser")


# Steps.


def test_what_is_copied_is_the_command(demo: Demo) -> None:
    """Byte for byte: quotes, angles, ampersands, backslashes, several lines."""
    command = "cat <<'X' | sort && echo \"a\\tb\" \\\n  >&2\n<b>&amp;\n\n  indented\nX"
    demo.recipe('echo "answer: yes"', command)

    assert step(demo, "check").select_one(".step__cmd")["data-copy"] == command


def test_a_lab_only_step_says_what_it_would_do_and_cannot_be_copied(demo: Demo) -> None:
    """Its block looks different, and its condition is left out; its transcript says the same."""
    lab_only(demo)
    block = step(demo, "create")
    transcript = soup(page(demo).transcripts(demo.recipe())).select_one(".transcript__step")

    assert block.select_one(".step__lab").text == (
        "Only for the lab: this step changes the machine. It deletes everything."
    )
    assert [one.get("data-copy") for one in block.select(".step__cmd")] == [None]
    assert block.select_one(".step__cmd--lab").text.strip() == "echo deleted"
    assert transcript.select_one(".step__lab").text == block.select_one(".step__lab").text


def test_a_step_for_everybody_has_no_such_sentence(demo: Demo) -> None:
    """It has its copy button."""
    lab_only(demo)

    assert step(demo, "check").select(".step__lab, .step__cmd--lab") == []


def test_a_pair_is_two_linked_tabs(demo: Demo) -> None:
    """Each copies what stands between if and fi."""
    pair = step(demo, "who")

    assert [label.text for label in pair.select(".tabbed-labels label")] == ["As root (sudo -i)", "As your user"]
    assert [one["data-copy"] for one in pair.select(".step__cmd")] == ['echo "I am root"', 'echo "I am a user"']
    assert {label["for"] for label in pair.select("label")} == {one["id"] for one in pair.select("input")}


@pytest.mark.parametrize(("reference", "mode"), [("", "rootless"), ('reference = "4.3-cni-root"\n', "root")])
def test_the_open_tab_is_the_references(demo: Demo, reference: str, mode: str) -> None:
    """As is the output below it."""
    demo.claims(first=reference)
    pair = step(demo, "who")

    assert [one["value"] for one in pair.select("input[checked]")] == [mode]
    assert [one["value"] for one in pair.select("input")] == ["root", "rootless"]


def test_a_step_that_needs_root_says_so(demo: Demo) -> None:
    """Above its tabs, and only there."""
    demo.recipe('echo "I am a user"', "sudo id -u")
    demo.claims(first='sudo = ["who"]')

    assert "Needs root" in step(demo, "who").text
    assert "Needs root" not in step(demo, "check").text


def test_environments_that_print_the_same_are_one_output(demo: Demo) -> None:
    """It is open, and says that it is all of them."""
    outputs = step(demo, "check").select("details")

    assert len(outputs) == 1
    assert outputs[0].has_attr("open")
    assert outputs[0].select_one(".step__group").text == "Every environment"
    assert len(outputs[0].select(".step__envs a")) == len(load_environments())


def test_the_references_output_stands_first_and_open(demo: Demo) -> None:
    """The others are folded, each with its title."""
    project = demo.project()
    demo.keep(demo.evidence(NEWEST, check="answer: yes\nand more\n"))
    html = Renderer(project, "en", "recipes/demo/").step(demo.recipe(), "check", plain, "step-check")
    first, second = soup(html).select("details")

    assert (first.has_attr("open"), second.has_attr("open")) == (True, False)
    assert first.select_one(".step__group").text == "Podman 6.1, rootless"
    assert "and more" in first.text


def test_streams_are_shown_apart(demo: Demo) -> None:
    """With what a reader must know: status, what is missing."""
    check = step(demo, "check", check=Output("out <b>\n", "err\n", 0, 7))

    assert check.select_one(".step__stdout").text.strip() == "out <b>"
    assert "err" in check.select_one(".step__stderr").text
    assert "7 bytes are missing" in check.text


def test_silence_is_said(demo: Demo) -> None:
    """An empty box would look broken."""
    assert "It prints nothing." in step(demo, "cleanup").text


def test_an_ended_story_is_said(demo: Demo) -> None:
    """The step did not run there; the one before shows its status."""
    end = '[[ends]]\nstep = "check"\nshows = "no"\nes = "Fin."\nen = "End of `it`."\n'
    demo.claims('"check"', '"create"', first=end)
    demo.claims("answer: yes", "demo created")
    demo.claims('control = "control"', "", more=NOTE.format("no_control", "{}"))
    printed = {"check": Output("no\n", status=4), "control": Output(status=None)}
    project = demo.project(**printed)
    rendered = Renderer(project, "en", "recipes/demo/")

    assert "Exit status 4" in rendered.step(demo.recipe(), "check", plain, "step-check")
    assert "The replay ends before this step." in rendered.step(demo.recipe(), "control", plain, "step-control")
    assert "The replay ends here: End of <code>it</code>." in rendered.transcripts(demo.recipe())


# Verdicts.


def test_a_grid_has_two_rows_of_six(demo: Demo) -> None:
    """Root and rootless, and the claim's anchor."""
    grid = soup(page(demo).verdicts(demo.recipe()))

    assert [len(row.select("td")) for row in grid.select("tbody tr:not(.grid__claim)")] == [6, 6]
    assert [row.select_one("th").text for row in grid.select("tbody tr")][1:] == ["as root", "rootless"]
    assert grid.select_one("#demo-answers").text.strip() == "The demo answers yes."


def test_a_verdict_opens_the_transcript_that_decided_it(demo: Demo) -> None:
    """The step, in that environment; relative to where the page is."""
    cell = soup(page(demo).verdicts(demo.recipe())).select("td")[-1]

    assert cell.text == "holds"
    assert cell.select_one("a")["href"] == "../../transcripts/demo/#env-6-1-netavark-rootless-check"


@pytest.mark.parametrize(("language", "word"), [("es", "no procede"), ("en", "does not apply")])
def test_what_does_not_apply_opens_nothing(demo: Demo, language: str, word: str) -> None:
    """Nothing was run to decide it."""
    demo.claims("source", 'about = { backend = "cni" }\nsource')
    cell = soup(page(demo, language).verdicts(demo.recipe())).select("td")[-1]

    assert cell.text.strip() == word
    assert cell.select_one("a") is None


def test_the_matrix_leads_to_where_a_claim_is_explained(demo: Demo) -> None:
    """From the page that it stands on."""
    project = demo.project()
    renderer = Renderer(project, "en", "matrix/")
    link = soup(renderer.matrix(list(project.claims.values()))).select_one(".grid__claim a")

    assert link["href"] == "../recipes/demo/#demo-answers"


def test_a_claim_says_what_to_do_and_what_decides(demo: Demo) -> None:
    """And where the fact is written down."""
    claim = soup(page(demo).claim(demo.claims().claims["demo-answers"], "demo"))

    assert claim.select_one("#about-demo-answers")
    assert claim.select_one(".claim__instead").text == "What to do: Ask with demo."
    assert "Step check decides. The opposite answer comes from step control." in claim.text
    assert "Source: demo(1)" in claim.text


def test_a_claim_brings_its_grid_to_other_pages_alone(demo: Demo) -> None:
    """Its own page has shown it."""
    claim = demo.claims().claims["demo-answers"]

    assert soup(page(demo).claim(claim, "demo")).select_one(".grid") is None
    assert soup(page(demo).claim(claim, "other")).select_one(".grid")


def test_reasons_are_shown_once_with_where_they_fit(demo: Demo) -> None:
    """Their code and signs are not read as Markdown a second time."""
    demo.claims(more=NOTE.format("why", "{}") + NOTE.format("no_control", "{}"))
    claim = page(demo, check="answer: no\n").claim(demo.claims().claims["demo-answers"], "demo")

    assert claim.count("<p>Nothing of <code>a*b*c</code> &amp; <x>.</p>") == 1
    assert "<p>No control: Nothing of <code>a*b*c</code> &amp; <x>.</p>" in claim
    assert "Why it does not hold: Every environment" in claim


def test_a_derived_claim_names_what_it_follows_from(demo: Demo) -> None:
    """It has no step."""
    head, tail = CLAIMS.partition("step =")[0], CLAIMS[CLAIMS.index("source =") :]
    more = f'{head}all = ["demo-answers"]\n{tail}'.replace("[demo-answers]", "\n[demo-all]")
    claim = demo.claims(more=more).claims["demo-all"]

    assert "Follows from: demo-answers." in page(demo).claim(claim, "demo")


# Pages that nobody writes.


def test_transcripts_show_everything_the_references_first(demo: Demo) -> None:
    """One section an environment, one part a step, under the pair's common name."""
    sections = soup(page(demo).transcripts(demo.recipe())).select("details.transcript")

    assert [one["id"] for one in sections][:2] == [environment().anchor, "env-3-0-cni-root"]
    assert len(sections) == len(load_environments())
    assert [one["id"] for one in sections[0].select(".transcript__step")] == [
        f"env-6-1-netavark-rootless-{name}" for name in demo.recipe().names
    ]


def test_transcripts_show_the_half_that_ran(demo: Demo) -> None:
    """Root's command under root, and the user's under the user."""
    sections = soup(page(demo).transcripts(demo.recipe())).select("details.transcript")

    assert 'echo "I am a user"' in sections[0].text
    assert 'echo "I am root"' not in sections[0].text


def test_output_is_no_html(demo: Demo) -> None:
    """Whatever a step prints."""
    html = page(demo, check="answer: yes\n<script>alert(1)</script>\n").transcripts(demo.recipe())

    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_environments_are_listed_with_their_versions(demo: Demo) -> None:
    """As evidence has them."""
    rows = soup(Renderer(demo.project(), "en", "environments/").environments()).select("tbody tr")

    assert [row.select_one("td").text for row in rows][-1] == "podman 6.1.2"
    assert rows[-1].select_one("a")["href"] == "6.1-netavark-rootless/"


def test_an_environment_shows_its_departures_and_verdicts(demo: Demo) -> None:
    """And links to what was run in it."""
    html = soup(Renderer(demo.project(), "es", "environments/3.0-cni-root/").environment(environment("3.0-cni-root")))

    assert "cni-podman0" in html.select_one("ul").text
    assert html.select_one(".verdict__word").text == "se cumple"
    assert html.select("ul")[-1].select_one("a")["href"] == "../../transcripts/demo/#env-3-0-cni-root"


def test_downloads_are_a_script_and_a_notebook(demo: Demo) -> None:
    """Relative to the page."""
    links = [one["href"] for one in soup(page(demo).downloads(demo.recipe())).select("a")]

    assert links == ["../../downloads/demo.sh", "../../notebooks/demo/"]


def test_an_unknown_recipe_is_named_with_the_page(demo: Demo) -> None:
    """And the nearest one."""
    words = refusal(lambda: find_recipe(demo.project(), "demi", "docs/en/x.md"))

    assert words == 'docs/en/x.md: there is no recipe "demi".\n  Did you mean "demo"?'
