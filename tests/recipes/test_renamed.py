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
from support.copied import copy_each_step

from recetario.book.case import Case
from recetario.book.environments import Environment, load_environments
from recetario.book.evidence import Output
from recetario.book.fields import PATTERNS, Field, Kind, replace_literals
from recetario.book.project import Project
from recetario.lab.runs import Run

_PROJECT = Project(Path(__file__).parents[2])


def environments_of(slug: str) -> list[Environment]:
    """For a recipe with fields, all that it is about; else none."""
    file = _PROJECT.claim_files[slug]
    return list(filter(file.about.fits, load_environments())) if file.fields else []


def _draw(fields: Collection[Field], chance: random.Random) -> dict[str, str]:
    """For each role, a value that a reader could type.

    Names and ports sort as ours do, also next to the network `podman`: Podman lists some of them in that order. Images
    are ours with a tag, so that the lab has them.
    """
    values: dict[str, str] = {}
    for kind in Kind:
        ours = sorted((field for field in fields if field.kind is kind), key=lambda field: field.ours)
        drawn = sorted(_value(field, chance) for field in ours)
        values |= {field.role: value for field, value in zip(ours, drawn, strict=True)}
    return values


def _value(field: Field, chance: random.Random) -> str:
    if field.kind is Kind.IMAGE:
        image, _, arguments = field.ours.partition(" ")
        return f"{image}:latest {arguments}"
    if field.kind is Kind.PORT:
        return str(chance.randrange(20_000, 30_000))
    return field.ours[:4] + "".join(chance.choices(string.ascii_lowercase + string.digits, k=10))


def _renamed(case: Case, values: Mapping[str, str], folder: Path) -> Case:
    """The same case under other names."""

    def change(name: str, text: str) -> str:
        lines = text.splitlines(keepends=True)  # `[dns-inspect]` is a claim, not a network
        return "".join(line if line.startswith("[") else _with_names(line, case.file.fields, values) for line in lines)

    return changed(case, folder, change)


def _with_names(text: str, fields: Collection[Field], values: Mapping[str, str]) -> str:
    return replace_literals(text, fields, lambda field: values[field.role])


def _comparable(outputs: Mapping[str, Output], names: Mapping[str, str]) -> dict[str, Output]:
    """These outputs with these names replaced; columns of tables are as wide as the names in them."""

    def text(printed: str) -> str:
        for name, other in names.items():
            printed = printed.replace(name, other)
        return re.sub(r"[ \t]+", " ", printed)

    return {
        step: replace(output, stdout=text(output.stdout), stderr=text(output.stderr))
        for step, output in outputs.items()
    }


@pytest.mark.podman
def test_under_other_names_a_recipe_prints_the_same(case: Case, run: Run, tmp_path: Path) -> None:
    """Except for the names, which are drawn at random. Each step is copied into a shell of its own."""
    seed = random.randrange(2**32)
    print(f"seed: {seed}")
    values = _draw(case.file.fields, random.Random(seed))
    renamed = _renamed(case, values, tmp_path)

    with run.host(case.environment, case.file.needs, without=case.file.without) as host:
        printed = copy_each_step(renamed, host)

    ours = {values[field.role]: field.ours for field in case.file.fields}
    kept = _PROJECT.evidence[case.key].outputs
    assert _comparable(printed, ours) == _comparable({name: kept[name] for name in printed}, {})


def test_values_that_are_drawn_are_valid(slug: str) -> None:
    """A reader could type them."""
    fields = _PROJECT.claim_files[slug].fields
    drawn = _draw(fields, random.Random(1))
    for field in fields:
        assert re.fullmatch(PATTERNS[field.kind], drawn[field.role].partition(" ")[0])


def test_names_that_are_drawn_sort_as_ours_do() -> None:
    """With networks called the other way round, `podman inspect` lists them the other way round."""
    for seed in range(20):
        fields = _PROJECT.claim_files["connect-refused"].fields
        values = _draw(fields, random.Random(seed))
        drawn = {field.ours: values[field.role] for field in fields}
        assert drawn["connect-refused-back"] < drawn["connect-refused-front"] < "podman"
