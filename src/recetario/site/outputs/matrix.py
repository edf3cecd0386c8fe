"""Write all verdicts as data: ``/matrix.json`` for programs and ``/matrix.csv`` for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from recetario.book.claims import Claim
from recetario.book.environments import Environment, load_environments
from recetario.book.project import Project
from recetario.book.verdicts import Verdict
from recetario.site.blocks.render import Renderer
from recetario.translations import LANGUAGES

__all__ = ["matrix_csv", "matrix_json"]


def matrix_json(project: Project) -> bytes:
    """Write ``/matrix.json``: each claim with its verdict in each environment.

    Returns:
        UTF-8, with addresses relative to the file. Its schema: docs/decisions/0003-contracts.md
    """
    renderer = Renderer(project, LANGUAGES[0])
    environments = [_environment_data(environment, renderer) for environment in load_environments()]
    claims = [_claim_data(claim, renderer) for claim in project.claims.values()]
    data = {"environments": environments, "claims": claims}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def matrix_csv(project: Project) -> bytes:
    """Write ``/matrix.csv``: a line for each claim and environment, in UTF-8 with LF line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    texts = [f"text_{language}" for language in LANGUAGES]
    writer.writerow(("claim", "environment", "podman", "backend", "rootless", "verdict", "because", *texts))
    for claim in project.claims.values():
        for environment, verdict in zip(load_environments(), project.row(claim.id), strict=True):
            about = (environment.id, environment.podman, environment.backend, str(environment.rootless).lower())
            claim_texts = (claim.text[language] for language in LANGUAGES)
            writer.writerow((claim.id, *about, verdict.verdict, verdict.because or "", *claim_texts))
    return text.getvalue().encode()


def _environment_data(environment: Environment, renderer: Renderer) -> dict[str, Any]:
    return {
        "id": environment.id,
        "podman": environment.podman,
        "backend": environment.backend,
        "rootless": environment.rootless,
        "versions": dict(renderer.versions(environment)),
    }


def _claim_data(claim: Claim, renderer: Renderer) -> dict[str, Any]:
    return {
        "id": claim.id,
        "recipe": claim.recipe,
        "text": claim.text,
        "instead": claim.instead,
        "page": _addresses(renderer.claim_url(claim)),
        "verdicts": {
            environment.id: _verdict_data(renderer.project.verdicts[claim.id, environment.id], renderer)
            for environment in load_environments()
        },
    }


def _verdict_data(verdict: Verdict, renderer: Renderer) -> dict[str, Any]:
    data: dict[str, Any] = {"verdict": verdict.verdict}
    if verdict.because:
        data["because"] = verdict.because
    if verdict.why:
        data["why"] = verdict.why
    if verdict.evidence:
        data["evidence"] = [_addresses(renderer.evidence_url(step)) for step in verdict.evidence]
    return data


def _addresses(address: str) -> dict[str, str]:
    """For an address within the site of one language, the addresses from the top of the whole site, by language."""
    return {language: f"{language}/{address}" for language in LANGUAGES}
