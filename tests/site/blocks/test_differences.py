"""Verdicts are compared between each Podman version and the one before it."""

from __future__ import annotations

import re

import pytest
from packaging.version import Version
from support.blocks import BlockPage
from support.demo import Demo, environment, refusal
from support.sample_site import TOP

from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.book.pages import load_page
from recetario.book.project import Project
from recetario.site.blocks.differences import differences, pairs, scopes, untested, upgrades

EARLY = [environment for environment in load_environments() if environment.podman in ("3.0", "4.3", "5.4")]

_WHY = """
[[demo-answers.why]]
where = { podman = "NEWEST" }
es = "Esta ya no *contesta*."
en = "This one no longer *answers*."
""".replace("NEWEST", f">={environment().podman}")

_END = """
[[ends]]
where = { podman = "<4" }
step = "create"
shows = "Error: no"
es = "Nada."
en = "Nothing."
"""
_NOT_RUN = Output(status=None)


def with_podman(version: str) -> list[Environment]:
    """The environments with this version."""
    return [environment for environment in load_environments() if environment.podman == version]


def replayed_upgrades() -> list[tuple[str, str]]:
    """The upgrades between versions for which our recipes have evidence: the row of a new version comes before it."""
    replayed = {path.stem for path in TOP.glob("recipes/*/evidence/*.ipynb")}
    return upgrades([environment for environment in load_environments() if environment.id in replayed])


@pytest.fixture
def project(demo: Demo) -> Project:
    """A demo whose claim fails only on the newest Podman."""
    demo.claims('control = "control"', 'control = { holds = "control", fails = "create" }', more=_WHY)
    demo.claims('holds = "answer: yes"', 'holds = ["answer: yes", "demo created"]')
    project = demo.project()
    for newest in with_podman(environment().podman):
        demo.keep(demo.evidence(newest.id, check="answer: no\n"))
    return project


def test_upgrades_go_from_each_version_to_the_next() -> None:
    """The versions are in the order of environments.toml."""
    assert upgrades(EARLY) == [("3.0", "4.3"), ("4.3", "5.4")]


def test_an_upgrade_may_change_the_backend_but_not_the_mode() -> None:
    """A user of CNI stays on it or moves to netavark, and root stays root."""
    upgraded = [(old.id, new.id) for old, new in pairs("4.3", EARLY, "x.md")]

    assert upgraded == [
        ("3.0-cni-root", "4.3-cni-root"),
        ("3.0-cni-root", "4.3-netavark-root"),
        ("3.0-cni-rootless", "4.3-cni-rootless"),
        ("3.0-cni-rootless", "4.3-netavark-rootless"),
    ]


def test_a_version_without_a_tested_predecessor_is_refused() -> None:
    """The message lists the versions that can be compared."""
    message = refusal(lambda: pairs("4.9", EARLY, "docs/en/differences.md"))

    assert message == (
        'docs/en/differences.md shows differences of Podman "4.9", but it or the version before it is not tested.\n'
        "  Use one of: 4.3, 5.4."
    )


def test_a_claim_that_stops_holding_is_a_difference(project: Project) -> None:
    """An upgrade that changes no verdict has no differences."""
    before, newest = upgrades(load_environments())[-1]
    (difference,) = differences(project, newest, "x.md")

    assert differences(project, before, "x.md") == []
    assert [(change.before, change.after) for change in difference.changes] == pairs(
        newest, load_environments(), "x.md"
    )
    assert {change.verdict_words for change in difference.changes} == {("holds", "fails")}
    assert difference.reasons("en") == ["This one no longer *answers*."]
    assert difference.kinds() == {("holds", "fails"): list(difference.changes)}


def test_a_difference_links_both_transcripts_and_says_what_to_do(project: Project) -> None:
    """It also links the claim, and gives the reason."""
    old, new = pairs(environment().podman, load_environments(), "x.md")[0]
    html = BlockPage(project, "en", "differences/").html(f"differences | {new.podman}")

    assert '<a href="../recipes/demo/#demo-answers">The demo <em>answers</em> yes.</a>' in html
    assert f'href="../transcripts/demo/#{old.anchor}-check"' in html
    assert f'href="../transcripts/demo/#{new.anchor}-check"' in html
    assert '<p class="difference__why">This one no longer <em>answers</em>.</p>' in html
    assert "<strong>What to do:</strong> Ask with <code>demo</code>." in html


def test_an_upgrade_without_differences_says_so(project: Project) -> None:
    """An empty section would look broken."""
    shown = BlockPage(project, "es", "differences/").soup("differences | 5.4").select(".differences > p:not([hidden])")

    assert [paragraph.text for paragraph in shown] == ["Ningún veredicto cambia."]


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
    block = f"differences | {environment().podman}"
    both_modes = BlockPage(project, "en", "differences/").html(block)
    demo.claims(f'podman = ">={environment().podman}"', f'rootless = true, podman = ">={environment().podman}"')
    for newest in with_podman(environment().podman):
        if not newest.rootless:
            demo.keep(demo.evidence(newest.id))
    only_rootless = BlockPage(Project(demo.top), "en", "differences/").html(block)

    assert "holds → does not hold</span> rootless</span>" in only_rootless
    assert "holds → does not hold</span></span>" in both_modes


def test_untested_claims_are_listed_separately(demo: Demo) -> None:
    """They come with the environments in which they were not tested."""
    demo.claims(first=_END)
    project = demo.project(check="answer: yes\n")
    for name in ("3.0-cni-root", "3.0-cni-rootless"):
        demo.keep(demo.evidence(name, create=Output("", "Error: no\n", 1), check=_NOT_RUN, control=_NOT_RUN))

    assert differences(project, "4.3", "x.md") == []
    assert [(one.claim.id, one.not_tested) for one in untested(project, "4.3", "x.md")] == [
        ("demo-answers", (environment("3.0-cni-root"), environment("3.0-cni-rootless")))
    ]


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_page_covers_every_upgrade(language: str) -> None:
    """A new version needs a section on the page, but only once it has evidence to compare."""
    page = load_page(TOP / "docs" / language / "differences.md", TOP)
    shown = [block.argument for block in page.blocks if block.name == "differences"]
    replayed = [new for _, new in replayed_upgrades()]

    assert sorted(shown) == sorted(replayed), (
        f"docs/{language}/differences.md needs a section, and a link on top, for each of {', '.join(replayed)}, "
        f'and has sections for {", ".join(shown)}: see "The words" in CONTRIBUTING.md.'
    )


@pytest.mark.parametrize("language", ["es", "en"])
def test_our_page_has_the_newest_version_first(language: str) -> None:
    """The links on top, the sections and the list of releases have the same order."""
    page = load_page(TOP / "docs" / language / "differences.md", TOP)
    text = "\n".join(page.lines)
    newest_first = [f"from-{old}-to-{new}".replace(".", "-") for old, new in reversed(replayed_upgrades())]
    releases = re.findall(r"(?m)^- \*\*(?:Podman )?(\d+\.\d+\.\d+)\*\*", text)

    assert re.findall(r"\(#(from-[\w-]+)\)", text) == newest_first
    assert [anchor for _, _, anchor in page.headings if anchor.startswith("from-")] == newest_first
    assert [block.argument for block in page.blocks if block.name == "differences"] == [
        new for _, new in reversed(replayed_upgrades())
    ]
    assert len(releases) > 5
    assert releases == sorted(releases, key=Version, reverse=True)
