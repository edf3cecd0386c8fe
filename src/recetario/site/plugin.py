"""What MkDocs itself must do for our pages: each of its events calls one function that can be tested alone."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.config import config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils.templates import TemplateContext

from recetario.book.citations import cite
from recetario.book.drafts import with_drafts
from recetario.book.environments import load_environments, with_counts
from recetario.book.history import load_history
from recetario.book.pages import read_page
from recetario.book.project import Project
from recetario.private_apis.material import style_sheet
from recetario.private_apis.mkdocs_jupyter import use_templates, without_styles
from recetario.private_apis.nbconvert import keep_compiled_templates, skip_what_our_templates_do_not_need
from recetario.site.blocks.context import PageContext, remembered_blocks
from recetario.site.blocks.extension import RecetarioBlocks, check_blocks
from recetario.site.blocks.fixes import Where
from recetario.site.blocks.render import MarkdownRenderer, Renderer
from recetario.site.html.csp import with_policy
from recetario.site.html.folding import fold_sections
from recetario.site.html.reading import first_paragraph, heading_ids, unread_block
from recetario.site.html.typography import finished, protect_outer_links, unwrap_plain
from recetario.site.outputs.assets import shrink_assets
from recetario.site.outputs.feed import atom
from recetario.site.outputs.generated import generated_files
from recetario.site.outputs.markdown import as_markdown, llms_txt
from recetario.site.outputs.menu import INDEX, list_recipes, menu_with_recipes
from recetario.site.search.index import index_page, load_synonyms, tune
from recetario.site.sources import BLOCK_SOURCES, by_recipe, modification_times
from recetario.translations import LANGUAGES, translations

__all__ = ["NOTEBOOK_TEMPLATES", "RecetarioPlugin"]

NOTEBOOK_TEMPLATES = Path(__file__).parent / "notebook"
"""The nbconvert templates that make a notebook's page of the elements of recipes' pages."""

_log = logging.getLogger("mkdocs.plugins.recetario")


class RecetarioPlugin(BasePlugin):  # type: ignore[type-arg]
    """Loads the evidence for the blocks, adds the pages made from it, tunes search."""

    config_scheme = (("drafts", config_options.Type(bool, default=False)),)

    @event_priority(100)  # before search, which asks the theme for words
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the project and its translations afresh at each build, and give its blocks to Markdown."""
        translations.cache_clear()
        top, language = Path(config.docs_dir).parents[1], Path(config.docs_dir).name
        use_templates(NOTEBOOK_TEMPLATES)
        notebooks = config.plugins["mkdocs-jupyter"].config
        notebooks["cache_dir"] = str(top / notebooks["cache_dir"] / _notebook_templates_digest())
        keep_compiled_templates(_compiled_templates(config))
        skip_what_our_templates_do_not_need()
        times = modification_times(top, BLOCK_SOURCES)  # before reading: what changes meanwhile counts as changed
        project = with_drafts(top) if self.config["drafts"] else Project(top)
        self.page = PageContext(Renderer(project, language))
        self.page.evidence_states, other_times = by_recipe(times)
        self.page.remembered = remembered_blocks(_shown_by_blocks(self.page.renderer, other_times))
        config.markdown_extensions.append(RecetarioBlocks(self.page))
        config.site_description = with_counts(config.site_description or "")
        config.nav = menu_with_recipes(config.nav or [], self.page.renderer)
        config.extra["picker"] = picker(self.page.renderer.project)
        config.extra["words"] = translations(language)["theme"]
        config.extra["others"] = {other: translations(other)["language"] for other in LANGUAGES if other != language}
        self.markdown: dict[str, str] = {}
        self.indexed: list[dict[str, Any]] = []
        return config

    def on_env(self, env: jinja2.Environment, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Keep the theme's compiled templates, which take a tenth of a build, and name its style sheet."""
        env.bytecode_cache = jinja2.FileSystemBytecodeCache(str(_compiled_templates(config)))
        env.globals["theme_style_sheet"] = style_sheet()
        return env

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages that nobody writes."""
        if index := files.get_file_from_path(INDEX):
            index.content_string = list_recipes(index.content_string, self.page.renderer)
        for path, text in generated_files(self.page.renderer):
            generated = File.generated(config, path, content=text, inclusion=InclusionLevel.NOT_IN_NAV)
            files.append(generated)
        self.untranslated = _pages_of_other_languages(config, files) if self.config["drafts"] else []
        for file in self.untranslated:
            files.append(file)
        return files

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Check the page's blocks, link its citations, and render its Markdown version."""
        self.page.location = f"docs/{self.page.renderer.language}/{page.file.src_uri}"
        self.page.recipe = str(page.meta.get("recipe", ""))
        self.page.renderer = replace(self.page.renderer, url=page.url)
        read = read_page(with_counts(page.file.content_string), self.page.location)
        check_blocks(read)
        if page.file.src_uri.endswith(".md"):  # a notebook is its own
            renderer = self._in_markdown(page.url, config)
            twin = replace(self.page, renderer=renderer)
            self.markdown[page.file.abs_dest_path] = as_markdown(read, twin, renderer.site)
            markdown = cite(with_counts(markdown))
        return markdown

    def _in_markdown(self, url: str, config: MkDocsConfig) -> MarkdownRenderer:
        shown = self.page.renderer
        return MarkdownRenderer(shown.project, shown.language, url, config.site_url or "")

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the menu, for llms.txt."""
        self.nav = nav
        return nav

    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Finish a page's HTML: fold sections, mark outside links, add warnings of drafts."""
        if line := unread_block(html):
            _log.warning(f"{page.file.src_uri} has a block that was not understood: {line}")
        html = fold_sections(protect_outer_links(unwrap_plain(html)))
        page.meta.setdefault("description", first_paragraph(html))
        texts = translations(self.page.renderer.language)["site"]
        if page.meta.get("recipe") in {slug for slug, _ in self.page.renderer.project.drafts}:
            html = _warning(texts["draft"]) + html
        if page.file in self.untranslated:
            html = _warning(texts["untranslated"]) + html
        if not page.file.src_uri.endswith(".ipynb"):
            return html
        page.meta["search"] = {"exclude": True}  # the recipe's page says the same
        html = without_styles(html).replace("</h1>", f"</h1>\n{self._where_it_works(page.file.name)}", 1)
        name_contents(page.toc, heading_ids(html))
        return html

    def _where_it_works(self, slug: str) -> str:
        """The verdicts on the fix of a notebook's recipe, among which the picker marks the reader's Podman."""
        renderer = self.page.renderer
        if slug not in renderer.project.claim_files:
            return ""
        claim = renderer.project.claim_files[slug].first_claim
        content = Where.content(replace(self.page, recipe=slug), claim.id)
        marks = renderer.fill(Where.NAME, content, lambda text, language, classes: text)
        return f"<p>{renderer.markdown(claim.text[renderer.language])}</p>\n{marks}"

    @event_priority(100)  # before search, which would read every page again at every build
    def on_page_context(self, context: TemplateContext, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
        """Read the page for the search index."""
        search = page.meta.setdefault("search", {})
        if not search.get("exclude"):
            title = str(page.meta.get("title", page.title))
            self.indexed.extend(index_page(page.content or "", page.url, title, search.get("boost", 1.0)))
            search["exclude"] = True

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Apply the changes that need a whole page; see ``finished``."""
        return finished(output, page.content or "")

    def on_post_template(self, output_content: str, template_name: str, config: MkDocsConfig) -> str:
        """Add the policy to 404.html."""
        return with_policy(output_content)

    @event_priority(-100)  # after search, which writes the index
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Write the Markdown versions, llms.txt and the feed, tune the search index, and shrink our assets."""
        shrink_assets(Path(config.site_dir, "assets", "recetario"))
        for path, text in self.markdown.items():
            Path(path).with_suffix(".md").write_text(text, "utf-8")
        words = translations(self.page.renderer.language)["site"]
        lead = config.site_description or ""
        contents = llms_txt(self.nav, config.site_name, lead, with_counts(words["llms-about"]), words["llms-pages"])
        Path(config.site_dir, "llms.txt").write_text(contents, "utf-8")
        renderer = self._in_markdown("", config)
        feed = atom(renderer, load_history(renderer.project.top), config.site_name)
        Path(config.site_dir, "feed.xml").write_bytes(feed)
        index = Path(config.site_dir, "search", "search_index.json")
        if index.exists():
            found = json.loads(index.read_text("utf-8"))
            found["docs"] = self.indexed
            tuned = tune(found, load_synonyms(Path(config.docs_dir).name), words["lab-only"].partition("{")[0])
            index.write_text(json.dumps(tuned, ensure_ascii=False), "utf-8")


def _pages_of_other_languages(config: MkDocsConfig, files: Files) -> list[File]:
    """Pages that this language lacks, as they are in another language."""
    docs = Path(config.docs_dir)
    missing: dict[str, File] = {}
    for language in LANGUAGES:
        for path in sorted((docs.parent / language).rglob("*.md")):
            name = path.relative_to(docs.parent / language).as_posix()
            if not (docs / name).exists() and files.get_file_from_path(name) is None:
                missing[name] = File.generated(config, name, content=path.read_text("utf-8"))
    return list(missing.values())


def _warning(text: str) -> str:
    return f'<div class="admonition warning"><p>{text}</p></div>\n'


def _notebook_templates_digest() -> str:
    """Of all templates that make notebooks' pages: cached pages of other templates must not be used."""
    files = sorted(path for path in NOTEBOOK_TEMPLATES.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _compiled_templates(config: MkDocsConfig) -> Path:
    """The folder that keeps them from one build to the next."""
    folder = Path(config.docs_dir).parents[1] / ".cache" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _shown_by_blocks(renderer: Renderer, times: Mapping[Path, int]) -> Hashable:
    """What blocks show besides evidence: files, by their times; titles of pages; verdicts, also of other recipes."""
    project = renderer.project
    titles = tuple(renderer.title(recipe) for recipe in project.recipes.values())
    verdicts = tuple((verdict.word, tuple(verdict.evidence)) for verdict in project.verdicts.values())
    return project.top, tuple(times.items()), titles, verdicts


def picker(project: Project) -> dict[str, object]:
    """What the header needs to ask for the reader's Podman: ids of environments, and a command whose output tells."""
    recipe = project.recipes.get("my-machine")
    command = next((step.command for step in recipe.steps if step.name == "ask"), "") if recipe else ""
    return {"environments": [environment.id for environment in load_environments()], "command": command}


def name_contents(links: Iterable[AnchorLink], ids: list[str]) -> None:
    """Give the links of a table of contents these ids, in order: mkdocs-jupyter slugs code in a heading otherwise."""
    for link in links:
        if ids:
            link.id = ids.pop(0)
        name_contents(link.children, ids)
