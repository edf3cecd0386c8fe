"""Which tests and replays a change calls for."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.check.cases import RECIPES_A_TURN, Cases, traits
from support.check.changes import Changes, UnclearError, changes_of
from support.check.plan import TURNS, Plan, plan_for
from support.check.reads import TESTS, Candidate, is_chosen

from recetario.book.environments import load_environments
from recetario.book.ids import Slug
from recetario.book.project import Project

TOP = TESTS.parent
CASES = Cases(Project(TOP))
RECIPES = list(dict.fromkeys(case.recipe.slug for case in CASES.all))
TURN = 5
_OTHER = next(slug for slug in RECIPES[1:] if RECIPES.index(slug) % TURNS != TURN)


def _test(path: str, *markers: str, slug: str = "", sample: bool = False) -> Candidate:
    return Candidate(TESTS / path, frozenset(markers), slug, sample)


# One of each kind, by the letter that stands for it in the table below.
KINDS = {
    "q": _test("book/test_patterns.py"),  # quick
    "l": _test("lab/test_hosts.py", "podman"),
    "k": _test("kernel/test_host.py", "podman"),
    "r": _test("replay/test_story.py", "podman"),
    "c": _test("test_cli.py", "podman"),
    "f": _test("faults/test_faults.py", "podman"),
    "b": _test("site/test_browser.py", "browser"),
    "s": _test("site/test_browser.py", "browser", sample=True),
    "t": _test("site/test_speed.py", "browser", "alone"),
    "i": _test("takeaway/test_jupyter.py", "install"),
    "o": _test("recipes/test_on_podman.py", "podman", slug=_OTHER),
    "d": _test("recipes/test_on_podman.py", "podman", slug="dns-network"),
    "a": _test("recipes/test_readers_machine.py", "podman", "alone", slug="dns-network"),
    "!": _test("site/test_browser.py", "browser", "smoke"),
}
assert RECIPES.index(Slug("dns-network")) % TURNS != TURN  # else its tests would run anyway

# What changed, the kinds of tests that run, and the recipes or environments of which every case is replayed.
TABLE = [
    ("", "q!", ""),
    ("README.md", "q!", ""),
    ("README.es.md CONTRIBUTING.md LICENSE", "q!", ""),
    ("docs/decisions/0007-patterns.md", "q!", ""),
    ("docs/ledger.toml", "q!", ""),
    ("docs/readme/home-en.png", "q!", ""),
    (".github/workflows/check.yml", "q!", ""),
    (".ci/run", "q!", ""),
    (".gitignore", "q!", ""),
    ("noxfile.py", "q!", ""),
    ("docs/en/recipes/dns-network.md", "q!b", ""),
    ("docs/es/glossary.md docs/en/glossary.md", "q!b", ""),
    ("docs/errors.toml", "q!b", ""),
    ("docs/drawings/backend.svg", "q!b", ""),
    ("notebooks/es/dns-network.ipynb", "q!b", ""),
    ("docs/faults.toml", "q!f", ""),
    ("recipes/list.toml", "q!b", ""),
    ("recipes/history.csv", "q!b", ""),
    ("recipes/dns-network/recipe.sh", "q!bfda", "dns-network"),
    ("recipes/dns-network/claims.toml", "q!bfda", "dns-network"),
    ("recipes/dns-network/evidence/3.0-cni-root.ipynb", "q!bfda", "dns-network"),
    (f"recipes/dns-network/recipe.sh recipes/{_OTHER}/prepare.sh", "q!bfdao", f"dns-network {_OTHER}"),
    ("recipes/deleted/recipe.sh", "q!bf", ""),
    ("recipes/deleted/recipe.sh recipes/dns-network/recipe.sh", "q!bfda", "dns-network"),
    ("mkdocs.yml", "q!cbstfi", ""),
    ("src/recetario/site/theme/assets/recetario/blocks.css", "q!cbstfi", ""),
    ("src/recetario/site/blocks/steps.py", "q!cbstfi", ""),
    ("src/recetario/takeaway/script.py", "q!crbstfi", ""),
    ("src/recetario/translations/es.toml", "q!lkcrbstfi", ""),
    ("src/recetario/book/verdicts.py", "q!lkcrbstfi", ""),
    ("src/recetario/lab/files/boot", "q!lkcrfi", ""),
    ("src/recetario/kernel/live.sh", "q!kcrfi", ""),
    ("src/recetario/replay/story.py", "q!crfi", ""),
    ("src/recetario/errors.py", "q!lkcrbstfi", ""),
    ("src/recetario/cli.py", "q!c", ""),
    ("pyproject.toml", "q!lkcrbstfi", ""),
    ("constraints.txt", "q!lkcrbstfi", ""),
    ("tests/lab/test_hosts.py", "q!l", ""),
    ("tests/lab/conftest.py", "q!l", ""),
    ("tests/support/browser.py", "q!bst", ""),
    ("tests/support/snippets.py", "q!k", ""),
    ("tests/site/sample/en/index.md", "q!bst", ""),
    ("tests/conftest.py", "q!lkcrbstfi", ""),
    ("docs/en/recipes/dns-network.md src/recetario/kernel/bash.py README.md", "q!kcrbfi", ""),
]


def plan(*paths: str, turn: int = TURN) -> Plan:
    """What is chosen if these paths differ from the last commit."""
    return plan_for(CASES, changes_of(TOP, "HEAD", paths), turn)


def entirely(chosen: Plan) -> set[str]:
    """The recipes of which every case is replayed."""
    everywhere = {slug: {case.id for case in CASES.all if case.recipe.slug == slug} for slug in RECIPES}
    return {slug for slug, ids in everywhere.items() if ids <= set(chosen.cases)}


@pytest.mark.parametrize(("paths", "kinds", "recipes"), TABLE, ids=[row[0] or "nothing" for row in TABLE])
def test_a_change_chooses(paths: str, kinds: str, recipes: str) -> None:
    """Neither less than it can have broken, nor more."""
    chosen = plan(*paths.split())

    assert {kind for kind, test in KINDS.items() if is_chosen(test, chosen)} == set(kinds)
    assert entirely(chosen) == set(recipes.split())


def test_a_path_that_no_rule_knows_is_refused() -> None:
    """So that all of it is judged, and someone adds a rule."""
    with pytest.raises(UnclearError, match="no rule knows new/file"):
        plan("README.md", "new/file")


@pytest.mark.parametrize("environment", load_environments(), ids=lambda environment: environment.id)
def test_a_row_that_changed_replays_all_that_use_it(environment: object) -> None:
    """Each recipe in that environment, and none of the others more than in any turn."""
    ids = {case.id for case in CASES.all if case.environment == environment}
    name = next(iter(ids)).rpartition(" on ")[2]

    chosen = plan_for(CASES, Changes("abc", environments=frozenset({name})), TURN)

    assert ids <= set(chosen.cases)
    assert len(chosen.cases) <= len(ids) + 90


def test_a_need_that_changed_replays_all_that_use_it() -> None:
    """In all environments."""
    ids = {case.id for case in CASES.all if "ufw" in case.file.needs}

    assert ids <= set(plan_for(CASES, Changes("abc", needs=frozenset({"ufw"})), TURN).cases)


def test_a_sample_has_every_trait_and_a_case_of_each_recipe_whose_turn_it_is() -> None:
    """It is small all the same."""
    for turn in range(12):
        sample = CASES.sample(turn)

        assert {trait for case in sample for trait in traits(case)} == {t for case in CASES.all for t in traits(case)}
        assert len({case.recipe.slug for case in sample}) >= min(RECIPES_A_TURN, len(RECIPES))
        assert len({case.id for case in sample}) == len(sample) <= RECIPES_A_TURN + 20


def test_all_cases_take_part_within_twenty_turns() -> None:
    """There are twelve environments, and in most turns a few recipes don't take part."""
    seen = {case.id for turn in range(100, 120) for case in CASES.sample(turn)}

    assert seen == {case.id for case in CASES.all}


