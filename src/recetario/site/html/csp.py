"""Add a Content-Security-Policy to each page.

Why it has these directives: docs/decisions/0012-weight-safety-speed.md
"""

from __future__ import annotations

import base64
import hashlib
import re

__all__ = ["with_policy", "without_policy"]

_CHARSET = '<meta charset="utf-8">'
_POLICY = re.compile(rf"(?<={_CHARSET})<meta http-equiv=\"Content-Security-Policy\"[^>]*>")
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def with_policy(page: str, content: str = "") -> str:
    """Add a policy to a page, or replace the one that it has.

    The theme's inline scripts and ours may run. They are allowed by their hashes, which must be computed for each page
    because the scripts contain relative paths.

    Args:
        page: A whole HTML page.
        content: The part of the page that comes from prose and from outputs of recipes. Inline scripts in it must
            never run, so their hashes are left out.
    """
    forbidden = set(_INLINE_SCRIPT.findall(content))
    scripts = [script for script in _INLINE_SCRIPT.findall(page) if script not in forbidden]
    policy = "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *(f"'sha256-{_digest(script)}'" for script in scripts))),
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
        )
    )
    element = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return without_policy(page).replace(_CHARSET, _CHARSET + element, 1)


def without_policy(page: str) -> str:
    """Remove the policy that ``with_policy`` added."""
    return _POLICY.sub("", page)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
