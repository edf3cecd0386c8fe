"""Photograph pages of the built site: `python tests/site/screenshots.py SITE OUT PATH...`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from browser import SCHEMES, SIZES, chromium, served


def photograph(site: Path, out: Path, paths: list[str]) -> list[Path]:
    """Take each page in both schemes and sizes; the files' names say which is which."""
    out.mkdir(parents=True, exist_ok=True)
    taken = []
    with served(site) as url, chromium() as browser:
        for scheme in SCHEMES:
            for size, (width, height) in SIZES.items():
                context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
                tab = context.new_page()
                for path in paths:
                    tab.goto(url + path, wait_until="networkidle")
                    name = out / f"{path.strip('/').replace('/', '_') or 'root'}-{scheme}-{size}.png"
                    tab.screenshot(path=name, full_page=True)
                    taken.append(name)
                context.close()
    return taken


if __name__ == "__main__":
    for picture in photograph(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or ["es/", "en/"]):
        print(picture)
