"""What `serve` keeps from its last build, and what it makes again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import jinja2
import pytest
from support.demo import Demo
from support.mkdocs_site import read_site, write_site
from support.sample_site import sample_project

from recetario.book.evidence import to_notebook
from recetario.errors import RecetarioError
from recetario.site.blocks.context import remembered_blocks
from recetario.site.build import build_with
from recetario.site.unchanged import Kept, convert_if_changed, kept_pages, template_class

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
    _forget()


def _forget() -> None:
    kept_pages.cache_clear()
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


def _add_page(demo: Demo) -> None:
    (demo.top / "docs/en/new.md").write_text("# New\n\n[Home](index.md)\n", "utf-8")
    _edit(demo.top / "mkdocs.en.yml", "  - recipes/demo.md\n", "  - recipes/demo.md\n  - new.md\n")


def _change_evidence(demo: Demo) -> None:
    evidence = demo.evidence()
    outputs = dict(evidence.outputs) | {"create": replace(evidence.outputs["create"], stdout="made otherwise\n")}
    demo.case().evidence.write_bytes(to_notebook(demo.recipe(), replace(evidence, outputs=outputs)))


def _save_draft(demo: Demo) -> None:
    result = demo.case().result
    result.parent.mkdir(parents=True)
    result.write_bytes(to_notebook(demo.recipe(), demo.evidence(check="drafted\nanswer: yes\n")))


CHANGES: dict[str, Callable[[Demo], None]] = {
    "text of a page": lambda demo: _edit(demo.top / _INDEX, "twelve", "many"),
    "title of a page": lambda demo: _edit(demo.top / _DEMO, "# Does", "# Say, does"),
    "description of a page": lambda demo: _edit(demo.top / _DEMO, "---\n", "---\ndescription: About it.\n"),
    "description of a page outside the menu": lambda demo: _edit(
        demo.top / "docs/en/about.md", "# ", "---\ndescription: About it.\n---\n# "
    ),
    "name of the site": lambda demo: _edit(demo.top / "mkdocs.yml", "site_name: Recetario", "site_name: Other"),
    "menu": lambda demo: _edit(demo.top / "mkdocs.en.yml", "  - Verdicts:", "  - Grid:"),
    "another page": _add_page,
    "evidence": _change_evidence,
    "draft": _save_draft,
    "recipe": lambda demo: demo.claims("*answers* yes", "*answers* anybody"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_later_build_makes_the_same_as_a_first_one(
    demo: Demo, tmp_path: Path, change: Callable[[Demo], None]
) -> None:
    """Whatever has changed since the build before; and the change is seen."""
    before = _built(demo.top, tmp_path / "before")
    change(demo)
    later = _built(demo.top, tmp_path / "later")
    _forget()

    assert later == _built(demo.top, tmp_path / "first")
    assert later != before


def test_a_dead_link_on_a_kept_page_fails_the_build(demo: Demo, tmp_path: Path) -> None:
    """The page that it leads to has changed."""
    _edit(demo.top / _INDEX, "twelve", "[twelve](recipes/demo.md#answer)")
    _built(demo.top, tmp_path / "before")
    _edit(demo.top / _DEMO, "{ #answer }", "{ #reply }")

    with pytest.raises(RecetarioError, match=r"recipes/demo\.md' does not contain an anchor '#answer'"):
        _built(demo.top, tmp_path / "later")


def test_markdown_is_converted_again_only_if_it_has_changed(tmp_path: Path) -> None:
    """The same HTML is then the same object."""
    write_site(tmp_path, "# Title\n")
    kept = Kept()

    def converted(made_from: str) -> str | None:
        page, config, files = read_site(tmp_path)
        convert_if_changed(page, made_from, kept)
        page.render(config, files)
        assert page.title == "Title"
        return page.content

    first = converted("first")
    assert converted("first") is first
    assert converted("second") is not first


def test_a_page_is_filled_in_again_only_if_it_has_changed(tmp_path: Path) -> None:
    """The template counts how often that happens."""
    write_site(tmp_path, "# Title\n")
    kept = Kept()
    count = itertools.count(1)

    def filled_in(menu: str, content: str) -> str:
        environment = jinja2.Environment(loader=jinja2.DictLoader({"main.html": "{{ count() }}"}))
        environment.globals["count"] = lambda: next(count)
        environment.template_class = template_class(menu, kept)
        page, _, _ = read_site(tmp_path)
        page.content = content
        return environment.get_template("main.html").render({"page": page})

    assert [filled_in("menu", "text") for _ in range(2)] == ["1", "1"]
    assert filled_in("menu", "other text") == "2"
    assert filled_in("other menu", "other text") == "3"
