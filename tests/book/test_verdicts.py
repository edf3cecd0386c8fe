"""Evidence decides each claim exactly, or judging fails with a message; nothing is guessed."""

from __future__ import annotations

import pytest
from support.demo import CLAIMS, DEMO, NEWEST, Demo, environment, refusal

from recetario.book.claims import Answer
from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.ids import ClaimId, EnvironmentId, VerdictKey
from recetario.book.verdicts import Reference, Verdict, check_case, check_end, check_options, judge

LOCATION = f'recipes/demo/claims.toml: claim "demo-answers" on {NEWEST}'
END = (
    '[[ends]]\nwhere = { podman = ">=6" }\nstep = "STEP"\nshows = "Error: no way"\nes = "Hasta aquí."\nen = "So far."\n'
)
ENDED = {"check": Output("", "Error: no way\n", 125), "control": Output(status=None)}
NOTHING = Output(status=None)


def note(kind: str, where: str = "{}", text: str = "Because.") -> str:
    """A [[why]] or [[no_control]] entry for claims.toml."""
    return f'\n[[demo-answers.{kind}]]\nwhere = {where}\nes = "{text}"\nen = "{text}"\n'


def key(claim: str, environment_id: str = NEWEST) -> VerdictKey:
    """The key of a verdict in a project's."""
    return ClaimId(claim), EnvironmentId(environment_id)


def derived(name: str, rule: str) -> str:
    """A derived claim for claims.toml."""
    head, tail = CLAIMS.partition("step =")[0], CLAIMS[CLAIMS.index("source =") :]
    return (head + rule + "\n" + tail).replace("[demo-answers]", f"\n[{name}]")


# Patterns.


def test_a_claim_holds_if_its_pattern_matches_a_line(demo: Demo) -> None:
    """The verdict has the step that decided and the control step."""
    assert demo.verdict() == Verdict(
        Answer.HOLDS, evidence=(Reference(DEMO, NEWEST, "check"),), control=Reference(DEMO, NEWEST, "control")
    )


def test_a_claim_fails_if_the_other_pattern_matches_a_line(demo: Demo) -> None:
    """A failing verdict has its reason and the control for failing."""
    demo.claims('control = "control"', 'control = { fails = "control" }', more=note("why"))
    verdict = demo.verdict(check="answer: no\n", control="answer: yes\n")

    assert (verdict.verdict, verdict.word, verdict.why) == ("fails", "fails", {"es": "Because.", "en": "Because."})
    assert verdict.control == Reference(DEMO, NEWEST, "control")


def test_both_streams_are_read(demo: Demo) -> None:
    """Lines of stderr count like those of stdout, because Podman prints errors there."""
    assert demo.verdict(check=Output("", "answer: yes\n")).verdict == "holds"


def test_a_part_of_a_line_decides_nothing(demo: Demo) -> None:
    """Patterns match whole lines only."""
    message = refusal(lambda: demo.verdict(check="the answer: yes, perhaps\n"))

    assert message == (
        f'{LOCATION} is undecided by step "check": neither pattern matches.\n'
        "  It printed:\n    the answer: yes, perhaps"
    )


def test_two_answers_decide_nothing(demo: Demo) -> None:
    """If both patterns match, the claim is undecided."""
    message = refusal(lambda: demo.verdict(check="answer: yes\nanswer: no\n"))

    assert message.startswith(f'{LOCATION} is undecided by step "check": both patterns match.\n')


def test_silence_decides_nothing(demo: Demo) -> None:
    """A step without output decides nothing: the host may be broken."""
    message = refusal(lambda: demo.verdict(check=""))

    assert message.endswith("neither pattern matches.\n  It printed:\n    nothing")


def test_a_cut_output_decides_nothing(demo: Demo) -> None:
    """The missing part may contain the opposite answer."""
    message = refusal(lambda: demo.verdict(check=Output("answer: yes\n", cut=9)))

    assert f'{LOCATION} is undecided by step "check": its output was cut.' in message


