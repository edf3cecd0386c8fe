"""Every recipe is built alike, so that a reader who knows one can copy from all."""

from __future__ import annotations

import re
import subprocess

from recetario.book.project import Project

_MADE = re.compile(r"--name[= ](\S+)|podman (?:network|pod|volume) create (?:--\S+ )*(\S+)")
_FORBIDDEN = {
    r"\|\| (?:true|:)$": "hides a failure: print the status, or let it fail",
    # A pause in a loop that ends by itself is how to wait: timeout 10 sh -c 'until CONDITION; do sleep 0.1; done'
    r"^(?!.*\btimeout \d+ sh -c .until [^;]+; do sleep 0\.\d; done.).*\bsleep \d": "wait for a condition, with a limit",
    r"^\s*! ": "under `set -e` an unexpected success passes",
}
# Unless the step is lab-only.
_FORBIDDEN_HERE = {
    r"\b(?:system reset|prune|rm --all|rm -a|reload --all)\b": "touches what is not the recipe's",
    r"\bnft .*\b(?:flush|delete)\b|\bip6?tables .*(?:-F|-D|-X|--flush|--delete)": "touches firewall rules",
    r">>? *\S*/containers\.conf(?!\.d)": "overwrites the reader's configuration",
}
_REMOVED = re.compile(r"\brm (.*)")
_OUTSIDE = re.compile(r"[\"']?(?:/|~|\$[A-Z{])")  # of the folder that the recipe works in


def test_shellcheck_has_nothing_to_say(project: Project, slug: str) -> None:
    """A recipe is plain bash; what readers copy should be good bash."""
    scripts = sorted(map(str, project.recipes[slug].path.parent.glob("*.sh")))  # prepare.sh, too

    told = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)

    assert told.stdout == ""


def test_what_it_makes_is_named_after_it(project: Project, slug: str) -> None:
    """A leak names its author, and a run on a reader's machine touches nothing else."""
    source = "\n".join(step.source for step in project.recipes[slug].steps)

    made = [(first or second).strip('"') for first, second in _MADE.findall(source)]

    assert [name for name in made if not name.startswith(slug)] == []


def test_no_step_hides_what_happened(project: Project, slug: str) -> None:
    """None of the usual ways to make a script look well; and what readers run touches nothing of theirs."""
    found = [
        f"{step.name}: {line.strip()} ({reason})"
        for step in project.recipes[slug].steps
        for line in step.source.splitlines()
        for pattern, reason in (_FORBIDDEN | ({} if step.lab_only else _FORBIDDEN_HERE)).items()
        if re.search(pattern, line)
    ]

    assert found == []


def test_a_step_removes_only_files_named_after_the_recipe(project: Project, slug: str) -> None:
    """Where it removes others, it is lab-only."""
    removed = [
        word
        for step in project.recipes[slug].steps
        if not step.lab_only
        for words in _REMOVED.findall(step.source)
        for word in words.split()
        if _OUTSIDE.match(word)
    ]

    assert [word for word in removed if slug not in word] == []


def test_no_step_is_more_than_a_screenful(project: Project, slug: str) -> None:
    """A step that needs two sentences to introduce it is two steps."""
    long = [step.name for step in project.recipes[slug].steps if len(step.source.splitlines()) > 8]

    assert long == []
