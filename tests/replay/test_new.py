"""A new recipe is complete and can be replayed before its author changes anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.demo import NEWEST, environment, refusal

from recetario.book.pages import load_page
from recetario.book.project import Project
from recetario.lab.runs import Run
from recetario.replay.kernel_process import KernelProcess
from recetario.replay.new import begin_recipe
from recetario.replay.story import replay

TOP = Path(__file__).parents[2]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A project with a single recipe."""
    (tmp_path / "mkdocs.yml").touch()
    shutil.copytree(TOP / "recipes" / "backend-check", tmp_path / "recipes" / "backend-check")
    group = '[[group]]\nid = "all"\nes = "Todas"\nen = "All"\nrecipes = [\n  "backend-check",\n]\n'
    (tmp_path / "recipes" / "list.toml").write_text(group, "utf-8")
    return tmp_path


def test_it_has_a_claim_both_pages_and_a_line_in_the_list(top: Path) -> None:
    """All files that CONTRIBUTING.md asks for exist, and the pages show every step."""
    paths = begin_recipe(top, "my-question")
    project = Project(top)
    pages = [load_page(top / "docs" / language / "recipes" / "my-question.md", top) for language in ("es", "en")]

    assert [path.name for path in paths] == [
        *("recipe.sh", "claims.toml", "my-question.md", "my-question.md", "list.toml"),
    ]
    assert list(project.claim_files["my-question"].claims) == ["my-question"]
    assert project.groups[0].recipes == ("backend-check", "my-question")
    assert pages[0].blocks == pages[1].blocks
    assert [block.argument for block in pages[0].blocks if block.name == "step"] == [
        *project.recipes["my-question"].names
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My Question", '"My Question" is not a valid recipe name.'),
        ("backend-check", '"backend-check" is already the name of a recipe or claim.'),
        ("two-backends", '"two-backends" is already the name of a recipe or claim.'),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(top: Path, name: str, message: str) -> None:
    """Names must be valid, and no recipe or claim may have them already; otherwise nothing is written."""
    before = sorted(top.rglob("*"))

    assert refusal(lambda: begin_recipe(top, name)).startswith(message)
    assert sorted(top.rglob("*")) == before


@pytest.mark.podman
@pytest.mark.parametrize("where", ["3.0-cni-rootless", NEWEST])
def test_it_can_be_replayed_without_changes(top: Path, where: str) -> None:
    """The replay succeeds with the oldest and the newest Podman."""
    begin_recipe(top, "my-question")
    case = Project(top).case("my-question", environment(where))

    with Run(TOP) as run, KernelProcess() as kernel, run.host(case.environment) as host:
        evidence = replay(case, host, kernel)

    assert evidence.outputs["check"].stdout == "answer: it exists\n"
