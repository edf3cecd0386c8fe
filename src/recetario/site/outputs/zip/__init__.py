"""The whole site as one file to take along: it opens from a disk, without a server, search included.

Why not the theme's plugin for this, which builds the site a second time: docs/decisions/0014-to-take-along.md
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
_LEFT_OUT = {"404.html", "sitemap.xml", "sitemap.xml.gz", "feed.xml", PACK}  # what only a server has use for
# Browsers let no page on a disk start a worker: this does its work in a frame. MIT, Martin Donath, iframe-worker 1.0.4.
_SHIM = "iframe-worker.js"
_INDEX = "search_index.json"
# A server answers the address of a folder with its index.html; a disk does not.
_LINK = re.compile(r'(<(?:a|link)\b[^>]*?\bhref=")(?![a-z]+:|[/#"])([^"#?]*?)(?=[#?"])')
_LOCATION = re.compile(r'("location": ?")([^"#?]*)')
_ANSWER = re.compile(r"(\]\()([^)]*/)(?=\))")  # the link of what the search says where nothing is found


def pack(site: Path) -> Path:
    """Write ``recetario.zip`` into a built site, and tell where it is.

    Args:
        site: Its folder, as `build` leaves it.
    """
    with zipfile.ZipFile(site / PACK, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{_FOLDER}/{_SHIM}", (resources.files(__name__) / _SHIM).read_bytes())
        for path in sorted(site.rglob("*")):
            place = path.relative_to(site)
            if path.is_dir() or path.name in _LEFT_OUT:
                continue
            if path.name == _INDEX:
                archive.writestr(f"{_FOLDER}/{place.with_suffix('.js')}", f"var __index = {_for_disk(path, _LOCATION)}")
            elif path.suffix == ".html":
                archive.writestr(f"{_FOLDER}/{place}", _page(path, "../" * (len(place.parts) - 1)))
            else:
                archive.write(path, f"{_FOLDER}/{place}")
    return site / PACK


def _page(path: Path, top: str) -> str:
    """A page without its policy, under which a frame could do no work, and with that frame's script."""
    page = _ANSWER.sub(_with_index, without_policy(_for_disk(path, _LINK)))
    return page.replace("</head>", f'<script src="{top}{_SHIM}"></script></head>', 1)


def _for_disk(path: Path, addresses: re.Pattern[str]) -> str:
    return addresses.sub(_with_index, path.read_text("utf-8"))


def _with_index(found: re.Match[str]) -> str:
    before, address = found.groups()
    folder = address == "" or address.endswith("/") or address.rpartition("/")[2] in (".", "..")
    slash = "/" if folder and address and not address.endswith("/") else ""
    return f"{before}{address}{slash}{'index.html' if folder else ''}"
