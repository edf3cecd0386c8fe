"""What readers are told is in one file for each language, and not in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import material
import pytest
from packaging import specifiers
from support.demo import refusal

from recetario import translations as package
from recetario.translations import LANGUAGES, translations

TOP = Path(__file__).parents[1]
SOURCES = TOP / "src" / "recetario"
# What uses each section: files or folders.
USERS: dict[str, list[str | Path]] = {
    "language": ["site/theme", "site/outputs/root"],
    "site": ["site", "book/environments.py", "book/history.py"],
    "theme": ["site/theme", Path(material.__file__).with_name("templates")],
    "root": ["site/outputs/root"],
    "verdicts": ["book/verdicts.py"],
    "ranges": ["book/ranges.py", Path(specifiers.__file__)],
    "notebook": ["takeaway/notebook.py"],
    "script": ["takeaway/script.py"],
    "citations": ["book/citations.py"],
}
SPANISH = re.compile(r"[áéíóúñ¿¡«»]", re.IGNORECASE)
SHORT = re.compile(r"\b(?:aquí|como|con|de|del|el|en|la|las|los|no|para|por|que|se|su|un|una|y)\b", re.IGNORECASE)


def keys(language: str) -> list[tuple[str, str]]:
    """(Section, key), in the file's order."""
    return [(section, key) for section, texts in translations(language).items() for key in texts]


def placeholders(text: str) -> list[str]:
    """The names in braces, sorted."""
    return sorted(re.findall(r"\{+ ?(\w+) ?\}+", text))


def constants(code: str) -> Iterator[str]:
    """The strings of Python code, without docstrings, and without the regular expressions that recognize Spanish."""
    tree = ast.parse(code)
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in docstrings and isinstance(node.value, str):
            if "(?" in node.value:
                continue
            yield node.value


def is_spanish(text: str) -> bool:
    """Whether a text has Spanish letters or signs, or several short Spanish words."""
    return bool(SPANISH.search(text)) or len({word.lower() for word in SHORT.findall(text)}) > 1


def test_spanish_is_the_first_language() -> None:
    """The site's default, and what `matrix.json` and the home page begin with."""
    assert LANGUAGES[0] == "es"
    assert "en" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_keys(language: str) -> None:
    """In the same order, so that two files can be read side by side."""
    assert keys(language) == keys(LANGUAGES[0])


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_placeholders(language: str) -> None:
    """A misspelled one would stop the build, or be shown as it is."""
    ours, theirs = translations(LANGUAGES[0]), translations(language)

    differ = [
        f"{section}.{key}"
        for section, key in keys(LANGUAGES[0])
        if placeholders(ours[section][key]) != placeholders(theirs[section][key])
    ]
    assert differ == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_notebook_quotes_needs_no_escapes(language: str) -> None:
    """It stands between double quotes, in ``${work:?…}``."""
    assert not set('"$`\\}') & set(translations(language)["notebook"]["first"])


@pytest.mark.parametrize("section", translations(LANGUAGES[0]))
def test_every_key_is_used(section: str) -> None:
    """Quoted, as an attribute of a template's variable, or put together from its beginning: ``"as-" ~ mode``."""
    files = [path for name in USERS[section] for path in ((SOURCES / name), *(SOURCES / name).rglob("*"))]
    code = "\n".join(path.read_text("utf-8") for path in files if path.suffix in (".py", ".html", ".md", ".txt"))
    unused = [
        key
        for key in translations(LANGUAGES[0])[section]
        if not re.search(rf"""["']{re.escape(key)}["']|\b(?:w|its|root|language)\.{re.escape(key)}\b""", code)
        and f'"{key.partition("-")[0]}-" ~' not in code
    ]

    assert unused == []


def test_no_code_speaks_spanish() -> None:
    """A translator would not find it. The browser's scripts get their texts from the page."""
    python = [(path, text) for path in SOURCES.rglob("*.py") for text in constants(path.read_text("utf-8"))]
    scripts = [(path, line) for path in SOURCES.rglob("*.js") for line in path.read_text("utf-8").splitlines()]

    found = [(path, text) for path, text in python if is_spanish(text)]
    found += [(path, line) for path, line in scripts if SPANISH.search(line)]
    assert [f"{path.relative_to(SOURCES)}: {text}" for path, text in found] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('x = "Últimas pruebas"', ["Últimas pruebas"]),
        ('x = f"No se cumple en {y}"', ["No se cumple en "]),
        ('"""La respuesta."""\nx = r"(?:y|en|¿)"', []),
        ('x = {"es": "mkdocs.yml", "en": "mkdocs.en.yml"}', []),
    ],
)
def test_spanish_is_noticed(code: str, found: list[str]) -> None:
    """With and without accents; not in docstrings and patterns."""
    assert [text for text in constants(code) if is_spanish(text)] == found


def test_an_unknown_language_is_named() -> None:
    """With those that there are."""
    known = ", ".join(sorted(LANGUAGES))

    assert refusal(lambda: translations("xx")) == f'There are no translations for language "xx".\n  Available: {known}.'


def test_a_mistake_in_a_file_is_named_by_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Translators need not know TOML."""
    (tmp_path / "es.toml").write_text('[site]\nholds = "se cumple\n', "utf-8")
    monkeypatch.setattr(package, "_FOLDER", tmp_path)
    monkeypatch.chdir(tmp_path)
    translations.cache_clear()

    try:
        assert refusal(lambda: translations("es")) == (
            "es.toml: Illegal character '\\n' (at line 2, column 19).\n  See https://toml.io for how TOML is written."
        )
    finally:
        translations.cache_clear()
