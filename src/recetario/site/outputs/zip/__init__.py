"""Pack the whole site into a zip that works without a server, including the search.

Why not with the theme's plugin for this, which builds the site a second time: docs/decisions/0014-to-take-along.md
"""

from __future__ import annotations

import re
import zipfile
from importlib import resources
from pathlib import Path

from recetario.site.html.csp import without_policy

__all__ = ["PACK", "pack"]

PACK = "recetario.zip"
_FOLDER = "recetario"
_LEFT_OUT = {"404.html", "sitemap.xml", "sitemap.xml.gz", "feed.xml", PACK}  # useless without a server
# Browsers don't let a page on a disk start a worker, so this script runs the worker's code in a frame.
# iframe-worker 1.0.4 by Martin Donath, MIT license.
_SHIM = "iframe-worker.js"
_INDEX = "search_index.json"
# Without a server, the address of a folder does not open its index.html, so links must name it.
_LINK = re.compile(r'(<(?:a|link)\b[^>]*?\bhref=")(?![a-z]+:|[/#"])([^"#?]*?)(?=[#?"])')
_LOCATION = re.compile(r'("location": ?")([^"#?]*)')
_NO_RESULTS_LINK = re.compile(r"(\]\()([^)]*/)(?=\))")  # the link in the search's message for no results


def pack(site: Path) -> Path:
    """Write ``recetario.zip`` into a built site.

    Args:
        site: The site's folder.

    Returns:
        The zip's path.
    """
    with zipfile.ZipFile(site / PACK, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{_FOLDER}/{_SHIM}", (resources.files(__name__) / _SHIM).read_bytes())
        for path in sorted(site.rglob("*")):
            relative = path.relative_to(site)
            if path.is_dir() or path.name in _LEFT_OUT:
                continue
            if path.name == _INDEX:
                archive.writestr(f"{_FOLDER}/{relative.with_suffix('.js')}", f"var __index = {_read(path, _LOCATION)}")
            elif path.suffix == ".html":
                archive.writestr(f"{_FOLDER}/{relative}", _page(path, "../" * (len(relative.parts) - 1)))
            else:
                archive.write(path, f"{_FOLDER}/{relative}")
    return site / PACK


def _page(path: Path, top: str) -> str:
    """A page with the worker's script, and without its policy, which would block the frame.

    Args:
        path: Of the built page.
        top: The relative address of the site's top: ``../../``.
    """
    page = _NO_RESULTS_LINK.sub(_with_index, without_policy(_read(path, _LINK)))
    return page.replace("</head>", f'<script src="{top}{_SHIM}"></script></head>', 1)


def _read(path: Path, addresses: re.Pattern[str]) -> str:
    """Read a file, and add index.html to those of its addresses that are folders."""
    return addresses.sub(_with_index, path.read_text("utf-8"))


def _with_index(match: re.Match[str]) -> str:
    before, address = match.groups()
    folder = address == "" or address.endswith("/") or address.rpartition("/")[2] in (".", "..")
    slash = "/" if folder and address and not address.endswith("/") else ""
    return f"{before}{address}{slash}{'index.html' if folder else ''}"
