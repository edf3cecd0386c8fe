"""The site is built, and built again whenever a file changes while it is served."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from support.demo import Demo
from support.sample_site import sample_project

from recetario.book.evidence import to_notebook
from recetario.errors import RecetarioError
from recetario.site.build import build, build_with, builders
from recetario.site.outputs.root import write_root
from recetario.site.serve import serve
from recetario.site.sources import CONFIGURATIONS
from recetario.translations import LANGUAGES

_ONLY_SPANISH = ("notes.md", "recipes/demo.md")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """The top folder of a project with sample pages."""
    (tmp_path / "project").mkdir()
    return sample_project(tmp_path / "project")


def test_dead_links_fail_the_build(top: Path, tmp_path: Path) -> None:
    """The error has each page and its link."""
    with (top / "docs/en/index.md").open("a", encoding="utf-8") as page:
        page.write("\n[Gone](gone.md) and [lost](sample/blocks.md#lost)\n")

    with pytest.raises(RecetarioError, match=r"mkdocs\.en\.yml: the site does not build") as error:
        build(top, tmp_path / "out")

    assert any("index.md" in line and "gone.md" in line for line in error.value.todo)
    assert any("index.md" in line and "#lost" in line for line in error.value.todo)


def test_a_page_outside_the_menu_fails_the_build(top: Path, tmp_path: Path) -> None:
    """Readers would not find it."""
    (top / "docs/es/orphan.md").write_text("# Huérfana\n", "utf-8")

    with pytest.raises(RecetarioError, match=r'not included in the "nav"[^$]*orphan\.md'):
        build(top, tmp_path / "out")


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Sample pages and a recipe with a draft of its evidence, and what `serve` builds while two pages lack English."""
    folder = tmp_path_factory.mktemp("drafts")
    (folder / "project").mkdir()
    top = sample_project(folder / "project")
    for name in CONFIGURATIONS.values():
        menu = (top / name).read_text("utf-8").replace("  - Home: index.md\n", "  - index.md\n  - recipes/demo.md\n")
        (top / name).write_text(menu, "utf-8")
    demo = Demo(top)
    demo.project()
    result = demo.case().result
    result.parent.mkdir(parents=True)
    result.write_bytes(to_notebook(demo.recipe(), demo.evidence(check="drafted\nanswer: yes\n")))
    english = {top / "docs/en" / name: (top / "docs/en" / name).read_text("utf-8") for name in _ONLY_SPANISH}
    for page in english:
        page.unlink()
    with builders() as executors:
        build_with(executors, top, folder / "built", "http://site.example/", LANGUAGES, drafts=True)
    for page, text in english.items():
        page.write_text(text, "utf-8")
    return top, folder / "built"


def test_drafts_are_marked_on_the_pages_of_their_recipe(drafts: tuple[Path, Path], tmp_path: Path) -> None:
    """Drafts are shown only by `serve`. The published site has only accepted evidence."""
    top, built = drafts
    marked = [path.parent.name for path in (built / "en").rglob("*.html") if "Draft:" in path.read_text()]
    build(top, tmp_path / "published")

    assert sorted(marked) == ["demo", "demo"]  # its page and its transcripts
    assert "drafted" in (built / "en/recipes/demo/index.html").read_text("utf-8")
    assert (tmp_path / "published/en/recipes/demo/index.html").is_file()
    assert [path for path in (tmp_path / "published").rglob("*.html") if "drafted" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("name", _ONLY_SPANISH)
def test_a_page_in_one_language_is_shown_while_it_is_written(drafts: tuple[Path, Path], name: str) -> None:
    """`serve` shows it in both, with a note in the other one."""
    pages = {lang: drafts[1] / lang / name.removesuffix(".md") / "index.html" for lang in LANGUAGES}

    assert "This page is not written in English yet." in pages["en"].read_text("utf-8")
    assert "no está escrita" not in pages["es"].read_text("utf-8")


def test_a_page_in_one_language_fails_the_build(top: Path, tmp_path: Path) -> None:
    """Its name is in the error."""
    (top / "docs/en/sample/blocks.md").unlink()

    with pytest.raises(RecetarioError, match=r"sample/blocks\.md"):
        build(top, tmp_path / "published")


def test_a_build_deletes_old_pages(top: Path, tmp_path: Path) -> None:
    """A page that was deleted must not stay published."""
    old = tmp_path / "out" / "es" / "old" / "index.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")

    build(top, tmp_path / "out")

    assert not old.exists()
    assert (top / ".cache" / "notebooks-es").is_dir() and (top / ".cache" / "notebooks-en").is_dir()


