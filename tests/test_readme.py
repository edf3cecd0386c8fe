"""What the repository's own texts say is so: commands exist, links lead somewhere, and both READMEs say the same."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shlex
from pathlib import Path

import click
import pytest
from packaging.specifiers import SpecifierSet

from recetario.book.environments import load_environments
from recetario.book.recipes import load_recipes
from recetario.cli import main
from recetario.translations import translations

TOP = Path(__file__).resolve().parents[1]
README, README_ES, CONTRIBUTING, SECURITY = (
    TOP / name for name in ("README.md", "README.es.md", "CONTRIBUTING.md", "SECURITY.md")
)
DECISIONS = sorted(TOP.glob("docs/decisions/*.md"))
WORKFLOWS = sorted(TOP.glob(".github/workflows/*.yml"))
TEXTS = (README, README_ES, CONTRIBUTING, SECURITY, TOP / "LICENSE-TEXT.md", *DECISIONS)

# `python3 noxfile.py -s lint tests -- ARGUMENTS` and `recetario lab shell ENV`, in code or a workflow's line.
_NOX = re.compile(r"(?:python3 noxfile\.py|\bnox) -s ([a-z]+(?: [a-z]+)*)(?: -- ([^`\n]*))?")
_TOOL = re.compile(r"(?:^|[`(/])recetario ([a-z][^`)\n]*)", re.MULTILINE)
_HANDED_ON = {"replay", "accept", "drift", "lab"}
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#([\w-]+))?\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_ENVIRONMENT = re.compile(r"\d+\.\d+-[a-z]+-root(?:less)?\b")


def sessions() -> set[str]:
    """The names of noxfile.py's sessions."""
    return {
        node.name
        for node in ast.parse((TOP / "noxfile.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(by) == "nox.session" for by in node.decorator_list)
    }


def parse(line: str) -> None:
    """Let click read a command line of `recetario`, as far as that goes without running it."""
    command: click.Command = main
    arguments = shlex.split(re.sub(r"\$\{\{.*?\}\}", "ENV", line))
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        assert arguments[0] in command.commands, f"recetario has no {arguments[0]!r}: {line}"
        command = command.commands[arguments.pop(0)]
    if not isinstance(command, click.Group):
        command.make_context("recetario", arguments)


def headings(path: Path) -> list[tuple[str, str]]:
    """The headings of a page: their ``#``s, and the anchor that GitHub makes of them."""
    found = re.findall(r"^(#+) (.+)$", _FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return [(marks, re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-")) for marks, text in found]


def links(path: Path) -> list[tuple[str, str]]:
    """What a page points to in this repository: a path from where it stands, and an anchor or nothing."""
    return _LINK.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("path", [*TEXTS, *WORKFLOWS], ids=lambda path: path.name)
def test_sessions_exist(path: Path) -> None:
    """What a text tells you to type is there, options included."""
    for names, arguments in _NOX.findall(path.read_text("utf-8")):
        assert not set(names.split()) - sessions(), names
        if names in _HANDED_ON:
            parse(f"{names} {arguments}")


@pytest.mark.parametrize("path", [README, README_ES, CONTRIBUTING, SECURITY, *WORKFLOWS], ids=lambda path: path.name)
def test_commands_exist(path: Path) -> None:
    """Commands of the tool that a text names exist, options included."""
    for line in _TOOL.findall(path.read_text("utf-8")):
        parse(line)


def test_a_command_that_does_not_exist_is_found() -> None:
    """The check can say no, to a name and to an option."""
    with pytest.raises(AssertionError, match="reply"):
        parse("reply dns-network")
    with pytest.raises(click.UsageError):
        parse("envs --jsno")


@pytest.mark.parametrize("path", [README, README_ES, CONTRIBUTING, SECURITY], ids=lambda path: path.name)
def test_recipes_and_environments_exist(path: Path) -> None:
    """Examples can be typed as they stand; placeholders are in capitals."""
    text = path.read_text("utf-8")
    named = [words.split()[0] for session, words in _NOX.findall(text) if session in _HANDED_ON - {"lab"} and words]
    recipes = {word for word in named if not word.startswith("-") and not word.isupper()}

    assert recipes <= set(load_recipes(TOP))
    assert set(_ENVIRONMENT.findall(text)) <= {environment.id for environment in load_environments()}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Files, headings and pictures that a text points to are in the repository."""
    found = [(path.parent / target, anchor) for target, anchor in links(path)]

    assert not [str(target) for target, _ in found if not target.exists()]
    assert not [anchor for target, anchor in found if anchor and anchor not in [name for _, name in headings(target)]]


def test_readmes_are_twins() -> None:
    """Same headings, same commands in blocks, same links after the one to the other; a picture in each language."""
    es, en = README_ES.read_text("utf-8"), README.read_text("utf-8")

    assert [marks for marks, _ in headings(README_ES)] == [marks for marks, _ in headings(README)]
    assert _FENCE.findall(es) == _FENCE.findall(en)
    (to_english, *links_es), (to_spanish, *links_en) = links(README_ES), links(README)
    assert [to_english, to_spanish] == [("README.md", ""), ("README.es.md", "")]
    assert [(target.replace("-es.png", "-en.png"), anchor) for target, anchor in links_es] == links_en


@pytest.mark.parametrize(("path", "language"), [(README_ES, "es"), (README, "en")])
def test_readme_explains_the_verdicts_of_the_site(path: Path, language: str) -> None:
    """All four, by the words that pages use, in their order."""
    rows = re.findall(r"^\| \*\*(.+?)\*\*", path.read_text("utf-8"), re.MULTILINE)

    assert rows == [translations(language)["site"][verdict] for verdict in ("holds", "fails", "scope", "lab")]


def test_pinned_packages_install_on_debian_12() -> None:
    """Its Python is 3.11.2; a newer one on the machine that chose the pins hides what wants more."""
    pins = re.findall(r"^([\w.-]+)==", (TOP / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    wanted = {name: str(importlib.metadata.metadata(name).json.get("requires_python", "")) for name in pins}

    assert len(pins) > 50
    assert [name for name, pythons in wanted.items() if "3.11.2" not in SpecifierSet(pythons)] == []


def test_decisions_have_one_form() -> None:
    """A number of its own, for good: the next one after the last; the question, the options, the choice, the cost."""
    numbers = [path.name[:4] for path in DECISIONS]

    assert len(set(numbers)) == len(numbers)
    for path in DECISIONS:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Question", "Options", "Choice", "Cost"], path.name


def test_decisions_that_code_names_exist() -> None:
    """A reader of the code finds the page that gives the reason."""
    files = [path for folder in ("src", "tests", ".github") for path in (TOP / folder).rglob("*.*") if path.is_file()]
    named = {
        name
        for path in files
        if path.suffix in {".py", ".sh", ".toml", ".yml"}
        for name in re.findall(r"docs/decisions/\d{4}-[\w-]+\.md", path.read_text("utf-8"))
    }

    assert named
    assert not [name for name in named if not (TOP / name).is_file()]


def test_messages_that_maintainers_look_up_are_ours() -> None:
    """The table "it says, it means, so" quotes the tool."""
    code = "".join(path.read_text("utf-8") for path in (TOP / "src" / "recetario").rglob("*.py"))
    _, _, table = CONTRIBUTING.read_text("utf-8").partition("| it says |")
    quotes = [row.split("|")[1].strip() for row in table.partition("\n\n")[0].splitlines()[2:]]
    parts = [part.strip(' "') for quote in quotes for part in re.split(r"…|: |\d", quote) if part.strip(' "')]

    assert len(quotes) >= 6
    assert not [part for part in parts if part not in code]
