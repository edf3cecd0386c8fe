"""Build both languages into one site, and serve it while somebody writes."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

# The theme announces its own end at every build.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

from mkdocs.commands.build import build as build_with_mkdocs
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from recetario.errors import RecetarioError
from recetario.project import SITE, Project
from recetario.site.csp import with_policy
from recetario.site.generated import matrix_csv, matrix_json
from recetario.site.root import write_root

__all__ = ["LANGUAGES", "build", "serve"]

LANGUAGES = {"es": "mkdocs.yml", "en": "mkdocs.en.yml"}
_UNUSED = ("*.map", "palette.*.css", "favicon.png")
_WATCHED = ("docs", "notebooks", "recipes", "src/recetario/site/theme", *LANGUAGES.values())
# From a process of its own, not from one that serves with threads.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def build(top: Path, out: Path, url: str = "") -> None:
    """Build the whole site, strictly, both languages at once.

    Args:
        top: The repository's top, where mkdocs.yml is.
        out: Where the site goes; what it held before is replaced.
        url: Where it will be published, for addresses that must be absolute. By default
            ``RECETARIO_URL`` of the environment.

    Raises:
        RecetarioError: A page that MkDocs warns about (a link to nowhere, a page outside the menu).
    """
    url = (url or os.environ.get("RECETARIO_URL") or SITE).rstrip("/") + "/"
    with _builders() as builders:
        _build(builders, top, out, url, LANGUAGES)


@contextmanager
def _builders() -> Iterator[Mapping[str, Executor]]:
    """A process for each language, which ends with this one, however that ends."""
    with ExitStack() as stack:
        yield {
            lang: stack.enter_context(ProcessPoolExecutor(1, _PROCESSES, initializer=_end_with_parent_alone))
            for lang in LANGUAGES
        }


def _end_with_parent_alone() -> None:
    """Leave Ctrl-C to whoever gives the work, and notice when that was killed: an executor's process waits forever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _build(builders: Mapping[str, Executor], top: Path, out: Path, url: str, languages: Iterable[str]) -> None:
    """Build these languages at once, and what stands above them."""
    building = [builders[lang].submit(_build_language, top, out, url, lang) for lang in languages]
    project = Project(top)  # read and judged here meanwhile
    matrix = {"matrix.json": matrix_json(project), "matrix.csv": matrix_csv(project)}
    for built in building:
        built.result()
    write_root(out, url)
    for name, content in matrix.items():
        (out / name).write_bytes(content)


def serve(top: Path, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the site, and build it again whenever one of its files changes. Ends with Ctrl-C.

    Raises:
        RecetarioError: The site does not build, or the port is taken.
    """
    with tempfile.TemporaryDirectory(prefix="recetario-site-") as folder, _builders() as builders:
        url = f"http://{host}:{port}/"
        _build(builders, top, Path(folder, "0"), url, LANGUAGES)
        server = _Server(
            lambda: _rebuild(server, builders, top, url), host, port, root=f"{folder}/0", polling_interval=0.2
        )
        server.sources = _sources(top)
        server.error_handler = lambda code: Path(server.root, "404.html").read_bytes() if code == 404 else None
        for path in _WATCHED:
            if (top / path).exists():
                server.watch(str(top / path))
        try:
            with suppress(KeyboardInterrupt):
                print(f"{url} (Ctrl-C ends it)", flush=True)
                server.serve()  # type: ignore[no-untyped-call]
        except OSError as error:
            raise RecetarioError(
                f"Cannot serve on {host}:{port}: {error.strerror}.", "Choose another: nox -s serve -- --port 8001"
            ) from error
        finally:
            server.shutdown()


class _Server(LiveReloadServer):
    """Gives leave to the script with which MkDocs makes browsers load a page anew."""

    sources: dict[str, dict[Path, int]]

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        page: bytes = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]
        return with_policy(page.decode()).encode()


def _rebuild(server: _Server, builders: Mapping[str, Executor], top: Path, url: str) -> None:
    """Build beside what is being served, and serve that; after a mistake the pages of before stay."""
    before = Path(server.root)
    after = before.with_name(str(int(before.name) + 1))
    sources = _sources(top)
    changed = [lang for lang in LANGUAGES if sources[lang] != server.sources.get(lang)]
    server.sources = {}
    try:
        for lang in LANGUAGES.keys() - set(changed):
            shutil.copytree(before / lang, after / lang, dirs_exist_ok=True)
        _build(builders, top, after, url, changed)
    except RecetarioError as error:
        print(error, file=sys.stderr, flush=True)
        return
    server.root, server.sources = str(after), sources
    # Who asked while this was built still reads from the one before.
    shutil.rmtree(before.with_name(str(int(before.name) - 1)), ignore_errors=True)


def _sources(top: Path) -> dict[str, dict[Path, int]]:
    """What each language is made from, with the times of its last changes."""
    files = [path for name in _WATCHED for path in (top / name, *(top / name).rglob("*")) if path.is_file()]
    times = {path.relative_to(top): path.stat().st_mtime_ns for path in files}
    return {
        lang: {path: time for path, time in times.items() if lang in path.parts or not {*LANGUAGES} & {*path.parts}}
        for lang in LANGUAGES
    }


def _build_language(top: Path, out: Path, url: str, lang: str) -> None:
    """Build one language; its warnings are the error's words."""
    configuration = top / LANGUAGES[lang]
    with _warnings() as warnings:
        try:
            config = load_config(str(configuration), site_dir=str(out / lang), site_url=f"{url}{lang}/")
            notebooks = config.plugins["mkdocs-jupyter"].config
            notebooks["cache_dir"] = str(top / notebooks["cache_dir"])
            build_with_mkdocs(config)
        except Abort as error:
            raise RecetarioError(f"{configuration.name}: the site does not build. {error}", *warnings) from error
    _drop_unused(out / lang, lang)


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
