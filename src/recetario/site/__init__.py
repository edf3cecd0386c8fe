"""Make the site: pages, theme, checks. Reads evidence; starts nothing. Needs what the extra ``[site]`` installs."""

from __future__ import annotations

from importlib.util import find_spec

from recetario.errors import RecetarioError


def _require_extra() -> None:
    """Say how to install MkDocs, which stands for all that the extra installs."""
    if not find_spec("mkdocs"):
        raise RecetarioError(
            "The site can't be built: MkDocs and what else it needs are not installed.",
            "Install them: pip install 'recetario[site]'",
        )


_require_extra()
