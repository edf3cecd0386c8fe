"""The error messages that steps printed."""

from __future__ import annotations

import pytest
from markdown import Markdown
from support.blocks import BlockPage, element
from support.demo import Demo, refusal

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.extension import RecetarioBlocks
from recetario.site.blocks.messages import CAUSES, Errors, ErrorsContent, Message, load_causes, printed
from recetario.site.blocks.render import Renderer

_CAUSES = """\
left_out = ["Error: control*"]

[[group]]
id = "names"
title = { es = "Nombres", en = "Names" }

[[group.cause]]
text.es = "No hay *DNS*."
text.en = "There's no *DNS*."
programs = ["Could not resolve host"]
translated.es = ["Nombre o servicio desconocido"]
lines = ["[*][*] server can't find *: NXDOMAIN", "wget: bad address '*'"]
fix = [{ to = "recipes/demo/#step-check", es = "Usa `demo`", en = "Use `demo`" }]
"""


def _messages(demo: Demo, stdout: str = "", stderr: str = "") -> list[str]:
    """The error messages of a demo whose step "create" printed this in every environment."""
    return list(printed(demo.project(create=Output(stdout, stderr))))


def _explained(demo: Demo, stdout: str, language: str = "en") -> list[ErrorsContent]:
    """The page of messages of a demo whose step "create" printed this, with the causes above."""
    (demo.top / CAUSES).write_text(_CAUSES, "utf-8")
    context = PageContext(Renderer(demo.project(create=stdout), language, "errors/"), "docs/en/errors.md")
    return Errors.content(context, "")


def test_stderr_of_a_failing_step_is_a_message(demo: Demo) -> None:
    """The step printed its exit status, because its recipe expects the failure."""
    assert _messages(demo, "exit status: 1\n", "wget: bad address 'x'\n") == ["wget: bad address 'x'"]


def test_stderr_of_a_successful_step_is_not_a_message(demo: Demo) -> None:
    """Programs write progress and warnings there."""
    assert _messages(demo, "exit status: 0\n", "Trying to pull x\n") == []


def test_podmans_errors_are_messages_on_either_stream(demo: Demo) -> None:
    """Podman's hint at its help is not one."""
    printed = _messages(demo, "Error: one\nexit status: 125\n", "Error: two\nSee 'podman run --help'\n")

    assert printed == ["Error: one", "Error: two"]


@pytest.mark.parametrize("error", ["** server can't find web: NXDOMAIN", "curl: (7) Failed to connect to web"])
def test_errors_of_nslookup_and_curl_on_stdout_are_messages(demo: Demo, error: str) -> None:
    """Their other output is not."""
    assert _messages(demo, f"Server: x\n{error}\nexit status: 1\n") == [error]


def test_messages_that_differ_only_by_an_id_are_one(demo: Demo) -> None:
    """Normalised ids are numbered within one replay, so the same message may have different numbers."""
    project = demo.project(create="Error: no container <id2>\n", check="answer: yes\nError: no container <id1>\n")

    ((text, places),) = printed(project).items()

    assert text == "Error: no container <id>"
    assert [(place.step, len(place.environments)) for place in places] == [
        (step, len(load_environments())) for step in ("create", "check")
    ]


def test_messages_of_cleanup_are_left_out(demo: Demo) -> None:
    """They are about objects that were never created."""
    assert printed(demo.project(cleanup="Error: no such container\n")) == {}


def test_a_message_is_shown_as_its_pattern_with_its_cause(demo: Demo) -> None:
    """Lines that only differ where the pattern has an asterisk are one message. ``[*]`` stands for the sign itself."""
    (group,) = _explained(demo, "** server can't find a: NXDOMAIN\n** server can't find b: NXDOMAIN\nexit status: 1\n")

    (explained,) = group.explained
    assert explained.cause
    assert explained.cause.text["en"] == "There's no *DNS*."
    (message,) = [message for message in explained.messages if message.places]
    assert message.text == "** server can't find …: NXDOMAIN"
    assert message.environments == list(load_environments())


