"""Keep the pages of the last build that would be the same in this one: `serve` builds whenever a file changes.

MkDocs makes every page at every build. Half of that is converting Markdown and filling in the theme's template, and
little changes from one build to the next: somebody saves a page, or accepts evidence that a few pages show.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from recetario.private_apis.mkdocs import Converted

__all__ = ["Kept", "convert_if_changed", "kept_pages", "template_class"]


@dataclass(frozen=True)
class Kept:
    """What this process made at its last build, by the path of the page's source.

    Attributes:
        converted: What a page's HTML was made from, and the HTML.
        finished: What a page was made from, and the page as it is written to disk.
    """

    converted: dict[str, tuple[object, Converted]] = field(default_factory=dict)
    finished: dict[str, tuple[object, str]] = field(default_factory=dict)


@lru_cache(1)
def kept_pages(made_from: Hashable) -> Kept:
    """What the last build of this process made; empty if it was made from something else.

    Args:
        made_from: Anything that differs whenever something has changed that any page may be made from: the theme, the
            configuration, which pages there are.
    """
    return Kept()


def convert_if_changed(page: Page, made_from: object, kept: Kept) -> None:
    """Let MkDocs convert this page's Markdown only if it was made from something else at the last build.

    Args:
        page: A page whose Markdown MkDocs is about to convert.
        made_from: Its Markdown, and something that differs when one of its blocks has changed.
        kept: Where the page is kept.
    """
    convert, path = page.render, page.file.src_uri

    def render(config: MkDocsConfig, files: Files) -> None:
        if path in kept.converted and kept.converted[path][0] == made_from:
            kept.converted[path][1].put_into(page, files)
        else:
            convert(config, files)
            kept.converted[path] = made_from, Converted.of(page)

    page.render = render  # type: ignore[method-assign]  # of this page only, as mkdocs-jupyter does


def template_class(made_from: object, kept: Kept) -> type[jinja2.Template]:
    """Return a class of templates that fill in a page only if it was made from something else at the last build.

    Args:
        made_from: What the menu of every page is made from.
        kept: Where the pages are kept.
    """

    class Template(jinja2.Template):
        def render(self, *args: Any, **kwargs: Any) -> str:
            page = dict(*args, **kwargs).get("page")
            if not isinstance(page, Page):  # the page for addresses that don't exist
                return super().render(*args, **kwargs)
            state, path = (made_from, page.content, page.title, repr(page.meta)), page.file.src_uri
            if path not in kept.finished or kept.finished[path][0] != state:
                kept.finished[path] = state, super().render(*args, **kwargs)
            return kept.finished[path][1]

    return Template