def test_the_control_of_an_undecided_claim_is_checked_too(demo: Demo) -> None:
    """A wrong pattern would hide it until the next replay."""
    message = refusal(lambda: demo.verdict(check="answer: perhaps\n", control="answer: never\n"))

    assert f'{LOCATION} is undecided by step "check": neither pattern matches.\n' in message
    assert f'{LOCATION}: its control, step "control", does not show that it fails, either.\n' in message
    assert "answer: never" in message


def test_only_the_last_lines_are_shown(demo: Demo) -> None:
    """The message has at most ten lines of output."""
    message = refusal(lambda: demo.verdict(check="".join(f"line {n}\n" for n in range(100))))

    assert "line 90" in message
    assert "line 89" not in message


def test_the_half_of_a_pair_that_ran_decides(demo: Demo) -> None:
    """The half of a pair that ran decides, and the verdict has the pair's common name."""
    demo.claims('"check"\nholds = "answer: yes"', '"who"\nholds = "I am *"')
    verdict = demo.verdict("5.4-netavark-root", who_root="I am root\n")

    assert verdict.evidence == (Reference(DEMO, EnvironmentId("5.4-netavark-root"), "who"),)


# Controls.


@pytest.mark.parametrize("control", ["answer: yes\n", "", "Segmentation fault\n", "answer: yes\nanswer: no\n"])
def test_a_control_must_give_the_opposite_answer(demo: Demo, control: str) -> None:
    """If the control gives the same answer or crashes, the check proves nothing."""
    message = refusal(lambda: demo.verdict(control=control))

    assert message.startswith(
        f'{LOCATION} holds, but its control, step "control", does not give the opposite answer.\n  It printed:\n'
    )


def test_a_control_with_a_cut_output_is_refused(demo: Demo) -> None:
    """A control whose output was cut proves nothing, as for claims."""
    assert "does not give the opposite" in refusal(lambda: demo.verdict(control=Output("answer: no\n", cut=1)))


def test_a_control_that_did_not_run_is_refused(demo: Demo) -> None:
    """The message says that the control did not run."""
    message = refusal(lambda: demo.verdict(control=NOTHING))

    assert message.endswith("does not give the opposite answer.\n  It did not run.")


def test_a_verdict_without_a_control_is_refused(demo: Demo) -> None:
    """A control for the other verdict does not count."""
    demo.claims(more=note("why"))
    message = refusal(lambda: demo.verdict(check="answer: no\n"))

    assert message == (
        f"{LOCATION} fails, but has neither a control for that verdict nor a reason why there is none.\n"
        '  Add fails = "STEP" to control = { … }: a step that shows the opposite answer.\n'
        "  Or add [[demo-answers.no_control]] with where, es, en."
    )


def test_a_reason_may_replace_a_control(demo: Demo) -> None:
    """A verdict may have a reason for having no control, which pages show."""
    demo.claims(more=note("why") + note("no_control", text="None."))
    verdict = demo.verdict(check="answer: no\n")

    assert (verdict.control, verdict.no_control) == (None, {"es": "None.", "en": "None."})


def test_a_reason_may_replace_a_control_that_does_not_work_everywhere(demo: Demo) -> None:
    """If the control step crashes in some environments, a reason for these is enough."""
    demo.claims(more=note("no_control", '{ podman = ">=6" }', "None."))
    verdict = demo.verdict(control="Error\n")

    assert (verdict.verdict, verdict.control, verdict.no_control) == ("holds", None, {"es": "None.", "en": "None."})


def test_a_reason_does_not_switch_off_a_control_that_works(demo: Demo) -> None:
    """If the control works there, the reason is wrong and its scope must be narrowed."""
    demo.claims(more=note("no_control"))
    message = refusal(demo.verdict)

    assert message == (
        f'{LOCATION}: its control, step "control", gives the opposite answer, but no_control says that no step can.\n'
        "  Narrow the where of [[demo-answers.no_control]]."
    )


