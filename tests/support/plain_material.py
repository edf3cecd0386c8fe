"""The same pages with plain mkdocs-material, with whose time a build is compared."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from mkdocs.commands.build import build as build_with_mkdocs
from mkdocs.config import load_config

from recetario.site.sources import CONFIGURATIONS
from recetario.translations import LANGUAGES

__all__ = ["TOP", "plain_build", "seconds", "without_cache", "write_plain"]

TOP = Path(__file__).resolve().parents[2]


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def without_cache(top: Path) -> Path:
    """A copy of the project, where no notebook has been rendered yet."""
    for name in ("docs", "notebooks", "recipes", "src"):
        shutil.copytree(TOP / name, top / name)
    for name in CONFIGURATIONS.values():
        shutil.copy(TOP / name, top)
    return top


def write_plain(site: Path, top: Path) -> None:
    """Write for plain mkdocs-material as many pages with the same text as this built site has, in both languages."""
    for language in LANGUAGES:
        (top / language).mkdir(parents=True)
        for number, page in enumerate(sorted((site / language).rglob("index.html"))):
            article = BeautifulSoup(page.read_text("utf-8"), "html.parser").article
            blocks = (article or BeautifulSoup()).find_all(["h1", "h2", "h3", "p", "pre", "li", "td"])
            text = "\n\n".join(_markdown(block) for block in blocks)
            (top / language / f"{number}.md").write_text(text, "utf-8")


def plain_build(top: Path) -> None:
    """Build what `write_plain` wrote, one language after the other."""
    for language in LANGUAGES:
        settings = {"docs_dir": str(top / language), "site_dir": str(top / f"site-{language}"), "site_name": "Plain"}
        build_with_mkdocs(load_config(config_file=io.BytesIO(b"theme: {name: material}"), **settings))


def _markdown(block: Tag) -> str:
    """A heading, a block of commands, or a paragraph."""
    text = block.get_text()
    if block.name == "pre":
        return f"```bash\n{text}\n```"
    return ("#" * int(block.name[1]) + " " if block.name[0] == "h" else "") + text.replace("\n", " ")
