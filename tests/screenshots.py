"""Photograph a built site for somebody to look at: `python tests/screenshots.py SITE OUT [PAGE...]`.

Without pages: one of each kind, in both languages, light and dark, on a phone and on a desktop.
"""

from __future__ import annotations

import sys
from pathlib import Path

from support.browser import SCHEMES, SIZES, chromium, served
from support.site_pages import kinds


def photograph(site: Path, out: Path, pages: list[str]) -> list[Path]:
    """Take each page in both schemes and sizes; the files' names say which is which."""
    out.mkdir(parents=True, exist_ok=True)
    taken = []
    with served(site) as url, chromium() as browser:
        for scheme in SCHEMES:
            for size, (width, height) in SIZES.items():
                context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
                tab = context.new_page()
                for page in pages:
                    tab.goto(url + page)
                    tab.wait_for_load_state("networkidle")
                    name = page.strip("/").replace("/", "_").removesuffix(".html") or "root"
                    taken.append(out / f"{name}-{scheme}-{size}.png")
                    tab.screenshot(path=taken[-1], full_page=True)
                context.close()
    return taken


if __name__ == "__main__":
    site = Path(sys.argv[1])
    for picture in photograph(site, Path(sys.argv[2]), sys.argv[3:] or [page for page in kinds(site) if page]):
        print(picture)