def test_a_build_of_no_language_breaks_nothing(top: Path, tmp_path: Path) -> None:
    """`serve` asks for one if a file that came is gone before the build, such as an editor's temporary file."""
    build(top, tmp_path / "out")
    matrix = (tmp_path / "out/matrix.json").read_bytes()

    with builders() as executors:
        build_with(executors, top, tmp_path / "out", "http://site.example/", [])

    assert (tmp_path / "out/matrix.json").read_bytes() == matrix


def test_links_at_the_root_have_the_sites_address(tmp_path: Path) -> None:
    """Even if that is below a project's name, as on GitHub Pages."""
    write_root(tmp_path, "https://somebody.example/recetario/")

    assert 'href="/recetario/es/"' in (tmp_path / "404.html").read_text("utf-8")
    assert 'hreflang="en" href="https://somebody.example/recetario/en/"' in (tmp_path / "index.html").read_text("utf-8")


def test_a_port_in_use_is_an_error(top: Path) -> None:
    """The message has the host and the port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RecetarioError, match=f"Cannot serve on 127.0.0.1:{port}: Address already in use"):
            serve(top, port=port)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_serve_ends_with_all_its_processes_and_without_output(top: Path, end: signal.Signals) -> None:
    """Ctrl-C also reaches the processes that build. If the server is killed, they end by themselves."""
    command = [sys.executable, "-m", "recetario", "site", "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=top,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a parent that ignores it would pass that on
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:0/")
        if end == signal.SIGINT:  # terminals send it to the whole process group
            os.killpg(process.pid, end)
        else:
            os.kill(process.pid, end)
        try:
            status = process.wait(20)
        finally:
            process.kill()
        output = process.stdout.read() + process.stderr.read()  # returns only when all its processes have ended

    if end == signal.SIGKILL:
        assert status == -end
        assert "Traceback" not in output
    else:
        assert status == 0
        assert output == ""


@pytest.fixture
def served(top: Path) -> Iterator[str]:
    """The address of a project while `serve` serves it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"from pathlib import Path; from recetario.site.serve import serve; serve(Path({str(top)!r}), port={port})"
    with subprocess.Popen([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
        process.terminate()


def test_a_saved_page_is_built_again(top: Path, served: str) -> None:
    """After a mistake, the old pages stay until it is fixed. Other addresses get the 404 page."""
    page = top / "docs/en/index.md"
    text = page.read_text("utf-8")
    assert _wait_for(served + "en/", "What's broken?")

    page.write_text(text + "\n[Gone](gone.md)\n", "utf-8")
    time.sleep(3)
    assert _wait_for(served + "en/sample/blocks/", "nsenter")

    page.write_text(text + "\nBrand-new text.\n", "utf-8")
    assert _wait_for(served + "en/", "Brand-new text.")
    assert _wait_for(served + "en/nothing/", "Nothing here")


def test_a_page_asked_for_during_a_build_is_the_new_one(top: Path, served: str) -> None:
    """It has the number of the new build, and its script waits for a later one: the old page would stay."""

    def asked() -> tuple[str, str]:
        text = urllib.request.urlopen(f"{served}en/", timeout=20).read().decode()
        build_number = re.search(r"livereload\((\d+), \d+\);", text)
        assert build_number
        return build_number[1], text

    assert _wait_for(f"{served}en/", "What's broken?")
    before, _ = asked()
    page = top / "docs/en/index.md"
    page.write_text(page.read_text("utf-8") + "\nBrand-new text.\n", "utf-8")
    deadline = time.monotonic() + 20
    while (answer := asked())[0] == before and time.monotonic() < deadline:  # again and again, so also during the build
        pass

    assert answer[0] != before
    assert "Brand-new text." in answer[1]


@pytest.mark.browser
def test_an_open_page_reloads_after_a_build(top: Path, served: str, tab: Page) -> None:
    """MkDocs adds a script for this, which the page's policy must allow."""
    tab.goto(served + "en/")
    page = top / "docs/en/index.md"
    page.write_text(page.read_text("utf-8") + "\nBrand-new text.\n", "utf-8")

    tab.get_by_text("Brand-new text.").wait_for(timeout=20_000)


def _wait_for(url: str, expected: str) -> bool:
    """Whether a page has this text within 20 seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            text = urllib.request.urlopen(url, timeout=10).read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        except OSError:
            text = ""
        if expected in text:
            return True
        time.sleep(0.2)
    return False
