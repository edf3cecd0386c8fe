"""Judge claims by evidence: holds, fails, or does not apply, and by which step of which replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

from recetario.book.claims import LANGUAGES, Claim, ClaimFile, End, Scope, Text
from recetario.book.environments import BACKENDS, Environment, load_environments
from recetario.book.evidence import Evidence, Output
from recetario.book.patterns import matches
from recetario.book.ranges import in_words
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, nearest, where

__all__ = ["Reference", "Verdict", "check_end", "judge", "judge_all"]

_OPPOSITE = {"holds": "fails", "fails": "holds"}


@dataclass(frozen=True)
class Reference:
    """A step of a replay that decided something."""

    recipe: str
    environment: str
    step: str


@dataclass(frozen=True)
class Verdict:
    """The answer to one claim in one environment.

    Attributes:
        verdict: ``"holds"``, ``"fails"`` or ``"n/a"``.
        because: For ``"n/a"``: ``"scope"`` (the sentence is not about this) or ``"lab"`` (our lab could not show it).
        why: For ``"fails"`` and ``"n/a"``, the reason.
        evidence: What decided it: one step, or for a derived claim those of its members.
        control: Where the opposite answer stands, if there is a control.
        no_control: Why there is none.
    """

    verdict: str
    because: str | None = None
    why: Text | None = None
    evidence: tuple[Reference, ...] = ()
    control: Reference | None = None
    no_control: Text | None = None

    @property
    def word(self) -> str:
        """Which of the four words of the pages it is: ``holds``, ``fails``, ``scope`` or ``lab``."""
        return self.because or self.verdict


def judge_all(
    recipes: Mapping[str, Recipe],
    files: Mapping[str, ClaimFile],
    evidence: Mapping[tuple[str, str], Evidence],
) -> dict[tuple[str, str], Verdict]:
    """Every claim in every environment, by (claim id, environment id).

    Args:
        recipes: By slug.
        files: Their claims, by slug.
        evidence: By (slug, environment id), wherever the recipe is replayed.

    Raises:
        RecetarioError: A claim that its evidence does not decide, or a derived one that names no claim.
    """
    claims = {claim.id: claim for file in files.values() for claim in file.claims.values()}
    verdicts: dict[tuple[str, str], Verdict] = {}
    for claim in sorted(claims.values(), key=lambda claim: claim.derived):
        for environment in load_environments():
            if claim.derived:
                place = _place(recipes[claim.recipe], claim, environment)
                verdict = _derive(place, claim, files[claim.recipe], environment, claims, verdicts)
            else:
                found = evidence.get((claim.recipe, environment.id))
                verdict = judge(claim, files[claim.recipe], recipes[claim.recipe], environment, found)
            verdicts[claim.id, environment.id] = verdict
    return verdicts


def judge(
    claim: Claim, file: ClaimFile, recipe: Recipe, environment: Environment, evidence: Evidence | None
) -> Verdict:
    """The verdict of a claim that its own step decides.

    Raises:
        RecetarioError: Undecided, a control that does not give the opposite answer, or not exactly one reason.
    """
    if outside := _outside(claim, file, environment):
        return outside
    place = _place(recipe, claim, environment)
    if evidence is None:
        raise RecetarioError(
            f"{place} has no evidence.",
            f"nox -s replay -- {recipe.slug} --env {environment.id}, then read the diff and keep it:",
            f"nox -s accept -- {recipe.slug} --env {environment.id}",
        )
    step = recipe.ran(claim.step, environment).name
    if evidence.outputs[step].status is None:
        end = file.end(environment)
        return Verdict(
            "n/a", "lab", end.text if end else None, (_reference(recipe, environment, end.step if end else step),)
        )
    answer = _decide(place, claim, step, evidence.outputs[step])
    control, excuse = _control(place, claim, answer, recipe, environment, evidence)
    why = _why(place, claim, environment) if answer == "fails" else None
    return Verdict(answer, None, why, (_reference(recipe, environment, step),), control, excuse)


def check_end(file: ClaimFile, recipe: Recipe, environment: Environment, evidence: Evidence) -> None:
    """Refuse a story that ended where it should not have, or went on where it should have ended.

    Raises:
        RecetarioError: Names the step, and what it printed.
    """
    end = file.end(environment)
    place = f"{recipe.slug} on {environment.id}"
    failed = next((name for name, output in evidence.outputs.items() if output.status not in (0, None)), None)
    if end is not None:
        _check_declared_end(place, end, recipe.ran(end.step, environment).name, failed, evidence)
    elif failed is not None:
        raise RecetarioError(
            f'{place}: step "{failed}" ended with status {evidence.outputs[failed].status}.',
            *_said(evidence.outputs[failed]),
            "Mend the step; where it cannot work, say so with `[[ends]]` in claims.toml.",
        )
    elif missing := next((name for name, output in evidence.outputs.items() if output.status is None), None):
        raise RecetarioError(f'{place}: step "{missing}" did not run, and no step before it failed.')


def _check_declared_end(place: str, end: End, step: str, failed: str | None, evidence: Evidence) -> None:
    if failed != step:
        raise RecetarioError(
            f'{place}: the story should end at step "{step}" and '
            + (f'ended at "{failed}".' if failed else "did not end."),
            *(_said(evidence.outputs[failed or step])),
            "If that is how it is now, change `[[ends]]` in claims.toml.",
        )
    if not matches((end.shows,), evidence.outputs[step].lines):
        raise RecetarioError(
            f'{place}: step "{step}" ended the story without the line "{end.shows}".', *_said(evidence.outputs[step])
        )


def _decide(place: str, claim: Claim, step: str, output: Output) -> str:
    found = [answer for answer in _OPPOSITE if matches(claim.patterns(answer), output.lines)]
    if len(found) == 1 and not output.cut:
        return found[0]
    what = "its output was cut" if output.cut else "both patterns match" if found else "neither pattern matches"
    raise RecetarioError(f'{place} is undecided by step "{step}": {what}.', *_said(output))


def _control(
    place: str, claim: Claim, answer: str, recipe: Recipe, environment: Environment, evidence: Evidence
) -> tuple[Reference | None, Text | None]:
    excuses = [note.text for note in claim.no_control if note.where.fits(environment)]
    if len(excuses) > 1:
        raise RecetarioError(f"{place}: {len(excuses)} [[{claim.id}.no_control]] fit there.", "Narrow their where.")
    if answer not in claim.controls:
        if not excuses:
            raise RecetarioError(
                f"{place} {answer}, and has neither a control for that nor a reason why there is none.",
                f'Add {answer} = "STEP" to control = {{ … }}: a step that shows the opposite answer.',
                f"Or [[{claim.id}.no_control]] with where, es, en.",
            )
        return None, excuses[0]
    step = recipe.ran(claim.controls[answer], environment).name
    output = evidence.outputs[step]
    opposite = matches(claim.patterns(_OPPOSITE[answer]), output.lines)
    shown = opposite and not matches(claim.patterns(answer), output.lines) and not output.cut
    if shown and excuses:
        raise RecetarioError(
            f'{place}: its control, step "{step}", gives the opposite answer, and no_control says that none can.',
            f"Narrow the where of [[{claim.id}.no_control]].",
        )
    if not shown and not excuses:
        raise RecetarioError(
            f'{place} {answer}, and its control, step "{step}", does not give the opposite answer.', *_said(output)
        )
    return (_reference(recipe, environment, step), None) if shown else (None, excuses[0])


def _reference(recipe: Recipe, environment: Environment, step: str) -> Reference:
    return Reference(recipe.slug, environment.id, recipe.ran(step, environment).common)


def _place(recipe: Recipe, claim: Claim, environment: Environment) -> str:
    return f'{where(recipe.path.with_name("claims.toml"))}: claim "{claim.id}" on {environment.id}'


def _why(place: str, claim: Claim, environment: Environment) -> Text:
    fitting = [note.text for note in claim.why if note.where.fits(environment)]
    if len(fitting) != 1:
        raise RecetarioError(
            f"{place} fails, and must say why exactly once: {len(fitting)} reasons fit.",
            f"Add or narrow [[{claim.id}.why]] with where, es, en.",
        )
    return fitting[0]


def _said(output: Output) -> tuple[str, ...]:
    if output.status is None:
        return ("It did not run.",)
    return ("It printed:", *(f"  {line}" for line in output.lines[-10:] or ("nothing",)))


def _outside(claim: Claim, file: ClaimFile, environment: Environment) -> Verdict | None:
    """The verdict of a claim that is not about this environment; None for one that is."""
    scope = next((scope for scope in (file.about, claim.about) if not scope.fits(environment)), None)
    return None if scope is None else Verdict("n/a", "scope", _scope_reason(scope, environment))


def _derive(
    place: str,
    claim: Claim,
    file: ClaimFile,
    environment: Environment,
    claims: Mapping[str, Claim],
    verdicts: Mapping[tuple[str, str], Verdict],
) -> Verdict:
    for name in claim.all or (claim.differs,):
        if name not in claims or claims[name].derived:
            raise RecetarioError(f'{place} is derived from "{name}", which no recipe decides.', nearest(name, claims))
    if outside := _outside(claim, file, environment):
        return outside
    if claim.differs:
        twins = [environment, *filter(environment.twin, load_environments())]
        if len(twins) == 1:  # whatever became of its own half
            return Verdict("n/a", "scope", _NO_TWIN)
        members = [verdicts[claim.differs, twin.id] for twin in twins]
        return _combine(place, claim, environment, members, 2)
    members = [verdicts[name, environment.id] for name in claim.all]
    return _combine(place, claim, environment, members, 1)


def _combine(place: str, claim: Claim, environment: Environment, members: list[Verdict], needed: int) -> Verdict:
    lab = next((member for member in members if member.because == "lab"), None)
    if lab is not None:
        return Verdict("n/a", "lab", lab.why, lab.evidence)
    members = [member for member in members if member.because != "scope"]
    if len(members) < needed:
        return Verdict("n/a", "scope", _NO_MEMBER)
    answers = {member.verdict for member in members}
    holds = len(answers) == 2 if claim.differs else answers == {"holds"}
    why = None if holds else _why(place, claim, environment)
    return Verdict(
        "holds" if holds else "fails", None, why, tuple(ref for member in members for ref in member.evidence)
    )


_NO_TWIN = {
    "es": "Este Podman tiene un solo backend: no hay con qué comparar.",
    "en": "This Podman has one backend only: there is nothing to compare it with.",
}
_NO_MEMBER = {
    "es": "Las afirmaciones de las que depende no tratan de este entorno.",
    "en": "The claims that it depends on are not about this environment.",
}
_MODES = ("root", "rootless")


def _scope_reason(scope: Scope, environment: Environment) -> Text:
    misfit = scope.misfits(environment)[0]
    here = {
        "backend": BACKENDS[environment.backend],
        "rootless": _MODES[environment.rootless],
        "podman": f"Podman {environment.podman}",
    }[misfit]
    about = {
        language: {
            "backend": BACKENDS.get(scope.backend or "", ""),
            "rootless": _MODES[bool(scope.rootless)],
            "podman": in_words(scope.podman or SpecifierSet(), language),
        }[misfit]
        for language in LANGUAGES
    }
    return {
        "es": f"La afirmación trata de {about['es']}, y aquí hay {here}.",
        "en": f"The claim is about {about['en']}, and here it is {here}.",
    }
