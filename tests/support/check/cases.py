"""Which replays `check` runs: the recipes that changed, everywhere, and a sample of the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from support.check.changes import Changes

from recetario.book.case import Case
from recetario.book.evidence import picture_beside
from recetario.book.ids import CaseKey
from recetario.book.normalise import TOKEN
from recetario.book.project import Project

__all__ = ["RECIPES_A_TURN", "Cases", "traits"]

RECIPES_A_TURN = 64
"""How many recipes take part in a sample: with more recipes, it stays as large, and each takes part less often."""


class Cases:
    """The cases of a project, and those that a check replays.

    Attributes:
        all: Every case.
    """

    def __init__(self, project: Project) -> None:
        self.all = project.cases()
        self._by_recipe: dict[str, list[Case]] = {}
        for case in self.all:
            self._by_recipe.setdefault(case.recipe.slug, []).append(case)

    def changed(self, changes: Changes) -> list[Case]:
        """Each case whose recipe, needs or environment changed."""
        return [
            case
            for case in self.all
            if case.recipe.slug in changes.recipes
            or case.environment.id in changes.environments
            or changes.needs.intersection(case.file.needs)
        ]

    def sample(self, turn: int, changed: Iterable[Case] = ()) -> list[Case]:
        """One case of each recipe whose turn it is, and more until every trait occurs.

        Args:
            turn: The next turn takes the next case of each recipe; one comes again only after all others of its recipe.
            changed: Cases that are replayed in any case; the sample leaves them out, and need not show their traits.
        """
        taken = {case.key for case in changed}
        sample = [case for case in self._in_turn(turn) if case.key not in taken]
        shown = {*taken, *(case.key for case in sample)}
        missing = set().union(*self._traits.values()).difference(*(self._traits[key] for key in shown))
        while missing:
            start = turn * len(sample) % len(self.all)  # so that the same recipe isn't always the one that shows it
            candidates = (*self.all[start:], *self.all[:start])
            sample.append(max(candidates, key=lambda case: len(missing & self._traits[case.key])))
            missing -= self._traits[sample[-1].key]
        return sample

    def _in_turn(self, turn: int) -> Iterator[Case]:
        """The next recipes after those of the turn before, each with its next case."""
        recipes = list(self._by_recipe)
        for place in range(turn * RECIPES_A_TURN, turn * RECIPES_A_TURN + min(RECIPES_A_TURN, len(recipes))):
            times, number = divmod(place, len(recipes))
            cases = self._by_recipe[recipes[number]]
            yield cases[(times + number) % len(cases)]

    @cached_property
    def _traits(self) -> dict[CaseKey, frozenset[str]]:
        return {case.key: frozenset(traits(case)) for case in self.all}


def traits(case: Case) -> Iterator[str]:
    """What the lab, the kernel and the evidence do for a case that they don't do for each."""
    environment, steps = case.environment, case.recipe.steps
    yield environment.id
    yield from (f"{need}, {environment.backend}, {environment.mode}" for need in case.file.needs)
    yield from (f"without {name}, {environment.backend}" for name in case.file.without)
    text = case.evidence.read_text("utf-8") if case.evidence.is_file() else ""
    yield from (f"a placeholder <{kind}>" for kind in {re.sub(r"[<>\d]", "", token) for token in TOKEN.findall(text)})
    if any(step.reboots for step in steps):
        yield "a reboot"
    if environment.rootless and case.file.sudo:
        yield "a step as root"
    if case.end:
        yield "a refused end" if case.end.refused else "an end"
    if picture_beside(case.evidence).is_file():
        yield "a picture"
    if case.file.alone:
        yield "alone"
