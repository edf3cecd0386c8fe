"""Build both languages into one site."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

# The theme announces its own end at every build.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

from mkdocs.commands.build import build as build_with_mkdocs
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from recetario.book.project import SITE
from recetario.errors import RecetarioError
from recetario.site.outputs.matrix import matrix_csv, matrix_json
from recetario.site.outputs.root import write_root
from recetario.site.sources import CONFIGURATIONS
from recetario.translations import LANGUAGES

__all__ = ["build", "build_with", "builders"]

_UNUSED = ("*.map", "palette.*.css", "favicon.png")
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
    try:
        with builders() as executors:
            build_with(executors, top, out, url, LANGUAGES)
    except OSError as error:
        error.filename = error.filename or str(out)  # writing leaves it empty
        raise


@contextmanager
def builders() -> Iterator[Mapping[str, Executor]]:
    """One process for each language. They end when this process ends, even if it is killed."""
    with ExitStack() as stack:
        yield {
            lang: stack.enter_context(ProcessPoolExecutor(1, _PROCESSES, initializer=_begin_builder))
            for lang in LANGUAGES
        }


def _begin_builder() -> None:
    """Ignore SIGINT here, as the parent handles it; end with the parent, or this process would wait forever.

    Garbage is collected between builds: looking again and again through all evidence took a tenth of each.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def build_with(
    executors: Mapping[str, Executor], top: Path, out: Path, url: str, languages: Iterable[str], drafts: bool = False
) -> None:
    """Build these languages at once, in the processes of ``builders``, and the files above them.

    Args:
        executors: See ``builders``.
        top: As for ``build``.
        out: As for ``build``.
        url: Where the site will be, ending in a slash.
        languages: Which.
        drafts: Show replays that wait to be accepted, marked as drafts.
    """
    building = [executors[lang].submit(_build_language, top, out, url, lang, drafts) for lang in languages]
    matrices = [built.result() for built in building]
    for lang in languages:
        executors[lang].submit(gc.collect)  # nobody waits for it
    write_root(out, url)
    for matrix in matrices[:1]:  # each language makes the same
        for name, content in matrix.items():
            (out / name).write_bytes(content)


def _build_language(top: Path, out: Path, url: str, lang: str, drafts: bool) -> dict[str, bytes]:
    """Build one language; the error quotes what MkDocs warned about.

    Returns:
        Files about all languages, made here because the evidence has been read here: content by name.
    """
    configuration = top / CONFIGURATIONS[lang]
    with _warnings() as warnings:
        try:
            config = load_config(str(configuration), site_dir=str(out / lang), site_url=f"{url}{lang}/")
            config.plugins["recetario"].config["drafts"] = drafts
            build_with_mkdocs(config)
        except Abort as error:
            raise RecetarioError(f"{configuration.name}: the site does not build. {error}", *warnings) from error
    _drop_unused(out / lang, lang)
    project = config.plugins["recetario"].page.renderer.project  # type: ignore[attr-defined]
    return {"matrix.json": matrix_json(project), "matrix.csv": matrix_csv(project)}


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
