"""Blocks for the top of a recipe's page: the fix, whether it worked, and where it works."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recetario.book.claims import Answer, Claim, Text
from recetario.book.environments import Mode, load_environments
from recetario.book.fields import Field
from recetario.book.patterns import matching_line
from recetario.book.recipes import Recipe, Step
from recetario.errors import RecetarioError
from recetario.site.blocks.block import PageBlock, Shows
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.when import last_words

__all__ = ["Fix", "Where", "Worked"]

_STOPS = re.compile(r"\bpodman (?:pod )?stop\b")


@dataclass(frozen=True)
class Commands:
    """Steps to run, as root or as a user.

    Attributes:
        anchor: What the ids of its tabs begin with.
        variants: (Mode, its steps), or a single one with mode None if it makes no difference.
        reference: The mode whose variant is shown first.
        titles: What to call steps, by common name.
        sudo: The common names of steps that need root even in rootless mode.
        fields: What the reader replaces by names, ports and images of her own.
        lab_only: Why steps are only for the lab, by step name.
    """

    anchor: str
    variants: list[tuple[Mode | None, list[Step]]]
    reference: Mode
    titles: Mapping[str, Text]
    sudo: tuple[str, ...]
    fields: tuple[Field, ...]
    lab_only: Mapping[str, Text]

    @property
    def stops(self) -> bool:
        """Whether a step stops a container, which deletes it if it was created with ``--rm``."""
        return any(_STOPS.search(step.command) for _, steps in self.variants for step in steps)


class Fix(PageBlock):
    """``/// fix | CLAIM``: the commands that the page recommends: the steps that the claim has as its ``fix``."""

    NAME, ARGUMENT = "fix", True
    SHOWS = Shows.CLAIM

    @staticmethod
    def content(page: PageContext, argument: str) -> Commands:
        claim = _fixed_claim(page, argument)
        return _commands(page, claim, "fix", claim.fix)


@dataclass(frozen=True)
class WorkedContent:
    """How to see whether a fix worked.

    Attributes:
        commands: The command that shows it; None if it is part of the fix.
        line: A line that it prints if it worked.
        fields: What the reader replaces in it.
        evidence: The address of the transcript that has this line.
    """

    commands: Commands | None
    line: str
    fields: tuple[Field, ...]
    evidence: str


class Worked(PageBlock):
    """``/// worked | CLAIM``: the command that shows whether the fix worked, and a line to look for.

    Without the command if the fix ends with it.
    """

    NAME, ARGUMENT = "worked", True
    SHOWS = Shows.CLAIM

    @staticmethod
    def content(page: PageContext, argument: str) -> WorkedContent:
        claim, project = _fixed_claim(page, argument), page.renderer.project
        recipe, reference = project.recipes[claim.recipe], project.reference(claim.recipe)
        for environment in (reference, *reversed(load_environments())):
            if project.verdicts[claim.id, environment.id].verdict is Answer.HOLDS:
                step = recipe.variant_for(claim.step, environment)
                lines = project.evidence[recipe.slug, environment.id].outputs[step.name].lines
                in_fix = claim.step in claim.fix
                return WorkedContent(
                    None if in_fix else _commands(page, claim, "worked", (claim.step,)),
                    matching_line(claim.holds, lines) or "",
                    project.claim_files[claim.recipe].fields,
                    page.renderer.transcript_url(recipe.slug, environment, step.common),
                )
        raise RecetarioError(f'{page.location} shows whether the fix of "{claim.id}" worked, but it holds nowhere.')


@dataclass(frozen=True)
class WhereContent:
    """The claim that judges a fix, when it was last verified, and the address of its transcripts."""

    claim: Claim
    when: str
    transcripts: str


class Where(PageBlock):
    """``/// where | CLAIM``: the verdicts on the fix, one mark for each environment, and when they were tested."""

    NAME, ARGUMENT = "where", True
    SHOWS = Shows.CLAIM

    @staticmethod
    def content(page: PageContext, argument: str) -> WhereContent:
        claim, renderer = _fixed_claim(page, argument), page.renderer
        when = last_words(renderer.project, claim.recipe, renderer.language)
        return WhereContent(claim, when, renderer.link(f"transcripts/{claim.recipe}/"))


def _fixed_claim(page: PageContext, name: str) -> Claim:
    claim = page.claim(name)
    if not claim.fix:
        raise RecetarioError(
            f'{page.location} shows the fix of claim "{name}", which has none.',
            f'List the steps to recommend in recipes/{claim.recipe}/claims.toml: fix = ["STEP"].',
        )
    return claim


def _commands(page: PageContext, claim: Claim, anchor: str, names: Sequence[str]) -> Commands:
    project = page.renderer.project
    recipe, file = project.recipes[claim.recipe], project.claim_files[claim.recipe]
    reference = project.reference(claim.recipe).mode
    return Commands(anchor, _variants(recipe, names), reference, file.titles, file.sudo, file.fields, file.lab_only)


def _variants(recipe: Recipe, names: Sequence[str]) -> list[tuple[Mode | None, list[Step]]]:
    steps = [step for name in names for step in recipe.variants(name)]
    if all(step.mode is None for step in steps):
        return [(None, steps)]
    return [(mode, [step for step in steps if step.mode in (None, mode)]) for mode in Mode]
