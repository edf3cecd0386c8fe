"""The committed evidence decides every claim."""

from __future__ import annotations

import re

from recetario.book.citations import cite
from recetario.book.environments import load_environments
from recetario.book.history import load_history, new_events
from recetario.book.project import Project


def test_every_claim_has_a_verdict_everywhere(project: Project) -> None:
    """Judging raises where evidence is missing, stale, or undecided."""
    verdicts = project.verdicts

    assert len(verdicts) == len(project.claims) * len(load_environments())


def test_what_does_not_hold_says_why(project: Project) -> None:
    """In both languages."""
    silent = [
        key
        for key, verdict in project.verdicts.items()
        if verdict.verdict != "holds" and not all((verdict.why or {}).get(language) for language in ("es", "en"))
    ]

    assert silent == []


def test_what_holds_or_fails_has_a_control_or_says_why_not(project: Project) -> None:
    """A check that cannot say no proves nothing."""
    unproven = [
        key
        for key, verdict in project.verdicts.items()
        if verdict.verdict != "n/a"
        and not project.claims[key[0]].derived
        and verdict.control is None
        and verdict.no_control is None
    ]

    assert unproven == []


def test_evidence_names_nothing_of_the_machine(project: Project) -> None:
    """Transcripts hold no path or name of where they were made."""
    text = "\n".join(
        output.stdout + output.stderr for evidence in project.evidence.values() for output in evidence.outputs.values()
    )

    assert [word for word in ("/run/recetario", ".recetario", "/tmp/recetario") if word in text] == []


def test_sources_are_said_in_spanish_on_spanish_pages(project: Project) -> None:
    """Where `citations` does not know the words around them, claims.toml says both: source.es, source.en."""
    english = re.compile(r"\b(?:and|by|each|for|from|in|item|its|notes|of|on|release|the|to|with)\b")

    assert {
        claim.id: claim.source["es"]
        for claim in project.claims.values()
        if english.search(re.sub(r"\([^()]*\)", "", claim.source["es"]))
    } == {}


def test_every_source_leads_to_what_it_cites(project: Project) -> None:
    """But for those that are our own measurement."""
    ours = "Podman 4.3.1 with each of its backends"
    unlinked = {
        claim.id: claim.source["en"] for claim in project.claims.values() if "](" not in cite(claim.source["en"])
    }

    assert [name for name, source in unlinked.items() if not source.startswith(ours)] == []


def test_evidence_has_versions(project: Project) -> None:
    """Each says exactly which Podman it was."""
    unknown = [key for key, evidence in project.evidence.items() if "podman" not in evidence.versions]

    assert unknown == []


def test_the_history_ends_in_todays_verdicts(project: Project) -> None:
    """The feed tells of every change; where this fails, run `recetario history`."""
    assert new_events(project.verdicts, load_history(project.top), "today") == []
