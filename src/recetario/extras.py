"""Say which extra of the package to install, where something that only it installs is missing."""

from __future__ import annotations

from importlib.util import find_spec

from recetario.errors import RecetarioError

__all__ = ["require_extra"]


def require_extra(extra: str, package: str, what: str) -> None:
    """Check that a package can be imported.

    Args:
        extra: The extra that installs it: ``"site"``.
        package: The name by which it is imported.
        what: What needs it, as the beginning of a sentence: ``"Recipes can't be replayed"``.

    Raises:
        RecetarioError: It is missing; the message says how to install the extra.
    """
    if not find_spec(package):
        raise RecetarioError(
            f"{what}, because {package} and other packages that this needs are not installed.",
            f"Install them: pip install 'recetario[{extra}]'",
        )
