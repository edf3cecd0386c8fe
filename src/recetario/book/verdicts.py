"""Judge claims by evidence: holds, fails, or does not apply, and by which step of which replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

from recetario.book.case import Case
from recetario.book.claims import Claim, ClaimFile, End, Scope, Text
from recetario.book.environments import BACKENDS, Environment, Mode, load_environments
from recetario.book.evidence import Evidence, Output
from recetario.book.patterns import matches
from recetario.book.ranges import in_words
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, joined, nearest, where
from recetario.translations import LANGUAGES, translations

__all__ = ["Reference", "Verdict", "check_case", "check_end", "judge", "judge_all"]

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
            case = Case(recipes[claim.recipe], files[claim.recipe], environment)
            if claim.derived:
                verdict = _derive(claim, case, claims, verdicts)
            else:
                verdict = judge(claim, case, evidence.get(case.key))
            verdicts[claim.id, environment.id] = verdict
    return verdicts


def check_case(case: Case, evidence: Evidence) -> None:
    """Refuse evidence that does not end as declared, or that leaves a claim of its recipe undecided.

    Raises:
        RecetarioError: Everything that is wrong with it, claim by claim.
    """
    check_end(case, evidence)
    errors = []
    for claim in case.file.claims.values():
        if not claim.derived:
            try:
                judge(claim, case, evidence)
            except RecetarioError as error:
                errors.append(error)
    if errors:
        raise joined(errors)


def judge(claim: Claim, case: Case, evidence: Evidence | None) -> Verdict:
    """The verdict of a claim that its own step decides.

    Raises:
        RecetarioError: Undecided, a control that does not give the opposite answer, or not exactly one reason.
    """
    if out_of_scope := _out_of_scope(claim, case):
        return out_of_scope
    location = _location(claim, case)
    if evidence is None:
        raise RecetarioError(f"{location} has no evidence.", *case.renew)
    step = case.step(claim.step).name
    if evidence.outputs[step].status is None:
        end = case.end
        return Verdict("n/a", "lab", end.text if end else None, (_reference(case, end.step if end else step),))
    answer = _decide(location, claim, step, evidence.outputs[step])
    errors = []
    control, excuse, why = None, None, None
    try:
        control, excuse = _control(claim, answer, case, evidence)
    except RecetarioError as error:
        errors.append(error)
    try:
        why = _why(claim, case, evidence.outputs[step]) if answer == "fails" else None
    except RecetarioError as error:
        errors.append(error)
    if errors:
        raise joined(errors)
    return Verdict(answer, None, why, (_reference(case, step),), control, excuse)


def check_end(case: Case, evidence: Evidence) -> None:
    """Refuse a story that ended where it should not have, or went on where it should have ended.

    Raises:
        RecetarioError: Names the step, and what it printed.
    """
    failed = next((name for name, output in evidence.outputs.items() if output.status not in (0, None)), None)
    if case.end is not None:
        _check_declared_end(case, case.end, failed, evidence)
    elif failed is not None:
        raise RecetarioError(
            f'{case.id}: step "{failed}" ended with status {evidence.outputs[failed].status}.',
            *_said(evidence.outputs[failed]),
            "Mend the step; where it cannot work, say so with `[[ends]]` in claims.toml.",
        )
    elif missing := next((name for name, output in evidence.outputs.items() if output.status is None), None):
        raise RecetarioError(f'{case.id}: step "{missing}" did not run, and no step before it failed.')


def _check_declared_end(case: Case, end: End, failed: str | None, evidence: Evidence) -> None:
    step = case.step(end.step).name
    if failed != step:
        raise RecetarioError(
            f'{case.id}: the story should end at step "{step}" and '
            + (f'ended at "{failed}".' if failed else "did not end."),
            *(_said(evidence.outputs[failed or step])),
            "If that is how it is now, change `[[ends]]` in claims.toml.",
        )
    if not matches((end.shows,), evidence.outputs[step].lines):
        raise RecetarioError(
            f'{case.id}: step "{step}" ended the story without the line "{end.shows}".', *_said(evidence.outputs[step])
        )


def _decide(location: str, claim: Claim, step: str, output: Output) -> str:
    found = [answer for answer in _OPPOSITE if matches(claim.patterns(answer), output.lines)]
    if len(found) == 1 and not output.cut:
        return found[0]
    what = "its output was cut" if output.cut else "both patterns match" if found else "neither pattern matches"
    raise RecetarioError(f'{location} is undecided by step "{step}": {what}.', *_said(output))


def _control(claim: Claim, answer: str, case: Case, evidence: Evidence) -> tuple[Reference | None, Text | None]:
    location = _location(claim, case)
    excuses = [note.text for note in claim.no_control if note.where.fits(case.environment)]
    if len(excuses) > 1:
        raise RecetarioError(f"{location}: {len(excuses)} [[{claim.id}.no_control]] fit there.", "Narrow their where.")
    if answer not in claim.controls:
        if not excuses:
            raise RecetarioError(
                f"{location} {answer}, and has neither a control for that nor a reason why there is none.",
                f'Add {answer} = "STEP" to control = {{ … }}: a step that shows the opposite answer.',
                f"Or [[{claim.id}.no_control]] with where, {', '.join(LANGUAGES)}.",
            )
        return None, excuses[0]
    step = case.step(claim.controls[answer]).name
    output = evidence.outputs[step]
    opposite = matches(claim.patterns(_OPPOSITE[answer]), output.lines)
    shown = opposite and not matches(claim.patterns(answer), output.lines) and not output.cut
    if shown and excuses:
        raise RecetarioError(
            f'{location}: its control, step "{step}", gives the opposite answer, and no_control says that none can.',
            f"Narrow the where of [[{claim.id}.no_control]].",
        )
    if not shown and not excuses:
        raise RecetarioError(
            f'{location} {answer}, and its control, step "{step}", does not give the opposite answer.', *_said(output)
        )
    return (_reference(case, step), None) if shown else (None, excuses[0])


def _reference(case: Case, step: str) -> Reference:
    return Reference(*case.key, case.step(step).common)


def _location(claim: Claim, case: Case) -> str:
    return f'{where(case.recipe.path.with_name("claims.toml"))}: claim "{claim.id}" on {case.environment.id}'


def _why(claim: Claim, case: Case, output: Output | None = None) -> Text:
    fitting = [note.text for note in claim.why if note.where.fits(case.environment)]
    if len(fitting) != 1:
        raise RecetarioError(
            f"{_location(claim, case)} fails, and must say why exactly once: {len(fitting)} reasons fit.",
            *(_said(output) if output else ()),
            f"Add or narrow [[{claim.id}.why]] with where, {', '.join(LANGUAGES)}.",
        )
    return fitting[0]


def _said(output: Output) -> tuple[str, ...]:
    if output.status is None:
        return ("It did not run.",)
    return ("It printed:", *(f"  {line}" for line in output.lines[-10:] or ("nothing",)))


def _out_of_scope(claim: Claim, case: Case) -> Verdict | None:
    """The verdict of a claim that is not about this environment; None for one that is."""
    scopes = (scope for scope in (case.file.about, claim.about) if not scope.fits(case.environment))
    scope = next(scopes, None)
    return None if scope is None else Verdict("n/a", "scope", _scope_reason(scope, case.environment))


def _derive(
    claim: Claim, case: Case, claims: Mapping[str, Claim], verdicts: Mapping[tuple[str, str], Verdict]
) -> Verdict:
    for name in claim.all or (claim.differs,):
        if name not in claims or claims[name].derived:
            raise RecetarioError(
                f'{_location(claim, case)} is derived from "{name}", which no recipe decides.', nearest(name, claims)
            )
    if out_of_scope := _out_of_scope(claim, case):
        return out_of_scope
    if claim.differs:
        twins = [case.environment, *filter(case.environment.twin, load_environments())]
        if len(twins) == 1:  # also where its own half was not decided
            return Verdict("n/a", "scope", _text("no-twin"))
        members = [verdicts[claim.differs, twin.id] for twin in twins]
        return _combine(claim, case, members, 2)
    members = [verdicts[name, case.environment.id] for name in claim.all]
    return _combine(claim, case, members, 1)


def _combine(claim: Claim, case: Case, members: list[Verdict], needed: int) -> Verdict:
    lab = next((member for member in members if member.because == "lab"), None)
    if lab is not None:
        return Verdict("n/a", "lab", lab.why, lab.evidence)
    members = [member for member in members if member.because != "scope"]
    if len(members) < needed:
        return Verdict("n/a", "scope", _text("no-member"))
    answers = {member.verdict for member in members}
    holds = len(answers) == 2 if claim.differs else answers == {"holds"}
    why = None if holds else _why(claim, case)
    return Verdict(
        "holds" if holds else "fails", None, why, tuple(ref for member in members for ref in member.evidence)
    )


def _scope_reason(scope: Scope, environment: Environment) -> Text:
    misfit = scope.misfits(environment)[0]
    here = {
        "backend": BACKENDS[environment.backend],
        "rootless": environment.mode,
        "podman": f"Podman {environment.podman}",
    }[misfit]
    about = {
        language: {
            "backend": BACKENDS[scope.backend] if scope.backend else "",
            "rootless": Mode.ROOTLESS if scope.rootless else Mode.ROOT,
            "podman": in_words(scope.podman or SpecifierSet(), language),
        }[misfit]
        for language in LANGUAGES
    }
    return {language: text.format(about=about[language], here=here) for language, text in _text("scope").items()}


def _text(key: str) -> Text:
    return {language: translations(language)["verdicts"][key] for language in LANGUAGES}
