"""Transcripts, environments, downloads and the matrix as data are made from evidence."""

from __future__ import annotations

import csv
import io
import json
import subprocess

import pytest
from jsonschema import Draft202012Validator
from support.demo import NEWEST, Demo

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.pages import read_page
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
    """What is generated for one language, by path."""
    return dict(generated_files(Renderer(demo.project(**prints), language)))


def test_each_recipe_and_each_environment_gets_its_files(demo: Demo) -> None:
    """One page of transcripts, one script, twelve environments."""
    paths = list(files(demo))

    assert paths[:2] == ["transcripts/demo.md", "downloads/demo.sh"]
    assert paths[2:] == [f"environments/{one.id}.md" for one in load_environments()]


def test_pictures_come_along(demo: Demo) -> None:
    """As bytes, by environment."""
    demo.project()
    (demo.folder / "evidence" / f"{NEWEST}.png").write_bytes(b"\x89PNG")

    assert files(demo)[f"pictures/demo/{NEWEST}.png"] == b"\x89PNG"


def test_generated_pages_are_pages_like_others(demo: Demo) -> None:
    """Their blocks are known, their titles have the anchor that all have."""
    for path, text in files(demo).items():
        if path.endswith(".md"):
            page = read_page(str(text), path)
            check_blocks(page)
            assert page.headings[0][::2] == (1, "answer"), path


@pytest.mark.parametrize(("language", "title"), [("es", "¿Contesta la demo?"), ("en", "Does the demo answer me?")])
def test_transcripts_are_named_by_their_pages_question(demo: Demo, language: str, title: str) -> None:
    """And lead back to it."""
    page = read_page(str(files(demo, language)["transcripts/demo.md"]), "x")

    assert page.title.endswith(title)
    assert page.recipe == "demo"
    assert "(../recipes/demo.md)" in "\n".join(page.lines)


def test_a_script_is_titled_in_its_language(demo: Demo) -> None:
    """And is bash."""
    script = str(files(demo, "es")["downloads/demo.sh"])

    assert script.startswith("#!/usr/bin/env bash\n# ¿Contesta la demo?\n")
    assert subprocess.run(["bash", "-n"], input=script, encoding="utf-8", check=False).returncode == 0


def test_an_environments_page_says_what_it_is(demo: Demo) -> None:
    """Version, backend and mode in its title, exact ones below."""
    page = read_page(str(files(demo)["environments/3.0-cni-root.md"]), "x")

    assert page.title == "Podman 3.0 with CNI, as root"
    assert "A lab host with Podman 3.0.2 and CNI" in "\n".join(page.lines)


def test_the_matrix_has_the_form_that_others_build_on(demo: Demo) -> None:
    """As docs/decisions/0003-contracts.md promises."""
    data = json.loads(matrix_json(demo.project()))
    (claim,) = data["claims"]

    assert [set(one) for one in data["environments"]] == [{"id", "podman", "backend", "rootless", "versions"}] * 12
    assert set(claim) == {"id", "recipe", "text", "instead", "page", "verdicts"}
    assert list(claim["verdicts"]) == [one.id for one in load_environments()]
    for verdict in claim["verdicts"].values():
        Draft202012Validator(VERDICT).validate(verdict)


def test_the_matrix_tells_every_kind_of_verdict(demo: Demo) -> None:
    """With its reason, and what decided it."""
    end = '[[ends]]\nwhere = { podman = ">=6" }\nstep = "create"\nshows = "no image*"\nes = "Fin."\nen = "End."\n'
    demo.claims("source", 'about = { podman = ">=4" }\nsource', first=end)
    project = demo.project()
    for mode in ("root", "rootless"):
        none = Output(status=None)
        ended = {
            "create": Output("", "no image here\n", 1),
            "who_root": none,
            "who_rootless": none,
            "check": none,
            "control": none,
        }
        demo.keep(demo.evidence(f"6.1-netavark-{mode}", **ended))
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


def test_the_matrix_links_relative_to_itself(demo: Demo) -> None:
    """To the claim on its page, and to what decided it, in both languages."""
    claim = json.loads(matrix_json(demo.project()))["claims"][0]

    assert claim["page"] == {"es": "es/recipes/demo/#demo-answers", "en": "en/recipes/demo/#demo-answers"}
    assert claim["verdicts"][NEWEST]["evidence"] == [
        {
            "es": "es/transcripts/demo/#env-6-1-netavark-rootless-check",
            "en": "en/transcripts/demo/#env-6-1-netavark-rootless-check",
        }
    ]


def test_the_matrix_is_readable_text(demo: Demo) -> None:
    """Accents as they are written, one line end."""
    content = matrix_json(demo.project())

    assert "La demo *contesta* que sí." in content.decode()
    assert content.endswith(b"}\n")


def test_the_csv_has_a_line_for_each_claim_and_environment(demo: Demo) -> None:
    """With what a spreadsheet filters by, and the words of both languages."""
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
