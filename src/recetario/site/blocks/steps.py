"""Blocks that show what a recipe does: its steps, their output, and its files."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass

from recetario.book.adjustments import load_adjustments
from recetario.book.claims import ClaimFile, End, Text
from recetario.book.environments import Environment, Mode, load_environments
from recetario.book.evidence import Evidence
from recetario.book.ids import Slug
from recetario.book.needs import load_needs
from recetario.book.recipes import Recipe, Step
from recetario.errors import RecetarioError, nearest
from recetario.site.blocks.block import PageBlock, Shows
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.groups import Group, describe, group

__all__ = ["Downloads", "Needs", "Picture", "StepBlock", "Transcripts"]


@dataclass(frozen=True)
class StepContent:
    """One step of a recipe.

    Attributes:
        slug: Of the recipe.
        name: Of the step.
        anchor: Id of the block on the page.
        variants: The step, or its variants for root and rootless; only for modes in which the recipe was replayed.
        groups: (Environments with equal output, their description), the reference's first.
        reference: The mode whose variant is shown first.
        needs_root: Whether it uses sudo.
        lab_only: Why steps are only for the lab, by step name.
    """

    slug: Slug
    name: str
    anchor: str
    variants: tuple[Step, ...]
    groups: list[tuple[Group, str]]
    reference: Mode
    needs_root: bool
    lab_only: Mapping[str, Text]


class StepBlock(PageBlock):
    """``/// step | create``: the commands of a step, and what they printed in each environment.

    ``/// step | dns-network:create`` borrows the step of another recipe.
    """

    NAME, ARGUMENT = "step", True
    SHOWS = Shows.STEP

    @staticmethod
    def content(page: PageContext, argument: str) -> StepContent:
        slug, _, name = argument.rpartition(":")
        recipe = page.find_recipe(slug)
        if name not in recipe.names:
            raise RecetarioError(
                f'{page.location} shows step "{name}", which recipe {recipe.slug} does not have.',
                nearest(name, recipe.names),
            )
        renderer = page.renderer
        outputs = [
            (environment, evidence.outputs[recipe.variant_for(name, environment).name])
            for environment, evidence in _evidence(page, recipe)
        ]
        tested = [environment for environment, _ in outputs]
        reference = renderer.project.reference(recipe.slug)
        groups = group(outputs, reference.id)
        file = renderer.project.claim_files[recipe.slug]
        return StepContent(
            recipe.slug,
            name,
            _anchor(argument),
            tuple(step for step in recipe.variants(name) if step.mode in (None, *(one.mode for one in tested))),
            [(one, describe(one.environments, tested, renderer.language)) for one in groups],
            reference.mode,
            name in file.sudo,
            file.lab_only,
        )

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        """Put the id on the outermost element, where MkDocs looks for the targets of links."""
        element = super().on_create(parent)
        element.set("id", _anchor(self.argument))
        return element


@dataclass(frozen=True)
class TranscriptsContent:
    """The transcripts of a recipe.

    Attributes:
        recipe: Whose.
        file: Its claims and settings.
        transcripts: (Environment, its evidence, how the story ends early there or None), the reference's first.
    """

    recipe: Recipe
    file: ClaimFile
    transcripts: list[tuple[Environment, Evidence, End | None]]

    @property
    def lab_only(self) -> Mapping[str, Text]:
        """Why steps are only for the lab, by step name."""
        return self.file.lab_only

    def steps(self, environment: Environment) -> list[Step]:
        """The steps as they ran in an environment."""
        return [self.recipe.variant_for(name, environment) for name in self.recipe.names]


class Transcripts(PageBlock):
    """``/// transcripts``: everything that the page's recipe printed, by environment."""

    NAME, ARGUMENT = "transcripts", False
    SHOWS = Shows.PAGE

    @staticmethod
    def content(page: PageContext, argument: str) -> TranscriptsContent:
        recipe = page.find_recipe()
        project = page.renderer.project
        file, reference = project.claim_files[recipe.slug], project.reference(recipe.slug)
        transcripts = [
            (environment, evidence, file.end(environment)) for environment, evidence in _evidence(page, recipe)
        ]
        transcripts.sort(key=lambda transcript: transcript[0] != reference)
        return TranscriptsContent(recipe, file, transcripts)


@dataclass(frozen=True)
class NeedsContent:
    """How the recipe's hosts differ from plain ones, a sentence each, in every language."""

    texts: list[Text]


class Needs(PageBlock):
    """``/// needs``: what machine the page's recipe was tested on, if it was not a plain host."""

    NAME, ARGUMENT = "needs", False
    SHOWS = Shows.NONE

    @staticmethod
    def content(page: PageContext, argument: str) -> NeedsContent:
        file = page.renderer.project.claim_files[page.find_recipe().slug]
        without = [load_adjustments()[name].text for name in file.without]
        return NeedsContent([load_needs()[name].text for name in file.needs] + without)


@dataclass(frozen=True)
class DownloadsContent:
    """The addresses of a recipe's script and notebook."""

    script: str
    notebook: str


class Downloads(PageBlock):
    """``/// downloads``: links to the page's recipe as a script and as a notebook."""

    NAME, ARGUMENT = "downloads", False
    SHOWS = Shows.PAGE

    @staticmethod
    def content(page: PageContext, argument: str) -> DownloadsContent:
        slug, link = page.find_recipe().slug, page.renderer.link
        return DownloadsContent(link(f"downloads/{slug}.sh"), link(f"notebooks/{slug}/"))


@dataclass(frozen=True)
class PictureContent:
    """A picture: where it was made, its address, and the title of the recipe that made it."""

    environment: Environment
    address: str
    title: str


class Picture(PageBlock):
    """``/// picture | 5.4-netavark-root``: the picture that the page's recipe left in an environment."""

    NAME, ARGUMENT = "picture", True
    SHOWS = Shows.PAGE

    @staticmethod
    def content(page: PageContext, argument: str) -> PictureContent:
        recipe, environment = page.find_recipe(), page.environment(argument)
        address = page.renderer.link(f"pictures/{recipe.slug}/{environment.id}.png")
        return PictureContent(environment, address, page.renderer.title(recipe).replace("`", ""))


def _evidence(page: PageContext, recipe: Recipe) -> list[tuple[Environment, Evidence]]:
    """The recipe's evidence, in the order of the environments."""
    evidence = page.renderer.project.evidence
    return [
        (environment, evidence[recipe.slug, environment.id])
        for environment in load_environments()
        if (recipe.slug, environment.id) in evidence
    ]


def _anchor(argument: str) -> str:
    """The id of a step: ``step-check``, or ``step-dns-network-check`` if it is borrowed."""
    return f"step-{argument.replace(':', '-')}"
