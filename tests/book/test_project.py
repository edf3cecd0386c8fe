"""The project is what its folder says, checked as it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.demo import CLAIMS, NEWEST, Demo, refusal

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.project import Project
from recetario.takeaway.notebook import notebook_of


def second_recipe(demo: Demo, claims: str) -> None:
    """A recipe more, with these claims."""
    folder = demo.top / "recipes" / "other"
    folder.mkdir()
    (folder / "recipe.sh").write_text(demo.recipe().path.read_text("utf-8"), "utf-8")
    (folder / "claims.toml").write_text(claims, "utf-8")


def test_a_project_is_read_from_its_top(demo: Demo) -> None:
    """Recipes, claims, evidence, verdicts, each by its name."""
    project = demo.project()

    assert list(project.recipes) == list(project.files) == ["demo"]
    assert list(project.claims) == ["demo-answers"]
    assert len(project.evidence) == len(project.verdicts) == len(load_environments())


def test_a_row_of_the_grid_is_in_table_order(demo: Demo) -> None:
    """One verdict an environment."""
    row = demo.project().row("demo-answers")

    assert [verdict.evidence[0].environment for verdict in row] == [one.id for one in load_environments()]


def test_a_claim_in_two_recipes_is_refused(demo: Demo) -> None:
    """Its name stands for it everywhere."""
    second_recipe(demo, CLAIMS)
    words = refusal(lambda: Project(demo.top).files)

    assert words == 'Claim "demo-answers" stands in both demo and other.\n  Rename one.'


def test_everything_is_replayed_where_nothing_is_named(demo: Demo) -> None:
    """Every recipe in every environment."""
    second_recipe(demo, CLAIMS.replace("demo-answers", "other-answers"))
    cases = Project(demo.top).cases()

    assert len(cases) == 24
    assert cases[0].id == "demo on 3.0-cni-root"
    assert cases[-1].id == f"other on {NEWEST}"


def test_what_is_named_is_replayed(demo: Demo) -> None:
    """Recipes and environments, in table order."""
    second_recipe(demo, CLAIMS.replace("demo-answers", "other-answers"))
    cases = Project(demo.top).cases(["other"], [NEWEST, "3.0-cni-root"])

    assert [case.id for case in cases] == ["other on 3.0-cni-root", f"other on {NEWEST}"]


def test_a_recipe_is_not_replayed_out_of_its_scope(demo: Demo) -> None:
    """Nor is evidence asked for there."""
    demo.claims(first='about = { backend = "cni", rootless = true }\n')

    assert [case.environment.id for case in Project(demo.top).cases()] == ["3.0-cni-rootless", "4.3-cni-rootless"]
    assert len(demo.project().evidence) == 2


def test_an_unknown_recipe_is_named_with_the_nearest(demo: Demo) -> None:
    """On the command line, say."""
    words = refusal(lambda: Project(demo.top).cases(["dmo"]))

    assert words == 'There is no recipe "dmo".\n  Did you mean "demo"?'


def test_an_unknown_environment_is_named(demo: Demo) -> None:
    """There, too."""
    words = refusal(lambda: Project(demo.top).cases(["demo"], ["6.1-netavark-rootles"]))

    assert f'Did you mean "{NEWEST}"?' in words


def test_a_replay_waits_outside_of_what_git_keeps(demo: Demo) -> None:
    """Until somebody has read the difference."""
    (case,) = Project(demo.top).cases(["demo"], [NEWEST])

    assert case.result.relative_to(demo.top) == Path(f".recetario/replays/demo/{NEWEST}.ipynb")
    assert case.evidence.relative_to(demo.top) == Path(f"recipes/demo/evidence/{NEWEST}.ipynb")


def test_evidence_that_is_missing_somewhere_is_named(demo: Demo) -> None:
    """A grid with a hole in it is not shown."""
    project = demo.project()
    (demo.folder / "evidence" / "4.3-cni-root.ipynb").unlink()

    assert refusal(lambda: project.verdicts).startswith("demo has no evidence for 4.3-cni-root: recipes/demo/evidence/")


def test_evidence_of_a_failed_step_is_refused(demo: Demo) -> None:
    """Reading it looks at how the story ended."""
    project = demo.project(check=Output("answer: yes\n", status=1))

    assert 'demo on 3.0-cni-root: step "check" ended with status 1.' in refusal(lambda: project.verdicts)


@pytest.mark.parametrize(
    ("first", "reference"),
    [
        ("", NEWEST),
        ('reference = "4.3-cni-root"\n', "4.3-cni-root"),
        ('about.backend = "cni"\n', "4.3-cni-rootless"),
        ("about.rootless = false\n", "6.1-netavark-root"),
    ],
)
def test_the_reference_is_the_newest_rootless_or_what_is_named(demo: Demo, first: str, reference: str) -> None:
    """Of the environments that the recipe is replayed in."""
    demo.claims(first=first)

    assert Project(demo.top).reference("demo").id == reference


def test_a_page_is_found_by_recipe_and_language(demo: Demo) -> None:
    """The same name in both."""
    project = Project(demo.top)

    assert project.page("demo", "es").title == "¿Contesta la demo?"
    assert project.page("demo", "en").title == "Does the demo answer me?"


def test_a_notebook_has_the_references_outputs(demo: Demo) -> None:
    """And links to where the site is published."""
    demo.claims(first='reference = "4.3-cni-root"\n')
    content = notebook_of(demo.project(), "demo", "es").decode()

    assert "Las salidas son las de 4.3-cni-root (Podman 4.3.2)" in content
    assert "https://recetario.example/es/recipes/demo/" in content
