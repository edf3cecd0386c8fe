"""Read what recipes claim: sentences, and the exact patterns over one step's output that decide them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from recetario.environments import Environment, load_environments
from recetario.errors import RecetarioError, nearest
from recetario.recipes import Recipe

__all__ = ["LANGUAGES", "Claim", "ClaimFile", "End", "Note", "Scope", "Text", "load_claims", "matches"]

LANGUAGES = ("es", "en")
Text = Mapping[str, str]
"""One sentence in every language of the site, by language."""

_ANSWERS = ("holds", "fails")
# What Python's fnmatchcase and bash's [[ == ]] read differently: escapes, bash's negation and classes, extended globs.
_OUTSIDE_DIALECT = re.compile(r"\\|\[\^|\[\[:|[*?+@!]\(")
_FILE_KEYS = {"about", "needs", "alone", "lab_only", "reference", "ends"}
_CLAIM_KEYS = {"text", "instead", "source", "about", "why"}
_DECIDED_KEYS = _CLAIM_KEYS | {"step", "holds", "fails", "control", "no_control"}
_DERIVED_KEYS = _CLAIM_KEYS | {"all", "differs"}


@dataclass(frozen=True)
class Scope:
    """Which environments something is about; what is None does not matter.

    Attributes:
        backend: ``"cni"`` or ``"netavark"``.
        rootless: Rootless alone, or root alone.
        podman: A PEP 440 range over the minor version: ``">=4,<5"``.
    """

    backend: str | None = None
    rootless: bool | None = None
    podman: SpecifierSet | None = None

    def misfits(self, environment: Environment) -> tuple[str, ...]:
        """The names of what keeps this environment out; empty when it fits."""
        wrong = {
            "backend": self.backend not in (None, environment.backend),
            "rootless": self.rootless not in (None, environment.rootless),
            "podman": self.podman is not None and environment.podman not in self.podman,
        }
        return tuple(name for name, misfit in wrong.items() if misfit)

    def fits(self, environment: Environment) -> bool:
        """Whether this environment is one of those."""
        return not self.misfits(environment)


@dataclass(frozen=True)
class Note:
    """A sentence for some environments: why a claim fails there, or why it has no control there."""

    where: Scope
    text: Text


@dataclass(frozen=True)
class End:
    """Where a story ends early: ``step`` fails there with a line like ``shows``, and ``text`` says what was tried."""

    where: Scope
    step: str
    shows: str
    text: Text


@dataclass(frozen=True)
class Claim:
    """One sentence and what decides it: patterns over a step, or (derived) the verdicts of other claims.

    Attributes:
        id: Its name everywhere.
        recipe: Slug of the recipe that decides it.
        text: The sentence.
        instead: What to do today.
        source: Where the fact is written down, with a version.
        step: The step whose output decides; empty when derived.
        holds: Patterns of which any decides that it holds.
        fails: Patterns of which any decides that it does not.
        controls: For a verdict, the step of the same replay that shows the opposite answer.
        no_control: Where no opposite can be had, and why.
        why: Why it does not hold, for each environment where it does not.
        about: Where the sentence applies.
        all: Derived: holds when all of these do.
        differs: Derived: holds when the verdict of this claim differs between twins alike but for the backend.
    """

    id: str
    recipe: str
    text: Text
    instead: Text
    source: str
    step: str = ""
    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    controls: Mapping[str, str] = field(default_factory=dict)
    no_control: tuple[Note, ...] = ()
    why: tuple[Note, ...] = ()
    about: Scope = Scope()
    all: tuple[str, ...] = ()
    differs: str = ""

    @property
    def derived(self) -> bool:
        """Whether other claims decide it."""
        return bool(self.all or self.differs)

    def patterns(self, answer: str) -> tuple[str, ...]:
        """Those that decide ``"holds"`` or ``"fails"``."""
        return self.holds if answer == "holds" else self.fails


@dataclass(frozen=True)
class ClaimFile:
    """What ``claims.toml`` says of a recipe as a whole, and its claims by id."""

    recipe: str
    claims: Mapping[str, Claim]
    about: Scope = Scope()
    needs: tuple[str, ...] = ()
    alone: bool = False
    lab_only: bool = False
    reference: str = ""
    ends: tuple[End, ...] = ()

    def end(self, environment: Environment) -> End | None:
        """Where the story ends early in this environment, if it does."""
        return next((end for end in self.ends if end.where.fits(environment)), None)


def matches(patterns: Iterable[str], lines: Iterable[str]) -> bool:
    """Whether any of the patterns is one whole line."""
    seen = tuple(lines)
    return any(fnmatchcase(line, pattern) for pattern in patterns for line in seen)


def load_claims(recipe: Recipe) -> ClaimFile:
    """Read the ``claims.toml`` beside a recipe.

    Raises:
        RecetarioError: Something in it is missing, unknown or outside the dialect; names file and claim.
    """
    path = recipe.path.with_name("claims.toml")
    if not path.is_file():
        raise RecetarioError(f"{recipe.path.parent} has no claims.toml.", "A recipe proves at least one claim.")
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"{path}: {error}.", "See https://toml.io for how TOML is written.") from error
    return _Reader(path, recipe).file(data)


class _Reader:
    """Turns the data of one file into claims, and complains with file and claim."""

    def __init__(self, path: Path, recipe: Recipe) -> None:
        self.path = path
        self.recipe = recipe
        self.place = str(path)

    def file(self, data: dict[str, Any]) -> ClaimFile:
        settings = {key: data[key] for key in _FILE_KEYS & data.keys()}
        ends = tuple(self._end(end) for end in settings.get("ends", ()))
        reference = settings.get("reference", "")
        known = {environment.id for environment in load_environments()}
        if reference and reference not in known:
            self._fail(f'reference = "{reference}" is no environment.', nearest(reference, known))
        claims = {name: self._claim(name, table) for name, table in data.items() if name not in _FILE_KEYS}
        if not claims:
            self._fail("proves no claim.", "Add a table: [claim-id].")
        return ClaimFile(
            recipe=self.recipe.slug,
            claims=claims,
            about=self._scope(settings.get("about", {})),
            needs=tuple(settings.get("needs", ())),
            alone=bool(settings.get("alone", False)),
            lab_only=bool(settings.get("lab_only", False)),
            reference=reference,
            ends=ends,
        )

    def _fail(self, what: str, *todo: str) -> None:
        raise RecetarioError(f"{self.place}: {what}", *todo)

    def _claim(self, name: str, table: Any) -> Claim:
        self.place = f'{self.path}: claim "{name}"'
        if not isinstance(table, dict):
            self.place = str(self.path)
            self._fail(f'"{name}" is neither a setting nor a claim.', nearest(name, _FILE_KEYS))
        derived = bool({"all", "differs"} & table.keys())
        self._check_keys(table, _DERIVED_KEYS if derived else _DECIDED_KEYS)
        common: dict[str, Any] = {
            "id": name,
            "recipe": self.recipe.slug,
            "text": self._text(table.get("text"), "text"),
            "instead": self._text(table.get("instead"), "instead (what to do today)"),
            "source": self._string(table, "source"),
            "about": self._scope(table.get("about", {})),
            "why": tuple(self._note(why, "why") for why in table.get("why", ())),
        }
        return self._derived(table, common) if derived else self._decided(table, common)

    def _derived(self, table: dict[str, Any], common: dict[str, Any]) -> Claim:
        differs = table.get("differs", {})
        if differs and (set(differs) != {"claim", "between"} or differs["between"] != "backend"):
            self._fail('differs is { claim = CLAIM, between = "backend" }.')
        return Claim(**common, all=tuple(table.get("all", ())), differs=differs.get("claim", ""))

    def _decided(self, table: dict[str, Any], common: dict[str, Any]) -> Claim:
        control = table.get("control", {})
        controls = {"holds": control} if isinstance(control, str) else dict(control)
        for answer in controls.keys() - set(_ANSWERS):
            self._fail(f'control names the verdict "{answer}".', 'It is { holds = "STEP", fails = "STEP" }.')
        return Claim(
            **common,
            step=self._step(self._string(table, "step")),
            holds=self._patterns(table, "holds"),
            fails=self._patterns(table, "fails"),
            controls={answer: self._step(step) for answer, step in controls.items()},
            no_control=tuple(self._note(note, "no_control") for note in table.get("no_control", ())),
        )

    def _check_keys(self, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table.keys() - known:
            self._fail(f'does not know "{key}".', nearest(key, known))

    def _string(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self._fail(f'has no "{key}".', f'Add a line: {key} = "…"')
        return str(value)

    def _text(self, value: Any, what: str) -> Text:
        for language in LANGUAGES:
            if not isinstance(value, dict) or not str(value.get(language, "")).strip():
                self._fail(f"has no {what} in {language!r}.", "Both languages say the same: es and en.")
        return {language: value[language] for language in LANGUAGES}

    def _step(self, name: str) -> str:
        if name not in self.recipe.names and name not in {step.name for step in self.recipe.steps}:
            self._fail(f'names step "{name}", which recipe.sh does not have.', nearest(name, self.recipe.names))
        return name

    def _patterns(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, ())
        patterns = (value,) if isinstance(value, str) else tuple(value)
        if not patterns:
            self._fail(f'has no pattern "{key}".', "Both holds and fails are needed: neither is the other's absence.")
        return tuple(self._pattern(pattern, key) for pattern in patterns)

    def _pattern(self, pattern: str, key: str) -> str:
        if not pattern.strip() or not pattern.strip("*"):
            self._fail(f'the pattern "{pattern}" of {key} is empty: it says nothing.', "Write the line that decides.")
        if wrong := _OUTSIDE_DIALECT.search(pattern):
            self._fail(
                f'the pattern "{pattern}" of {key} is outside the dialect: "{wrong[0]}".',
                "Use *, ?, [a-z], [!a-z] and plain text, which Python and bash read alike.",
            )
        return pattern

    def _scope(self, table: Mapping[str, Any]) -> Scope:
        self._check_keys(table, {"backend", "rootless", "podman"})
        try:
            podman = SpecifierSet(table["podman"]) if "podman" in table else None
        except InvalidSpecifier:
            self._fail(f'podman = "{table["podman"]}" is no range of versions.', 'Write one like ">=4.0,<5".')
        backends = {environment.backend for environment in load_environments()}
        if table.get("backend") not in {None, *backends}:
            self._fail(f'there is no backend "{table["backend"]}".', nearest(table["backend"], backends))
        return Scope(table.get("backend"), table.get("rootless"), podman)

    def _note(self, table: Mapping[str, Any], what: str) -> Note:
        self._check_keys(table, {"where", *LANGUAGES})
        return Note(self._scope(table.get("where", {})), self._text(table, what))

    def _end(self, table: Mapping[str, Any]) -> End:
        self._check_keys(table, {"where", "step", "shows", *LANGUAGES})
        step = self._step(self._string(table, "step"))
        shows = self._pattern(self._string(table, "shows"), "ends.shows")
        return End(self._scope(table.get("where", {})), step, shows, self._text(table, "ends"))
