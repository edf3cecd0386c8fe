"""A later build of the same process, such as that of `serve`, makes again what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from support.demo import Demo
from support.sample_site import sample_project

from recetario.book.evidence import to_notebook
from recetario.site.blocks.context import remembered_blocks
from recetario.site.build import build_with

_INDEX, _DEMO = "docs/en/index.md", "docs/en/recipes/demo.md"


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """A project with sample pages and a recipe."""
    (tmp_path / "project").mkdir()
    top = sample_project(tmp_path / "project")
    _edit(top / "mkdocs.yml", "  - Home: index.md\n", "  - index.md\n  - recipes/demo.md\n")
    _edit(top / "mkdocs.en.yml", "  - Home: index.md\n", "  - index.md\n  - recipes/demo.md\n")
    demo = Demo(top)
    demo.project()
    return demo


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Keep nothing from one test for the next."""
    yield
    remembered_blocks.cache_clear()


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _built(top: Path, out: Path) -> dict[str, str]:
    """Build English in this process, and return the pages and the search index, by path."""
    with ThreadPoolExecutor(1) as executor:
        build_with({"en": executor}, top, out, "http://site.example/", ["en"], drafts=True)
    paths = [*out.rglob("*.html"), *out.rglob("index.md"), out / "en/search/search_index.json"]
    return {str(path.relative_to(out)): path.read_text("utf-8") for path in paths}


def _change_evidence(demo: Demo) -> None:
    evidence = demo.evidence()
    outputs = dict(evidence.outputs) | {"create": replace(evidence.outputs["create"], stdout="made otherwise\n")}
    demo.case().evidence.write_bytes(to_notebook(demo.recipe(), replace(evidence, outputs=outputs)))


def _save_draft(demo: Demo) -> None:
    result = demo.case().result
    result.parent.mkdir(parents=True)
    result.write_bytes(to_notebook(demo.recipe(), demo.evidence(check="drafted\nanswer: yes\n")))


CHANGES: dict[str, Callable[[Demo], object]] = {
    "text of a page": lambda demo: _edit(demo.top / _INDEX, "twelve", "many"),
    "title of a page": lambda demo: _edit(demo.top / _DEMO, "# Does", "# Say, does"),
    "evidence": _change_evidence,
    "draft": _save_draft,
    "recipe": lambda demo: demo.claims("*answers* yes", "*answers* anybody"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_later_build_makes_the_same_as_a_first_one(
    demo: Demo, tmp_path: Path, change: Callable[[Demo], object]
) -> None:
    """Whatever has changed since the build before; and the change is seen."""
    before = _built(demo.top, tmp_path / "before")
    change(demo)
    later = _built(demo.top, tmp_path / "later")
    remembered_blocks.cache_clear()

    assert later == _built(demo.top, tmp_path / "first")
    assert later != before
