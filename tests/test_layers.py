"""Imports point one way, and whatever only reads does nothing else.

Building the site reads evidence; these rules make sure that nothing that it imports can start a container.
"""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from support.check.reads import TESTS, areas_of, files_of
from support.layers import LAYERS, SOURCES, imported

# What each folder of the site, or module beside those folders, may import of the site besides itself.
SITE = {
    "html": set(),
    "search": set(),
    "sources": set(),
    "blocks": set(),
    "outputs": {"html", "blocks"},
    "plugin": {"html", "search", "sources", "blocks", "outputs"},
    "build": {"sources", "outputs"},
    "serve": {"html", "sources", "build"},
}
READERS = ("translations", "book", "takeaway")
NEVER = {
    *("subprocess", "socket", "shutil", "multiprocessing", "threading", "asyncio", "tempfile", "http"),
    "urllib.request",
}
ACTS = {
    *("system", "popen", "fork", "execv", "execvp", "spawnv", "posix_spawn", "kill"),
    *("write_text", "write_bytes", "mkdir", "touch", "unlink", "rmdir", "rename", "chmod", "symlink_to"),
    *("putenv", "chdir", "remove", "makedirs", "eval", "exec", "__import__", "import_module", "open"),
}


def modules(folder: Path = SOURCES) -> dict[str, Path]:
    """Our modules below a folder, by dotted name."""
    paths = sorted(folder.rglob("*.py"))
    return {".".join(path.relative_to(SOURCES.parent).with_suffix("").parts): path for path in paths}


def outside(name: str, layers: dict[str, set[str]], package: str) -> list[str]:
    """The imports of a layer that it may not have, as "module imports module"."""
    allowed = layers[name] | {name}
    return [
        f"{module} imports {other}"
        for module, path in modules().items()
        if module.startswith(f"{package}.{name}.") or module == f"{package}.{name}"
        for other in imported(path)
        if other.startswith(f"{package}.") and other.split(".")[package.count(".") + 1] in layers.keys() - allowed
    ]


def test_every_module_is_in_a_layer() -> None:
    """A new one gets a line in the table above."""
    names = {path.stem for path in SOURCES.glob("*.py")} | {path.parent.name for path in SOURCES.glob("*/*.py")}
    site = {path.stem for path in SOURCES.glob("site/*.py")}
    site |= {path.parent.name for path in SOURCES.glob("site/*/*.py")}

    assert names - {"__init__"} == set(LAYERS)
    assert site - {"__init__"} == set(SITE)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_imports_only_those_below_it(name: str) -> None:
    """So no arrow points back, and the site can't reach the lab."""
    assert outside(name, LAYERS, "recetario") == []


@pytest.mark.parametrize("name", SITE)
def test_a_layer_of_the_site_imports_only_those_below_it(name: str) -> None:
    """The plugin, which knows MkDocs, is imported by none of them."""
    assert outside(name, SITE, "recetario.site") == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not through others either, and not where only types are checked."""
    ours = modules()
    packages = {name.removesuffix(".__init__"): name for name in ours}
    graph = {name: {packages[other] for other in imported(path) if other in packages} for name, path in ours.items()}

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("name", READERS)
def test_what_reads_starts_nothing(name: str) -> None:
    """No process, no socket, no thread."""
    found = {other for path in modules(SOURCES / name).values() for other in imported(path)}

    assert found & NEVER == set()


@pytest.mark.parametrize("name", READERS)
def test_what_reads_writes_nothing(name: str) -> None:
    """It returns bytes, and callers put them where they belong."""
    trees = [ast.parse(path.read_text("utf-8")) for path in modules(SOURCES / name).values()]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}

    assert names & ACTS == set()


def test_no_package_only_hands_on_names() -> None:
    """Each name is imported from where it is defined."""
    for path in SOURCES.rglob("__init__.py"):
        tree = ast.parse(path.read_text("utf-8"))
        defines = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        calls = [node for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
        imports = [name for name in imported(path) if name.startswith("recetario.")]

        assert defines or calls or not imports, path


def test_tests_import_only_what_they_are_said_to_read() -> None:
    """Else a check would leave one out although what it tests has changed (`support/check/reads.py`)."""
    for path in TESTS.rglob("test_*.py"):
        files = {TESTS.parent / file for file in files_of(path) if file.endswith(".py")} - {TESTS / "conftest.py"}
        layers = {name.split(".")[1] for file in files for name in imported(file) if name.startswith("recetario.")}

        assert layers & LAYERS.keys() <= areas_of(path), path
