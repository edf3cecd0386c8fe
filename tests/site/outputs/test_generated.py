"""Transcripts, environments, downloads and the matrix's data are generated from the evidence."""

from __future__ import annotations

import csv
import io
import json
import subprocess

import pytest
from jsonschema import Draft202012Validator
from support.demo import NEWEST, Demo, environment

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.pages import read_page
from recetario.book.project import Project
from recetario.site.blocks.extension import check_blocks
from recetario.site.blocks.render import Renderer
from recetario.site.outputs.generated import generated_files
from recetario.site.outputs.matrix import matrix_csv, matrix_json

TEXT = {"type": "object", "required": ["es", "en"], "additionalProperties": {"type": "string", "minLength": 1}}
VERDICT = {
    "type": "object",
    "required": ["verdict"],
    "additionalProperties": False,
    "properties": {
        "verdict": {"enum": ["holds", "fails", "n/a"]},
        "because": {"enum": ["scope", "lab"]},
        "why": TEXT,
        "evidence": {"type": "array", "minItems": 1, "items": TEXT},
    },
}


def files(demo: Demo, language: str = "en", **prints: str | Output) -> dict[str, str | bytes]:
    """The content of each file that is generated for one language, by its path."""
    return dict(generated_files(Renderer(demo.project(**prints), language)))


def test_each_recipe_and_each_environment_has_its_files(demo: Demo) -> None:
    """A recipe has a page of transcripts and a script, and an environment has a page."""
    paths = list(files(demo))

    assert paths[:2] == ["transcripts/demo.md", "downloads/demo.sh"]
    assert paths[2:] == [f"environments/{environment.id}.md" for environment in load_environments()]


def test_pictures_are_copied(demo: Demo) -> None:
    """Each is published below its recipe."""
    demo.project()
    demo.keep(demo.with_picture(b"\x89PNG"))
    generated = dict(generated_files(Renderer(Project(demo.top), "en")))

    assert generated[f"pictures/demo/{NEWEST}.png"] == b"\x89PNG"


def test_generated_pages_follow_the_rules_for_pages(demo: Demo) -> None:
    """Their blocks exist, and their titles have the same anchor as those of other pages."""
    for path, text in files(demo).items():
        if path.endswith(".md"):
            page = read_page(str(text), path)
            check_blocks(page)
            assert page.headings[0][::2] == (1, "answer"), path


@pytest.mark.parametrize(("language", "title"), [("es", "¿Contesta la demo?"), ("en", "Does the demo answer me?")])
def test_transcripts_are_titled_with_the_recipes_question(demo: Demo, language: str, title: str) -> None:
    """The page also links the recipe."""
    page = read_page(str(files(demo, language)["transcripts/demo.md"]), "x")

    assert page.title.endswith(title)
    assert page.recipe == "demo"
    assert "(../recipes/demo.md)" in "\n".join(page.lines)


def test_a_script_is_titled_in_its_language(demo: Demo) -> None:
    """It is also valid bash."""
    script = str(files(demo, "es")["downloads/demo.sh"])

    assert script.startswith("#!/usr/bin/env bash\n# ¿Contesta la demo?\n")
    assert subprocess.run(["bash", "-n"], input=script, encoding="utf-8", check=False).returncode == 0


def test_an_environments_page_has_its_version_backend_and_mode(demo: Demo) -> None:
    """The title has the minor version, and the text below it the exact one."""
    page = read_page(str(files(demo)["environments/3.0-cni-root.md"]), "x")

    assert page.title == "Podman 3.0 with CNI, as root"
    assert "A lab host with Podman 3.0.2 and CNI" in "\n".join(page.lines)


def test_the_matrix_matches_its_published_schema(demo: Demo) -> None:
    """Other programs rely on it, as docs/decisions/0003-contracts.md promises."""
    data = json.loads(matrix_json(demo.project()))
    (claim,) = data["claims"]

    keys = {"id", "podman", "backend", "rootless", "versions"}
    assert [set(environment) for environment in data["environments"]] == [keys] * len(load_environments())
    assert set(claim) == {"id", "recipe", "text", "instead", "page", "verdicts"}
    assert list(claim["verdicts"]) == [environment.id for environment in load_environments()]
    for verdict in claim["verdicts"].values():
        Draft202012Validator(VERDICT).validate(verdict)


def test_the_matrix_has_every_kind_of_verdict(demo: Demo) -> None:
    """Each comes with its reason, and the evidence that decided it."""
    newest = environment().podman
    where = f'[[ends]]\nwhere = {{ podman = "=={newest}" }}\n'
    end = where + 'step = "create"\nshows = "no image*"\nes = "Fin."\nen = "End."\n'
    demo.claims("source", 'about = { podman = ">=4" }\nsource', first=end)
    project = demo.project()
    outputs = dict.fromkeys(("who_root", "who_rootless", "check", "control"), Output(status=None))
    outputs["create"] = Output("", "no image here\n", 1)
    for each in load_environments():
        if each.podman == newest:
            demo.keep(demo.evidence(each.id, **outputs))
    verdicts = json.loads(matrix_json(project))["claims"][0]["verdicts"]

    assert verdicts["3.0-cni-root"] == {
        "verdict": "n/a",
        "because": "scope",
        "why": {
            "es": "La afirmación trata de Podman 4 y posteriores, y aquí hay Podman 3.0.",
            "en": "The claim is about Podman 4 and later, and here it is Podman 3.0.",
        },
    }
    assert verdicts["4.3-cni-root"]["verdict"] == "holds"
    assert verdicts[NEWEST]["because"] == "lab"
    assert verdicts[NEWEST]["why"] == {"es": "Fin.", "en": "End."}


def test_links_in_the_matrix_are_relative_to_it(demo: Demo) -> None:
    """They lead to the claim on its page, and to the evidence, in both languages."""
    claim = json.loads(matrix_json(demo.project()))["claims"][0]

    assert claim["page"] == {"es": "es/recipes/demo/#demo-answers", "en": "en/recipes/demo/#demo-answers"}
    assert claim["verdicts"]["3.0-cni-root"]["evidence"] == [
        {
            "es": "es/transcripts/demo/#env-3-0-cni-root-check",
            "en": "en/transcripts/demo/#env-3-0-cni-root-check",
        }
    ]


def test_the_matrix_is_readable_text(demo: Demo) -> None:
    """Accents are not escaped, and the last line ends."""
    content = matrix_json(demo.project())

    assert "La demo *contesta* que sí." in content.decode()
    assert content.endswith(b"}\n")


def test_the_csv_has_a_line_for_each_claim_and_environment(demo: Demo) -> None:
    """It has columns to filter by, and the claim's text in both languages."""
    demo.claims("The demo *answers* yes.", "The demo, once more, *answers* yes.")
    rows = list(csv.DictReader(io.StringIO(matrix_csv(demo.project()).decode())))

    assert len(rows) == len(load_environments())
    assert rows[0] == {
        "claim": "demo-answers",
        "environment": "3.0-cni-root",
        "podman": "3.0",
        "backend": "cni",
        "rootless": "false",
        "verdict": "holds",
        "because": "",
        "text_es": "La demo *contesta* que sí.",
        "text_en": "The demo, once more, *answers* yes.",
    }
