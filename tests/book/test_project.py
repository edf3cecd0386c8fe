"""A project is read from its folder and checked at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.demo import ANSWERS, CLAIMS, NEWEST, NEWEST_ROOT, Demo, refusal

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.project import Project
from recetario.takeaway.notebook import notebook_of


def second_recipe(demo: Demo, claims: str) -> None:
    """Add another recipe with these claims."""
    folder = demo.top / "recipes" / "other"
    folder.mkdir()
    (folder / "recipe.sh").write_text(demo.recipe().path.read_text("utf-8"), "utf-8")
    (folder / "claims.toml").write_text(claims, "utf-8")


def test_a_project_is_read_from_its_top(demo: Demo) -> None:
    """Recipes, claims, evidence and verdicts are found by their keys."""
    project = demo.project()

    assert list(project.recipes) == list(project.claim_files) == ["demo"]
    assert list(project.claims) == ["demo-answers"]
    assert len(project.evidence) == len(project.verdicts) == len(load_environments())


def test_a_row_of_the_grid_is_in_table_order(demo: Demo) -> None:
    """A row has one verdict for each environment."""
    row = demo.project().row(ANSWERS)

    assert [verdict.evidence[0].environment for verdict in row] == [
        environment.id for environment in load_environments()
    ]


def test_a_claim_in_two_recipes_is_refused(demo: Demo) -> None:
    """Claims are named without their recipe, so names must be unique in the project."""
    second_recipe(demo, CLAIMS)
    message = refusal(lambda: Project(demo.top).claim_files)

    assert message == 'Claim "demo-answers" is in both demo and other.\n  Rename one of them.'


def test_everything_is_replayed_if_nothing_is_named(demo: Demo) -> None:
    """Without names, there is a case for every recipe in every environment."""
    second_recipe(demo, CLAIMS.replace("demo-answers", "other-answers"))
    cases = Project(demo.top).cases()

    assert [case.id for case in cases] == [
        f"{slug} on {environment.id}" for slug in ("demo", "other") for environment in load_environments()
    ]
    assert cases[0].id == "demo on 3.0-cni-root"


def test_only_named_recipes_and_environments_are_replayed(demo: Demo) -> None:
    """Only the named recipes and environments are replayed, in table order."""
    second_recipe(demo, CLAIMS.replace("demo-answers", "other-answers"))
    cases = Project(demo.top).cases(["other"], [NEWEST, "3.0-cni-root"])

    assert [case.id for case in cases] == ["other on 3.0-cni-root", f"other on {NEWEST}"]


def test_a_recipe_is_not_replayed_out_of_its_scope(demo: Demo) -> None:
    """Environments outside a recipe's scope have no case and need no evidence."""
    demo.claims(first='about = { backend = "cni", rootless = true }\n')

    assert [case.environment.id for case in Project(demo.top).cases()] == ["3.0-cni-rootless", "4.3-cni-rootless"]
    assert len(demo.project().evidence) == 2


def test_an_unknown_recipe_is_refused(demo: Demo) -> None:
    """The message suggests the most similar recipe."""
    message = refusal(lambda: Project(demo.top).cases(["dmo"]))

    assert message == 'There is no recipe "dmo".\n  Did you mean "demo"?'


def test_an_unknown_environment_is_refused(demo: Demo) -> None:
    """The message suggests the most similar environment."""
    message = refusal(lambda: Project(demo.top).cases(["demo"], ["5.4-netavark-rootles"]))

    assert 'Did you mean "5.4-netavark-rootless"?' in message


def test_a_replay_is_written_to_a_folder_that_git_ignores(demo: Demo) -> None:
    """The result of a replay becomes evidence only when it is accepted."""
    (case,) = Project(demo.top).cases(["demo"], [NEWEST])

    assert case.result.relative_to(demo.top) == Path(f".recetario/replays/demo/{NEWEST}.ipynb")
    assert case.evidence.relative_to(demo.top) == Path(f"recipes/demo/evidence/{NEWEST}.ipynb")


def test_missing_evidence_is_refused(demo: Demo) -> None:
    """Verdicts need evidence for every environment; the message has the missing file."""
    project = demo.project()
    (demo.folder / "evidence" / "4.3-cni-root.ipynb").unlink()

    assert refusal(lambda: project.verdicts).startswith("demo has no evidence for 4.3-cni-root: recipes/demo/evidence/")


def test_evidence_of_a_failed_step_is_refused(demo: Demo) -> None:
    """Evidence of a story that ended early without being declared is an error."""
    project = demo.project(check=Output("answer: yes\n", status=1))

    assert 'demo on 3.0-cni-root: step "check" ended with status 1.' in refusal(lambda: project.verdicts)


@pytest.mark.parametrize(
    ("first", "reference"),
    [
        ("", NEWEST),
        ('reference = "4.3-cni-root"\n', "4.3-cni-root"),
        ('about.backend = "cni"\n', "4.3-cni-rootless"),
        ("about.rootless = false\n", NEWEST_ROOT),
    ],
)
def test_the_reference_is_the_named_or_the_newest_rootless_environment(demo: Demo, first: str, reference: str) -> None:
    """Only environments in the recipe's scope count."""
    demo.claims(first=first)

    assert Project(demo.top).reference("demo").id == reference


def test_a_page_is_found_by_recipe_and_language(demo: Demo) -> None:
    """Pages of a recipe have the same file name in both languages."""
    project = Project(demo.top)

    assert project.page("demo", "es").title == "¿Contesta la demo?"
    assert project.page("demo", "en").title == "Does the demo answer me?"


def test_a_notebook_has_the_references_outputs(demo: Demo) -> None:
    """A notebook says whose outputs it has, and links to the published page."""
    demo.claims(first='reference = "4.3-cni-root"\n')
    content = notebook_of(demo.project(), "demo", "es").decode()

    assert "Las salidas son las de 4.3-cni-root (Podman 4.3.2)" in content
    assert "https://recetario.example/es/recipes/demo/" in content
