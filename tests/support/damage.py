"""Damage a copy of the project, and collect what the checks of its content say."""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from support.faults import Change

from recetario.book.evidence import _convert, to_notebook
from recetario.book.project import Project
from recetario.book.recipes import load_recipe
from recetario.translations import LANGUAGES

__all__ = ["checks", "complaints", "copy_project", "damaged", "fits"]

_MODULES = ("anatomy", "claims", "errors", "notebooks", "pages", "remedies")
"""The modules of tests/recipes that need no Podman and judge the content, not their own helpers."""
_SLUG = re.compile(r"recipes/([\w-]+)[./]")


def copy_project(top: Path, to: Path) -> Path:
    """Copy what the project's content is made from."""
    for name in ("recipes", "docs", "notebooks"):
        shutil.copytree(top / name, to / name, symlinks=True)
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        shutil.copy(top / name, to / name)
    return to


@contextmanager
def damaged(top: Path, changes: Iterable[Change]) -> Iterator[None]:
    """Make these changes in a copy of the project, and undo them at the end."""
    before: dict[Path, bytes | None] = {}
    try:
        for change in changes:
            path = top / change.file
            before.setdefault(path, path.read_bytes() if path.exists() else None)
            _apply(change, path, top)
        yield
    finally:
        for path, content in before.items():
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)


def _apply(change: Change, path: Path, top: Path) -> None:
    if change.delete:
        path.unlink()
    elif change.source:
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(top / change.source, path)
    else:
        text = path.read_text("utf-8")
        assert change.old in text, f"{change.file} has no {change.old!r}: correct docs/faults.toml"
        path.write_text(text.replace(change.old, change.new, 1) if change.old else text + change.new, "utf-8")
    if change.digest:
        evidence = _convert(nbformat.read(path, as_version=4))
        path.write_bytes(to_notebook(load_recipe(path.parents[1]), evidence))


def complaints(top: Path, changes: Iterable[Change]) -> list[str]:
    """What the checks that `nox -s lint` runs on content say about the recipes and pages that were changed."""
    files = [change.file for change in changes]
    slugs = {match[1] for file in files if (match := _SLUG.search(file))} & set(_slugs(top)) or {"dns-network"}
    pages = {file.split("/", 2)[2] for file in files if re.match(r"docs/../.*\.md$", file)}
    values: dict[str, Iterable[object]] = {
        "project": [Project(top)],
        "slug": sorted(slugs),
        "language": LANGUAGES,
        "path": sorted(pages | {f"recipes/{slug}.md" for slug in slugs}),
    }
    return [message for check in checks() for message in _messages(check, values)]


def _slugs(top: Path) -> list[str]:
    return [path.parent.name for path in top.glob("recipes/*/recipe.sh")]


def checks() -> Iterator[Callable[..., None]]:
    """The tests of the content that need no Podman."""
    for name in _MODULES:
        module = importlib.import_module(f"recipes.test_{name}")
        for function in vars(module).values():
            if getattr(function, "__name__", "").startswith("test_") and function.__module__ == module.__name__:
                yield function


def _messages(check: Callable[..., None], values: Mapping[str, Iterable[object]]) -> Iterator[str]:
    """What a test says when it fails, for each combination of its arguments; nothing if it needs others."""
    names = list(inspect.signature(check).parameters)
    if not set(names) <= set(values):
        return
    for arguments in itertools.product(*(values[name] for name in names)):
        try:
            check(*arguments)
        except pytest.skip.Exception:
            pass
        except (Exception, pytest.fail.Exception) as error:  # pytest reports any of them as a failure
            yield str(error)


def fits(message: str, says: str) -> bool:
    """Whether a message begins as a pattern says, in which only ``*`` is special."""
    return re.match(re.escape(says).replace(r"\*", ".*"), message, re.DOTALL) is not None
