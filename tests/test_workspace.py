"""What the tool records in ``.recetario/`` is true."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from recetario.workspace import Workspace

ENVIRONMENT = "3.0-cni-root"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with one commit."""
    for command in ("init --quiet", "add .", "commit --quiet --message=One"):
        (tmp_path / "recipe.sh").write_text("one\n")
        (tmp_path / ".gitignore").write_text(".recetario/\n")
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *command.split()], cwd=tmp_path, check=True)
    return tmp_path


def commits(clone: Path) -> Mapping[str, str]:
    """The commits that are recorded for one environment, by recipe."""
    recorded: Mapping[str, str] = json.loads((clone / f".recetario/verified/{ENVIRONMENT}.json").read_text())["commits"]
    return recorded


def test_what_was_verified_earlier_is_kept(tmp_path: Path) -> None:
    """`recetario drift RECIPE` says nothing about other recipes."""
    workspace = Workspace(tmp_path)
    workspace.note_verified([("dns", ENVIRONMENT), ("ports", ENVIRONMENT)], "2026-11-24")
    workspace.note_verified([("ports", ENVIRONMENT)], "2026-11-25")

    assert workspace.verified(ENVIRONMENT) == {"dns": "2026-11-24", "ports": "2026-11-25"}


def test_the_commit_is_recorded(clone: Path) -> None:
    """It says exactly what was verified."""
    Workspace(clone).note_verified([("dns", ENVIRONMENT)], "2026-11-24")

    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, check=True, capture_output=True, text=True).stdout
    assert commits(clone) == {"dns": head.strip()}


@pytest.mark.parametrize("changed", ["recipe.sh", "another.sh"])
def test_no_commit_is_recorded_for_what_is_not_committed(clone: Path, changed: str) -> None:
    """Neither for a changed file nor for a new one; the recipe's earlier commit would be wrong, too."""
    Workspace(clone).note_verified([("dns", ENVIRONMENT)], "2026-11-24")
    (clone / changed).write_text("two\n")
    Workspace(clone).note_verified([("dns", ENVIRONMENT)], "2026-11-25")

    assert commits(clone) == {}
    assert Workspace(clone).verified(ENVIRONMENT) == {"dns": "2026-11-25"}


def test_without_git_no_commit_is_recorded(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaying and building the site need no git."""
    monkeypatch.setenv("PATH", "")
    Workspace(clone).note_verified([("dns", ENVIRONMENT)], "2026-11-24")

    assert commits(clone) == {}
