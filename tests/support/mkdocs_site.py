"""A site of one page, as MkDocs reads it at the beginning of each build."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.base import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.pages import Page

__all__ = ["read_site", "write_site"]


def write_site(top: Path, text: str, *extensions: str) -> None:
    """Write a site of one page with this Markdown, and with these extensions of Markdown."""
    (top / "docs").mkdir()
    (top / "docs" / "index.md").write_text(text, "utf-8")
    (top / "mkdocs.yml").write_text(f"site_name: Site\nmarkdown_extensions: [{', '.join(extensions)}]\n", "utf-8")


def read_site(top: Path) -> tuple[Page, MkDocsConfig, Files]:
    """Read the page of a site of one, before its Markdown is converted."""
    config = load_config(str(top / "mkdocs.yml"))
    files = get_files(config)
    page = Page(None, next(iter(files)), config)
    page.read_source(config)
    return page, config, files
