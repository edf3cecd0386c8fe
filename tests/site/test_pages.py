"""What must be true of the built files, without a browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pages import dead_references, documents


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
    """Hreflang and canonical name pages that are there, in the right language."""
    pages = documents(site)
    for name, page in pages.items():
        lang, _, rest = name.partition("/")
        if not rest or rest == "404.html":
            continue
        assert page.lang == lang
        addresses = {kind: urlsplit(url).path.lstrip("/") + "index.html" for kind, url in page.alternates.items()}
        assert addresses["canonical"] == name
        assert (addresses["es"], addresses["en"]) == (f"es/{rest}", f"en/{rest}")
        assert {addresses["es"], addresses["en"], addresses["x-default"]} <= set(pages)


def test_ids_are_unique(site: Path) -> None:
    """Two elements of one name would make anchors and labels ambiguous."""
    twice = {name: sorted({i for i in page.ids if page.ids.count(i) > 1}) for name, page in documents(site).items()}

    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_no_block_is_left_as_text(site: Path) -> None:
    """The Blocks API leaves what it does not understand on the page, silently."""
    assert [str(path) for path in site.rglob("*.html") if "<p>///" in path.read_text("utf-8")] == []


def test_a_notebook_page_is_light(site: Path) -> None:
    """60 KB of HTML or less, no styles of its own."""
    notebooks = [path.parent / "index.html" for path in site.rglob("*.ipynb")]
    assert notebooks

    for path in notebooks:
        html = path.read_text("utf-8")
        assert len(html.encode()) <= 60_000, path
        assert "<style" not in html


def test_nothing_is_published_that_no_page_uses(site: Path) -> None:
    """Source maps, other languages' stemmers."""
    assert list(site.rglob("*.map")) == []
    assert sorted(path.name for path in (site / "es").rglob("lunr.*")) == [
        "lunr.es.min.js",
        "lunr.stemmer.support.min.js",
    ]
    assert list((site / "en").rglob("lunr*")) == []
