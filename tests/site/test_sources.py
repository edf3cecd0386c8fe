"""What blocks are made from decides whether they are rendered again."""

from __future__ import annotations

import os
from pathlib import Path

from recetario.site.blocks.context import remembered_blocks
from recetario.site.sources import BLOCK_SOURCES, modification_times


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
    remembered_blocks("first")["step"] = "<p>first</p>"

    assert remembered_blocks("first") == {"step": "<p>first</p>"}
    assert remembered_blocks("second") == {}
    assert remembered_blocks("first") == {}
