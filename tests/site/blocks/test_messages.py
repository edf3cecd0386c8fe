"""The error messages that steps printed."""

from __future__ import annotations

from markdown import Markdown
from support.demo import Demo

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.extension import RecetarioBlocks
from recetario.site.blocks.messages import messages
from recetario.site.blocks.render import Renderer


def _create(demo: Demo, stdout: str = "", stderr: str = "") -> list[str]:
    """The messages, where step "create" printed this in every environment."""
    return [message.text for message in messages(demo.project(create=Output(stdout, stderr)))]


def test_what_a_failing_step_says_is_a_message(demo: Demo) -> None:
    """It says so itself, or ends the story."""
    assert _create(demo, "exit status: 1\n", "wget: bad address 'x'\n") == ["wget: bad address 'x'"]


def test_what_a_step_says_that_works_is_none(demo: Demo) -> None:
    """Notes of progress and warnings."""
    assert _create(demo, "exit status: 0\n", "Trying to pull x\n") == []


def test_an_error_of_podman_is_one_wherever_it_stands(demo: Demo) -> None:
    """The step may go on; hints of how to call it are left out."""
    said = _create(demo, "Error: one\nexit status: 125\n", "Error: two\nSee 'podman run --help'\n")

    assert said == ["Error: one", "Error: two"]


def test_what_nslookup_says_is_a_message_though_it_says_it_on_stdout(demo: Demo) -> None:
    """The rest of what it prints there is none."""
    said = _create(demo, "Server: x\n** server can't find web: NXDOMAIN\nexit status: 1\n")

    assert said == ["** server can't find web: NXDOMAIN"]


def test_messages_that_differ_by_an_id_are_one(demo: Demo) -> None:
    """Tokens count within one replay."""
    project = demo.project(create="Error: no container <id2>\n", check="answer: yes\nError: no container <id1>\n")

    (message,) = messages(project)

    assert (message.text, message.speaker) == ("Error: no container <id>", "Podman")
    assert [(place.step, len(place.environments)) for place in message.places] == [
        (step, len(load_environments())) for step in ("create", "check")
    ]


def test_clean_up_is_left_out(demo: Demo) -> None:
    """It speaks of what was never made."""
    assert messages(demo.project(cleanup="Error: no such container\n")) == []


def test_messages_stand_by_program_podman_first(demo: Demo) -> None:
    """Then by alphabet."""
    stderr = 'nsenter: no\ncurl: (7) no\nError: b\nError: a\ntime="<time>" level=error msg="no"\n'
    found = messages(demo.project(create=Output("exit status: 1\n", stderr)))

    assert [(one.speaker, one.text) for one in found] == [
        ("Podman", "Error: a"),
        ("Podman", "Error: b"),
        ("Podman", 'time="<time>" level=error msg="no"'),
        ("curl", "curl: (7) no"),
        ("nsenter", "nsenter: no"),
    ]


def test_messages_that_begin_alike_have_anchors_of_their_own(demo: Demo) -> None:
    """And the same ones at each build."""
    long = "Error: " + "very " * 20
    found = messages(demo.project(create=f"{long}1\n{long}2\n{long}(2)\n"))

    assert len({one.anchor for one in found}) == 3
    assert {one.anchor[:31] for one in found} == {"error-very-very-very-very-very-"}


def test_the_title_that_a_message_leads_to_is_rendered(demo: Demo) -> None:
    """A question may name an option, which stands in code on its own page."""
    page = demo.top / "docs" / "en" / "recipes" / "demo.md"
    page.write_text(page.read_text("utf-8").replace("the demo", "`--demo`"), "utf-8")
    [(_, html)] = Renderer(demo.project(create="Error: no\n"), "en", "errors/").errors()

    assert '<a href="../recipes/demo/#step-create">Does <code>--demo</code> answer me?</a>' in html


def test_a_message_leads_to_the_step_that_explains_it(demo: Demo) -> None:
    """With where it was printed; programs are headings of the page."""
    project = demo.project(create="Error: <angular>\n")
    shown = PageContext(Renderer(project, "es", "errors/"), "docs/es/errors.md")
    md = Markdown(extensions=["toc", RecetarioBlocks(shown)])

    html = md.convert("# Mensajes\n\n/// errors\n///")

    assert '<h2 id="from-podman">Podman</h2>' in html
    assert [token["id"] for token in md.toc_tokens[0]["children"]] == ["from-podman"]  # type: ignore[attr-defined]
    assert "<code>Error: &lt;angular&gt;</code>" in html
    assert '<a href="../recipes/demo/#step-create">¿Contesta la demo?</a>' in html
    assert "Paso create · Todos los entornos" in html
