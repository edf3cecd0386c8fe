"""What must be true of the built files, without a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup
from support.sample_site import TOP
from support.site_pages import dead_references, documents, wrong_alternates

from recetario.book.project import SITE
from recetario.book.recipes import Recipe, load_recipes


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
    known = {step.command for recipe in recipes.values() for step in recipe.steps if not step.lab_only}
    for slug, recipe in recipes.items():
        for path in site.glob(f"*/recipes/{slug}/index.html"):
            copied = {str(block["data-copy"]) for block in _soup(path).select("[data-copy]")}
            assert {step.command for step in recipe.steps if not step.lab_only} <= copied <= known


def lab_only_with_a_copy_button(site: Path, recipes: Iterable[Recipe]) -> list[str]:
    """Pages on which a lab-only step, or a notebook's cell of one, can be copied."""
    commands = {
        text for recipe in recipes for step in recipe.steps if step.lab_only for text in (step.command, step.source)
    }
    return [
        str(path.relative_to(site))
        for path in site.glob("*/*/*/index.html")
        for block in _soup(path).select(".highlight:not(.no-copy)")
        if any(command in block.get_text() for command in commands)
    ]


def test_no_lab_only_step_has_a_copy_button(site: Path) -> None:
    """On no page; the theme gives one to each block of code that is not `no-copy`."""
    assert lab_only_with_a_copy_button(site, load_recipes(TOP).values()) == []


def test_a_copy_button_on_a_lab_only_step_is_found(tmp_path: Path) -> None:
    """Seeded: the check above can fail."""
    recipe = next(one for one in load_recipes(TOP).values() for step in one.steps if step.lab_only)
    command = next(step.command for step in recipe.steps if step.lab_only)
    page = tmp_path / "en" / "recipes" / "x" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<div class="highlight"><pre><code>{html.escape(command)}</code></pre></div>')

    assert lab_only_with_a_copy_button(tmp_path, [recipe]) == ["en/recipes/x/index.html"]


def _soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_ids_are_unique(site: Path) -> None:
    """Two elements of one name would make anchors and labels ambiguous."""
    twice = {name: sorted({i for i in page.ids if page.ids.count(i) > 1}) for name, page in documents(site).items()}

    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_no_block_is_left_as_text(site: Path) -> None:
    """The Blocks API leaves what it does not understand on the page, silently."""
    assert [str(path) for path in site.rglob("*.html") if "<p>///" in path.read_text("utf-8")] == []


_OUTSIDE = re.compile(
    r"https://github\.com/[\w-]+/[\w-]+/(?:issues/\d+|commit/[0-9a-f]{7,40}|releases/tag/v[\d.]+)"
    r"|https://github\.com/[\w-]+/[\w-]+/(?:blob|tree)/(?:common/v|spec-v|v)\d+\.\d+(?:\.\d+)?/[\w./-]+"
    r"|https://manpages\.debian\.org/[a-z]+/[a-z-]+/[\w.-]+\.\d\.en\.html"
    r"|https://(?:blog\.podman\.io|docs\.docker\.com|docs\.kernel\.org)/[\w./-]+"
    r"|https://(?:llmstxt\.org|squidfunk\.github\.io/mkdocs-material/|podman\.io/)"
    rf"|{SITE}.*"  # how notebooks, which are read anywhere, name our pages
)


def test_links_to_other_sites_have_known_forms(site: Path) -> None:
    """Those that `citations` makes, at a version or dated, and a few of our own; all are marked as outside."""
    links = {
        (str(path.relative_to(site)), link)
        for path in site.rglob("*.html")
        for link in re.findall(r'<a\b[^>]*href="https?:[^>]*>', path.read_text("utf-8"))
    }
    addresses = {link.partition('href="')[2].partition('"')[0] for _, link in links}

    assert [address for address in addresses if not _OUTSIDE.fullmatch(address)] == []
    assert [page for page, link in links if 'rel="noopener"' not in link] == []


def test_the_sources_of_a_recipe_can_be_opened(site: Path) -> None:
    """Each page has a link to another site below "Sources", in its HTML and its Markdown."""
    for path in site.glob("*/recipes/*/index.html"):
        _, heading, sources = path.read_text("utf-8").partition('<h2 id="sources">')
        _, title, markdown = (
            path.with_name("index.md")
            .read_text("utf-8")
            .partition("\n## Fuentes\n" if "es" in path.relative_to(site).parts else "\n## Sources\n")
        )
        assert heading and title, path
        assert re.search(r'<a\b[^>]*href="https:', sources.partition("</article>")[0]), path
        assert "](https://" in markdown, path


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
