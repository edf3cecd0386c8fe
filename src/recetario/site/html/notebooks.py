"""Give a notebook's page the weight and the look of the others.

mkdocs-jupyter renders a notebook with all of JupyterLab's styles and five scripts in the page: 600 KB. What it says is
kept and put into the same elements that steps on recipe pages are made of, so that both share one stylesheet.
"""

from __future__ import annotations

import functools
import re

from bs4 import BeautifulSoup, Tag

__all__ = ["slim"]

_STYLES_AND_SCRIPTS = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)


@functools.lru_cache(256)  # while somebody writes, most stay as they are
def slim(html: str) -> str:
    """Write a notebook's page anew: prose as on other pages, each code cell as a step.

    Args:
        html: A page's content as mkdocs-jupyter makes it.

    Returns:
        The same prose, code and outputs, without styles and scripts. Each code cell is a ``section.step`` named by
        the cell's id.
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
    """A Markdown cell's elements, its headings linked as elsewhere."""
    for link in cell.select("a.anchor-link"):
        link["class"] = "headerlink"
        link.string = "#"
    for code in cell.select("pre"):
        if not code.find("code"):
            _inside(code, "code")
    rendered = cell.select_one(".jp-RenderedMarkdown") or cell
    return [part.extract() for part in list(rendered.find_all(recursive=False))]


def _step(page: BeautifulSoup, cell: Tag) -> Tag:
    """A code cell as a step: its name, its code, its outputs.

    The first cell is the same in every notebook and gets no colours: they are half of its weight.
    """
    name = str(cell.get("id", "")).removeprefix("cell-id=")
    section = page.new_tag("section", attrs={"class": "step step--cell", "id": f"step-{name}"})
    head = page.new_tag("div", attrs={"class": "step__head"})
    link = page.new_tag("a", attrs={"class": "step__name", "href": f"#step-{name}"})
    link.string = name
    head.append(link)
    section.append(head)
    source = cell.select_one(".clipboard-copy-txt")
    lab_only = source is not None and 'lab_only "' in source.get_text()  # a reader's shell has none that would refuse
    command = page.new_tag("div", attrs={"class": "step__cmd step__cmd--lab" if lab_only else "step__cmd"})
    if code := cell.select_one(".highlight-ipynb"):
        for span in code.select("span") if name == "header" else ():
            span.unwrap()
        command.append(_highlighted(code, "highlight no-copy" if lab_only else "highlight"))
    section.append(command)
    for output in cell.select(".jp-OutputArea-output"):
        section.append(_printed(page, output))
    return section


def _highlighted(block: Tag, classes: str = "highlight") -> Tag:
    """Highlighted code in the theme's classes."""
    block["class"] = classes
    if pre := block.find("pre"):
        _inside(pre, "code")
    return block


def _printed(page: BeautifulSoup, output: Tag) -> Tag:
    """One output: text in the theme's classes and without a copy button; anything else as it is."""
    stream = "stderr" if "stderr" in str(output.get("data-mime-type", "")) else "stdout"
    box = page.new_tag("div", attrs={"class": f"step__{stream}"})
    text = output.find("pre")
    if not isinstance(text, Tag):
        box.extend(list(output.contents))
        return box
    highlight = page.new_tag("div", attrs={"class": "language-text highlight no-copy"})
    for span in text.select("span"):
        span.unwrap()
    _inside(text, "code")
    highlight.append(text.extract())
    box.append(highlight)
    return box


def _inside(outer: Tag, name: str) -> None:
    """Put what ``outer`` holds into a new element inside it."""
    inner = BeautifulSoup("", "html.parser").new_tag(name)
    inner.extend(list(outer.contents))
    outer.append(inner)
