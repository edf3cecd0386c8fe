"""What blocks are made from decides whether they are rendered again."""

from __future__ import annotations

import os
from pathlib import Path

from support.demo import Demo

from recetario.site.blocks.catalog import BLOCKS
from recetario.site.blocks.context import PageContext, remembered_blocks
from recetario.site.blocks.render import Renderer
from recetario.site.sources import BLOCK_SOURCES, by_recipe, modification_times


def _write(path: Path, text: str, time_ns: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    os.utime(path, ns=(time_ns, time_ns))


def test_times_of_files_below_folders_and_of_files_named(tmp_path: Path) -> None:
    """What does not exist has none."""
    _write(tmp_path / "recipes" / "demo" / "recipe.sh", "true\n", 1)
    _write(tmp_path / "mkdocs.yml", "site_name: x\n", 2)

    assert modification_times(tmp_path, ["recipes", "mkdocs.yml", "missing"]) == {
        Path("recipes/demo/recipe.sh"): 1,
        Path("mkdocs.yml"): 2,
    }


def test_blocks_show_no_prose(tmp_path: Path) -> None:
    """A saved page does not change what they are made from; evidence does."""
    page, evidence = tmp_path / "docs" / "es" / "index.md", tmp_path / "recipes" / "demo" / "evidence" / "a.ipynb"
    _write(page, "# Title\n", 1)
    _write(evidence, "{}", 1)
    before = modification_times(tmp_path, BLOCK_SOURCES)

    _write(page, "# Other\n", 2)
    assert modification_times(tmp_path, BLOCK_SOURCES) == before
    _write(evidence, "{}", 2)
    assert modification_times(tmp_path, BLOCK_SOURCES) != before


def test_blocks_are_forgotten_when_what_they_are_made_from_changes() -> None:
    """And kept as long as it is the same."""
    remembered_blocks("first")["step"] = "state", "<p>first</p>"

    assert remembered_blocks("first") == {"step": ("state", "<p>first</p>")}
    assert remembered_blocks("second") == {}
    assert remembered_blocks("first") == {}


def test_times_of_evidence_are_apart_from_others() -> None:
    """A recipe's evidence and replays only change blocks that show them."""
    own = {Path("recipes/demo/evidence/a.ipynb"): 1, Path(".recetario/replays/demo/a.ipynb"): 2}
    other = {Path("recipes/shop/evidence/a.ipynb"): 3}
    rest = {Path("recipes/demo/recipe.sh"): 4, Path("recipes/history.csv"): 5}

    assert by_recipe(own | other | rest) == ({"demo": own, "shop": other}, rest)


def test_a_block_is_rendered_again_if_the_evidence_that_it_shows_has_changed(demo: Demo) -> None:
    """That of another recipe does not matter; what shows all evidence depends on each."""
    context = PageContext(Renderer(demo.project(), "en", "recipes/demo/"), "docs/en/x.md", "demo")
    blocks = {"step": "create", "environments": ""}

    def rendered_again(**states: int) -> list[str]:
        context.evidence_states = states
        before = dict(context.remembered)
        for name, argument in blocks.items():
            BLOCKS[name].render(context, argument, lambda text, language, classes: text)
        return [str(key[0]) for key, value in context.remembered.items() if before.get(key) is not value]  # type: ignore[index]

    assert rendered_again(demo=1, shop=1) == ["step", "environments"]
    assert rendered_again(demo=1, shop=1) == []
    assert rendered_again(demo=1, shop=2) == ["environments"]
    assert rendered_again(demo=2, shop=2) == ["step", "environments"]