def test_two_reasons_for_no_control_are_refused(demo: Demo) -> None:
    """Pages show one reason, so only one may fit an environment."""
    demo.claims('control = "control"', "", more=note("no_control") + note("no_control", '{ podman = ">=6" }'))

    assert f"{LOCATION}: 2 entries of [[demo-answers.no_control]] fit.\n  Narrow" in refusal(demo.verdict)


# Reasons.


@pytest.mark.parametrize("count", [0, 2])
def test_a_failing_verdict_has_exactly_one_reason(demo: Demo, count: int) -> None:
    """A failing verdict needs one reason that fits, not none and not two."""
    demo.claims(more=note("no_control") + note("why") * count + note("why", '{ podman = "<6" }'))
    message = refusal(lambda: demo.verdict(check="answer: no\n"))

    assert message == (
        f"{LOCATION} fails, and needs exactly one reason: {count} fit.\n"
        "  It printed:\n    answer: no\n"
        "  Add or narrow [[demo-answers.why]] with where, es, en."
    )


def test_a_missing_control_and_a_missing_reason_are_reported_at_once(demo: Demo) -> None:
    """A contributor can add both before the next replay."""
    demo.claims(more="\n[demo-also]\n" + CLAIMS.split("\n", 1)[1])
    message = refusal(lambda: check_case(demo.case(), demo.evidence(check="answer: no\n")))

    for claim in ("demo-answers", "demo-also"):
        assert f'claim "{claim}" on {NEWEST} fails, but has neither a control for that' in message
        assert f'claim "{claim}" on {NEWEST} fails, and needs exactly one reason: 0 fit.' in message


def test_a_claim_that_holds_has_no_reason_why_it_fails(demo: Demo) -> None:
    """Its patterns may mean the opposite of what their author thought: nothing else would notice."""
    demo.claims(more=note("why"))

    assert refusal(demo.verdict) == (
        f"{LOCATION} holds, but claims.toml has a reason why it fails there.\n"
        "  It printed:\n    answer: yes\n"
        "  Correct its patterns, or narrow the where of [[demo-answers.why]]."
    )


# Scope.


def test_outside_its_scope_a_claim_does_not_apply(demo: Demo) -> None:
    """The verdict needs no evidence, and its reason is derived from the scope."""
    demo.claims("source", 'about = { backend = "cni" }\nsource')
    verdict = demo.verdict()

    assert (verdict.verdict, verdict.because, verdict.word, verdict.evidence) == ("n/a", "scope", "scope", ())
    assert verdict.why == {
        "es": "La afirmación trata de CNI, y aquí hay netavark.",
        "en": "The claim is about CNI, and here it is netavark.",
    }


@pytest.mark.parametrize(
    ("about", "english"),
    [
        ("rootless = false", "The claim is about root, and here it is rootless."),
        ('podman = "<5,>=4"', f"The claim is about Podman 4.x, and here it is Podman {environment().podman}."),
    ],
)
def test_the_reason_says_what_does_not_fit(demo: Demo, about: str, english: str) -> None:
    """The reason has the mode or the version range of the claim, and those of the environment."""
    demo.claims("source", f"about = {{ {about} }}\nsource")

    assert (demo.verdict().why or {})["en"] == english


def test_outside_its_recipes_scope_a_claim_does_not_apply(demo: Demo) -> None:
    """The recipe is not replayed there, so no evidence is needed."""
    file = demo.claims(first='about = { podman = "<6" }\n')
    verdict = judge(file.claims["demo-answers"], demo.case(), None)

    assert (verdict.verdict, verdict.because) == ("n/a", "scope")


def test_inside_its_scope_a_claim_needs_evidence(demo: Demo) -> None:
    """The message has the commands that create and accept evidence."""
    file = demo.claims()
    message = refusal(lambda: judge(file.claims["demo-answers"], demo.case(), None))

    assert message == (
        f"{LOCATION} has no evidence.\n"
        f"  python3 noxfile.py -s replay -- demo --env {NEWEST}, then read the diff and keep it:\n"
        f"  python3 noxfile.py -s accept -- demo --env {NEWEST}"
    )


# Options.


