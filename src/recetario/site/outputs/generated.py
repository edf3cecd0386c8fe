"""Generate pages and files from the evidence: transcripts, environments, downloads and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recetario.book.environments import BACKENDS, Environment, load_environments
from recetario.site.blocks.render import Renderer
from recetario.takeaway.script import reader_script
from recetario.translations import translations

__all__ = ["generated_files"]

_TRANSCRIPTS_PAGE = """\
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
_ENVIRONMENT_PAGE = """\
# {title} {{ #answer }}

{lead}

/// environment | {id}
///
"""


def generated_files(renderer: Renderer) -> Iterator[tuple[str, str | bytes]]:
    """Generate all files of one language.

    Returns:
        Pairs of a path below ``docs/es`` or ``docs/en``, and its content: Markdown for pages, whose blocks are rendered
        like those of other pages, a shell script or a PNG.
    """
    project, language = renderer.project, renderer.language
    texts = translations(language)["site"]
    for slug, recipe in project.recipes.items():
        title = renderer.title(recipe)
        text = _TRANSCRIPTS_PAGE.format(
            slug=slug,
            title=texts["transcript-of"].format(question=title),
            lead=texts["transcript-lead"],
            back=texts["transcript-recipe"],
        )
        yield f"transcripts/{slug}.md", text
        yield f"downloads/{slug}.sh", reader_script(recipe, project.claim_files[slug], title, language).decode()
        for picture in sorted((recipe.path.parent / "evidence").glob("*.png")):
            yield f"pictures/{slug}/{picture.name}", picture.read_bytes()
    for environment in load_environments():
        versions = renderer.versions(environment)
        yield f"environments/{environment.id}.md", _environment_page(environment, versions, texts)


def _environment_page(environment: Environment, versions: Mapping[str, str], texts: Mapping[str, str]) -> str:
    names = {"podman": environment.podman, "backend": BACKENDS[environment.backend]}
    backend_version = versions.get("cni-plugins" if environment.backend == "cni" else "netavark", "")
    return _ENVIRONMENT_PAGE.format(
        id=environment.id,
        title=texts["environment-title"].format(**names, mode=texts[environment.mode]),
        lead=texts["environment-lead"].format(**names, exact=versions.get("podman", ""), backend_exact=backend_version),
    )
