"""The Content-Security-Policy that each page carries.

Why these directives: docs/decisions/0012-weight-safety-speed.md
"""

from __future__ import annotations

import base64
import hashlib
import re

__all__ = ["with_policy", "without_policy"]

_FIRST = '<meta charset="utf-8">'
_POLICY = re.compile(rf"(?<={_FIRST})<meta http-equiv=\"Content-Security-Policy\"[^>]*>")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def with_policy(page: str, content: str = "") -> str:
    """A page with its policy, which replaces the one it has.

    Args:
        page: A whole HTML page.
        content: The part of it that comes from prose and from what recipes print. Scripts in there stay without
            leave to run: only the theme's and ours have it, by hash, because they differ with a page's depth.
    """
    without_leave = set(_INLINE.findall(content))
    scripts = [script for script in _INLINE.findall(page) if script not in without_leave]
    policy = "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *(f"'sha256-{_digest(script)}'" for script in scripts))),
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
        )
    )
    element = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return without_policy(page).replace(_FIRST, _FIRST + element, 1)


def without_policy(page: str) -> str:
    """A page as it was before it got its policy."""
    return _POLICY.sub("", page)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
