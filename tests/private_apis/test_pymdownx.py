"""pymdown-extensions still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

import inspect
import xml.etree.ElementTree as ElementTree
from typing import Any, NoReturn

import pytest
from markdown import Markdown
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block
from pymdownx.highlight import HighlightExtension

from recetario.private_apis.pymdownx import StrictBlock, make_highlighter


class _RefusedError(Exception):
    pass


class _Plain(Block):  # type: ignore[misc]  # pymdownx has no types
    NAME = "demo"
    ARGUMENT = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        return ElementTree.SubElement(parent, "div")


class _Strict(StrictBlock, _Plain):
    def refuse(self, argument: str, options: list[str]) -> NoReturn:
        raise _RefusedError(argument, options)


def render(block: type[Block], text: str) -> str:
    """The HTML of a page on which this block is known."""

    class Extension(BlocksExtension):  # type: ignore[misc]  # pymdownx has no types
        def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
            block_mgr.register(block, self.getConfigs())

    html: str = Markdown(extensions=[Extension()]).convert(text)
    return html


def highlighting(md: Markdown) -> HighlightExtension:
    """The extension that highlights code on this page."""
    return next(found for found in md.registeredExtensions if isinstance(found, HighlightExtension))


MISTAKES = [("/// demo\n///", ("", [])), ("/// demo | name\n    colour: red\n///", ("name", ["colour"]))]


@pytest.mark.parametrize("mistake", [text for text, _ in MISTAKES])
def test_the_blocks_api_leaves_mistakes_on_the_page(mistake: str) -> None:
    """If this fails, pymdownx says so itself now, and StrictBlock can go."""
    assert "/// demo" in render(_Plain, mistake)


@pytest.mark.parametrize(("mistake", "given"), MISTAKES)
def test_a_strict_block_refuses_mistakes(mistake: str, given: tuple[str, list[str]]) -> None:
    """``Block._validate`` is called with the argument and the options, and answers False."""
    with pytest.raises(_RefusedError) as refused:
        render(_Strict, mistake)

    assert refused.value.args == given


def test_a_strict_block_takes_what_it_knows() -> None:
    """``Block._validate`` answers True."""
    assert render(_Strict, "/// demo | name\n///") == "<div></div>"


def test_the_highlighter_takes_settings_by_name() -> None:
    """All of its parameters but these are settings of the extension, so that none is lost when one is renamed."""
    extension = highlighting(Markdown(extensions=["pymdownx.highlight"]))
    parameters = inspect.signature(extension.get_pymdownx_highlighter()).parameters.keys()

    assert parameters - extension.get_pymdownx_highlight_settings().keys() == {"md", "title_mode"}


def test_a_highlighter_has_the_settings_of_the_page() -> None:
    """Here a setting that shows in what it writes."""
    md = Markdown(extensions=["pymdownx.highlight"], extension_configs={"pymdownx.highlight": {"line_spans": "line"}})

    html = make_highlighter(highlighting(md), md).highlight("podman ps", "bash", "highlight")

    assert 'id="line-0-1"' in html
