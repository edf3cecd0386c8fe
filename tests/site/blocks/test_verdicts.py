"""The page of all verdicts shows what differs first, by topic, and readers choose what they see of it."""

from __future__ import annotations

import pytest
from support.blocks import BlockPage, element
from support.demo import NEWEST, Demo, environment, refusal

from recetario.book.environments import load_environments
from recetario.book.project import Project

_WHY = f"""
[[demo-answers.why]]
where = {{ podman = ">={environment().podman}" }}
es = "Esta ya no."
en = "Not this one."
"""


@pytest.fixture
def differing(demo: Demo) -> Project:
    """A demo whose claim does not hold on the newest Podman."""
    demo.claims('control = "control"', 'control = { holds = "control", fails = "create" }', more=_WHY)
    demo.claims('holds = "answer: yes"', 'holds = ["answer: yes", "demo created"]')
    project = demo.project()
    for newest in load_environments():
        if newest.podman == environment().podman:
            demo.keep(demo.evidence(newest.id, check="answer: no\n"))
    return project


def test_claims_that_differ_are_open_below_their_topic(differing: Project) -> None:
    """There is nothing to close then."""
    (topic,) = BlockPage(differing, url="matrix/").soup("matrix").select(".topic")

    assert topic["data-topic"] == "demos"
    assert element(topic, "h2").text == "Demos"
    assert topic.select_one(".topic > .verdicts .grid__claim")
    assert topic.details is None


def test_claims_without_differences_are_closed(demo: Demo) -> None:
    """The line that opens them says how many there are."""
    topic = element(BlockPage(demo.project(), url="matrix/").soup("matrix"), ".topic")

    assert topic.select_one(".topic > .verdicts") is None
    assert not element(topic, "details").has_attr("open")
    assert element(topic, "summary").text == "No known differences: 1"
    assert topic.select_one("details .grid__claim")


def test_an_environment_that_a_claim_is_not_about_is_no_difference(demo: Demo) -> None:
    """Nobody compares a backend with one that has no such thing."""
    demo.claims("source", 'about = { backend = "cni" }\nsource')

    assert BlockPage(demo.project(), url="matrix/").soup("matrix").select_one("details .grid__claim")


def test_the_filter_offers_the_groups_of_recipes(demo: Demo) -> None:
    """In the page's language."""
    topics = BlockPage(demo.project(), "es", "matrix/").soup("filter").select("[name=topic] option")

    assert [(option["value"], option.text) for option in topics] == [("", "todos"), ("demos", "Demos")]


def test_the_filter_offers_versions_where_they_are_compared(demo: Demo) -> None:
    """From the oldest to the newest, which are chosen at first."""
    project = demo.project()
    page = BlockPage(project, url="differences/").soup("filter | versions")
    tested = list(dict.fromkeys(environment.podman for environment in load_environments()))

    assert [option.text for option in page.select("[name=from] option")] == tested[:-1]
    assert [option.text for option in page.select("[name=to] option")] == tested[1:]
    assert element(page, "[name=to] [selected]").text == tested[-1]
    assert BlockPage(project).soup("filter").select_one("[name=from]") is None


def test_a_filter_by_something_else_is_refused(demo: Demo) -> None:
    """The message says what may be written."""
    message = refusal(lambda: BlockPage(demo.project()).html("filter | verdicts"))

    assert message == 'docs/en/x.md has a filter by "verdicts".\n  Write `/// filter` or `/// filter | versions`.'


@pytest.mark.parametrize("block", ["verdicts", "where | demo-answers"])
def test_what_a_mark_means_is_one_touch_away(demo: Demo, block: str) -> None:
    """A button beside each group of marks opens it."""
    demo.claims('step = "check"', 'fix = ["create"]\nstep = "check"')
    page = BlockPage(demo.project()).soup(block)
    buttons = page.select(".marks > button[popovertarget=legend]")

    assert len(buttons) == len(page.select(".marks")) > 0
    assert {button["aria-label"] for button in buttons} == {"How to read a verdict"}


@pytest.mark.parametrize("block", ["matrix", f"environment | {NEWEST}"])
def test_a_long_list_of_verdicts_ends_with_what_they_mean(demo: Demo, block: str) -> None:
    """The stylesheet keeps it on the screen."""
    legend = element(BlockPage(demo.project(), url="environments/x/").soup(block), ".legend")

    assert [span.text.strip() for span in legend.select(".legend > span")] == [
        "holds",
        "does not hold",
        "does not apply",
        "not tested",
        "“Holds” isn't “works”",
    ]
    assert legend.a is None


def test_an_environment_links_how_to_read_a_verdict(demo: Demo) -> None:
    """The page of all verdicts explains it."""
    page = BlockPage(demo.project(), url="environments/x/").soup(f"environment | {NEWEST}")

    assert [link.text for link in page.select('a[href="../../matrix/#reading"]')] == ["How to read a verdict"]