def test_with_more_recipes_a_sample_stays_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes part less often then, but all of them within twenty turns, in all environments within forty."""
    monkeypatch.setattr("support.check.cases.RECIPES_A_TURN", len(RECIPES) // 2)
    samples = [CASES.sample(turn) for turn in range(40)]

    assert max(map(len, samples)) <= len(RECIPES) // 2 + 25
    assert {case.recipe.slug for case in CASES.all} == {case.recipe.slug for s in samples[:20] for case in s}
    assert {case.id for case in CASES.all} == {case.id for sample in samples for case in sample}


def test_tests_of_every_recipe_run_within_six_turns() -> None:
    """A sixth of them in each."""
    turns = [plan(turn=turn).in_turn for turn in range(TURNS)]

    assert sorted(slug for recipes in turns for slug in recipes) == sorted(RECIPES)


def test_after_a_change_to_the_engine_a_full_run_is_due() -> None:
    """Any recipe might print something else. A page is no part of it."""
    assert plan("src/recetario/lab/files/boot").engine == ["lab"] and plan("src/recetario/kernel/bash.py").kills
    assert "Full run due: yes, because of lab." in plan("src/recetario/lab/files/boot").why
    assert plan("docs/en/index.md").engine == [] and "Full run due: no." in plan("docs/en/index.md").why


def test_what_was_chosen_is_kept_in_a_file(tmp_path: Path) -> None:
    """For the programs that run it."""
    chosen = plan("recipes/dns-network/recipe.sh")
    chosen.save(tmp_path / "check" / "plan.json")

    assert Plan.load(tmp_path / "check" / "plan.json").cases == list(chosen.cases)
