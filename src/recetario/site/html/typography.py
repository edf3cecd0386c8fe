"""Change a page's HTML for the eye: code that breaks where it may, and nothing in the head that no reader needs."""

from __future__ import annotations

import functools
import re

from recetario.site.html.csp import with_policy

__all__ = ["drop_neighbors", "finished", "keep_words", "mark_outside", "unwrap_plain"]


def unwrap_plain(html: str) -> str:
    """Highlighted code without the elements around spaces, operators and punctuation: a fifth of a page of commands."""
    return re.sub(r'<span class="(?:w|o|p)">([^<]*)</span>|<span></span>', r"\1", html)


def mark_outside(html: str) -> str:
    """Links to other sites get ``rel="noopener"``, as the theme's own have."""
    return re.sub(r'<a (?=[^>]*href="https?:)(?![^>]*\brel=)', '<a rel="noopener" ', html)


@functools.lru_cache(256)
def finished(output: str, content: str) -> str:
    """A whole page as it is published; ``content`` is the part of it that is ours."""
    return with_policy(keep_words(drop_neighbors(output)), content)


def drop_neighbors(html: str) -> str:
    """A page without the theme's links, in its head, to the pages before and after it.

    Firefox fetches ``rel="next"`` ahead of time, which the policy forbids: every page would log an error.
    """
    return re.sub(r'\s*<link rel="(?:prev|next)"[^>]*>', "", html)


def keep_words(html: str) -> str:
    """Name the short words of code in sentences, and the options in a menu's titles, for styles.

    Browsers break lines after a hyphen, also after the first of ``--network``.
    """
    html = re.sub(r"(?<!<pre>)<code>(?=[^\s<]{1,28}</code>)", '<code class="word">', html)
    return re.sub(
        r'class="md-ellipsis">[^<]+',
        lambda title: re.sub(r"(?<![^\s>])--[\w-]+", r'<span class="word">\g<0></span>', title[0]),
        html,
    )
