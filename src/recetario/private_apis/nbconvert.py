"""Private parts of nbconvert, as read in version 7.17.2.

- ``TemplateExporter._create_environment()``: makes the Jinja environment of an exporter. mkdocs-jupyter makes two
  exporters for each notebook, and each compiles fifteen templates anew: a quarter of a first build.
"""

from __future__ import annotations

from pathlib import Path

import jinja2
from nbconvert.exporters.templateexporter import TemplateExporter

__all__ = ["keep_compiled_templates"]

_create_environment = TemplateExporter._create_environment


def keep_compiled_templates(folder: Path) -> None:
    """From now on, let all exporters of this process keep their compiled templates in ``folder``, which exists."""

    def create_environment(exporter: TemplateExporter) -> jinja2.Environment:
        environment: jinja2.Environment = _create_environment(exporter)  # type: ignore[no-untyped-call]
        environment.bytecode_cache = jinja2.FileSystemBytecodeCache(str(folder))
        return environment

    TemplateExporter._create_environment = create_environment  # type: ignore[method-assign]
