"""Build and serve the site from the evidence, without running any recipe. Needs the extra ``[site]``."""

from __future__ import annotations

from importlib.util import find_spec

from recetario.errors import RecetarioError


def _require_extra() -> None:
    """Raise an error that says how to install the extra, if MkDocs, its main package, is missing."""
    if not find_spec("mkdocs"):
        raise RecetarioError(
            "The site can't be built, because MkDocs and other packages that it needs are not installed.",
            "Install them: pip install 'recetario[site]'",
        )


_require_extra()
