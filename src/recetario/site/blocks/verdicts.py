"""Blocks that show claims and their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.verdicts import Verdict
from recetario.errors import RecetarioError
from recetario.site.blocks.block import PageBlock, Shows
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import Renderer
from recetario.site.blocks.when import last_words

__all__ = ["ClaimVerdict", "Filter", "Matrix", "Verdicts"]

_REASONS = {"fails": "why", "scope": "scope-why", "lab": "lab-why"}
"""What introduces the reasons of each verdict, in the order in which they are shown."""


@dataclass(frozen=True)
class Reason:
    """Why a claim does not hold, does not apply or was not tested.

    Attributes:
        kind: Key of the words that introduce it.
        text: The reason, rendered.
        where: The environments that it is for, in words.
        ids: Their ids, separated by spaces.
    """

    kind: str
    text: str
    where: str
    ids: str


@dataclass(frozen=True)
class ClaimContent:
    """One claim.

    Attributes:
        claim: The claim.
        at_home: Whether this is the page of its own recipe, where links to the claim lead.
        reasons: Each reason once.
        controls: The steps that gave the opposite answer.
        excuses: Why there is no control, rendered; each once.
    """

    claim: Claim
    at_home: bool
    reasons: list[Reason]
    controls: list[str]
    excuses: list[str]


class ClaimVerdict(PageBlock):
    """``/// verdict | CLAIM``: a claim of another recipe: its verdicts, what to do, why, and what decides it."""

    NAME, ARGUMENT = "verdict", True
    SHOWS = Shows.CLAIM

    @staticmethod
    def content(page: PageContext, argument: str) -> ClaimContent:
        claim = page.claim(argument)
        if claim.recipe == page.recipe:
            raise RecetarioError(
                f'{page.location} shows the claim "{argument}" of its own recipe alone.',
                "Write `/// verdicts`, which shows all of its claims.",
            )
        return _content(page.renderer, claim, at_home=False)


@dataclass(frozen=True)
class VerdictsContent:
    """A recipe's claims, when they were last verified, and the address of its transcripts."""

    claims: list[ClaimContent]
    when: str
    transcripts: str


class Verdicts(PageBlock):
    """``/// verdicts``: all claims of the page's own recipe, as ``verdict`` shows one."""

    NAME, ARGUMENT = "verdicts", False
    SHOWS = Shows.PAGE

    @staticmethod
    def content(page: PageContext, argument: str) -> VerdictsContent:
        slug, renderer = page.find_recipe().slug, page.renderer
        claims = renderer.project.claim_files[slug].claims.values()
        when = last_words(renderer.project, slug, renderer.language)
        contents = [_content(renderer, claim, at_home=True) for claim in claims]
        return VerdictsContent(contents, when, renderer.link(f"transcripts/{slug}/"))


def _content(renderer: Renderer, claim: Claim, *, at_home: bool) -> ClaimContent:
    row = dict(zip(load_environments(), renderer.project.row(claim.id), strict=True))
    controls = {verdict.control.step for verdict in row.values() if verdict.control}
    excuses = [verdict.no_control[renderer.language] for verdict in row.values() if verdict.no_control]
    return ClaimContent(
        claim,
        at_home,
        list(_reasons(renderer, row)),
        sorted(controls),
        [renderer.cited(excuse) for excuse in dict.fromkeys(excuses)],
    )


def _reasons(renderer: Renderer, row: Mapping[Environment, Verdict]) -> Iterator[Reason]:
    environments: dict[tuple[str, str], list[Environment]] = {}
    for environment, verdict in row.items():
        if verdict.why is not None:
            environments.setdefault((verdict.word, verdict.why[renderer.language]), []).append(environment)
    for word, kind in _REASONS.items():
        for (verdict_word, text), where in environments.items():
            if verdict_word == word:
                ids = " ".join(environment.id for environment in where)
                yield Reason(kind, renderer.cited(text), renderer.describe(where), ids)


@dataclass(frozen=True)
class Topic:
    """The claims of one group of recipes, in the group's order.

    Attributes:
        id: The group's id.
        title: The group's heading.
        differing: Those that hold in one environment, and not in another.
        steady: The others.
    """

    id: str
    title: str
    differing: list[Claim]
    steady: list[Claim]


@dataclass(frozen=True)
class MatrixContent:
    """Claims whose verdicts are shown: one, or all of them by topic."""

    claim: Claim | None
    topics: list[Topic]


class Matrix(PageBlock):
    """``/// matrix``: the grids of all claims, by topic; what differs is open. ``/// matrix | CLAIM``: of one claim."""

    NAME, ARGUMENT = "matrix", None
    SHOWS = Shows.NONE

    @staticmethod
    def content(page: PageContext, argument: str) -> MatrixContent:
        if argument:
            return MatrixContent(page.claim(argument), [])
        return MatrixContent(None, list(_topics(page.renderer)))


def _topics(renderer: Renderer) -> Iterator[Topic]:
    project = renderer.project
    for group in project.groups:
        topic = Topic(group.id, group.title[renderer.language], [], [])
        for claim in (claim for slug in group.recipes for claim in project.claim_files[slug].claims.values()):
            words = {verdict.word for verdict in project.row(claim.id)}
            (topic.differing if words >= {"holds", "fails"} else topic.steady).append(claim)
        yield topic


@dataclass(frozen=True)
class FilterContent:
    """The topics to choose from, as (id, title), and the versions; no versions if the page compares none."""

    topics: list[tuple[str, str]]
    versions: list[str]


class Filter(PageBlock):
    """``/// filter``: where readers choose what a long page shows: a topic, their Podman. See ``filter.js``.

    ``/// filter | versions``: on a page with ``differences``, also between which versions.
    """

    NAME, ARGUMENT = "filter", None

    @staticmethod
    def content(page: PageContext, argument: str) -> FilterContent:
        if argument and argument != "versions":
            raise RecetarioError(
                f'{page.location} has a filter by "{argument}".', "Write `/// filter` or `/// filter | versions`."
            )
        topics = [(group.id, group.title[page.renderer.language]) for group in page.renderer.project.groups]
        versions = dict.fromkeys(environment.podman for environment in load_environments() if argument)
        return FilterContent(topics, list(versions))
