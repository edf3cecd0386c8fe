"""Read and validate claims.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, NoReturn

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from recetario.book.adjustments import check_without
from recetario.book.citations import translate_source
from recetario.book.claims import Answer, Claim, ClaimFile, End, Note, Scope, Text
from recetario.book.environments import Backend, load_environments
from recetario.book.fields import PATTERNS, ROLES, Field, destructive_line, replace_literals
from recetario.book.ids import ClaimId
from recetario.book.needs import SYSTEMD, check_needs
from recetario.book.patterns import flaw, usage_error
from recetario.book.ranges import is_minor
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, nearest, read_text, where
from recetario.translations import LANGUAGES

__all__ = ["load_claims"]

_ANSWERS = (Answer.HOLDS, Answer.FAILS)
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_MAX_FIX = 5
_SUDO = re.compile(r"\bsudo\s")
_EVERY_LANGUAGE = ", ".join(LANGUAGES)
_FILE_KEYS = {"about", "needs", "without", "alone", "lab_only", "reference", "ends", "sudo", "titles", "fields"}
_CLAIM_KEYS = {"text", "instead", "source", "about", "why"}
_DECIDED_KEYS = _CLAIM_KEYS | {"step", "holds", "fails", "control", "no_control", "fix"}
_DERIVED_KEYS = _CLAIM_KEYS | {"all", "differs"}


def load_claims(recipe: Recipe) -> ClaimFile:
    """Read the ``claims.toml`` beside a recipe.

    Raises:
        RecetarioError: The file is missing or invalid; the message has the file and the claim.
    """
    path = recipe.path.with_name("claims.toml")
    if not path.is_file():
        raise RecetarioError(f"{where(recipe.path.parent)} has no claims.toml.", "A recipe proves at least one claim.")
    try:
        data = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise RecetarioError(f"{where(path)}: {error}.", "See https://toml.io for how TOML is written.") from error
    return _Reader(where(path), recipe).file(data)


class _Reader:
    """Converts the data of one file to claims.

    Attributes:
        path: The file, as messages show it.
        location: What is being read, the beginning of error messages: the file, and perhaps a claim.
        environments: Those that the recipe is replayed in.
    """

    def __init__(self, path: str, recipe: Recipe) -> None:
        self.path = path
        self.location = path
        self.recipe = recipe
        self.environments = load_environments()

    def file(self, data: dict[str, Any]) -> ClaimFile:
        about = self._scope(data.get("about", {}), "about")
        self.environments = tuple(filter(about.fits, self.environments))
        settings: dict[str, Any] = {
            "about": about,
            "needs": self._needs(self._names(data.get("needs", []), "needs")),
            "without": self._without(self._names(data.get("without", []), "without"), data.get("needs", [])),
            "alone": self._flag(data, "alone"),
            "lab_only": self._lab_only(self._table(data.get("lab_only", {}), "lab_only")),
            "reference": self._reference(data.get("reference", "")),
            "ends": self._ends(data.get("ends", [])),
            "sudo": self._sudo(self._names(data.get("sudo", []), "sudo")),
            "titles": self._titles(self._table(data.get("titles", {}), "titles")),
        }
        claims = {name: self._claim(name, table) for name, table in data.items() if name not in _FILE_KEYS}
        if not claims:
            self._fail("has no claims.", "Add a table: [claim-id].")
        self.location = self.path
        for claim in list(claims.values())[1:]:
            if claim.fix:
                self._fail(f'has the fix of claim "{claim.id}", which is not its first claim.', "Move the claim up.")
        fields = self._fields(self._table(data.get("fields", {}), "fields"), next(iter(claims.values())))
        return ClaimFile(recipe=self.recipe.slug, claims=claims, fields=fields, **settings)

    def _fail(self, what: str, *todo: str) -> NoReturn:
        raise RecetarioError(f"{self.location} {what}", *todo)

    def _reference(self, value: Any) -> str:
        known = {environment.id for environment in self.environments}
        if value and value not in known:
            self._fail(
                f'has reference "{value}", which is not an environment of this recipe.', nearest(str(value), known)
            )
        return str(value)

    def _ends(self, value: Any) -> tuple[End, ...]:
        tables = self._tables(value, "ends")
        self.location = f"{self.path}: [[ends]]"
        ends = tuple(map(self._end, tables))
        for environment in self.environments:
            if len([end for end in ends if end.where.fits(environment)]) > 1:
                self._fail(f"has two entries that fit {environment.id}.", "Narrow the where of one.")
        self.location = self.path
        return ends

    def _lab_only(self, table: dict[str, Any]) -> dict[str, Text]:
        """The reasons of lab-only steps, by full name; the English one must be the text in recipe.sh."""
        reasons = {step.name: step.lab_only for step in self.recipe.steps if step.lab_only is not None}
        for name in table.keys() - reasons.keys():
            self._fail(
                f"has [lab_only.{name}], but recipe.sh has no lab-only step of that name.", nearest(name, reasons)
            )
        for name, reason in reasons.items():
            if name not in table:
                self._fail(f"has no [lab_only.{name}].", f"Say what the step would do to a machine: {_EVERY_LANGUAGE}.")
            if (text := self._text(table[name], f"[lab_only.{name}]"))["en"] != reason:
                self._fail(
                    f'has en = "{text["en"]}" in [lab_only.{name}], but the step says "{reason}".', "Make them equal."
                )
        return {name: self._text(table[name], f"[lab_only.{name}]") for name in reasons}

    def _needs(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """What hosts need beyond a plain one."""
        try:
            check_needs(names)
        except RecetarioError as error:
            self._fail(f"has needs = {list(names)}. {error.what}", *error.todo)
        reboots = next((step for step in self.recipe.steps if step.reboots), None)
        if reboots and SYSTEMD not in names:
            self._fail(f'has no "{SYSTEMD}" in needs, without which step "{reboots.name}" can\'t restart the machine.')
        return names

    def _without(self, names: tuple[str, ...], needs: list[str]) -> tuple[str, ...]:
        """What hosts have for the lab's sake, and the recipe's have not."""
        try:
            check_without(names, needs)
        except RecetarioError as error:
            what, *todo = error.args
            self._fail(f"has without = {list(names)}. {what}", *todo)
        return names

    def _titles(self, table: dict[str, Any]) -> dict[str, Text]:
        """What pages call steps, by common name."""
        for name in table:
            if name not in self.recipe.names:
                self._fail(
                    f"has [titles.{name}], but recipe.sh has no step of that name.", nearest(name, self.recipe.names)
                )
        return {name: self._text(text, f"[titles.{name}]") for name, text in table.items()}

    def _fields(self, table: dict[str, Any], claim: Claim) -> tuple[Field, ...]:
        """What readers replace in the fix and its check; refused where a command deletes or overwrites it."""
        self._check_keys(table, set(ROLES))
        fields = tuple(Field(role, self._string(table, role)) for role in table)
        shown = [variant for name in (*claim.fix, claim.step) for variant in self.recipe.variants(name)]
        commands = "\n".join(step.command for step in shown)
        for field in fields:
            if not re.fullmatch(PATTERNS[field.kind], field.ours.partition(" ")[0]):
                self._fail(f'has the field {field.role} = "{field.ours}", which is not a valid {field.kind}.')
            if [other.ours for other in fields].count(field.ours) > 1:
                self._fail(f'has the field {field.role} = "{field.ours}" twice.', "Keep one of them.")
            if not claim.fix or replace_literals(commands, [field], lambda _: "") == commands:
                self._fail(
                    f'has the field {field.role} = "{field.ours}", which is not in the commands of the fix.',
                    f'Fix and check of claim "{claim.id}" are the steps {", ".join(step.name for step in shown)}.',
                )
        if line := destructive_line(commands, fields):
            self._fail(
                f"would put a reader's name into a command that deletes or overwrites: {line}",
                "Take the field away, or write the step without that command.",
            )
        return fields

    def _fix(self, table: Mapping[str, Any]) -> tuple[str, ...]:
        """The steps of the fix: ours to recommend, and what the claim's verdict rests on."""
        fix = self._names(table.get("fix", []), "fix")
        steps = [variant for name in fix for variant in self.recipe.variants(self._step(name))]
        for step in steps:
            if step.lab_only:
                self._fail(f'recommends step "{step.name}", which is only for the lab.', "Recommend another step.")
        if len(fix) > _MAX_FIX:
            self._fail(f"recommends {len(fix)} steps.", f"A fix has at most {_MAX_FIX}; write shorter ones.")
        order = self.recipe.names
        decides = self._string(table, "step") if fix else ""
        if fix and decides not in fix and order.index(decides) < max(map(order.index, fix)):
            self._fail(
                f'recommends step "{fix[-1]}", but is decided before it, by step "{decides}".',
                "Its verdict must rest on all steps of the fix: let a later step decide.",
            )
        return fix

    def _sudo(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The common names of pairs whose rootless half uses sudo; no other step may use it."""
        for name in map(self._step, names):
            halves = {step.mode: step for step in self.recipe.variants(name)}
            if "rootless" not in halves or not _SUDO.search(halves["rootless"].source):
                self._fail(
                    f'lists step "{name}" in sudo, but its rootless half does not use sudo.', "Remove it from the list."
                )
        for step in self.recipe.steps:
            if _SUDO.search(step.source) and step.common not in names:
                self._fail(
                    f'does not declare that step "{step.name}" uses sudo: the environment decides who runs a step.',
                    'If a rootless step must run a command as root, call it NAME-rootless and add sudo = ["NAME"].',
                )
        return names

    def _claim(self, name: str, table: Any) -> Claim:
        if not isinstance(table, dict):
            self.location = self.path
            self._fail(f'has "{name}", which is neither a setting nor a claim.', nearest(name, _FILE_KEYS))
        self.location = f'{self.path}: claim "{name}"'
        if not _NAME.fullmatch(name):
            self._fail("is not a valid claim name.", "Use lowercase letters, digits and hyphens.")
        derived = bool({"all", "differs"} & table.keys())
        self._check_keys(table, _DERIVED_KEYS if derived else _DECIDED_KEYS)
        common: dict[str, Any] = {
            "id": name,
            "recipe": self.recipe.slug,
            "text": self._text(table.get("text"), "text"),
            "instead": self._text(table.get("instead"), "instead (what to do today)"),
            "source": self._source(table),
            "about": self._scope(table.get("about", {}), "about"),
            "why": self._notes(table, "why"),
        }
        return self._derived(table, common) if derived else self._decided(table, common)

    def _derived(self, table: dict[str, Any], common: dict[str, Any]) -> Claim:
        if {"all", "differs"} <= table.keys():
            self._fail('has both "all" and "differs".', "Keep one.")
        if "all" in table:
            members = self._names(table["all"], "all")
            if not members:
                self._fail('has an "all" that names no claim.', 'Write all = ["claim-id", "claim-id"].')
            return Claim(**common, all=tuple(map(ClaimId, members)))
        differs = table["differs"]
        valid = (
            isinstance(differs, dict)
            and differs.keys() == {"claim", "between"}
            and isinstance(differs["claim"], str)
            and differs["between"] == "backend"
        )
        if not valid:
            self._fail('has a "differs" of another form.', 'Write differs = { claim = "ID", between = "backend" }.')
        return Claim(**common, differs=ClaimId(differs["claim"]))

    def _decided(self, table: dict[str, Any], common: dict[str, Any]) -> Claim:
        control = table.get("control", {})
        controls: dict[str, Any] = {"holds": control} if isinstance(control, str) else self._table(control, "control")
        for answer in controls.keys() - set(_ANSWERS):
            self._fail(
                f'has a control for the unknown verdict "{answer}".',
                'Write control = { holds = "STEP", fails = "STEP" }.',
            )
        return Claim(
            **common,
            step=self._step(self._string(table, "step")),
            holds=self._patterns(table, "holds"),
            fails=self._patterns(table, "fails"),
            controls={Answer(answer): self._step(self._string(controls, answer)) for answer in controls},
            no_control=self._notes(table, "no_control"),
            fix=self._fix(table),
        )

    def _check_keys(self, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table.keys() - known:
            self._fail(f'has the unknown key "{key}".', nearest(key, known))

    def _table(self, value: Any, what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._fail(f'has "{what}", which must be a table.', f"Write {what} = {{ … }}.")
        return value

    def _tables(self, value: Any, what: str) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self._fail(
                f'has "{what}", which must be a list of tables.',
                "Begin each table with its name in double brackets, [[ ]].",
            )
        return value

    def _names(self, value: Any, what: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self._fail(f'has "{what}", which must be a list of strings.', f'Write {what} = ["…"].')
        return tuple(value)

    def _flag(self, table: Mapping[str, Any], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._fail(f'has "{key}", which must be true or false.', f"Write {key} = true, without quotes.")
        return value

    def _string(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self._fail(f'has no "{key}".', f'Add a line: {key} = "…"')
        return value

    def _text(self, value: Any, what: str) -> Text:
        for language in LANGUAGES:
            text = value.get(language) if isinstance(value, dict) else None
            if not isinstance(text, str) or not text.strip():
                self._fail(f'has no {what} in "{language}".', f"Write it in every language: {_EVERY_LANGUAGE}.")
        self._check_keys(value, set(LANGUAGES))
        return {language: value[language] for language in LANGUAGES}

    def _source(self, table: Mapping[str, Any]) -> Text:
        """Citations: one string that is translated, or a table with a text for each language."""
        if isinstance(table.get("source"), dict):
            return self._text(table["source"], "source")
        source = self._string(table, "source")
        return {language: translate_source(source, language) for language in LANGUAGES}

    def _step(self, name: str) -> str:
        if name not in self.recipe.names and name not in {step.name for step in self.recipe.steps}:
            self._fail(f'names step "{name}", which recipe.sh does not have.', nearest(name, self.recipe.names))
        return name

    def _patterns(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        patterns = self._names([value] if isinstance(value, str) else value, key)
        if not patterns:
            self._fail(
                f'has no pattern for "{key}".',
                "Both holds and fails are needed: the absence of one does not prove the other.",
            )
        return tuple(self._pattern(pattern, key) for pattern in patterns)

    def _pattern(self, pattern: str, key: str) -> str:
        if problem := flaw(pattern):
            self._fail(f'has the pattern "{pattern}" in {key}, which {problem[0]}.', problem[1])
        if mistake := usage_error(pattern):
            self._fail(
                f'has the pattern "{pattern}" in {key}, which a misspelled command would match, too: "{mistake}".',
                "Match the line that says what happened (*NXDOMAIN*); if there is none, make the step print one.",
            )
        return pattern

    def _scope(self, value: Any, what: str) -> Scope:
        table = self._table(value, what)
        self._check_keys(table, {"backend", "rootless", "podman"})
        rootless = self._flag(table, "rootless") if "rootless" in table else None
        scope = Scope(self._backend(table), rootless, self._range(table))
        if not any(map(scope.fits, self.environments)):
            self._fail(
                f'has "{what}", which fits no environment of this recipe.', "List all environments: recetario envs"
            )
        return scope

    def _backend(self, table: Mapping[str, Any]) -> Backend | None:
        if "backend" not in table:
            return None
        name = self._string(table, "backend")
        if name not in list(Backend):
            self._fail(f'names backend "{name}", which does not exist.', nearest(name, Backend))
        return Backend(name)

    def _range(self, table: Mapping[str, Any]) -> SpecifierSet | None:
        if "podman" not in table:
            return None
        advice = 'Write one like ">=4.0,<5".'
        try:
            versions = SpecifierSet(self._string(table, "podman"))
        except InvalidSpecifier:
            self._fail(f'has podman = "{table["podman"]}", which is not a version range.', advice)
        for specifier in versions:
            if not is_minor(specifier):
                self._fail(
                    f'has podman = "{table["podman"]}", but "{specifier}" is not a condition on minor versions.', advice
                )
        return versions

    def _notes(self, table: Mapping[str, Any], what: str) -> tuple[Note, ...]:
        return tuple(self._note(note, what) for note in self._tables(table.get(what, []), what))

    def _note(self, table: Mapping[str, Any], what: str) -> Note:
        self._check_keys(table, {"where", *LANGUAGES})
        text = {language: table[language] for language in LANGUAGES if language in table}
        return Note(self._scope(table.get("where", {}), "where"), self._text(text, what))

    def _end(self, table: Mapping[str, Any]) -> End:
        self._check_keys(table, {"where", "step", "shows", "refused", *LANGUAGES})
        step = self._step(self._string(table, "step"))
        shows = self._pattern(self._string(table, "shows"), "shows")
        text = {language: table[language] for language in LANGUAGES if language in table}
        scope = self._scope(table.get("where", {}), "where")
        return End(scope, step, shows, self._text(text, "text"), self._flag(table, "refused"))
