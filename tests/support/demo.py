"""A small project on disk, with one recipe, its claims, evidence and pages, for tests to change."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from recetario.book.case import Case
from recetario.book.claims import ClaimFile
from recetario.book.claims_toml import load_claims
from recetario.book.environments import Environment, find, load_environments
from recetario.book.evidence import Evidence, Output, picture_beside, picture_digest, to_notebook
from recetario.book.ids import ClaimId, Slug
from recetario.book.project import Project
from recetario.book.recipes import Recipe, header_for, load_recipe
from recetario.book.verdicts import Verdict, judge
from recetario.errors import RecetarioError

_STEPS = """\
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
RECIPE = f"#!/usr/bin/env bash\n# Does the demo answer?\n{header_for(_STEPS)}\n\n{_STEPS}"
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
LIST = """\
[[group]]
id = "demos"
es = "Demos"
en = "Demos"
recipes = ["demo"]
"""
PREPARE = """\
#!/usr/bin/env bash
# A network that does not belong to the recipe.
set -Eeuo pipefail
podman network create shop
"""
PAGES = {
    "es": "---\nrecipe: demo\n---\n# ¿Contesta la demo? { #answer }\n\nSí.\n",
    "en": "---\nrecipe: demo\n---\n# Does the demo answer me? { #answer }\n\nYes.\n",
}
DEMO = Slug("demo")
ANSWERS = ClaimId("demo-answers")
_STDOUT = {"create": "demo created\n", "check": "answer: yes\n", "control": "answer: no\n"}
_NOTEBOOKS: dict[tuple[object, ...], bytes] = {}
NEWEST = [environment.id for environment in load_environments() if environment.rootless][-1]
NEWEST_ROOT = [environment.id for environment in load_environments() if not environment.rootless][-1]


def environment(name: str = NEWEST) -> Environment:
    """The environment with this id."""
    return find([name])[0]


def refusal(action: Callable[[], object]) -> str:
    """The message of the error that an action must raise."""
    with pytest.raises(RecetarioError) as error:
        action()
    return str(error.value)


class Demo:
    """A valid project in the folder ``top``; methods change its files, and load what the files have then."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.folder = top / "recipes" / "demo"
        self.folder.mkdir(parents=True)
        (top / "mkdocs.yml").touch()
        (self.folder / "recipe.sh").write_text(RECIPE, "utf-8")
        (self.folder / "claims.toml").write_text(CLAIMS, "utf-8")
        (top / "recipes" / "list.toml").write_text(LIST, "utf-8")
        for language, text in PAGES.items():
            blocks = "".join(f"\n/// step | {name}\n///\n" for name in self.recipe().names)
            self.page(language).parent.mkdir(parents=True)
            self.page(language).write_text(text + blocks, "utf-8")

    def page(self, language: str) -> Path:
        """The path of the recipe's page."""
        return self.top / "docs" / language / "recipes" / "demo.md"

    def recipe(self, old: str = "", new: str = "") -> Recipe:
        """Replace ``old`` by ``new`` in recipe.sh, with the header that a lab-only step needs, and load the recipe."""
        path = self.folder / "recipe.sh"
        _replace(path, old, new)
        if "lab_only" in new:
            _replace(path, header_for(_STEPS), header_for(_STEPS + new))
        prepare = self.folder / "prepare.sh"
        return _load(self.folder, path.read_bytes(), prepare.read_bytes() if prepare.exists() else b"")

    def prepare(self, text: str = PREPARE) -> Recipe:
        """Write ``prepare.sh``, and load the recipe."""
        (self.folder / "prepare.sh").write_text(text, "utf-8")
        return self.recipe()

    def claims(self, old: str = "", new: str = "", more: str = "", first: str = "") -> ClaimFile:
        """Replace ``old`` by ``new`` in claims.toml, add text at its end or beginning, and load the claims."""
        path = self.folder / "claims.toml"
        _replace(path, old, new)
        if first or more:
            path.write_text(f"{first}\n{path.read_text('utf-8')}{more}", "utf-8")
        return load_claims(self.recipe())

    def case(self, environment_id: str = NEWEST) -> Case:
        """The recipe and its claims in an environment."""
        return Case(self.recipe(), load_claims(self.recipe()), environment(environment_id))

    def evidence(self, environment_id: str = NEWEST, /, **outputs: str | Output) -> Evidence:
        """Make evidence for an environment.

        Args:
            environment_id: The environment.
            outputs: By step, with ``_`` instead of hyphens, its output or only its stdout; a step that is not given
                prints what it prints when it is run.
        """
        given = {name.replace("_", "-"): output for name, output in outputs.items()}
        by_step = {}
        for step in self.recipe().steps:
            output = given.get(step.name, _STDOUT.get(step.name, ""))
            by_step[step.name] = output if isinstance(output, Output) else Output(output)
        podman = environment_id.partition("-")[0] + ".2"
        return Evidence("demo", environment_id, {"podman": podman}, by_step)

    def with_picture(self, content: bytes) -> Evidence:
        """Write a picture beside the newest environment's evidence, and make evidence that it belongs to."""
        picture = picture_beside(self.case().evidence)
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes(content)
        return replace(self.evidence(), picture=picture_digest(picture))

    def keep(self, evidence: Evidence) -> Path:
        """Write evidence to its file, and return the path."""
        path = self.folder / "evidence" / f"{evidence.environment}.ipynb"
        path.parent.mkdir(exist_ok=True)
        recipe = self.recipe()
        key = (recipe.header, recipe.prepare, recipe.steps, repr(evidence))
        if key not in _NOTEBOOKS:  # to_notebook takes longer than the rest of most tests
            _NOTEBOOKS[key] = to_notebook(recipe, evidence)
        path.write_bytes(_NOTEBOOKS[key])
        return path

    def project(self, **outputs: str | Output) -> Project:
        """Write evidence for all environments in which the recipe is replayed, and load the project."""
        about = load_claims(self.recipe()).about
        for fitting in filter(about.fits, load_environments()):
            self.keep(self.evidence(fitting.id, **outputs))
        return Project(self.top)

    def verdict(self, environment_id: str = NEWEST, /, **outputs: str | Output) -> Verdict:
        """The verdict on the claim, judged by evidence with these outputs."""
        case = self.case(environment_id)
        return judge(case.file.claims[ANSWERS], case, self.evidence(environment_id, **outputs))


@functools.lru_cache
def _load(folder: Path, *content: bytes) -> Recipe:
    """Load the recipe of a folder; cached by the content of its files, because tests ask for it very often."""
    return load_recipe(folder)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"the demo has no {old!r}"
    if old:
        path.write_text(text.replace(old, new, 1), "utf-8")