def test_a_misspelled_option_is_refused_although_the_claim_is_decided(demo: Demo) -> None:
    """A step that goes on after a failure would take the mistake for its *no*."""
    control = Output("answer: no\n", "curl: option --siletn: is unknown\n")

    message = refusal(lambda: check_case(demo.case(), demo.evidence(control=control)))

    assert message == (
        f'demo on {NEWEST}: step "control" uses an option that does not exist there.\n'
        "  It printed: curl: option --siletn: is unknown\n"
        "  Correct the option. If this is the answer, a claim needs a pattern for this line."
    )


@pytest.mark.parametrize("place", ["claim", "end"])
def test_an_option_that_podman_lost_may_be_what_a_recipe_shows(demo: Demo, place: str) -> None:
    """Then a claim or an end has a pattern for it."""
    line = "Error: unknown flag: --link"
    if place == "claim":
        demo.claims('fails = "answer: no"', f'fails = ["answer: no", "{line}"]')
    else:
        demo.claims(first=END.replace("STEP", "check").replace("Error: no way", line))

    check_options(demo.case(), demo.evidence(who_root=Output("", f"{line}\n")))


# Ends.


def ended(demo: Demo, step: str = "check", /, **prints: str | Output) -> None:
    """Check a story that should end at ``step`` and had this output."""
    text = END.replace("STEP", step)
    if "[[ends]]" not in (demo.folder / "claims.toml").read_text():
        demo.claims(first=text)
    check_end(demo.case(), demo.evidence(**prints))


def test_a_complete_story_is_accepted(demo: Demo) -> None:
    """If no end is declared and no step fails, nothing is raised."""
    check_end(demo.case(), demo.evidence())


def test_a_failed_step_is_refused_with_what_it_printed(demo: Demo) -> None:
    """A failed step is an error unless an early end is declared there; the message has its output."""
    evidence = demo.evidence(check=Output("", "Error: no way\n", 125))
    message = refusal(lambda: check_end(demo.case(), evidence))

    assert message == (
        f'demo on {NEWEST}: step "check" ended with status 125.\n  It printed:\n    Error: no way\n'
        "  Fix the step. If it cannot work there, declare that with `[[ends]]` in claims.toml."
    )


def test_a_step_that_did_not_run_is_refused(demo: Demo) -> None:
    """A missing step is an error if no step before it failed."""
    message = refusal(lambda: check_end(demo.case(), demo.evidence(check=NOTHING)))

    assert message == f'demo on {NEWEST}: step "check" did not run, and no step before it failed.'


def test_a_story_that_ends_as_declared_is_accepted(demo: Demo) -> None:
    """If the declared step fails with the declared line, nothing is raised."""
    ended(demo, **ENDED)


def test_a_claim_fails_where_podman_refused_an_earlier_step(demo: Demo) -> None:
    """The end says why, and is what the verdict shows; without `refused`, the claim is not tested."""
    demo.claims(first=END.replace("STEP", "create").replace("shows", "refused = true\nshows"))
    evidence = demo.evidence(**dict.fromkeys(("check", "control"), NOTHING), create=Output("", "Error: no way\n", 1))
    check_end(demo.case(), evidence)
    verdict = judge(demo.case().file.claims["demo-answers"], demo.case(), evidence)

    assert (verdict.verdict, verdict.because, verdict.control) == (Answer.FAILS, None, None)
    assert (verdict.why or {})["en"] == "So far."
    assert [reference.step for reference in verdict.evidence] == ["create"]
    assert (verdict.no_control or {})["en"] == "The story ended here, so no step gives the opposite answer."


def test_a_declared_end_may_name_a_pair(demo: Demo) -> None:
    """An end at a pair means the half that ran."""
    ended(demo, "who", who_rootless=Output("", "Error: no way\n", 1), check=NOTHING, control=NOTHING)


