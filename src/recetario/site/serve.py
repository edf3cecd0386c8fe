"""Serve the site while somebody writes it: built again whenever one of its files changes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path

from recetario.errors import RecetarioError
from recetario.files import temporary_folder
from recetario.private_apis.mkdocs import PageServer
from recetario.site.build import build_with, builders
from recetario.site.html.csp import with_policy
from recetario.site.sources import SOURCES, modification_times
from recetario.translations import LANGUAGES
from recetario.workspace import REPLAYS

__all__ = ["serve"]


def serve(top: Path, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the site, and build it again whenever one of its files changes. Ends with Ctrl-C.

    Replays that wait to be accepted are shown in place of the evidence, marked as drafts.

    Raises:
        RecetarioError: The site does not build, or the port is taken.
    """
    with temporary_folder() as folder, builders() as executors:
        url = f"http://{host}:{port}/"
        build_with(executors, top, folder / "0", url, LANGUAGES, drafts=True)
        # A link to the folder of the last build. Requests wait while a build is going on, and MkDocs decides before
        # that below which folder they will read: a folder's own name would then be that of the build before.
        shown = folder / "shown"
        shown.symlink_to("0")
        server = _Server(
            lambda: _rebuild(server, executors, top, url), host, port, root=str(shown), polling_interval=0.2
        )
        server.sources = _sources(top)
        server.error_handler = lambda code: Path(server.root, "404.html").read_bytes() if code == 404 else None
        (top / REPLAYS).mkdir(parents=True, exist_ok=True)  # or the first replay would not be noticed
        for path in SOURCES:
            if (top / path).exists():
                server.watch(str(top / path))
        try:
            with suppress(KeyboardInterrupt):
                print(f"{url} (Ctrl-C ends it)", flush=True)
                server.serve()  # type: ignore[no-untyped-call]
        except OSError as error:
            raise RecetarioError(
                f"Cannot serve on {host}:{port}: {error.strerror}.",
                "Choose another: python3 noxfile.py -s serve -- --port 8001",
            ) from error
        finally:
            server.shutdown()


class _Server(PageServer):
    """Allows the script that MkDocs adds to each page, which reloads it after a build."""

    sources: dict[str, dict[Path, int]]

    def finish(self, page: str) -> str:
        return with_policy(page)


def _rebuild(server: _Server, executors: Mapping[str, Executor], top: Path, url: str) -> None:
    """Build beside what is being served, and serve that; after a mistake the pages of before stay."""
    shown = Path(server.root)
    before = shown.resolve()
    after = before.with_name(str(int(before.name) + 1))
    sources = _sources(top)
    changed = [lang for lang in LANGUAGES if sources[lang] != server.sources.get(lang)]
    if not changed:
        return
    server.sources = {}
    try:
        for lang in set(LANGUAGES) - set(changed):
            shutil.copytree(before / lang, after / lang, dirs_exist_ok=True)
        build_with(executors, top, after, url, changed, drafts=True)
    except RecetarioError as error:
        print(error, file=sys.stderr, flush=True)
        return
    link = shown.with_name("next")
    link.symlink_to(after.name)
    link.replace(shown)
    server.sources = sources
    # Who asked before this was built may still read from the one before.
    shutil.rmtree(before.with_name(str(int(before.name) - 1)), ignore_errors=True)


def _sources(top: Path) -> dict[str, dict[Path, int]]:
    """What each language is made from, with the times of its last changes."""
    times = modification_times(top, SOURCES)
    return {
        lang: {path: time for path, time in times.items() if lang in path.parts or not {*LANGUAGES} & {*path.parts}}
        for lang in LANGUAGES
    }
