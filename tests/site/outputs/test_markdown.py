"""Pages as Markdown have the same content as in HTML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from support.demo import NEWEST, Demo, environment

from recetario.book.pages import read_page
from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext
from recetario.site.blocks.render import MarkdownRenderer
from recetario.site.outputs.markdown import as_markdown

SITE = "https://example.org/en/"
ARGUMENTS = {"step": "check", "verdict": "demo-answers", "environment": NEWEST, "picture": NEWEST, "file": "matrix.csv"}
ARGUMENTS |= dict.fromkeys(("fix", "worked", "where"), "demo-answers")
ARGUMENTS |= {"differences": environment().podman, "drawing": "pod"}


def markdown(demo: Demo, text: str, recipe: str = "demo") -> str:
    """A page about the demo's recipe, or another, as Markdown."""
    renderer = MarkdownRenderer(demo.project(), "en", "recipes/demo/", SITE)
    location = "docs/en/recipes/demo.md"
    return as_markdown(read_page(text, location), PageContext(renderer, location, recipe), SITE)


def test_prose_is_kept_without_layout(demo: Demo) -> None:
    """Attributes and wrappers are removed, and links become absolute."""
    text = markdown(
        demo, "# Why? { #answer }\n\n<div class='x' markdown>\n\nSee [the other](other.md#here).\n\n</div>\n"
    )

    assert text == "# Why?\n\nSee [the other](https://example.org/en/recipes/other/#here).\n"


def test_a_step_has_its_command_and_its_output(demo: Demo) -> None:
    """Each is in a fence of its own."""
    text = markdown(demo, "/// step | check\n///\n")

    assert (
        text
        == '**check**:\n\n```bash\necho "answer: yes"\n```\n\nOutput: Every environment\n\n```text\nanswer: yes\n```\n'
    )


def test_each_variant_of_a_step_says_who_runs_it(demo: Demo) -> None:
    """Root or the user."""
    text = markdown(demo, "/// step | who\n///\n")

    assert re.findall(r"\*\*who\*\* \((.*)\)", text) == ["As root (sudo -i)", "As your user"]


def test_a_lab_only_step_is_marked(demo: Demo) -> None:
    """A program that reads the page must not suggest that step to anyone."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  echo deleted\nfi')
    demo.claims(more='[lab_only.create]\nes = "Borra todo."\nen = "It deletes everything."\n')
    mark = "Only for the lab. It deletes everything."

    assert f"**create**:\n\n{mark}\n\n```bash\necho deleted\n```" in markdown(demo, "/// step | create\n///\n")


def test_a_fence_is_longer_than_any_fence_inside_it(demo: Demo) -> None:
    """Nothing that a step contains can close it."""
    demo.recipe('echo "answer: yes"', "printf '```\\n'")

    assert "````bash\nprintf '```\\n'\n````" in markdown(demo, "/// step | check\n///\n")


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_renders_as_markdown(demo: Demo, name: str) -> None:
    """Without HTML, and without leftovers of a template."""
    (demo.top / "docs" / "drawings").symlink_to(Path(__file__).parents[3] / "docs" / "drawings")
    demo.recipe('echo "answer: yes"', 'echo "Error: no" >&2')
    demo.claims('step = "check"', 'fix = ["create"]\nstep = "check"', first='needs = ["systemd"]\n')
    assert name in ARGUMENTS or not BLOCKS[name].ARGUMENT, "a new block: give it an argument in ARGUMENTS"
    argument = ARGUMENTS.get(name, "")
    recipe = "" if name == "verdict" else "demo"  # its own page shows a claim with `verdicts`
    text = markdown(demo, f"/// {name}" + (f" | {argument}" if argument else "") + "\n///\n", recipe)

    assert name in ("errors", "filter") or text.strip()  # there is no error to list here, and nothing to filter there
    assert not re.search(r"</?(?:div|p|table|code|details|a)\b|\{\{|&(?:lt|amp|quot|#)|///", text)
    assert "\n\n\n" not in text


def test_grids_are_tables(site: Path) -> None:
    """On our own site, each row has as many cells as the header."""
    for path in site.glob("*/matrix/index.md"):
        tokens = MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))
        rows = [token for token in tokens if token.type == "tr_open"]
        cells = [token for token in tokens if token.type in ("th_open", "td_open")]
        assert len(rows) > 2
        assert len(cells) % len(rows) == 0


def test_every_page_has_its_markdown_and_llms_txt_links_it(site: Path) -> None:
    """All links in llms.txt lead to files. A notebook page has its notebook instead."""
    for language in ("es", "en"):
        wrong = [
            str(page)
            for page in (site / language).rglob("index.html")
            if page.with_name("index.md").exists() == bool(list(page.parent.glob("*.ipynb")))
        ]
        linked = re.findall(r"\]\((\S+)\)", (site / language / "llms.txt").read_text("utf-8"))

        assert wrong == []
        assert linked
        assert f"{language}/llms.txt)" in (site / "llms.txt").read_text("utf-8")
        paths = [address.partition(f"/{language}/")[2] for address in linked]
        assert [path for path in paths if not (site / language / path).is_file()] == []
