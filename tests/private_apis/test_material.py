"""Material for MkDocs still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from recetario.private_apis.material import sections, style_sheet

THEME = Path(str(resources.files("material") / "templates"))
SCRIPTS = THEME / "assets" / "javascripts"


def test_a_page_is_divided_at_its_headings() -> None:
    """The title's section has no id; what a page excludes from the search is not there."""
    html = (
        '<h1 id="top">Title</h1><p>One <b>word</b>.</p>'
        '<h2 id="part">Part<a class="headerlink" href="#part">¶</a></h2><pre><code>podman ps</code></pre>'
        '<h2 id="hidden" data-search-exclude>Hidden</h2><p>Nothing.</p>'
    )

    assert sections(html) == [
        ("", "Title", "<p>One word.</p>"),
        ("part", "Part", "<pre><code>podman ps</code></pre>"),
    ]


def test_text_before_any_heading_has_a_section() -> None:
    """With neither id nor heading."""
    assert sections("<p>First.</p>") == [("", "", "<p>First.</p>")]


def test_the_style_sheet_is_the_one_that_the_theme_links() -> None:
    """Our template replaces the theme's block of style sheets, without its color schemes."""
    block = re.search(r"{% block styles %}(.*?){% endblock %}", (THEME / "base.html").read_text("utf-8"), re.DOTALL)

    assert block
    first, *others = re.findall(r"assets/stylesheets/[\w.]+", block[1])
    assert first == style_sheet()
    assert len(others) == 1
    assert re.fullmatch(r"assets/stylesheets/palette\.\w+\.min\.css", others[0])


@pytest.mark.parametrize("name", ["lunr.stemmer.support", "lunr.es"])
def test_stemmers_have_their_languages_names(name: str) -> None:
    """The build keeps those of the site's language."""
    assert (SCRIPTS / "lunr" / "min" / f"{name}.min.js").is_file()


@pytest.mark.parametrize(
    "part",
    [
        "=new Worker(",
        ".postMessage(",
        '"#__config"',
        "new XMLHttpRequest",
        '"search/search_index.json"',
        'location.protocol==="file:"',
        '"search/search_index.js"',
        "__index)",
        '__md_get("__tabs")',
        '"search.result.none"',
    ],
)
def test_the_script_runs_the_search_as_ours_expect(part: str) -> None:
    """See the list at the top of ``private_apis/material.py``: what a failure here breaks stands there."""
    (bundle,) = SCRIPTS.glob("bundle.*.min.js")

    assert part in bundle.read_text("utf-8")


def test_the_worker_answers_queries_as_ours_expect() -> None:
    """Messages of type 2 are answered with type 3: groups of pages, each with the terms that it has."""
    (worker,) = (SCRIPTS / "workers").glob("search.*.min.js")
    code = worker.read_text("utf-8")

    assert re.search(r"case 2:.{0,200}return\{type:3,data:", code)
    assert re.search(r"\bitems:", code)
    assert re.search(r"\bterms:", code)
