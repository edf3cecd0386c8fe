"""Tell which verdicts change from one Podman to the next; of versions between two rows nothing is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recetario.book.claims import Claim
from recetario.book.environments import BACKENDS, Environment, load_environments
from recetario.book.project import Project
from recetario.book.verdicts import Verdict
from recetario.errors import RecetarioError

__all__ = ["Change", "Difference", "differences", "pairs", "scopes", "untested", "upgrades"]


@dataclass(frozen=True)
class Change:
    """What became of one claim on the way from one environment to another."""

    before: Environment
    after: Environment
    was: Verdict
    now: Verdict

    @property
    def words(self) -> tuple[str, str]:
        """What the pages call the two verdicts."""
        return self.was.word, self.now.word

    @property
    def way(self) -> str:
        """From which backend to which: ``"CNI → netavark"``, or the one that stays."""
        return " → ".join(dict.fromkeys(BACKENDS[one.backend] for one in (self.before, self.after)))


@dataclass(frozen=True)
class Difference:
    """A claim whose verdict changes, and on which ways."""

    claim: Claim
    changes: tuple[Change, ...]

    def kinds(self) -> dict[tuple[str, str], list[Change]]:
        """From which word to which, and on which ways."""
        found: dict[tuple[str, str], list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.words, []).append(change)
        return found

    def reasons(self, language: str) -> list[str]:
        """Why it no longer holds or applies, each reason once."""
        return list(dict.fromkeys(change.now.why[language] for change in self.changes if change.now.why))


def upgrades(environments: Sequence[Environment]) -> list[tuple[str, str]]:
    """Each Podman with the next one, oldest first."""
    versions = list(dict.fromkeys(environment.podman for environment in environments))
    return list(pairwise(versions))


def pairs(podman: str, environments: Sequence[Environment], place: str) -> list[tuple[Environment, Environment]]:
    """The ways that lead to this Podman from the one before it: the same user, from each backend to each.

    Raises:
        RecetarioError: No Podman comes before it; ``place`` names the page that asks.
    """
    before = {new: old for old, new in upgrades(environments)}
    if podman not in before:
        raise RecetarioError(
            f'{place} shows what differs in Podman "{podman}", which follows none.', f"There is: {', '.join(before)}."
        )
    return [
        (old, new)
        for old in environments
        for new in environments
        if (old.podman, new.podman, old.rootless) == (before[podman], podman, new.rootless)
    ]


def differences(project: Project, podman: str, place: str) -> list[Difference]:
    """The claims that hold in this Podman and did not in the one before it, or the other way round, in their order."""
    return list(_differences(project, podman, place, {"holds", "fails"}))


def scopes(project: Project, podman: str, place: str) -> list[Difference]:
    """The claims that begin or cease to apply, mostly because the backend is another."""
    found = _differences(project, podman, place, {"holds", "fails", "scope"})
    kept = ((one.claim, tuple(change for change in one.changes if "scope" in change.words)) for one in found)
    return [Difference(claim, changes) for claim, changes in kept if changes]


def untested(project: Project, podman: str, place: str) -> list[tuple[Claim, tuple[Environment, ...]]]:
    """The claims that cannot be compared on some way, with the environments in which they were not tested."""
    found = []
    for claim in project.claims.values():
        changes = [change for change in _changes(project, claim, podman, place) if "lab" in change.words]
        lab = {one for c in changes for one, v in ((c.before, c.was), (c.after, c.now)) if v.word == "lab"}
        if lab:
            found.append((claim, tuple(one for one in load_environments() if one in lab)))
    return found


def _differences(project: Project, podman: str, place: str, words: set[str]) -> Iterator[Difference]:
    for claim in project.claims.values():
        changes = tuple(c for c in _changes(project, claim, podman, place) if words.issuperset(c.words))
        if changes:
            yield Difference(claim, changes)


def _changes(project: Project, claim: Claim, podman: str, place: str) -> Iterator[Change]:
    for old, new in pairs(podman, load_environments(), place):
        was, now = project.verdicts[claim.id, old.id], project.verdicts[claim.id, new.id]
        if was.word != now.word:
            yield Change(old, new, was, now)
