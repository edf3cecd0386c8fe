"""Make notebook pages as small as other pages, and look the same.

mkdocs-jupyter puts JupyterLab's styles and five scripts into each page, 600 KB in all. This module keeps only prose,
code and outputs, and moves them into the elements of steps on recipe pages, so that both use the same stylesheet.
"""

from __future__ import annotations

import functools
import re

from bs4 import BeautifulSoup, Tag

__all__ = ["slim"]

_STYLES_AND_SCRIPTS = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)


@functools.lru_cache(256)  # while the site is served, most notebooks are the same at the next build
def slim(html: str) -> str:
    """Convert a notebook page to the elements that other pages use.

    Args:
        html: The page's content as mkdocs-jupyter renders it.

    Returns:
        The same prose, code and outputs, without styles and scripts. Each code cell is a ``section.step``, whose id
        is the cell's id after ``step-``.
    """
    soup = BeautifulSoup(_STYLES_AND_SCRIPTS.sub("", html), "html.parser")
    page = BeautifulSoup("", "html.parser")
    for cell in soup.select(".jp-Cell[id]"):
        parts = [_step(page, cell)] if "jp-CodeCell" in cell["class"] else _prose(cell)
        for part in parts:
            page.append(part)
            page.append("\n")
    return str(page)


def _prose(cell: Tag) -> list[Tag]:
    """A Markdown cell's elements, with the theme's links in its headings."""
    for link in cell.select("a.anchor-link"):
        link["class"] = "headerlink"
        link.string = "#"
    for code in cell.select("pre"):
        if not code.find("code"):
            _wrap_contents(code, "code")
    rendered = cell.select_one(".jp-RenderedMarkdown") or cell
    return [part.extract() for part in list(rendered.find_all(recursive=False))]


def _step(page: BeautifulSoup, cell: Tag) -> Tag:
    """A code cell as a step: its name, its code and its outputs."""
    name = str(cell.get("id", "")).removeprefix("cell-id=")
    section = page.new_tag("section", attrs={"class": "step step--cell", "id": f"step-{name}"})
    head = page.new_tag("div", attrs={"class": "step__head"})
    link = page.new_tag("a", attrs={"class": "step__name", "href": f"#step-{name}"})
    link.string = name
    head.append(link)
    section.append(head)
    section.append(_command(page, cell, name))
    for output in cell.select(".jp-OutputArea-output"):
        section.append(_output(page, output))
    return section


def _command(page: BeautifulSoup, cell: Tag, name: str) -> Tag:
    """A cell's code, with a copy button unless it is a lab-only step."""
    source = cell.select_one(".clipboard-copy-txt")
    # In a reader's own shell, lab_only is not defined and so could not refuse to run the step.
    lab_only = source is not None and 'lab_only "' in source.get_text()
    command = page.new_tag("div", attrs={"class": "step__cmd step__cmd--lab" if lab_only else "step__cmd"})
    code = cell.select_one(".highlight-ipynb")
    if code is None:
        return command
    if name == "header":  # the same in every notebook, and highlighting would double its size
        for span in code.select("span"):
            span.unwrap()
    command.append(_highlighted(code, "highlight no-copy" if lab_only else "highlight"))
    return command


def _highlighted(block: Tag, classes: str) -> Tag:
    """Give highlighted code the theme's classes."""
    block["class"] = classes
    if pre := block.find("pre"):
        _wrap_contents(pre, "code")
    return block


def _output(page: BeautifulSoup, output: Tag) -> Tag:
    """One output: text gets the theme's classes and no copy button, and anything else stays as it is."""
    stream = "stderr" if "stderr" in str(output.get("data-mime-type", "")) else "stdout"
    box = page.new_tag("div", attrs={"class": f"step__{stream}"})
    text = output.find("pre")
    if not isinstance(text, Tag):
        box.extend(list(output.contents))
        return box
    highlight = page.new_tag("div", attrs={"class": "language-text highlight no-copy"})
    for span in text.select("span"):
        span.unwrap()
    _wrap_contents(text, "code")
    highlight.append(text.extract())
    box.append(highlight)
    return box


def _wrap_contents(outer: Tag, name: str) -> None:
    """Move the contents of an element into a new element inside it."""
    inner = BeautifulSoup("", "html.parser").new_tag(name)
    inner.extend(list(outer.contents))
    outer.append(inner)
