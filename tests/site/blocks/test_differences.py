"""Verdicts are compared between each Podman version and the one before it."""

from __future__ import annotations

import re

import pytest
from packaging.version import Version
from support.blocks import BlockPage
from support.demo import Demo, environment, refusal
from support.sample_site import TOP

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.pages import load_page
from recetario.book.project import Project
from recetario.site.blocks.differences import differences, pairs, scopes, untested, upgrades

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
    """A demo whose claim holds up to Podman 5.8 and fails on 6.1."""
    demo.claims('control = "control"', 'control = { holds = "control", fails = "create" }', more=_WHY)
    demo.claims('holds = "answer: yes"', 'holds = ["answer: yes", "demo created"]')
    project = demo.project()
    for name in ("6.1-netavark-root", "6.1-netavark-rootless"):
        demo.keep(demo.evidence(name, check="answer: no\n"))
    return project


def test_upgrades_go_from_each_version_to_the_next() -> None:
    """The versions are in the order of environments.toml."""
    assert upgrades(load_environments()) == [("3.0", "4.3"), ("4.3", "5.4"), ("5.4", "5.8"), ("5.8", "6.1")]


def test_an_upgrade_may_change_the_backend_but_not_the_mode() -> None:
    """A user of CNI stays on it or moves to netavark, and root stays root."""
    upgraded = [(old.id, new.id) for old, new in pairs("4.3", load_environments(), "x.md")]

    assert upgraded == [
        ("3.0-cni-root", "4.3-cni-root"),
        ("3.0-cni-root", "4.3-netavark-root"),
        ("3.0-cni-rootless", "4.3-cni-rootless"),
        ("3.0-cni-rootless", "4.3-netavark-rootless"),
    ]


def test_a_version_without_a_tested_predecessor_is_refused() -> None:
    """The message lists the versions that can be compared."""
    message = refusal(lambda: pairs("4.9", load_environments(), "docs/en/differences.md"))

    assert message == (
        'docs/en/differences.md shows differences of Podman "4.9", but it or the version before it is not tested.\n'
        "  Use one of: 4.3, 5.4, 5.8, 6.1."
    )


def test_a_claim_that_stops_holding_is_a_difference(project: Project) -> None:
    """An upgrade that changes no verdict has no differences."""
    (difference,) = differences(project, "6.1", "x.md")

    assert differences(project, "5.8", "x.md") == []
    assert [(change.before.id, *change.verdict_words) for change in difference.changes] == [
        ("5.8-netavark-root", "holds", "fails"),
        ("5.8-netavark-rootless", "holds", "fails"),
    ]
    assert difference.reasons("en") == ["6 no longer *answers*."]
    assert difference.kinds() == {("holds", "fails"): list(difference.changes)}


def test_a_difference_links_both_transcripts_and_says_what_to_do(project: Project) -> None:
    """It also links the claim, and gives the reason."""
    html = BlockPage(project, "en", "differences/").html("differences | 6.1")

    assert '<a href="../recipes/demo/#demo-answers">The demo <em>answers</em> yes.</a>' in html
    assert 'href="../transcripts/demo/#env-5-8-netavark-root-check"' in html
    assert 'href="../transcripts/demo/#env-6-1-netavark-root-check"' in html
    assert '<p class="difference__why">6 no longer <em>answers</em>.</p>' in html
    assert "<strong>What to do:</strong> Ask with <code>demo</code>." in html


def test_an_upgrade_without_differences_says_so(project: Project) -> None:
    """An empty section would look broken."""
    assert BlockPage(project, "es", "differences/").html("differences | 5.4").split() == (
        ["<p>Ningún", "veredicto", "cambia.</p>"]
    )


def test_claims_that_start_applying_are_listed_separately(demo: Demo) -> None:
    """They are not differences, because the claim is about the new backend only."""
    demo.claims('step = "check"', 'step = "check"\nabout = { backend = "netavark" }')
    project = demo.project()

    (difference,) = scopes(project, "5.4", "x.md")
    html = BlockPage(project, "en", "differences/").html("differences | 5.4")

    assert differences(project, "5.4", "x.md") == []
    assert [(change.before.id, *change.verdict_words) for change in difference.changes] == [
        ("4.3-cni-root", "scope", "holds"),
        ("4.3-cni-rootless", "scope", "holds"),
    ]
    assert "These start or stop applying:" in html and "does not apply → holds</span> CNI → netavark</span>" in html


def test_a_change_names_the_mode_unless_it_affects_both(demo: Demo, project: Project) -> None:
    """Readers skip a change that is not about their mode."""
    both_modes = BlockPage(project, "en", "differences/").html("differences | 6.1")
    demo.keep(demo.evidence("6.1-netavark-root"))
    only_rootless = BlockPage(Project(demo.top), "en", "differences/").html("differences | 6.1")

    assert "holds → does not hold</span> rootless</span>" in only_rootless
    assert "holds → does not hold</span></span>" in both_modes


def test_untested_claims_are_listed_separately(demo: Demo) -> None:
    """They come with the environments in which they were not tested."""
    demo.claims(first=_END)
    project = demo.project(check="answer: yes\n")
    for name in ("3.0-cni-root", "3.0-cni-rootless"):
        demo.keep(demo.evidence(name, create=Output("", "Error: no\n", 1), check=_NOT_RUN, control=_NOT_RUN))

    assert differences(project, "4.3", "x.md") == []
    assert [(claim.id, where) for claim, where in untested(project, "4.3", "x.md")] == [
        ("demo-answers", (environment("3.0-cni-root"), environment("3.0-cni-rootless")))
    ]


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_page_covers_every_upgrade(language: str) -> None:
    """A new version in environments.toml needs a section on the page."""
    page = load_page(TOP / "docs" / language / "differences.md", TOP)

    shown = [block.argument for block in page.blocks if block.name == "differences"]

    assert sorted(shown) == [new for _, new in upgrades(load_environments())]


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_page_has_the_newest_version_first(language: str) -> None:
    """The links on top, the sections and the list of releases have the same order."""
    page = load_page(TOP / "docs" / language / "differences.md", TOP)
    text = "\n".join(page.lines)
    newest_first = [f"from-{old}-to-{new}".replace(".", "-") for old, new in reversed(upgrades(load_environments()))]
    releases = re.findall(r"(?m)^- \*\*(?:Podman )?(\d+\.\d+\.\d+)\*\*", text)

    assert re.findall(r"\(#(from-[\w-]+)\)", text) == newest_first
    assert [anchor for _, _, anchor in page.headings if anchor.startswith("from-")] == newest_first
    assert [block.argument for block in page.blocks] == [new for _, new in reversed(upgrades(load_environments()))]
    assert len(releases) > 5
    assert releases == sorted(releases, key=Version, reverse=True)
