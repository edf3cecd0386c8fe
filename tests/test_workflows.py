"""GitHub's files are what GitHub reads: of its form, with few rights, and without a second list of environments."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from recetario.book.environments import load_environments

TOP = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted(TOP.glob(".github/workflows/*.yml"))
ALL = sorted(TOP.glob(".github/**/*.yml"))
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, "github-workflows"),
    TOP / ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    TOP / ".github/ISSUE_TEMPLATE/mine-differs.yml": "github-issue-forms",
}

# Only GitHub's own actions may be named by a tag that can move.
_OUR_PIN = re.compile(r"actions/[\w/-]+@v\d+|[\w./-]+@[0-9a-f]{40}")


def validate(path: Path, schema: str) -> str:
    """What check-jsonschema, which ships SchemaStore's schemas, has against a file; nothing if it is valid."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", "--", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def jobs(path: Path) -> dict[str, Any]:
    """The jobs of a workflow, by name."""
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return found


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_file_is_valid(path: Path) -> None:
    """Of the form that GitHub documents; a file that no schema is known for is found, too."""
    assert validate(path, SCHEMAS[path]) == ""


def test_schema_refuses_a_mistyped_key(tmp_path: Path) -> None:
    """The check can say no."""
    broken = tmp_path / "check.yml"
    broken.write_text((TOP / ".github/workflows/check.yml").read_text("utf-8").replace("timeout-minutes", "timeout"))

    assert "'timeout'" in validate(broken, "github-workflows")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    """GitHub's own by major version, others' by commit; what is called in this repository exists."""
    for used in re.findall(r"\buses: (\S+)", path.read_text("utf-8")):
        assert (TOP / used).is_file() if used.startswith("./") else _OUR_PIN.fullmatch(used), used


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_rights_are_few(path: Path) -> None:
    """Workflows read; only publishing writes, to Pages alone. No checkout leaves a token behind."""
    text = path.read_text("utf-8")
    writing = {
        (job, right)
        for job, about in jobs(path).items()
        for right, level in about.get("permissions", {}).items()
        if level == "write"
    }

    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert {job for job, _ in writing} <= {"pages", "deploy"}
    assert {right for _, right in writing} <= {"pages", "id-token"}
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_end(path: Path) -> None:
    """A job that hangs costs minutes, not six hours; the called workflows have limits of their own."""
    assert all("timeout-minutes" in job or "uses" in job for job in jobs(path).values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_calls_noxfile_once(path: Path) -> None:
    """Only sessions of one call know what the others of it have tested or built, and don't repeat it."""
    calls = [sum("noxfile.py" in step.get("run", "") for step in job.get("steps", ())) for job in jobs(path).values()]

    assert 1 in calls
    assert max(calls) == 1


def test_no_workflow_names_an_environment() -> None:
    """A new row of environments.toml is checked without another list."""
    assert not [e.id for e in load_environments() for path in WORKFLOWS if e.id in path.read_text("utf-8")]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_checkouts_have_the_whole_history(path: Path) -> None:
    """What changed since the last full run decides what is checked; pages show when their evidence last changed."""
    text = path.read_text("utf-8")

    assert text.count("actions/checkout@") == text.count("fetch-depth: 0")


def test_parts_of_everything_run_side_by_side_each_week() -> None:
    """As many as the command line says."""
    path = TOP / ".github/workflows/full.yml"
    job = jobs(path)["part"]
    parts = job["strategy"]["matrix"]["part"]

    assert "schedule:" in path.read_text("utf-8")
    assert parts == list(range(1, len(parts) + 1))
    assert f"check -- --all --part ${{{{ matrix.part }}}}/{len(parts)}" in path.read_text("utf-8")


def test_hidden_folder_is_uploaded() -> None:
    """Without this option upload-artifact leaves out everything below .recetario, and says nothing."""
    uploads = [
        step["with"]
        for path in WORKFLOWS
        for job in jobs(path).values()
        for step in job.get("steps", ())
        if step.get("uses", "").startswith("actions/upload-artifact@")
    ]

    assert uploads
    assert all(upload["include-hidden-files"] for upload in uploads if upload["path"].startswith("."))


def test_site_is_published_only_after_everything_passed() -> None:
    """Pages waits for all checks of the same run, and comes from main alone."""
    pages = jobs(TOP / ".github/workflows/check.yml")["pages"]

    assert set(pages["needs"]) == set(jobs(TOP / ".github/workflows/check.yml")) - {"pages"}
    assert pages["if"] == "github.ref == 'refs/heads/main'"


def test_issue_form_speaks_both_languages() -> None:
    """Each label says it in Spanish, then in English."""
    form = yaml.safe_load((TOP / ".github/ISSUE_TEMPLATE/mine-differs.yml").read_text("utf-8"))
    labels = [field["attributes"]["label"] for field in form["body"] if field["type"] != "markdown"]

    assert all(" · " in text for text in (form["name"], form["description"], *labels))
