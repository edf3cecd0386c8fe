"""Judge claims by evidence: whether each holds, fails or does not apply, and which steps decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

from recetario.book.case import Case
from recetario.book.claims import Answer, Because, Claim, ClaimFile, End, Scope, Text
from recetario.book.environments import BACKENDS, Environment, Mode, load_environments
from recetario.book.evidence import Evidence, Output
from recetario.book.ids import CaseKey, ClaimId, EnvironmentId, Slug, VerdictKey
from recetario.book.patterns import matches, unknown_option
from recetario.book.ranges import describe_range
from recetario.book.recipes import Recipe
from recetario.errors import RecetarioError, joined, nearest, where
from recetario.translations import LANGUAGES, translations

__all__ = ["Reference", "Verdict", "check_case", "check_end", "check_options", "judge", "judge_all"]

_OPPOSITE = {Answer.HOLDS: Answer.FAILS, Answer.FAILS: Answer.HOLDS}


@dataclass(frozen=True)
class Reference:
    """A step of a replay: the slug, the environment's id, and the step's common name."""

    recipe: Slug
    environment: EnvironmentId
    step: str


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim in one environment.

    Attributes:
        verdict: Whether the claim holds.
        because: If it is not applicable, why not.
        why: The reason, unless it holds.
        evidence: The step that decided, or for a derived claim the steps of its members.
        control: The step that gave the opposite answer, if there is one.
        no_control: Why there is none.
    """

    verdict: Answer
    because: Because | None = None
    why: Text | None = None
    evidence: tuple[Reference, ...] = ()
    control: Reference | None = None
    no_control: Text | None = None

    @property
    def word(self) -> Answer | Because:
        """One of the four kinds that pages distinguish: ``holds``, ``fails``, ``scope`` or ``lab``."""
        return self.because or self.verdict


def judge_all(
    recipes: Mapping[str, Recipe],
    files: Mapping[str, ClaimFile],
    evidence: Mapping[CaseKey, Evidence],
) -> dict[VerdictKey, Verdict]:
    """Judge every claim in every environment.

    Args:
        recipes: By slug.
        files: The claims of the recipes, by slug.
        evidence: By (slug, environment id), for every environment in which a recipe is replayed.

    Returns:
        The verdicts by (claim id, environment id).

    Raises:
        RecetarioError: Evidence does not decide a claim, or a derived claim names one that does not exist.
    """
    claims = {claim.id: claim for file in files.values() for claim in file.claims.values()}
    verdicts: dict[VerdictKey, Verdict] = {}
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
    """Check that evidence ends as declared, shows no misspelled option, and decides all claims of its recipe.

    Raises:
        RecetarioError: It does not; the message has all problems, claim by claim.
    """
    check_end(case, evidence)
    errors = []
    try:
        check_options(case, evidence)
    except RecetarioError as error:
        errors.append(error)
    for claim in case.file.claims.values():
        if not claim.derived:
            try:
                judge(claim, case, evidence)
            except RecetarioError as error:
                errors.append(error)
    if errors:
        raise joined(errors)


def judge(claim: Claim, case: Case, evidence: Evidence | None) -> Verdict:
    """Judge a claim that is not derived.

    Raises:
        RecetarioError: The claim is undecided, its control does not give the opposite answer, it fails without
            exactly one reason, or it holds although there is a reason why it fails.
    """
    if out_of_scope := _out_of_scope(claim, case):
        return out_of_scope
    location = _location(claim, case)
    if evidence is None:
        raise RecetarioError(f"{location} has no evidence.", *case.renew_advice)
    step = case.step(claim.step).name
    if evidence.outputs[step].status is None:
        end = case.end
        shown = (_reference(case, end.step if end else step),)
        if end and end.refused:
            return Verdict(Answer.FAILS, None, end.text, shown, None, _text("refused"))
        return Verdict(Answer.NOT_APPLICABLE, Because.LAB, end.text if end else None, shown)
    try:
        answer = _decide(location, claim, step, evidence.outputs[step])
    except RecetarioError as error:
        raise joined([error, *_useless_control(claim, case, evidence)]) from None
    errors = []
    control, no_control, why = None, None, None
    try:
        control, no_control = _control(claim, answer, case, evidence)
    except RecetarioError as error:
        errors.append(error)
    try:
        why = _why(claim, case, answer, evidence.outputs[step])
    except RecetarioError as error:
        errors.append(error)
    if errors:
        raise joined(errors)
    return Verdict(answer, None, why, (_reference(case, step),), control, no_control)


