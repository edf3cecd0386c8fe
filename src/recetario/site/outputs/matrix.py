"""What holds where, as data: ``/matrix.json`` for programs and ``/matrix.csv`` for spreadsheets."""

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
    """``/matrix.json``: what holds where, for other programs; its addresses are relative to the file.

    Source of the form: docs/decisions/0003-contracts.md
    """
    renderer = Renderer(project, LANGUAGES[0])
    environments = [_environment_data(environment, renderer) for environment in load_environments()]
    claims = [_claim_data(claim, renderer) for claim in project.claims.values()]
    data = {"environments": environments, "claims": claims}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def matrix_csv(project: Project) -> bytes:
    """``/matrix.csv``: the same, a line for each claim and environment, for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    texts = [f"text_{language}" for language in LANGUAGES]
    writer.writerow(("claim", "environment", "podman", "backend", "rootless", "verdict", "because", *texts))
    for claim in project.claims.values():
        for environment, verdict in zip(load_environments(), project.row(claim.id), strict=True):
            where = (environment.id, environment.podman, environment.backend, str(environment.rootless).lower())
            said = (claim.text[language] for language in LANGUAGES)
            writer.writerow((claim.id, *where, verdict.verdict, verdict.because or "", *said))
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
        "page": _below_each_language(renderer.claim_url(claim)),
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
        data["evidence"] = [_below_each_language(renderer.evidence_url(one)) for one in verdict.evidence]
    return data


def _below_each_language(address: str) -> dict[str, str]:
    """An address within one language's site as it is within the whole site, by language."""
    return {language: f"{language}/{address}" for language in LANGUAGES}
