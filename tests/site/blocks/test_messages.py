"""The error messages that steps printed."""

from __future__ import annotations

from markdown import Markdown
from support.blocks import BlockPage
from support.demo import Demo

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.extension import RecetarioBlocks
from recetario.site.blocks.messages import messages
from recetario.site.blocks.render import Renderer


def _messages(demo: Demo, stdout: str = "", stderr: str = "") -> list[str]:
    """The error messages of a demo whose step "create" printed this in every environment."""
    return [message.text for message in messages(demo.project(create=Output(stdout, stderr)))]


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


def test_nslookups_errors_on_stdout_are_messages(demo: Demo) -> None:
    """Its other output is not."""
    printed = _messages(demo, "Server: x\n** server can't find web: NXDOMAIN\nexit status: 1\n")

    assert printed == ["** server can't find web: NXDOMAIN"]


def test_messages_that_differ_only_by_an_id_are_one(demo: Demo) -> None:
    """Normalised ids are numbered within one replay, so the same message may have different numbers."""
    project = demo.project(create="Error: no container <id2>\n", check="answer: yes\nError: no container <id1>\n")

    (message,) = messages(project)

    assert (message.text, message.speaker) == ("Error: no container <id>", "Podman")
    assert [(place.step, len(place.environments)) for place in message.places] == [
        (step, len(load_environments())) for step in ("create", "check")
    ]


def test_messages_of_cleanup_are_left_out(demo: Demo) -> None:
    """They are about objects that were never created."""
    assert messages(demo.project(cleanup="Error: no such container\n")) == []


def test_podmans_messages_come_first_then_by_program(demo: Demo) -> None:
    """Each program's messages are in alphabetical order."""
    stderr = 'nsenter: no\ncurl: (7) no\nError: b\nError: a\ntime="<time>" level=error msg="no"\n'
    listed = messages(demo.project(create=Output("exit status: 1\n", stderr)))

    assert [(message.speaker, message.text) for message in listed] == [
        ("Podman", "Error: a"),
        ("Podman", "Error: b"),
        ("Podman", 'time="<time>" level=error msg="no"'),
        ("curl", "curl: (7) no"),
        ("nsenter", "nsenter: no"),
    ]


def test_messages_with_the_same_beginning_have_different_anchors(demo: Demo) -> None:
    """The anchors also have a checksum, which is the same at each build."""
    long = "Error: " + "very " * 20
    anchors = {message.anchor for message in messages(demo.project(create=f"{long}1\n{long}2\n{long}(2)\n"))}

    assert len(anchors) == 3
    assert {anchor[:31] for anchor in anchors} == {"error-very-very-very-very-very-"}


def test_markdown_in_the_title_of_a_linked_page_is_rendered(demo: Demo) -> None:
    """A recipe's question may name an option, in code."""
    page = demo.top / "docs" / "en" / "recipes" / "demo.md"
    page.write_text(page.read_text("utf-8").replace("the demo", "`--demo`"), "utf-8")
    html = BlockPage(demo.project(create="Error: no\n"), url="errors/").html("errors")

    assert '<a href="../recipes/demo/#step-create">Does <code>--demo</code> answer me?</a>' in html


def test_a_message_links_the_step_that_printed_it(demo: Demo) -> None:
    """With the environments. Programs are headings, and so in the table of contents."""
    project = demo.project(create="Error: <angular>\n")
    context = PageContext(Renderer(project, "es", "errors/"), "docs/es/errors.md")
    md = Markdown(extensions=["toc", "pymdownx.highlight", RecetarioBlocks(context)])

    html = md.convert("# Mensajes\n\n/// errors\n///")

    assert '<h2 id="from-podman">Podman</h2>' in html
    assert [token["id"] for token in md.toc_tokens[0]["children"]] == ["from-podman"]  # type: ignore[attr-defined]
    assert "<code>Error: &lt;angular&gt;</code>" in html
    assert '<a href="../recipes/demo/#step-create">¿Contesta la demo?</a>' in html
    assert "Paso create · Todos los entornos" in html