def test_messages_of_programs_that_no_step_printed_have_no_places(demo: Demo) -> None:
    """A page in another language also has them in that language."""
    (english,) = _explained(demo, "")
    (spanish,) = _explained(demo, "", "es")

    assert english.explained[0].messages == (Message("Could not resolve host"),)
    assert spanish.explained[0].messages == (
        Message("Could not resolve host"),
        Message("Nombre o servicio desconocido"),
    )


def test_a_message_of_programs_has_the_steps_that_printed_a_line_with_it(demo: Demo) -> None:
    """The line itself is listed, too, below it or, if its cause is another one, there."""
    (group, others) = _explained(demo, "curl: (6) Could not resolve host: web\nexit status: 6\n")

    (message,) = group.explained[0].messages
    (line,) = others.explained[0].messages
    assert (message.text, message.places) == ("Could not resolve host", line.places)


def test_a_message_of_programs_leads_first_to_a_line_with_the_same_cause(demo: Demo) -> None:
    """Another cause may have the same words in its lines."""
    causes = _CAUSES.replace("Could not resolve host", "bad address")
    (demo.top / CAUSES).write_text(causes, "utf-8")
    other, same = (
        Output("exit status: 1\n", "ping: bad address\n"),
        Output("exit status: 1\n", "wget: bad address 'x'\n"),
    )
    renderer = Renderer(demo.project(create=other, check=same), "en", "errors/")

    group, *_ = Errors.content(PageContext(renderer, "docs/en/errors.md"), "")

    assert [place.step for place in group.explained[0].messages[0].places] == ["check", "create"]


def test_messages_that_only_controls_provoke_are_left_out(demo: Demo) -> None:
    """The file lists them."""
    groups = _explained(demo, "Error: control asks for nonsense\n")

    assert [group.id for group in groups] == ["names"]


def test_messages_without_a_cause_come_last(demo: Demo) -> None:
    """They still lead to their step: a draft shows them before anybody wrote down the cause."""
    groups = _explained(demo, "Error: new\n")

    assert [group.id for group in groups] == ["names", "others"]
    (others,) = groups[1].explained
    assert (others.cause, [message.text for message in others.messages]) == (None, ["Error: new"])


def test_a_message_leads_to_its_fix_and_says_whether_a_step_printed_it(demo: Demo) -> None:
    """Nothing that only other programs print is presented as shown by a step."""
    (demo.top / CAUSES).write_text(_CAUSES, "utf-8")
    page = BlockPage(demo.project(create=Output("exit status: 1\n", "wget: bad address 'x'\n")), url="errors/")
    soup = page.soup("errors")

    assert element(soup, "a[href='../recipes/demo/#step-check']").decode_contents() == "Use <code>demo</code>"
    assert [note.text for note in soup.select(".message__where")] == [
        "Other programs print it: it wasn't provoked here.",
        "A step printed it · Every environment",
    ]


def test_a_file_of_causes_that_lacks_something_is_refused(demo: Demo) -> None:
    """The message names the file and what is missing."""
    (demo.top / CAUSES).write_text('[[group]]\nid = "names"\n', "utf-8")

    assert refusal(lambda: load_causes(demo.top)) == "docs/errors.toml lacks something, or is not TOML: 'title'."


def test_messages_with_the_same_beginning_have_different_anchors() -> None:
    """The anchors also have a checksum, which is the same at each build."""
    long = "Error: " + "very " * 20
    anchors = {Message(f"{long}{end}").anchor for end in ("1", "2", "(2)")}

    assert len(anchors) == 3
    assert {anchor[:31] for anchor in anchors} == {"error-very-very-very-very-very-"}


def test_a_message_links_the_step_that_printed_it(demo: Demo) -> None:
    """With the environments. Groups are headings, and so in the table of contents."""
    project = demo.project(create="Error: <angular>\n")
    context = PageContext(Renderer(project, "es", "errors/"), "docs/es/errors.md")
    md = Markdown(extensions=["toc", "pymdownx.highlight", RecetarioBlocks(context)])

    html = md.convert("# Mensajes\n\n/// errors\n///")

    assert '<h2 id="others">Otros</h2>' in html
    assert [token["id"] for token in md.toc_tokens[0]["children"]] == ["others"]
    assert "<code>Error: &lt;angular&gt;</code>" in html
    assert '<a href="../recipes/demo/#step-create">Lo imprimió un paso</a> · Todos los entornos' in html
