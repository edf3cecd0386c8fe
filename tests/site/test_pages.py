"""What must be true of the built files, without a browser."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup
from conftest import TOP
from pages import dead_references, documents, wrong_alternates

from recetario.recipes import load_recipes


def test_everything_that_a_page_refers_to_is_there(site: Path) -> None:
    """Links, anchors, images, scripts and styles of every page resolve."""
    assert list(dead_references(site)) == []


def test_a_dead_link_and_a_dead_anchor_are_found(tmp_path: Path) -> None:
    """The check can say no."""
    (tmp_path / "index.html").write_text(
        '<a href="nowhere/">a</a><a href="#gone">b</a><p id="here"><a href="#here">c</a>'
    )

    assert list(dead_references(tmp_path)) == ["index.html: nowhere/", "index.html: #gone"]


def test_every_page_exists_in_both_languages_and_says_so(site: Path) -> None:
    """Hreflang and canonical name pages that are there, in the right language, at one address."""
    assert list(wrong_alternates(site)) == []


def test_a_wrong_alternate_is_found(tmp_path: Path) -> None:
    """The check can say no: the home page instead of the same page, and a page that is not there."""
    for name, english in (("es/a", "https://x.example/en/"), ("en/a", "https://x.example/en/a/"), ("es/b", "")):
        page = tmp_path / name / "index.html"
        page.parent.mkdir(parents=True)
        english = english or "https://x.example/en/b/"
        spanish = f"https://x.example/es/{name[3:]}/"
        links = {"es": spanish, "en": english, "x-default": spanish}
        page.write_text(
            f'<html lang="{name[:2]}"><link rel="canonical" href="https://x.example/{name}/">'
            + "".join(f'<link rel="alternate " hreflang="{kind}" href="{url}">' for kind, url in links.items())
        )

    assert [one.partition(": ")[0] for one in wrong_alternates(tmp_path)] == ["es/a/index.html", "es/b/index.html"]


def test_pages_copy_the_commands_of_their_recipe(site: Path) -> None:
    """All of them, and what a page borrows is a recipe's, too."""
    recipes = load_recipes(TOP)
    known = {step.command for recipe in recipes.values() for step in recipe.steps}
    for slug, recipe in recipes.items():
        for path in site.glob(f"*/recipes/{slug}/index.html"):
            copied = {str(block["data-copy"]) for block in _soup(path).select("[data-copy]")}
            assert {step.command for step in recipe.steps} <= copied <= known


def _soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_ids_are_unique(site: Path) -> None:
    """Two elements of one name would make anchors and labels ambiguous."""
    twice = {name: sorted({i for i in page.ids if page.ids.count(i) > 1}) for name, page in documents(site).items()}

    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_no_block_is_left_as_text(site: Path) -> None:
    """The Blocks API leaves what it does not understand on the page, silently."""
    assert [str(path) for path in site.rglob("*.html") if "<p>///" in path.read_text("utf-8")] == []


def test_no_page_asks_for_what_its_policy_forbids(site: Path) -> None:
    """Firefox fetches the page of a ``rel="next"`` ahead, and reports what the policy does about it as an error."""
    fetched = {"next", "prefetch", "prerender", "preload", "modulepreload", "preconnect", "dns-prefetch"}
    found = [
        f"{path.relative_to(site)}: {link}"
        for path in site.rglob("*.html")
        for link in re.findall(r"<link\b[^>]*>", path.read_text("utf-8"))
        if fetched & {word for rel in re.findall(r'rel="([^"]*)"', link) for word in rel.lower().split()}
    ]

    assert found == []


def test_no_page_shows_the_signs_of_markdown(site: Path) -> None:
    """A title that names an option has code, also where another page quotes it."""
    code = re.compile(r"<(script|style|pre|code|textarea)\b.*?</\1>|<[^>]*>", re.DOTALL)
    found = {str(path.relative_to(site)): code.sub("", path.read_text("utf-8")) for path in site.rglob("*.html")}

    assert [path for path, text in found.items() if "`" in text] == []


def test_a_notebook_page_is_light(site: Path) -> None:
    """60 KB of HTML or less, no styles of its own."""
    notebooks = [path.parent / "index.html" for path in site.rglob("*.ipynb")]
    assert notebooks

    for path in notebooks:
        html = path.read_text("utf-8")
        assert len(html.encode()) <= 60_000, path
        assert "<style" not in html


def test_nothing_is_published_that_no_page_uses(site: Path) -> None:
    """Source maps, what we replace of the theme, other languages' stemmers."""
    assert [path for name in ("*.map", "palette*", "favicon.png") for path in site.rglob(name)] == []
    assert sorted(path.name for path in (site / "es").rglob("lunr.*")) == [
        "lunr.es.min.js",
        "lunr.stemmer.support.min.js",
    ]
    assert list((site / "en").rglob("lunr*")) == []
