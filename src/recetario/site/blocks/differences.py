"""Compare verdicts between each tested Podman version and the one before it.

Versions that were not tested are never mentioned: nothing is known about them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recetario.book.claims import Claim
from recetario.book.environments import BACKENDS, Environment, Mode, load_environments
from recetario.book.project import Project
from recetario.book.verdicts import Verdict
from recetario.errors import RecetarioError
from recetario.site.blocks.block import PageBlock, Shows
from recetario.site.blocks.context import PageContext
from recetario.translations import translations

__all__ = ["Change", "Difference", "Differences", "differences", "pairs", "scopes", "untested", "upgrades"]


@dataclass(frozen=True)
class Change:
    """The two verdicts of one claim when a reader upgrades from one environment to another."""

    before: Environment
    after: Environment
    was: Verdict
    now: Verdict

    @property
    def verdict_words(self) -> tuple[str, str]:
        """The old and the new verdict: ``("holds", "fails")``."""
        return self.was.word, self.now.word

    @property
    def way(self) -> str:
        """The old and the new backend, ``"CNI → netavark"``, or its name if it stays the same."""
        before, after = BACKENDS[self.before.backend], BACKENDS[self.after.backend]
        return before if before == after else f"{before} → {after}"


@dataclass(frozen=True)
class Difference:
    """A claim and all its changes between two versions of Podman."""

    claim: Claim
    changes: tuple[Change, ...]

    def kinds(self) -> dict[tuple[str, str], list[Change]]:
        """The changes by their old and new verdicts."""
        by_verdicts: dict[tuple[str, str], list[Change]] = {}
        for change in self.changes:
            by_verdicts.setdefault(change.verdict_words, []).append(change)
        return by_verdicts

    @property
    def not_tested(self) -> tuple[Environment, ...]:
        """The environments of its changes in which the claim was not tested, in table order."""
        sides = [side for change in self.changes for side in ((change.before, change.was), (change.after, change.now))]
        missing = {environment for environment, verdict in sides if verdict.word == "lab"}
        return tuple(environment for environment in load_environments() if environment in missing)

    def reasons(self, language: str) -> list[str]:
        """Why the claim no longer holds or applies, without repetitions."""
        return list(dict.fromkeys(change.now.why[language] for change in self.changes if change.now.why))


def upgrades(environments: Sequence[Environment]) -> list[tuple[str, str]]:
    """Each tested Podman version with the next one, oldest first."""
    versions = list(dict.fromkeys(environment.podman for environment in environments))
    return list(pairwise(versions))


def pairs(podman: str, environments: Sequence[Environment], location: str) -> list[tuple[Environment, Environment]]:
    """The upgrades to this version from the version before it, as (old, new) environments.

    The mode never changes, because a root user stays root. The backend may change.

    Args:
        podman: The newer version, ``"5.4"``.
        environments: All of them, in table order.
        location: The page that asks, for the error.

    Raises:
        RecetarioError: The version is not tested, or is the oldest one.
    """
    previous = {new: old for old, new in upgrades(environments)}
    if podman not in previous:
        raise RecetarioError(
            f'{location} shows differences of Podman "{podman}", but it or the version before it is not tested.',
            f"Use one of: {', '.join(previous)}.",
        )
    return [
        (old, new)
        for old in environments
        for new in environments
        if (old.podman, new.podman, old.rootless) == (previous[podman], podman, new.rootless)
    ]


def differences(project: Project, podman: str, location: str) -> list[Difference]:
    """The claims that hold in this version but not in the one before it, or the other way round.

    Args:
        project: Where the verdicts come from. Claims keep its order.
        podman: The newer version, ``"5.4"``.
        location: The page that asks, for the error.

    Raises:
        RecetarioError: The version is not tested, or is the oldest one.
    """
    return list(_differences(project, podman, location, {"holds", "fails"}))


def scopes(project: Project, podman: str, location: str) -> list[Difference]:
    """The claims that start or stop applying in this version, usually because the backend changes.

    Arguments and errors are those of ``differences``.
    """
    in_scope = []
    for difference in _differences(project, podman, location, {"holds", "fails", "scope"}):
        changes = tuple(change for change in difference.changes if "scope" in change.verdict_words)
        if changes:
            in_scope.append(Difference(difference.claim, changes))
    return in_scope


def untested(project: Project, podman: str, location: str) -> list[Difference]:
    """The claims that cannot be fully compared, each with the changes of which one side was not tested.

    Arguments and errors are those of ``differences``.
    """
    incomparable = []
    for claim in project.claims.values():
        changes = [change for change in _changes(project, claim, podman, location) if "lab" in change.verdict_words]
        if changes:
            incomparable.append(Difference(claim, tuple(changes)))
    return incomparable


def _differences(project: Project, podman: str, location: str, verdict_words: set[str]) -> Iterator[Difference]:
    """Claims with changes whose verdicts, both the old and the new one, are among ``verdict_words``."""
    for claim in project.claims.values():
        changes = tuple(
            change
            for change in _changes(project, claim, podman, location)
            if verdict_words.issuperset(change.verdict_words)
        )
        if changes:
            yield Difference(claim, changes)


def _changes(project: Project, claim: Claim, podman: str, location: str) -> Iterator[Change]:
    for old, new in pairs(podman, load_environments(), location):
        was, now = project.verdicts[claim.id, old.id], project.verdicts[claim.id, new.id]
        if was.word != now.word:
            yield Change(old, new, was, now)


@dataclass(frozen=True)
class DifferencesContent:
    """What changes from one version of Podman to the next.

    Attributes:
        podmans: The two versions.
        language: In which ``where`` writes.
        upgrades: All upgrades between them that were tested, as (old, new) environments.
        differences: See the function of this name.
        scopes: See the function of this name.
        untested: See the function of this name.
    """

    podmans: tuple[str, str]
    language: str
    upgrades: list[tuple[Environment, Environment]]
    differences: list[Difference]
    scopes: list[Difference]
    untested: list[Difference]

    @property
    def several_backends(self) -> bool:
        """Whether the upgrades differ in their backends, so that these must be named."""
        return len({(old.backend, new.backend) for old, new in self.upgrades}) > 1

    def where(self, changes: Sequence[Change]) -> str:
        """For whom something changes: ``"CNI → netavark"``, ``"CNI, as root"``; empty if it is for all."""
        if len(changes) == len(self.upgrades):
            return ""
        words = translations(self.language)["site"]
        modes_by_way: dict[str, list[str]] = {}
        for change in changes:
            modes_by_way.setdefault(change.way, []).append(words[change.before.mode])
        descriptions = []
        for way, modes in modes_by_way.items():
            names = [way] if self.several_backends else []
            if len(modes) < len(Mode):
                names += modes
            descriptions.append(", ".join(names))
        return "; ".join(descriptions)


class Differences(PageBlock):
    """``/// differences | 5.4``: what changed in this Podman since the one before it, and what to do."""

    NAME, ARGUMENT = "differences", True
    SHOWS = Shows.NONE

    @staticmethod
    def content(page: PageContext, argument: str) -> DifferencesContent:
        renderer = page.renderer
        asked = (renderer.project, argument, page.location)
        compared = pairs(argument, load_environments(), page.location)
        return DifferencesContent(
            next(versions for versions in upgrades(load_environments()) if versions[1] == argument),
            renderer.language,
            compared,
            differences(*asked),
            scopes(*asked),
            untested(*asked),
        )