def test_a_story_that_does_not_end_as_declared_is_refused(demo: Demo) -> None:
    """If a new Podman can do it, claims.toml must be changed."""
    message = refusal(lambda: ended(demo))

    assert message == (
        f'demo on {NEWEST}: the story should end at step "check", but did not end early.\n'
        "  It printed:\n    answer: yes\n"
        "  If Podman now behaves like this, change `[[ends]]` in claims.toml."
    )


def test_an_end_at_another_step_is_refused(demo: Demo) -> None:
    """The message has both steps, and the output of the one that failed."""
    message = refusal(lambda: ended(demo, create=Output("", "Error: oh\n", 1)))

    assert (
        f'{NEWEST}: the story should end at step "check", but ended at "create".\n  It printed:\n    Error: oh'
        in message
    )


def test_an_end_for_another_reason_is_refused(demo: Demo) -> None:
    """The declared step failed, but without the declared line."""
    message = refusal(lambda: ended(demo, check=Output("", "no space\n", 1), control=NOTHING))

    assert message == (
        f'demo on {NEWEST}: step "check" ended the story without the line "Error: no way".\n  It printed:\n    no space'
    )


def test_claims_of_steps_after_the_end_are_not_tested(demo: Demo) -> None:
    """The verdict is n/a; it has the text of the end and the step that failed."""
    demo.claims('step = "check"', 'step = "control"', first=END.replace("STEP", "check"))
    verdict = demo.verdict(**ENDED)

    assert (verdict.verdict, verdict.because, verdict.word) == ("n/a", "lab", "lab")
    assert verdict.why == {"es": "Hasta aquí.", "en": "So far."}
    assert verdict.evidence == (Reference(DEMO, NEWEST, "check"),)


# Derived claims.


def test_all_holds_if_all_members_hold(demo: Demo) -> None:
    """It holds if all members hold, and has their evidence."""
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]'))
    verdicts = demo.project().verdicts

    assert verdicts[key("demo-all")] == Verdict(Answer.HOLDS, evidence=(Reference(DEMO, NEWEST, "check"),))


def test_all_fails_if_a_member_fails(demo: Demo) -> None:
    """It fails if one member fails, with its own reason and the evidence of all members."""
    second = CLAIMS.replace("[demo-answers]", "\n[demo-second]").replace('"check"', '"control"')
    second = second.replace('control = "control"', 'control = { fails = "check" }')
    why = note("why").replace("demo-answers", "demo-second") + note("why").replace("demo-answers", "demo-all")
    demo.claims(more=second + derived("demo-all", 'all = ["demo-answers", "demo-second"]') + why)
    verdict = demo.project().verdicts[key("demo-all")]

    assert (verdict.verdict, verdict.why) == ("fails", {"es": "Because.", "en": "Because."})
    assert [reference.step for reference in verdict.evidence] == ["check", "control"]


def test_all_ignores_members_that_do_not_apply(demo: Demo) -> None:
    """Members that do not apply are ignored; if none is left, the claim does not apply."""
    demo.claims("source", 'about = { backend = "cni" }\nsource', more=derived("demo-all", 'all = ["demo-answers"]'))
    verdicts = demo.project().verdicts

    assert verdicts[key("demo-all", "4.3-cni-root")].verdict == "holds"
    assert verdicts[key("demo-all")].because == "scope"
    assert "depends on are not about" in (verdicts[key("demo-all")].why or {})["en"]


def test_all_is_not_tested_if_a_member_is_not(demo: Demo) -> None:
    """If the lab could not test a member, it could not test the derived claim."""
    demo.claims('step = "check"', 'step = "control"', first=END.replace("STEP", "check").replace(">=6", ">=3"))
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]'))
    verdict = demo.project(**ENDED).verdicts[key("demo-all")]

    assert (verdict.because, verdict.why) == ("lab", {"es": "Hasta aquí.", "en": "So far."})


DIFFERS = derived("demo-differs", 'differs = { claim = "demo-answers", between = "backend" }')
SAME = note("why", text="The same.").replace("demo-answers", "demo-differs")


