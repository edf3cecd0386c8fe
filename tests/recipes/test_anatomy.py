"""All recipes follow the same rules, so that readers who know one can copy from any."""

from __future__ import annotations

import re
import subprocess

from recetario.book.project import Project

_CREATED = re.compile(r"--name[= ](\S+)|podman (?:network|pod|volume) create (?:--\S+ )*(\S+)")
_FORBIDDEN = {
    r"\|\| (?:true|:)$": "hides a failure: print the status, or let it fail",
    # Allowed: timeout 10 sh -c 'until CONDITION; do sleep 0.1; done'
    r"^(?!.*\btimeout \d+ sh -c .until [^;]+; do sleep 0\.\d; done.).*\bsleep \d": "wait for a condition, with a limit",
    r"^\s*! ": "under `set -e` an unexpected success passes",
}
# Allowed in lab-only steps, which do not run on readers' machines.
_LAB_ONLY = {
    r"\b(?:system reset|prune|rm --all|rm -a|reload --all)\b": "changes objects that the recipe did not create",
    r"\bnft .*\b(?:flush|delete)\b|\bip6?tables .*(?:-F|-D|-X|--flush|--delete)": "deletes firewall rules",
    r">>? *\S*/containers\.conf(?!\.d)": "overwrites the reader's configuration",
}
_REMOVE = re.compile(r"\brm (.*)")
_OTHER_FOLDER = re.compile(r"[\"']?(?:/|~|\$[A-Z{])")  # not the current folder, in which the recipe runs


def test_shellcheck_finds_nothing(project: Project, slug: str) -> None:
    """Readers copy the bash of recipes and of ``prepare.sh``, so it should be good bash."""
    scripts = sorted(map(str, project.recipes[slug].path.parent.glob("*.sh")))

    result = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)

    assert result.stdout == ""


def test_names_of_objects_begin_with_the_name_of_the_recipe(project: Project, slug: str) -> None:
    """A leak shows which recipe it is from, and the names are probably unused on a reader's machine."""
    source = "\n".join(step.source for step in project.recipes[slug].steps)

    names = [(first or second).strip('"') for first, second in _CREATED.findall(source)]

    assert [name for name in names if not name.startswith(slug)] == []


def test_steps_hide_no_failure_and_change_nothing_of_the_readers(project: Project, slug: str) -> None:
    """Lab-only steps may change the machine, but they must not hide failures either."""
    mistakes = []
    for step in project.recipes[slug].steps:
        forbidden = _FORBIDDEN if step.lab_only else _FORBIDDEN | _LAB_ONLY
        for line in step.source.splitlines():
            for pattern, reason in forbidden.items():
                if re.search(pattern, line):
                    mistakes.append(f"{step.name}: {line.strip()} ({reason})")

    assert mistakes == []


def test_a_step_removes_only_files_named_after_the_recipe(project: Project, slug: str) -> None:
    """Only lab-only steps may remove other files outside of the folder in which the recipe runs."""
    removed = []
    for step in project.recipes[slug].steps:
        if not step.lab_only:
            for arguments in _REMOVE.findall(step.source):
                removed += filter(_OTHER_FOLDER.match, arguments.split())

    assert [path for path in removed if slug not in path] == []


def test_no_step_has_more_than_eight_lines(project: Project, slug: str) -> None:
    """A step that needs two sentences to introduce it is two steps."""
    long = [step.name for step in project.recipes[slug].steps if len(step.source.splitlines()) > 8]

    assert long == []
