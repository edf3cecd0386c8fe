"""Improve a page's HTML: where code may break, how links to other sites are marked, and what loads ahead of time."""

from __future__ import annotations

import functools
import re

from recetario.site.html.csp import with_policy

__all__ = ["drop_neighbors", "finished", "keep_words", "protect_outer_links", "unwrap_plain"]


def unwrap_plain(html: str) -> str:
    """Remove the elements around spaces, operators, punctuation and builtins in highlighted code.

    They are a fifth of a page with many commands. The first three have no colour of their own. Builtins have one, but
    Pygments takes the word after ``podman`` for one in ``podman exec`` and not in ``podman run``.
    """
    return re.sub(r'<span class="(?:w|o|p|nb)">([^<]*)</span>|<span></span>', r"\1", html)


def protect_outer_links(html: str) -> str:
    """Add ``rel="noopener"`` to links to other sites, as the theme does with its own."""
    return re.sub(r'<a (?=[^>]*href="https?:)(?![^>]*\brel=)', '<a rel="noopener" ', html)


@functools.lru_cache(256)
def finished(output: str, content: str) -> str:
    """Apply the changes that need a whole page.

    Args:
        output: The page as the theme rendered it.
        content: The part of the page that comes from Markdown, in which no script may run.
    """
    return with_policy(keep_words(drop_neighbors(output)), content)


def drop_neighbors(html: str) -> str:
    """Remove the links to the previous and the next page from the page's head.

    Firefox prefetches ``rel="next"``, which the Content-Security-Policy forbids, so every page would log an error.
    """
    return re.sub(r'\s*<link rel="(?:prev|next)"[^>]*>', "", html)


def keep_words(html: str) -> str:
    """Mark short code in sentences, and options in longer code and in menu titles, with ``class="word"``.

    The stylesheet keeps them on one line. Browsers would break it after any hyphen, even the first one of
    ``--network``.
    """
    html = re.sub(r"(?<!<pre>)<code>(?=[^\s<]{1,28}</code>)", '<code class="word">', html)
    return re.sub(r'(?<!<pre>)<code>[^<]*\s-[^<]*</code>|class="md-ellipsis">[^<]+', _keep_options, html)


def _keep_options(text: re.Match[str]) -> str:
    return re.sub(r"(?<![^\s>])--?[a-zA-Z][\w-]*", r'<span class="word">\g<0></span>', text[0])
