"""The committed evidence decides every claim."""

from __future__ import annotations

import re

from recetario.book.citations import cite
from recetario.book.environments import load_environments
from recetario.book.history import load_history, new_events
from recetario.book.project import Project


def test_every_claim_has_a_verdict_everywhere(project: Project) -> None:
    """Judging fails if evidence is missing or stale, or leaves a claim undecided."""
    verdicts = project.verdicts

    assert len(verdicts) == len(project.claims) * len(load_environments())


def test_the_first_claim_judges_a_fix(project: Project, slug: str) -> None:
    """The page begins with it."""
    first = project.files[slug].first_claim

    assert first.fix


def test_every_step_has_a_title(project: Project, slug: str) -> None:
    """Readers see it instead of the step's name."""
    assert {step.common for step in project.recipes[slug].steps} == set(project.files[slug].titles)


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

    assert [path for path in ("/run/recetario", ".recetario", "/tmp/recetario") if path in text] == []


def test_spanish_sources_have_no_english_words(project: Project) -> None:
    """If `translate_source` does not know the words of a source, claims.toml needs source.es and source.en."""
    english = re.compile(r"\b(?:and|by|each|for|from|in|item|its|notes|of|on|release|the|to|with)\b")

    assert {
        claim.id: claim.source["es"]
        for claim in project.claims.values()
        if english.search(re.sub(r"\([^()]*\)", "", claim.source["es"]))
    } == {}


def test_every_source_becomes_a_link(project: Project) -> None:
    """Only our own measurements have nothing to link to."""
    ours = "Podman 4.3.1 with each of its backends"
    unlinked = {
        claim.id: claim.source["en"] for claim in project.claims.values() if "](" not in cite(claim.source["en"])
    }

    assert [name for name, source in unlinked.items() if not source.startswith(ours)] == []


def test_evidence_has_versions(project: Project) -> None:
    """Pages show the exact version of Podman that printed an output."""
    without_version = [key for key, evidence in project.evidence.items() if "podman" not in evidence.versions]

    assert without_version == []


def test_the_history_ends_with_the_current_verdicts(project: Project) -> None:
    """The feed must have every change. If this fails, run `recetario history`."""
    assert new_events(project.verdicts, load_history(project.top), "today") == []