@pytest.mark.parametrize("side", ["4.3-cni-root", "4.3-netavark-root"])
def test_a_difference_holds_for_both_backends(demo: Demo, side: str) -> None:
    """It holds for both backends, with the evidence of both."""
    here = '{ backend = "cni", rootless = false, podman = "==4.3" }'
    same = SAME.replace("where = {}", "where = { rootless = true }")
    demo.claims(more=DIFFERS + same + note("why", here) + note("no_control", here))
    project = demo.project()
    demo.keep(demo.evidence("4.3-cni-root", check="answer: no\n", control="Error\n"))
    verdict = project.verdicts[key("demo-differs", side)]

    assert verdict.verdict == "holds"
    assert {reference.environment for reference in verdict.evidence} == {"4.3-cni-root", "4.3-netavark-root"}


def test_a_difference_fails_if_both_backends_have_the_same_verdict(demo: Demo) -> None:
    """If both backends give the same verdict, the claim fails with its reason."""
    demo.claims(more=DIFFERS + SAME)
    verdict = demo.project().verdicts[key("demo-differs", "4.3-cni-rootless")]

    assert (verdict.verdict, (verdict.why or {})["en"]) == ("fails", "The same.")


def test_a_difference_does_not_apply_without_a_twin(demo: Demo) -> None:
    """The claim does not apply to versions with only one backend."""
    demo.claims(more=DIFFERS + SAME)
    verdict = demo.project().verdicts[key("demo-differs")]

    assert verdict.because == "scope"
    assert (verdict.why or {})["en"] == "This Podman has one backend only: there is nothing to compare it with."


def test_a_difference_does_not_apply_without_a_twin_even_after_an_early_end(demo: Demo) -> None:
    """With only one backend the claim does not apply, even if the lab could not test its member."""
    demo.claims('step = "check"', 'step = "control"', first=END.replace("STEP", "check").replace(">=6", ">=3"))
    demo.claims(more=DIFFERS + SAME)
    verdict = demo.project(**ENDED).verdicts[key("demo-differs")]

    assert verdict.because == "scope"


def test_a_twin_outside_the_scope_is_not_a_missing_twin(demo: Demo) -> None:
    """If the member is not about the other backend, the reason says so, not that there is only one backend."""
    demo.claims("source", 'about = { backend = "cni" }\nsource', more=DIFFERS)
    verdict = demo.project().verdicts[key("demo-differs", "4.3-cni-root")]

    assert (verdict.why or {})["en"] == "The claims that it depends on are not about this environment."


def test_a_derived_claim_has_a_scope_too(demo: Demo) -> None:
    """Its own scope and that of its recipe both count."""
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]\nabout = { rootless = true }'))
    demo.claims(first='about = { podman = "==5.4" }\n')
    verdicts = demo.project().verdicts
    holds = [each.id for each in load_environments() if verdicts[key("demo-all", each.id)].verdict == "holds"]

    assert holds == ["5.4-netavark-rootless"]


@pytest.mark.parametrize("rule", ['all = ["demo-answer"]', 'differs = { claim = "demo-answer", between = "backend" }'])
def test_a_derived_claim_of_an_unknown_claim_is_refused(demo: Demo, rule: str) -> None:
    """The message suggests the most similar claim."""
    demo.claims(more=derived("demo-all", rule))
    message = refusal(lambda: demo.project().verdicts)

    assert message == (
        'recipes/demo/claims.toml: claim "demo-all" on 3.0-cni-root is derived from "demo-answer", '
        'which no recipe decides.\n  Did you mean "demo-answers"?'
    )


def test_a_derived_claim_of_a_derived_claim_is_refused(demo: Demo) -> None:
    """Derived claims can't be members of others."""
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]') + derived("demo-more", 'all = ["demo-all"]'))

    assert 'is derived from "demo-all", which no recipe decides.' in refusal(lambda: demo.project().verdicts)


def test_every_claim_has_a_verdict_in_every_environment(demo: Demo) -> None:
    """There is a verdict for every pair of claim and environment, in table order."""
    verdicts = demo.project().verdicts

    assert list(verdicts) == [("demo-answers", environment.id) for environment in load_environments()]