def check_end(case: Case, evidence: Evidence) -> None:
    """Check that the story ended where `[[ends]]` says, or not before cleanup.

    Raises:
        RecetarioError: It did not; the message has the step and its output.
    """
    failed = next((name for name, output in evidence.outputs.items() if output.status not in (0, None)), None)
    if case.end is not None:
        _check_declared_end(case, case.end, failed, evidence)
    elif failed is not None:
        raise RecetarioError(
            f'{case.id}: step "{failed}" ended with status {evidence.outputs[failed].status}.',
            *_output_lines(evidence.outputs[failed]),
            "Fix the step. If it cannot work there, declare that with `[[ends]]` in claims.toml.",
        )
    elif missing := next((name for name, output in evidence.outputs.items() if output.status is None), None):
        raise RecetarioError(f'{case.id}: step "{missing}" did not run, and no step before it failed.')


def check_options(case: Case, evidence: Evidence) -> None:
    """Check that each program knew its options, unless a claim or an end is about one that it does not know.

    Where a step goes on after a failure, to tell readers *no*, a misspelled option would also mean *no*.

    Raises:
        RecetarioError: A program did not know an option; the message has the step and the line.
    """
    expected = [pattern for claim in case.file.claims.values() for pattern in (*claim.holds, *claim.fails)]
    expected += [end.shows for end in case.file.ends]
    for name, output in evidence.outputs.items():
        if line := unknown_option(output.lines, expected):
            raise RecetarioError(
                f'{case.id}: step "{name}" uses an option that does not exist there.',
                f"It printed: {line}",
                "Correct the option. If this is the answer, a claim needs a pattern for this line.",
            )


def _check_declared_end(case: Case, end: End, failed: str | None, evidence: Evidence) -> None:
    step = case.step(end.step).name
    if failed != step:
        raise RecetarioError(
            f'{case.id}: the story should end at step "{step}", but '
            + (f'ended at "{failed}".' if failed else "did not end early."),
            *_output_lines(evidence.outputs[failed or step]),
            "If Podman now behaves like this, change `[[ends]]` in claims.toml.",
        )
    if not matches((end.shows,), evidence.outputs[step].lines):
        raise RecetarioError(
            f'{case.id}: step "{step}" ended the story without the line "{end.shows}".',
            *_output_lines(evidence.outputs[step]),
        )


def _decide(location: str, claim: Claim, step: str, output: Output) -> Answer:
    answers = _answers(claim, output)
    if len(answers) == 1 and not output.cut:
        return answers[0]
    if output.cut:
        reason = "its output was cut"
    elif answers:
        reason = "both patterns match"
    else:
        reason = "neither pattern matches"
    raise RecetarioError(f'{location} is undecided by step "{step}": {reason}.', *_output_lines(output))


def _answers(claim: Claim, output: Output) -> list[Answer]:
    """The answers that have a pattern that matches a line of this output."""
    return [answer for answer in _OPPOSITE if matches(claim.patterns(answer), output.lines)]


def _control(claim: Claim, answer: Answer, case: Case, evidence: Evidence) -> tuple[Reference | None, Text | None]:
    """The step that gives the opposite answer, or else the reason why none does."""
    location = _location(claim, case)
    reason = _no_control_reason(claim, case)
    if answer not in claim.controls:
        if reason is None:
            raise RecetarioError(
                f"{location} {answer}, but has neither a control for that verdict nor a reason why there is none.",
                f'Add {answer} = "STEP" to control = {{ … }}: a step that shows the opposite answer.',
                f"Or add [[{claim.id}.no_control]] with where, {', '.join(LANGUAGES)}.",
            )
        return None, reason
    step = case.step(claim.controls[answer]).name
    output = evidence.outputs[step]
    gives_opposite = _answers(claim, output) == [_OPPOSITE[answer]] and not output.cut
    if gives_opposite and reason is not None:
        raise RecetarioError(
            f'{location}: its control, step "{step}", gives the opposite answer, but no_control says that no step can.',
            f"Narrow the where of [[{claim.id}.no_control]].",
        )
    if gives_opposite:
        return _reference(case, step), None
    if reason is None:
        raise RecetarioError(
            f'{location} {answer}, but its control, step "{step}", does not give the opposite answer.',
            *_output_lines(output),
        )
    return None, reason


def _useless_control(claim: Claim, case: Case, evidence: Evidence) -> list[RecetarioError]:
    """What is wrong with the control of an undecided claim, so that its author needn't replay again to see it."""
    expected = Answer.FAILS if any(note.where.fits(case.environment) for note in claim.why) else Answer.HOLDS
    if expected not in claim.controls or _no_control_reason(claim, case) is not None:
        return []
    step = case.step(claim.controls[expected]).name
    output = evidence.outputs[step]
    if _answers(claim, output) == [_OPPOSITE[expected]] and not output.cut:
        return []
    what = f'its control, step "{step}", does not show that it {_OPPOSITE[expected]}, either.'
    return [RecetarioError(f"{_location(claim, case)}: {what}", *_output_lines(output))]


