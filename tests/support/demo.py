"""A small real project: one recipe, its claims, its evidence and its pages; tests change a word of it and look."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.claims import ClaimFile
from recetario.book.claims_toml import load_claims
from recetario.book.environments import Environment, find, load_environments
from recetario.book.evidence import Evidence, Output, to_notebook
from recetario.book.project import Project
from recetario.book.recipes import Recipe, load_recipe
from recetario.book.verdicts import Verdict, judge
from recetario.errors import RecetarioError

RECIPE = """\
#!/usr/bin/env bash
# Does the demo answer?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
echo "demo created"

# %% who-root
if root; then
  echo "I am root"
fi

# %% who-rootless
if rootless; then
  echo "I am a user"
fi

# %% check
echo "answer: yes"

# %% control
echo "answer: no"

# %% cleanup
true
"""
CLAIMS = """\
[demo-answers]
text.es = "La demo *contesta* que sí."
text.en = "The demo *answers* yes."
step = "check"
holds = "answer: yes"
fails = "answer: no"
control = "control"
source = "demo(1)"
instead.es = "Pregunta con `demo`."
instead.en = "Ask with `demo`."
"""
PREPARE = """\
#!/usr/bin/env bash
# A network that is none of the recipe's.
set -Eeuo pipefail
podman network create shop
"""
PAGES = {
    "es": "---\nrecipe: demo\n---\n# ¿Contesta la demo? { #answer }\n\nSí.\n",
    "en": "---\nrecipe: demo\n---\n# Does the demo answer me? { #answer }\n\nYes.\n",
}
PRINTS = {"create": "demo created\n", "check": "answer: yes\n", "control": "answer: no\n"}
_NOTEBOOKS: dict[tuple[object, ...], bytes] = {}
NEWEST = "6.1-netavark-rootless"


def environment(name: str = NEWEST) -> Environment:
    """The environment of this id."""
    return find([name])[0]


def refusal(action: Callable[[], object]) -> str:
    """The words with which the tool refuses to do this."""
    with pytest.raises(RecetarioError) as error:
        action()
    return str(error.value)


class Demo:
    """Writes the demo project below ``top``; what is not changed is right."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.folder = top / "recipes" / "demo"
        self.folder.mkdir(parents=True)
        (top / "mkdocs.yml").touch()
        (self.folder / "recipe.sh").write_text(RECIPE, "utf-8")
        (self.folder / "claims.toml").write_text(CLAIMS, "utf-8")
        for language, text in PAGES.items():
            blocks = "".join(f"\n/// step | {name}\n///\n" for name in self.recipe().names)
            self.page(language).parent.mkdir(parents=True)
            self.page(language).write_text(text + blocks, "utf-8")

    def page(self, language: str) -> Path:
        """Where its page is."""
        return self.top / "docs" / language / "recipes" / "demo.md"

    def recipe(self, old: str = "", new: str = "") -> Recipe:
        """The recipe, after these words of it were changed."""
        path = self.folder / "recipe.sh"
        _change(path, old, new)
        beside = self.folder / "prepare.sh"
        return _loaded(self.folder, path.read_bytes(), beside.read_bytes() if beside.exists() else b"")

    def prepare(self, text: str = PREPARE) -> Recipe:
        """The recipe, with this ``prepare.sh`` beside it."""
        (self.folder / "prepare.sh").write_text(text, "utf-8")
        return self.recipe()

    def claims(self, old: str = "", new: str = "", more: str = "", first: str = "") -> ClaimFile:
        """Its claims, after these words of them were changed, and more was written below or above."""
        _change(self.folder / "claims.toml", old, new)
        path = self.folder / "claims.toml"
        if first or more:
            path.write_text(f"{first}\n{path.read_text('utf-8')}{more}", "utf-8")
        return load_claims(self.recipe())

    def case(self, where: str = NEWEST) -> Case:
        """It in one environment."""
        return Case(self.recipe(), load_claims(self.recipe()), environment(where))

    def evidence(self, where: str = NEWEST, **prints: str | Output) -> Evidence:
        """What it printed there, by step; a name's hyphens are written ``_``."""
        given = {name.replace("_", "-"): text for name, text in prints.items()}
        outputs = {
            step.name: text
            if isinstance(text := given.get(step.name, PRINTS.get(step.name, "")), Output)
            else Output(text)
            for step in self.recipe().steps
        }
        return Evidence("demo", where, {"podman": where.partition("-")[0] + ".2"}, outputs)

    def keep(self, evidence: Evidence) -> Path:
        """Write the evidence where it belongs."""
        path = self.folder / "evidence" / f"{evidence.environment}.ipynb"
        path.parent.mkdir(exist_ok=True)
        recipe = self.recipe()
        key = (recipe.header, recipe.prepare, recipe.steps, repr(evidence))
        if key not in _NOTEBOOKS:  # making and validating one takes longer than all of a test
            _NOTEBOOKS[key] = to_notebook(recipe, evidence)
        path.write_bytes(_NOTEBOOKS[key])
        return path

    def project(self, **prints: str | Output) -> Project:
        """The whole project, with evidence wherever its recipe is replayed."""
        about = load_claims(self.recipe()).about
        for one in filter(about.fits, load_environments()):
            self.keep(self.evidence(one.id, **prints))
        return Project(self.top)

    def verdict(self, where: str = NEWEST, claim: str = "demo-answers", **prints: str | Output) -> Verdict:
        """How the evidence of one environment judges a claim."""
        case = self.case(where)
        return judge(case.file.claims[claim], case, self.evidence(where, **prints))


@functools.lru_cache
def _loaded(folder: Path, *content: bytes) -> Recipe:
    """The recipe of a folder, read again only where it has changed: twelve notebooks ask for it."""
    return load_recipe(folder)


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"the demo has no {old!r}"
    if old:
        path.write_text(text.replace(old, new, 1), "utf-8")
