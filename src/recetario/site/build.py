"""Build both languages into one site, and serve it while somebody writes."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The theme announces its own end at every build.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

from mkdocs.commands.build import build as build_with_mkdocs
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from recetario.errors import RecetarioError
from recetario.project import SITE, Project
from recetario.site.generated import matrix_json
from recetario.site.root import write_root

__all__ = ["LANGUAGES", "build", "serve"]

LANGUAGES = {"es": "mkdocs.yml", "en": "mkdocs.en.yml"}
_UNUSED = ("*.map", "palette.*.css", "favicon.png")
_WATCHED = ("docs", "notebooks", "recipes", "src/recetario/site/theme", *LANGUAGES.values())


def build(top: Path, out: Path, url: str = "") -> None:
    """Build the whole site, strictly.

    Args:
        top: The repository's top, where mkdocs.yml is.
        out: Where the site goes; what it held before is replaced.
        url: Where it will be published, for addresses that must be absolute. By default
            ``RECETARIO_URL`` of the environment.

    Raises:
        RecetarioError: A page that MkDocs warns about (a link to nowhere, a page outside the menu).
    """
    url = (url or os.environ.get("RECETARIO_URL") or SITE).rstrip("/") + "/"
    for lang, configuration in LANGUAGES.items():
        _build_language(top / configuration, out / lang, f"{url}{lang}/")
        _drop_unused(out / lang, lang)
    write_root(out, url)
    (out / "matrix.json").write_bytes(matrix_json(Project(top)))


def serve(top: Path, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the site, and build it again whenever one of its files changes. Ends with Ctrl-C.

    Raises:
        RecetarioError: The site does not build, or the port is taken.
    """
    with tempfile.TemporaryDirectory(prefix="recetario-site-") as folder:
        url = f"http://{host}:{port}/"
        build(top, Path(folder, "0"), url)
        server = LiveReloadServer(lambda: _rebuild(server, top, url), host, port, root=f"{folder}/0")
        server.error_handler = lambda code: Path(server.root, "404.html").read_bytes() if code == 404 else None
        for path in _WATCHED:
            if (top / path).exists():
                server.watch(str(top / path))
        print(f"{url} (Ctrl-C ends it)", flush=True)
        try:
            with suppress(KeyboardInterrupt):
                server.serve()
        except OSError as error:
            raise RecetarioError(
                f"Cannot serve on {host}:{port}: {error.strerror}.", "Choose another: nox -s serve -- --port 8001"
            ) from error
        finally:
            server.shutdown()


def _rebuild(server: LiveReloadServer, top: Path, url: str) -> None:
    """Build beside what is being served, and serve that; after a mistake the pages of before stay."""
    before = Path(server.root)
    after = before.with_name(str(int(before.name) + 1))
    try:
        build(top, after, url)
    except RecetarioError as error:
        print(error, file=sys.stderr, flush=True)
        return
    server.root = str(after)
    shutil.rmtree(before)


def _build_language(configuration: Path, out: Path, url: str) -> None:
    """Build one language; its warnings are the error's words."""
    with _warnings() as warnings:
        try:
            config = load_config(str(configuration), site_dir=str(out), site_url=url)
            notebooks = config.plugins["mkdocs-jupyter"].config
            notebooks["cache_dir"] = str(configuration.parent / notebooks["cache_dir"])
            build_with_mkdocs(config)
        except Abort as error:
            raise RecetarioError(f"{configuration.name}: the site does not build. {error}", *warnings) from error


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect what MkDocs and its plugins warn about."""
    lines: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


def _drop_unused(site: Path, lang: str) -> None:
    """Delete what the theme brings and no page asks for: more than half of it, source maps first."""
    for pattern in _UNUSED:
        for path in site.rglob(pattern):
            path.unlink()
    stemmers = site / "assets" / "javascripts" / "lunr"
    keep = {"lunr.stemmer.support.min.js", f"lunr.{lang}.min.js"} if lang != "en" else set()
    for path in stemmers.rglob("*.js"):
        if path.name not in keep:
            path.unlink()
    if not keep:
        shutil.rmtree(stemmers, ignore_errors=True)
