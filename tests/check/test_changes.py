"""What git says of a change; whatever isn't clear is refused with a sentence, so that all of it is judged."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest
from support.check.changes import UnclearError, changes_since, last_green
from support.check.ledger import FullRun, Part

ROWS = '[[podman]]\nversion = "5.4"\nsuite = "trixie"\nbackends = ["netavark"]\n'
ENVIRONMENTS = "src/recetario/book/environments.toml"


class Repository:
    """A clone with a recipe and a table, of one commit."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.git("init", "--quiet", "--initial-branch=main")
        self.first = self.commit({"recipes/web/recipe.sh": "true\n", "README.md": "Read.\n", ENVIRONMENTS: ROWS})

    def git(self, *arguments: str) -> str:
        """Run git as somebody; return what it prints."""
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@recetario.example", "-c", "protocol.file.allow=always")
        done = subprocess.run(["git", *who, *arguments], cwd=self.top, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files."""
        for name, text in files.items():
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            (self.top / name).write_text(text)

    def commit(self, files: dict[str, str] | None = None) -> str:
        """Write files, and commit everything; return the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=Change", "--allow-empty")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A clone of one commit."""
    (tmp_path / "clone").mkdir()
    return Repository(tmp_path / "clone")


def run_of(commit: str) -> FullRun:
    """A green run of this commit."""
    return FullRun((Part(commit, date(2026, 12, 3), "1/1", 50, 5000, 615, []),))


def test_a_change_has_its_paths_and_recipes(repository: Repository) -> None:
    """Those that differ now, whatever was committed and taken back in between."""
    repository.commit({"README.md": "Other.\n"})
    repository.commit({"README.md": "Read.\n", "recipes/web/recipe.sh": "false\n"})

    changes = changes_since(repository.top, repository.first)

    assert (changes.paths, changes.recipes) == (("recipes/web/recipe.sh",), frozenset({"web"}))


def test_a_mode_is_a_change(repository: Repository) -> None:
    """A script that can no longer be run is broken, although its text is the same."""
    (repository.top / "recipes/web/recipe.sh").chmod(0o755)
    repository.commit()

    assert changes_since(repository.top, repository.first).recipes == {"web"}


def test_a_renamed_recipe_has_changed_under_its_new_name(repository: Repository) -> None:
    """The old one can't be replayed any more."""
    repository.git("mv", "recipes/web", "recipes/shop")
    repository.commit()

    changes = changes_since(repository.top, repository.first)

    assert changes.paths == ("recipes/shop/recipe.sh", "recipes/web/recipe.sh")
    assert changes.recipes == {"shop"}


def test_a_deleted_recipe_leaves_nothing_to_replay(repository: Repository) -> None:
    """But what shows recipes has changed."""
    repository.git("rm", "--quiet", "-r", "recipes/web")
    repository.commit({"recipes/list.toml": ""})

    changes = changes_since(repository.top, repository.first)

    assert changes.recipes == set()
    assert changes.areas == {"recipes", "pages"}


def test_a_merge_brings_the_changes_of_both(repository: Repository) -> None:
    """Also those of a branch that began before the full run."""
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit({"recipes/shop/recipe.sh": "true\n"})
    repository.git("checkout", "--quiet", "main")
    full = repository.commit({"README.md": "Other.\n"})
    repository.git("merge", "--quiet", "--no-edit", "other")

    assert last_green(repository.top, [run_of(full)]).commit == full
    assert changes_since(repository.top, full).recipes == {"shop"}


def test_a_changed_row_is_named(repository: Repository) -> None:
    """A new backend is a new environment for root and for others; the rest of the row is as it was."""
    repository.commit({ENVIRONMENTS: ROWS.replace('["netavark"]', '["cni", "netavark"]')})
    added = changes_since(repository.top, repository.first)
    repository.commit({ENVIRONMENTS: ROWS.replace("trixie", "forky")})
    moved = changes_since(repository.top, repository.first)

    assert added.environments == {"5.4-cni-root", "5.4-cni-rootless"}
    assert moved.environments == {"5.4-netavark-root", "5.4-netavark-rootless"}


def test_the_newest_full_run_of_an_earlier_commit_counts(repository: Repository) -> None:
    """One of another branch doesn't."""
    second = repository.commit()
    repository.git("checkout", "--quiet", "-b", "other")
    other = repository.commit({"README.md": "Other.\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit()

    runs = [run_of(other), run_of("0" * 40), run_of(second), run_of(repository.first)]
    assert last_green(repository.top, runs).commit == second


def refused(repository: Repository, *runs: FullRun) -> str:
    """Why a change can't be told."""
    with pytest.raises(UnclearError) as error:
        changes_since(repository.top, last_green(repository.top, runs or [run_of(repository.first)]).commit)
    return str(error.value)


def test_no_full_run_is_refused(repository: Repository) -> None:
    """So are runs of commits that don't exist, or aren't before this one."""
    with pytest.raises(UnclearError, match="has no full run that was green"):
        last_green(repository.top, [])
    assert refused(repository, run_of("f" * 40)) == "no full run was of a commit before this one: ffffffff are not"


def test_uncommitted_files_are_refused(repository: Repository) -> None:
    """Git can't tell what will be handed in."""
    (repository.top / "new").touch()

    assert refused(repository) == "there are uncommitted changes (?? new); commit them first"


def test_a_link_is_refused(repository: Repository) -> None:
    """What it leads to isn't in the change."""
    (repository.top / "README.es.md").symlink_to("README.md")
    repository.commit()

    assert refused(repository) == "README.es.md is a symbolic link or a submodule"


def test_a_submodule_is_refused(repository: Repository, tmp_path: Path) -> None:
    """Its commits aren't in this repository."""
    (tmp_path / "module").mkdir()
    Repository(tmp_path / "module")
    repository.git("submodule", "--quiet", "add", str(tmp_path / "module"), "docs/module")
    repository.commit()

    assert refused(repository) == "docs/module is a symbolic link or a submodule"


def test_a_clone_without_history_is_refused(repository: Repository, tmp_path: Path) -> None:
    """It doesn't have the commit to compare with."""
    repository.commit({"README.md": "Other.\n"})
    clone = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.top}", str(clone))

    with pytest.raises(UnclearError, match="git fetch --unshallow"):
        last_green(clone, [run_of(repository.first)])


def test_a_folder_without_git_is_refused(tmp_path: Path) -> None:
    """A copy, for example."""
    with pytest.raises(UnclearError, match="not a git repository"):
        last_green(tmp_path, [])
