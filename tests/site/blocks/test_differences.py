"""What changes from one Podman to the next."""

from __future__ import annotations

import re

import pytest
from packaging.version import Version
from support.demo import Demo, environment, refusal
from support.sample_site import TOP

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.pages import load_page
from recetario.book.project import Project
from recetario.site.blocks.differences import differences, pairs, scopes, untested, upgrades
from recetario.site.blocks.render import Renderer

_WHY = """
[[demo-answers.why]]
where = { podman = ">=6" }
es = "La 6 ya no *contesta*."
en = "6 no longer *answers*."
"""

_END = """
[[ends]]
where = { podman = "<4" }
step = "create"
shows = "Error: no"
es = "Nada."
en = "Nothing."
"""
_NOT_RUN = Output(status=None)


@pytest.fixture
def project(demo: Demo) -> Project:
    """A demo that answers up to 5.8 and no longer in 6.1."""
    demo.claims('control = "control"', 'control = { holds = "control", fails = "create" }', more=_WHY)
    demo.claims('holds = "answer: yes"', 'holds = ["answer: yes", "demo created"]')
    project = demo.project()
    for name in ("6.1-netavark-root", "6.1-netavark-rootless"):
        demo.keep(demo.evidence(name, check="answer: no\n"))
    return project


def test_each_podman_follows_the_one_before_it() -> None:
    """In the order of the table."""
    assert upgrades(load_environments()) == [("3.0", "4.3"), ("4.3", "5.4"), ("5.4", "5.8"), ("5.8", "6.1")]


def test_every_way_between_backends_is_compared() -> None:
    """Whoever had CNI stays on it or moves; root stays root."""
    ways = [(old.id, new.id) for old, new in pairs("4.3", load_environments(), "x.md")]

    assert ways == [
        ("3.0-cni-root", "4.3-cni-root"),
        ("3.0-cni-root", "4.3-netavark-root"),
        ("3.0-cni-rootless", "4.3-cni-rootless"),
        ("3.0-cni-rootless", "4.3-netavark-rootless"),
    ]


def test_a_podman_that_follows_none_is_named() -> None:
    """Versions between two rows are none of ours."""
    said = refusal(lambda: pairs("4.9", load_environments(), "docs/en/differences.md"))

    assert said.startswith('docs/en/differences.md shows what differs in Podman "4.9", which follows none.')
    assert said.endswith("There is: 4.3, 5.4, 5.8, 6.1.")


def test_a_verdict_that_flips_is_a_difference(project: Project) -> None:
    """Where it does not, there is none."""
    (found,) = differences(project, "6.1", "x.md")

    assert differences(project, "5.8", "x.md") == []
    assert [(c.before.id, c.was.word, c.now.word) for c in found.changes] == [
        ("5.8-netavark-root", "holds", "fails"),
        ("5.8-netavark-rootless", "holds", "fails"),
    ]
    assert found.reasons("en") == ["6 no longer *answers*."]
    assert found.kinds() == {("holds", "fails"): list(found.changes)}


def test_the_page_says_what_to_do_and_links_both_machines(project: Project) -> None:
    """With the claim, both verdicts and the reason."""
    html = Renderer(project, "en", "differences/").differences("6.1", "x.md")

    assert '<a href="../recipes/demo/#demo-answers">The demo <em>answers</em> yes.</a>' in html
    assert 'href="../transcripts/demo/#env-5-8-netavark-root-check"' in html
    assert 'href="../transcripts/demo/#env-6-1-netavark-root-check"' in html
    assert '<p class="difference__why">6 no longer <em>answers</em>.</p>' in html
    assert "<strong>What to do:</strong> Ask with <code>demo</code>." in html


def test_where_nothing_changes_the_page_says_so(project: Project) -> None:
    """In its language."""
    assert Renderer(project, "es", "differences/").differences("5.4", "x.md").split() == (
        ["<p>Ningún", "veredicto", "cambia.</p>"]
    )


def test_what_begins_to_apply_is_listed_apart(demo: Demo) -> None:
    """It flips nothing: the sentence is about another backend."""
    demo.claims('step = "check"', 'step = "check"\nabout = { backend = "netavark" }')
    project = demo.project()

    (found,) = scopes(project, "5.4", "x.md")
    html = Renderer(project, "en", "differences/").differences("5.4", "x.md")

    assert differences(project, "5.4", "x.md") == []
    assert [(change.before.id, *change.words) for change in found.changes] == [
        ("4.3-cni-root", "scope", "holds"),
        ("4.3-cni-rootless", "scope", "holds"),
    ]
    assert "These start or stop applying:" in html and "does not apply → holds</span> CNI → netavark</span>" in html


def test_a_change_says_whom_it_concerns(demo: Demo, project: Project) -> None:
    """Nobody in particular where it is everyone."""
    everyone = Renderer(project, "en", "differences/").differences("6.1", "x.md")
    demo.keep(demo.evidence("6.1-netavark-root"))
    some = Renderer(Project(demo.top), "en", "differences/").differences("6.1", "x.md")

    assert "holds → does not hold</span> rootless</span>" in some
    assert "holds → does not hold</span></span>" in everyone


def test_what_was_not_tested_is_no_difference(demo: Demo) -> None:
    """It is listed apart, with where."""
    demo.claims(first=_END)
    project = demo.project(check="answer: yes\n")
    for name in ("3.0-cni-root", "3.0-cni-rootless"):
        demo.keep(demo.evidence(name, create=Output("", "Error: no\n", 1), check=_NOT_RUN, control=_NOT_RUN))

    assert differences(project, "4.3", "x.md") == []
    assert [(claim.id, where) for claim, where in untested(project, "4.3", "x.md")] == [
        ("demo-answers", (environment("3.0-cni-root"), environment("3.0-cni-rootless")))
    ]


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_page_has_every_step_from_one_podman_to_the_next(language: str) -> None:
    """A new row of the table wants its part there."""
    page = load_page(TOP / "docs" / language / "differences.md", TOP)

    shown = [block.argument for block in page.blocks if block.name == "differences"]

    assert sorted(shown) == [new for _, new in upgrades(load_environments())]


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_page_goes_from_the_newest_to_the_oldest(language: str) -> None:
    """What it lists on top, what it explains, and each release in between: one order for all."""
    page = load_page(TOP / "docs" / language / "differences.md", TOP)
    text = "\n".join(page.lines)
    newest_first = [f"from-{old}-to-{new}".replace(".", "-") for old, new in reversed(upgrades(load_environments()))]
    releases = re.findall(r"(?m)^- \*\*(?:Podman )?(\d+\.\d+\.\d+)\*\*", text)

    assert re.findall(r"\(#(from-[\w-]+)\)", text) == newest_first
    assert [anchor for _, _, anchor in page.headings if anchor.startswith("from-")] == newest_first
    assert [block.argument for block in page.blocks] == [new for _, new in reversed(upgrades(load_environments()))]
    assert len(releases) > 5
    assert releases == sorted(releases, key=Version, reverse=True)