def _no_control_reason(claim: Claim, case: Case) -> Text | None:
    """The reason that claims.toml gives for having no control in this environment, if it gives one."""
    reasons = [note.text for note in claim.no_control if note.where.fits(case.environment)]
    if len(reasons) > 1:
        raise RecetarioError(
            f"{_location(claim, case)}: {len(reasons)} entries of [[{claim.id}.no_control]] fit.", "Narrow their where."
        )
    return reasons[0] if reasons else None


def _reference(case: Case, step: str) -> Reference:
    return Reference(*case.key, case.step(step).common)


def _location(claim: Claim, case: Case) -> str:
    return f'{where(case.recipe.path.with_name("claims.toml"))}: claim "{claim.id}" on {case.environment.id}'


def _why(claim: Claim, case: Case, answer: Answer, output: Output | None = None) -> Text | None:
    """The reason why a claim fails; None if it holds, and then there must be none: one of the two is wrong."""
    fitting = [note.text for note in claim.why if note.where.fits(case.environment)]
    if answer is Answer.HOLDS:
        if fitting:
            raise RecetarioError(
                f"{_location(claim, case)} holds, but claims.toml has a reason why it fails there.",
                *(_output_lines(output) if output else ()),
                f"Correct its patterns, or narrow the where of [[{claim.id}.why]].",
            )
        return None
    if len(fitting) != 1:
        raise RecetarioError(
            f"{_location(claim, case)} fails, and needs exactly one reason: {len(fitting)} fit.",
            *(_output_lines(output) if output else ()),
            f"Add or narrow [[{claim.id}.why]] with where, {', '.join(LANGUAGES)}.",
        )
    return fitting[0]


def _output_lines(output: Output) -> tuple[str, ...]:
    if output.status is None:
        return ("It did not run.",)
    return ("It printed:", *(f"  {line}" for line in output.lines[-10:] or ("nothing",)))


def _out_of_scope(claim: Claim, case: Case) -> Verdict | None:
    """The verdict if the claim is not about this environment, else None."""
    for scope in (case.file.about, claim.about):
        if not scope.fits(case.environment):
            reason = _scope_reason(scope, case.environment)
            return Verdict(Answer.NOT_APPLICABLE, Because.SCOPE, reason)
    return None


def _derive(
    claim: Claim, case: Case, claims: Mapping[ClaimId, Claim], verdicts: Mapping[VerdictKey, Verdict]
) -> Verdict:
    for name in claim.members:
        if name not in claims or claims[name].derived:
            raise RecetarioError(
                f'{_location(claim, case)} is derived from "{name}", which no recipe decides.', nearest(name, claims)
            )
    if out_of_scope := _out_of_scope(claim, case):
        return out_of_scope
    if claim.differs:
        twins = [case.environment, *filter(case.environment.twin, load_environments())]
        if len(twins) == 1:  # decided before looking at members: the lab may not have tested this one
            return Verdict(Answer.NOT_APPLICABLE, Because.SCOPE, _text("no-twin"))
        members = [verdicts[claim.differs, twin.id] for twin in twins]
        return _combine(claim, case, members, 2)
    members = [verdicts[name, case.environment.id] for name in claim.all]
    return _combine(claim, case, members, 1)


def _combine(claim: Claim, case: Case, members: list[Verdict], needed: int) -> Verdict:
    """The verdict on a derived claim whose members have these verdicts; at least ``needed`` members must apply."""
    lab = next((member for member in members if member.because is Because.LAB), None)
    if lab is not None:
        return Verdict(Answer.NOT_APPLICABLE, Because.LAB, lab.why, lab.evidence)
    members = [member for member in members if member.because is not Because.SCOPE]
    if len(members) < needed:
        return Verdict(Answer.NOT_APPLICABLE, Because.SCOPE, _text("no-member"))
    answers = {member.verdict for member in members}
    holds = len(answers) == 2 if claim.differs else answers == {Answer.HOLDS}
    evidence = tuple(reference for member in members for reference in member.evidence)
    answer = Answer.HOLDS if holds else Answer.FAILS
    return Verdict(answer, why=_why(claim, case, answer), evidence=evidence)


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
            "podman": describe_range(scope.podman or SpecifierSet(), language),
        }[misfit]
        for language in LANGUAGES
    }
    return {language: text.format(about=about[language], here=here) for language, text in _text("scope").items()}


def _text(key: str) -> Text:
    return {language: translations(language)["verdicts"][key] for language in LANGUAGES}
