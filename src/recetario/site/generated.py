"""The pages and files of the site that nobody writes: transcripts, environments, downloads, the matrix as data."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from recetario.claims import LANGUAGES, Claim
from recetario.environments import BACKENDS, Environment, load_environments
from recetario.project import Project
from recetario.scripts import reader_script
from recetario.site.render import Renderer
from recetario.site.words import WORDS
from recetario.verdicts import Verdict

__all__ = ["generated_files", "matrix_csv", "matrix_json"]

_TRANSCRIPT = """\
---
recipe: {slug}
search:
  exclude: true
---
# {title} {{ #answer }}

{lead} [{back}](../recipes/{slug}.md).

/// transcripts
///
"""
_ENVIRONMENT = """\
# {title} {{ #answer }}

{lead}

/// environment | {id}
///
"""


def generated_files(renderer: Renderer) -> Iterator[tuple[str, str | bytes]]:
    """(Path below the language's docs, content) of each file that evidence makes."""
    project, language = renderer.project, renderer.language
    words = WORDS[language]
    for slug, recipe in project.recipes.items():
        title = renderer.title(recipe)
        text = _TRANSCRIPT.format(
            slug=slug,
            title=words["transcript-of"].format(question=title),
            lead=words["transcript-lead"],
            back=words["transcript-recipe"],
        )
        yield f"transcripts/{slug}.md", text
        yield f"downloads/{slug}.sh", reader_script(recipe, project.files[slug], title, language).decode()
        for picture in sorted((recipe.path.parent / "evidence").glob("*.png")):
            yield f"pictures/{slug}/{picture.name}", picture.read_bytes()
    for environment in load_environments():
        yield f"environments/{environment.id}.md", _environment(environment, renderer.versions(environment), words)


def _environment(environment: Environment, versions: Mapping[str, str], words: Mapping[str, str]) -> str:
    names = {"podman": environment.podman, "backend": BACKENDS[environment.backend]}
    exact = versions.get("cni-plugins" if environment.backend == "cni" else "netavark", "")
    return _ENVIRONMENT.format(
        id=environment.id,
        title=words["environment-title"].format(**names, mode=words["rootless" if environment.rootless else "root"]),
        lead=words["environment-lead"].format(**names, exact=versions.get("podman", ""), backend_exact=exact),
    )


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
