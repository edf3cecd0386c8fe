"""Checks of the built files, without a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup
from support.sample_site import TOP
from support.site_pages import dead_references, documents, wrong_alternates

from recetario.book.environments import load_environments
from recetario.book.project import SITE, Project
from recetario.book.recipes import Recipe, load_recipes


def test_no_page_has_dead_references(site: Path) -> None:
    """Links, anchors, images, scripts and styles."""
    assert list(dead_references(site)) == []


def test_a_dead_link_and_a_dead_anchor_are_found(tmp_path: Path) -> None:
    """The check detects both."""
    (tmp_path / "index.html").write_text(
        '<a href="nowhere/">a</a><a href="#gone">b</a><p id="here"><a href="#here">c</a>'
    )

    assert list(dead_references(tmp_path)) == ["index.html: nowhere/", "index.html: #gone"]


def test_every_page_links_its_other_language(site: Path) -> None:
    """Hreflang and canonical links name existing pages, in the right language, by one address."""
    assert list(wrong_alternates(site)) == []


def test_a_wrong_alternate_is_found(tmp_path: Path) -> None:
    """The check detects a link to the home page instead of the same page, and one to a page that does not exist."""
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

    assert [problem.partition(": ")[0] for problem in wrong_alternates(tmp_path)] == [
        "es/a/index.html",
        "es/b/index.html",
    ]


def test_a_recipes_page_has_all_its_commands(site: Path) -> None:
    """Those for the modes that the recipe is about. Other commands on the page are of other recipes."""
    files, recipes = Project(TOP).claim_files, load_recipes(TOP)
    known = {step.command for recipe in recipes.values() for step in recipe.steps if not step.lab_only}
    for slug, recipe in recipes.items():
        modes = {None, *(each.mode for each in load_environments() if files[slug].about.fits(each))}
        own = {step.command for step in recipe.steps if not step.lab_only and step.mode in modes}
        for path in site.glob(f"*/recipes/{slug}/index.html"):
            copied = {*documents(site)[str(path.relative_to(site))].copies}
            assert own <= copied <= known


def lab_only_with_a_copy_button(site: Path, recipes: Iterable[Recipe]) -> list[str]:
    """Pages on which the command of a lab-only step, or its cell in a notebook, can be copied."""
    steps = [step for recipe in recipes for step in recipe.steps]
    commands = {text for step in steps if step.lab_only for text in (step.command, step.source)}
    commands -= {step.command for step in steps if not step.lab_only}  # another recipe's readers may copy it
    texts = {name: "".join(page.text) for name, page in documents(site).items()}
    return [
        name
        for name, text in texts.items()
        if any(command in text for command in commands)  # only their elements are looked at: most pages have none
        for block in _soup(site / name).select(".highlight:not(.no-copy)")
        if any(command in block.get_text() for command in commands)
    ]


def test_no_lab_only_step_has_a_copy_button(site: Path) -> None:
    """The theme adds a copy button to each code block that is not `no-copy`."""
    assert lab_only_with_a_copy_button(site, load_recipes(TOP).values()) == []


def test_a_copy_button_on_a_lab_only_step_is_found(tmp_path: Path) -> None:
    """The check above detects it."""
    recipe, command = next(
        (recipe, step.command) for recipe in load_recipes(TOP).values() for step in recipe.steps if step.lab_only
    )
    page = tmp_path / "en" / "recipes" / "x" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<div class="highlight"><pre><code>{html.escape(command)}</code></pre></div>')

    assert lab_only_with_a_copy_button(tmp_path, [recipe]) == ["en/recipes/x/index.html"]


def _soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_ids_are_unique(site: Path) -> None:
    """Otherwise anchors and labels would be ambiguous."""
    duplicates = {}
    for name, page in documents(site).items():
        if len(set(page.ids)) < len(page.ids):
            duplicates[name] = sorted({element_id for element_id in page.ids if page.ids.count(element_id) > 1})

    assert duplicates == {}


def test_no_block_is_left_as_text(site: Path) -> None:
    """The Blocks API leaves a block that it does not understand on the page, without a warning."""
    assert [str(path) for path in site.rglob("*.html") if "<p>///" in path.read_text("utf-8")] == []


_KNOWN_FORMS = re.compile(
    r"https://github\.com/[\w-]+/[\w-]+/(?:issues/\d+|commit/[0-9a-f]{7,40}|releases/tag/v[\d.]+)"
    r"|https://github\.com/[\w-]+/[\w-]+/(?:blob|tree)/(?:common/v|spec-v|v)\d+\.\d+(?:\.\d+)?/[\w./-]+"
    r"|https://manpages\.debian\.org/[a-z]+/[a-z-]+/[\w.-]+\.\d\.en\.html"
    r"|https://(?:blog\.podman\.io|docs\.docker\.com|docs\.kernel\.org|wiki\.musl-libc\.org)/[\w./-]+"
    r"|https://(?:llmstxt\.org|squidfunk\.github\.io/mkdocs-material/|podman\.io/)"
    rf"|{SITE}.*"  # notebooks need full addresses of our own pages, because they are opened anywhere
)


def test_links_to_other_sites_have_known_forms(site: Path) -> None:
    """They have a version or a date, as `citations` makes them, with a few exceptions. All have `rel=noopener`."""
    links = {
        (str(path.relative_to(site)), link)
        for path in site.rglob("*.html")
        for link in re.findall(r'<a\b[^>]*href="https?:[^>]*>', path.read_text("utf-8"))
    }
    addresses = {link.partition('href="')[2].partition('"')[0] for _, link in links}

    assert [address for address in addresses if not _KNOWN_FORMS.fullmatch(address)] == []
    assert [page for page, link in links if 'rel="noopener"' not in link] == []


def test_every_recipe_links_its_sources(site: Path) -> None:
    """Below the heading "Sources", as HTML and as Markdown."""
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


def test_no_page_prefetches_what_its_policy_forbids(site: Path) -> None:
    """Firefox prefetches ``rel="next"``, and logs an error because the policy blocks it."""
    prefetched = {"next", "prefetch", "prerender", "preload", "modulepreload", "preconnect", "dns-prefetch"}
    links = [
        f"{path.relative_to(site)}: {link}"
        for path in site.rglob("*.html")
        for link in re.findall(r"<link\b[^>]*>", path.read_text("utf-8"))
        if prefetched & {word for rel in re.findall(r'rel="([^"]*)"', link) for word in rel.lower().split()}
    ]

    assert links == []


def test_no_page_shows_backticks(site: Path) -> None:
    """A title that names an option has code, even when another page quotes it."""
    code = re.compile(r"<(script|style|pre|code|textarea)\b.*?</\1>|<[^>]*>", re.DOTALL)
    texts = {str(path.relative_to(site)): code.sub("", path.read_text("utf-8")) for path in site.rglob("*.html")}

    assert [path for path, text in texts.items() if "`" in text] == []


def test_notebook_pages_are_small(site: Path) -> None:
    """At most 60 kB of HTML, without styles of their own."""
    notebooks = [path.parent / "index.html" for path in site.rglob("*.ipynb")]
    assert notebooks

    for path in notebooks:
        html = path.read_text("utf-8")
        assert len(html.encode()) <= 60_000, path
        assert "<style" not in html


def test_unused_files_are_not_published(site: Path) -> None:
    """Source maps, files of the theme that we replace, and stemmers of other languages."""
    assert [path for name in ("*.map", "palette*", "favicon.png") for path in site.rglob(name)] == []
    assert sorted(path.name for path in (site / "es").rglob("lunr.*")) == [
        "lunr.es.min.js",
        "lunr.stemmer.support.min.js",
    ]
    assert list((site / "en").rglob("lunr*")) == []
