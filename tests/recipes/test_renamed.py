"""A fix under a reader's own names does the same: recipes print the same, except for the names."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from support.changed import changed

from recetario.book.case import Case
from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Evidence
from recetario.book.fields import PATTERNS, Field, Kind, mark
from recetario.book.project import Project
from recetario.lab.runs import Run
from recetario.replay.kernel import Kernel
from recetario.replay.story import run_recipe

_PROJECT = Project(Path(__file__).parents[2])


def environments_of(slug: str) -> list[Environment]:
    """For a recipe with fields, all that it is about; else none."""
    file = _PROJECT.files[slug]
    return list(filter(file.about.fits, load_environments())) if file.fields else []


def _draw(field: Field, chance: random.Random) -> str:
    """A value that a reader could type; for an image, one that the lab has, with the same command."""
    if field.kind is Kind.IMAGE:
        image, _, arguments = field.ours.partition(" ")
        return f"{image}:latest {arguments}"
    if field.kind is Kind.PORT:
        return str(chance.randrange(20_000, 30_000))
    return chance.choice(string.ascii_lowercase) + "".join(chance.choices(string.ascii_lowercase + string.digits, k=11))


def _renamed(case: Case, values: Mapping[str, str], folder: Path) -> Case:
    """The same case under other names."""

    def change(name: str, text: str) -> str:
        lines = text.splitlines(keepends=True)  # `[dns-inspect]` is a claim, not a network
        return "".join(line if line.startswith("[") else _with_names(line, case.file.fields, values) for line in lines)

    return changed(case, folder, change)


def _with_names(text: str, fields: Collection[Field], values: Mapping[str, str]) -> str:
    return mark(text, fields, lambda field: values[field.role])


def _comparable(evidence: Evidence, names: Mapping[str, str]) -> dict[str, object]:
    """The outputs with these names replaced; columns of tables are as wide as the names in them."""

    def text(printed: str) -> str:
        for name, other in names.items():
            printed = printed.replace(name, other)
        return re.sub(r"[ \t]+", " ", printed)

    return {
        step: replace(output, stdout=text(output.stdout), stderr=text(output.stderr))
        for step, output in evidence.outputs.items()
    }


@pytest.mark.podman
def test_under_other_names_a_recipe_prints_the_same(case: Case, tmp_path: Path) -> None:
    """Except for the names, which are drawn at random."""
    seed = random.randrange(2**32)
    print(f"seed: {seed}")
    chance = random.Random(seed)
    values = {field.role: _draw(field, chance) for field in case.file.fields}
    renamed = _renamed(case, values, tmp_path)

    with Run(_PROJECT.top) as run, Kernel() as kernel, run.host(case.environment, "-".join(case.file.needs)) as host:
        evidence = run_recipe(renamed, host, kernel)

    ours = {values[field.role]: field.ours for field in case.file.fields}
    assert _comparable(evidence, ours) == _comparable(_PROJECT.evidence[case.key], {})


def test_names_that_are_drawn_are_valid(slug: str) -> None:
    """A reader could type them."""
    for field in _PROJECT.files[slug].fields:
        drawn = _draw(field, random.Random(1)).partition(" ")[0]
        assert re.fullmatch(PATTERNS[field.kind], drawn)
