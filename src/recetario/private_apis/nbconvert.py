"""Private parts of nbconvert, as read in version 7.17.2. All of them are only for speed.

They save 2.4 of 12 seconds of processor time of a first build of one language. Later ones take notebooks from a cache.

- ``TemplateExporter._create_environment()``: makes the Jinja environment of an exporter. mkdocs-jupyter makes two
  exporters for each notebook, and each compiles its templates anew.
- ``Exporter._validate_preprocessor()``: validates a notebook again after each of a dozen preprocessors. A notebook is
  also validated when it is read.
- ``exporters.html.BeautifulSoup``: ``HTMLExporter`` parses and writes every page again, for attributes of pictures and
  of JupyterLab's elements. Our templates write no pictures and no such elements.
"""

from __future__ import annotations

from pathlib import Path

import jinja2
import nbconvert.exporters.html
from nbconvert.exporters.exporter import Exporter
from nbconvert.exporters.templateexporter import TemplateExporter

__all__ = ["keep_compiled_templates", "skip_what_our_templates_do_not_need"]

_create_environment = TemplateExporter._create_environment


def keep_compiled_templates(folder: Path) -> None:
    """From now on, let all exporters of this process keep their compiled templates in ``folder``, which exists."""

    def create_environment(exporter: TemplateExporter) -> jinja2.Environment:
        environment: jinja2.Environment = _create_environment(exporter)  # type: ignore[no-untyped-call]
        environment.bytecode_cache = jinja2.FileSystemBytecodeCache(str(folder))
        return environment

    TemplateExporter._create_environment = create_environment  # type: ignore[method-assign]


class _Unparsed:
    """A page of which nothing is looked for, and which is written as it is."""

    def __init__(self, page: str, features: str) -> None:
        self._page = page

    def select(self, selector: str) -> list[object]:
        return []

    def __str__(self) -> str:
        return self._page


def skip_what_our_templates_do_not_need() -> None:
    """From now on, let exporters of this process neither validate notebooks again nor parse their pages."""
    Exporter._validate_preprocessor = lambda self, nbc, preprocessor: None  # type: ignore[method-assign]
    nbconvert.exporters.html.BeautifulSoup = _Unparsed  # type: ignore[attr-defined,assignment]
