"""The committed evidence decides every claim."""

from __future__ import annotations

import re

from recetario.book.citations import cite
from recetario.book.environments import load_environments
from recetario.book.history import load_history, new_events
from recetario.book.project import Project
from recetario.errors import where


def test_every_claim_has_a_verdict_everywhere(project: Project) -> None:
    """Judging fails if evidence is missing or stale, or leaves a claim undecided."""
    verdicts = project.verdicts

    assert len(verdicts) == len(project.claims) * len(load_environments())


def test_the_first_claim_judges_a_fix(project: Project, slug: str) -> None:
    """The page begins with it."""
    first = project.claim_files[slug].first_claim

    assert first.fix, f"recipes/{slug}/claims.toml: the first claim must judge a fix: add fix = [STEPS]"


def test_every_step_has_a_title(project: Project, slug: str) -> None:
    """Readers see it instead of the step's name."""
    without = {step.common for step in project.recipes[slug].steps} ^ set(project.claim_files[slug].titles)
    assert not without, f"recipes/{slug}/claims.toml: [titles] must have the recipe's steps, and no other: {without}"


def test_verdicts_that_do_not_hold_have_a_reason(project: Project) -> None:
    """Pages show the reason in their language."""
    without_reason = [
        key
        for key, verdict in project.verdicts.items()
        if verdict.verdict != "holds" and not all((verdict.why or {}).get(language) for language in ("es", "en"))
    ]

    assert without_reason == []


def test_verdicts_have_a_control_or_a_reason_for_having_none(project: Project) -> None:
    """A check proves something only if it can also give the opposite answer."""
    unproven = [
        key
        for key, verdict in project.verdicts.items()
        if verdict.verdict != "n/a"
        and not project.claims[key[0]].derived
        and verdict.control is None
        and verdict.no_control is None
    ]

    assert unproven == []


def test_evidence_has_no_paths_of_the_machine_that_made_it(project: Project) -> None:
    """Transcripts should not depend on where the lab runs."""
    text = "\n".join(
        output.stdout + output.stderr for evidence in project.evidence.values() for output in evidence.outputs.values()
    )
    paths = [path for path in ("/run/recetario", ".recetario", "/tmp/recetario") if path in text]
    assert not paths, f"evidence has a path of the machine that made it: {', '.join(paths)}"


def test_spanish_sources_have_no_english_words(project: Project) -> None:
    """If `translate_source` does not know the words of a source, claims.toml needs source.es and source.en."""
    english = re.compile(r"\b(?:and|by|each|for|from|in|item|its|notes|of|on|release|the|to|with)\b")

    for claim in project.claims.values():
        words = english.search(re.sub(r"\([^()]*\)", "", claim.source["es"]))
        assert not words, (
            f'recipes/{claim.recipe}/claims.toml: the source of "{claim.id}" has English words in Spanish: '
            f"{claim.source['es']}. Write source.es and source.en"
        )


def test_every_source_becomes_a_link(project: Project) -> None:
    """Only our own measurements have nothing to link to."""
    ours = "Podman 4.3.1 with each of its backends"
    unlinked = {
        claim.id: claim.source["en"] for claim in project.claims.values() if "](" not in cite(claim.source["en"])
    }

    others = [f"{name}: {source}" for name, source in unlinked.items() if not source.startswith(ours)]
    assert not others, f"these claims have a source that is no link (src/recetario/book/citations.py): {others}"


def test_evidence_has_the_versions_of_its_environment(project: Project) -> None:
    """Pages show the exact version of Podman that printed an output; only netavark's environments have netavark."""
    for environment in load_environments():
        for case in project.cases(environments=[environment.id]):
            versions = project.evidence[case.key].versions
            is_right = versions.get("podman", "").startswith(f"{environment.podman}.")
            has_backend = ("netavark" in versions) == (environment.backend == "netavark")
            printed = ", ".join(f"{name} {version}" for name, version in versions.items())
            assert is_right and has_backend, f"{where(case.evidence)} was not made there: its versions are {printed}"


def test_there_is_no_other_evidence(project: Project) -> None:
    """What belongs to no environment of a recipe would be kept, and perhaps published, without being checked."""
    ours = {case.evidence for case in project.cases()}
    files = set(project.top.glob("recipes/*/evidence/*"))

    others = sorted(path for path in files if path.with_suffix(".ipynb") not in ours)
    assert not others, f"{where(others[0])} belongs to no environment that the recipe is about: delete it"


def test_the_history_ends_with_the_current_verdicts(project: Project) -> None:
    """The feed must have every change."""
    events = new_events(project.verdicts, load_history(project.top), "today")

    changed = "".join(f"\n  {event.claim} on {event.environment}: {event.word}" for event in events)
    assert not events, f"recipes/history.csv lacks these changes; to record them: recetario history{changed}"
