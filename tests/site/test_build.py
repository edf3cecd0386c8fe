"""Building, and serving while somebody writes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bench import without_cache
from playwright.sync_api import Page
from support.sample_site import sample_project

from recetario.book.environments import load_environments
from recetario.book.evidence import read_evidence, to_notebook
from recetario.book.project import Project
from recetario.errors import RecetarioError
from recetario.site.build import build, build_with, builders
from recetario.site.outputs.root import write_root
from recetario.site.serve import serve
from recetario.translations import LANGUAGES


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A project of sample pages."""
    (tmp_path / "project").mkdir()
    return sample_project(tmp_path / "project")


def test_a_link_to_nowhere_names_the_page_and_the_link(top: Path, tmp_path: Path) -> None:
    """And the site does not build."""
    with (top / "docs/en/index.md").open("a", encoding="utf-8") as page:
        page.write("\n[Gone](gone.md) and [lost](sample/blocks.md#lost)\n")

    with pytest.raises(RecetarioError, match=r"mkdocs\.en\.yml: the site does not build") as error:
        build(top, tmp_path / "out")

    assert any("index.md" in line and "gone.md" in line for line in error.value.todo)
    assert any("index.md" in line and "#lost" in line for line in error.value.todo)


def test_a_page_outside_the_menu_is_named(top: Path, tmp_path: Path) -> None:
    """A reader could not find it."""
    (top / "docs/es/orphan.md").write_text("# Huérfana\n", "utf-8")

    with pytest.raises(RecetarioError, match=r'not included in the "nav"[^$]*orphan\.md'):
        build(top, tmp_path / "out")


def test_drafts_are_marked_on_the_pages_of_their_recipe(tmp_path: Path) -> None:
    """Only while somebody writes: what is published shows evidence that was accepted."""
    top = without_cache(tmp_path / "project")
    case = Project(top).case("backend-check", load_environments()[-1])
    evidence = read_evidence(case)
    outputs = {name: replace(output, stdout=f"drafted\n{output.stdout}") for name, output in evidence.outputs.items()}
    case.result.parent.mkdir(parents=True)
    case.result.write_bytes(to_notebook(case.recipe, replace(evidence, outputs=outputs)))

    with builders() as executors:
        build_with(executors, top, tmp_path / "drafts", "http://site.example/", LANGUAGES, drafts=True)
    build(top, tmp_path / "published")
    marked = [path.parent.name for path in (tmp_path / "drafts/en").rglob("*.html") if "Draft:" in path.read_text()]

    assert sorted(marked) == ["backend-check", "backend-check"]  # its page and its transcripts
    assert "drafted" in (tmp_path / "drafts/en/recipes/backend-check/index.html").read_text("utf-8")
    assert [path for path in (tmp_path / "published").rglob("*.html") if "drafted" in path.read_text("utf-8")] == []


def test_what_was_there_before_is_gone(top: Path, tmp_path: Path) -> None:
    """A page that was deleted is not published any more."""
    old = tmp_path / "out" / "es" / "old" / "index.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")

    build(top, tmp_path / "out")

    assert not old.exists()
    assert (top / ".cache" / "notebooks-es").is_dir() and (top / ".cache" / "notebooks-en").is_dir()


def test_the_root_knows_where_it_is_published(tmp_path: Path) -> None:
    """Below a project's name on GitHub Pages, too."""
    write_root(tmp_path, "https://somebody.example/recetario/")

    assert 'href="/recetario/es/"' in (tmp_path / "404.html").read_text("utf-8")
    assert 'hreflang="en" href="https://somebody.example/recetario/en/"' in (tmp_path / "index.html").read_text("utf-8")


def test_a_port_that_is_taken_is_named(top: Path) -> None:
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RecetarioError, match=f"Cannot serve on 127.0.0.1:{port}: Address already in use"):
            serve(top, port=port)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_serving_ends_whole_and_in_silence(top: Path, end: signal.Signals) -> None:
    """Ctrl-C reaches the processes that build, too; after a kill they notice, and end."""
    command = [sys.executable, "-m", "recetario", "site", "serve", "--port", "0"]
    told = subprocess.PIPE
    with subprocess.Popen(
        command,
        cwd=top,
        stdout=told,
        stderr=told,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # or Python ignores what its parent ignored
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:0/")
        (os.killpg if end == signal.SIGINT else os.kill)(process.pid, end)
        try:
            status = process.wait(20)
        finally:
            process.kill()
        said = process.stdout.read() + process.stderr.read()  # until the last of its processes has let go

    assert status == (-end if end == signal.SIGKILL else 0)
    assert "Traceback" not in said if end == signal.SIGKILL else said == ""


@pytest.fixture
def served(top: Path) -> Iterator[str]:
    """The address of a project that is being served."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"from pathlib import Path; from recetario.site.serve import serve; serve(Path({str(top)!r}), port={port})"
    with subprocess.Popen([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
        process.terminate()


def test_a_saved_page_is_served_anew(top: Path, served: str) -> None:
    """Also after a mistake, which leaves the pages of before; what is not there gets the page for that."""
    page = top / "docs/en/index.md"
    text = page.read_text("utf-8")
    assert _wait_for(served + "en/", "What's broken?")

    page.write_text(text + "\n[Gone](gone.md)\n", "utf-8")
    time.sleep(3)
    assert _wait_for(served + "en/sample/blocks/", "nsenter")

    page.write_text(text + "\nBrand-new words.\n", "utf-8")
    assert _wait_for(served + "en/", "Brand-new words.")
    assert _wait_for(served + "en/nothing/", "Nothing here")


@pytest.mark.browser
def test_an_open_page_shows_what_was_saved(top: Path, served: str, tab: Page) -> None:
    """MkDocs puts a script into what it serves, which needs leave of the page's policy."""
    tab.goto(served + "en/")
    page = top / "docs/en/index.md"
    page.write_text(page.read_text("utf-8") + "\nBrand-new words.\n", "utf-8")

    tab.get_by_text("Brand-new words.").wait_for(timeout=20_000)


def _wait_for(url: str, words: str) -> bool:
    """Whether a page shows these words within some seconds."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            text = urllib.request.urlopen(url, timeout=10).read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        except OSError:
            text = ""
        if words in text:
            return True
        time.sleep(0.2)
    return False
