"""Whatever a file or a name has in it stays text: it is refused in one sentence, or shown as it is."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from support.blocks import BlockPage
from support.demo import NEWEST, Demo, refusal

from recetario.book.evidence import Output
from recetario.book.project import Project

_PAGE = "docs/es/recipes/demo.md"
_DATA = [
    "recipes/demo/recipe.sh",
    "recipes/demo/claims.toml",
    f"recipes/demo/evidence/{NEWEST}.ipynb",
    "recipes/list.toml",
]
_NAMES = [
    "<b>bold<",
    "de\x1b[31mmo",
    "de\nmo",
    "de\u202emo",
    "-demo",
    "demo;reboot",
    b"de\xffmo".decode("utf-8", "surrogateescape"),
]
_TAGS = ("script", "img", "iframe", "object", "svg")
_MARKUP = '<script>alert(1)</script><img src=x onerror="alert(1)"> </code></pre>'


def load(top: Path) -> None:
    """Read all files of a project, as a build does before anything else."""
    project = Project(top)
    project.groups, project.verdicts, project.page("demo", "es")


def is_one_harmless_message(message: str) -> bool:
    """A few short lines, with nothing in them that a terminal would obey."""
    return len(message) < 1000 and not re.search(r"[^\n\t -\x7e\xa0-\u1fff…]", message)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *itertools.product([*_DATA, _PAGE], [b"\xff\xfe\x00", b"\x1b[2J\x1b]0;title\x07", b"\n" * 5_000_000]),
        *itertools.product(_DATA, [b"{", b""]),
    ],
    ids=lambda value: str(value[:9]) if isinstance(value, bytes) else Path(value).name,
)
def test_a_broken_file_is_named(demo: Demo, name: str, content: bytes) -> None:
    """Not UTF-8, terminal codes, 5 MB; and where a page could not be like that, half of a file, and an empty one."""
    demo.project()
    (demo.top / name).write_bytes(content)

    message = refusal(lambda: load(demo.top))

    assert Path(name).name in message
    assert is_one_harmless_message(message), message


@pytest.mark.parametrize("name", _NAMES)
def test_a_recipe_with_a_name_that_is_no_slug_is_refused(demo: Demo, name: str) -> None:
    """The folder's name would become a part of commands and addresses."""
    shutil.copytree(demo.folder, demo.folder.with_name(name))

    assert is_one_harmless_message(refusal(lambda: load(demo.top)))


@pytest.mark.parametrize("block", ["step | check", "transcripts", "verdicts", "environments", "matrix"])
def test_markup_in_outputs_versions_and_claims_is_text(demo: Demo, block: str) -> None:
    """No block makes an element of it."""
    demo.claims("que sí.", f"que sí. {_MARKUP}".replace('"', "'"))
    demo.claims('holds = "answer: yes"', 'holds = "answer: yes*"')
    page = BlockPage(demo.project(check=Output(f"answer: yes{_MARKUP}\n", f"{_MARKUP}\n")), "es")

    html = page.html(block)

    assert not BeautifulSoup(html, "html.parser").select(", ".join(_TAGS))
