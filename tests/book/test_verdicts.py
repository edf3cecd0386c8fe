"""A verdict is what the evidence says, or a refusal; never a guess."""

from __future__ import annotations

import pytest
from support.demo import CLAIMS, NEWEST, Demo, refusal

from recetario.book.environments import load_environments
from recetario.book.evidence import Output
from recetario.book.verdicts import Reference, Verdict, check_case, check_end, judge

PLACE = f'recipes/demo/claims.toml: claim "demo-answers" on {NEWEST}'
END = (
    '[[ends]]\nwhere = { podman = ">=6" }\nstep = "STEP"\nshows = "Error: no way"\nes = "Hasta aquí."\nen = "So far."\n'
)
ENDED = {"check": Output("", "Error: no way\n", 125), "control": Output(status=None)}
NOTHING = Output(status=None)


def note(kind: str, where: str = "{}", text: str = "Because.") -> str:
    """A reason, as claims.toml has it."""
    return f'\n[[demo-answers.{kind}]]\nwhere = {where}\nes = "{text}"\nen = "{text}"\n'


def derived(name: str, rule: str) -> str:
    """A claim that other claims decide."""
    head, tail = CLAIMS.partition("step =")[0], CLAIMS[CLAIMS.index("source =") :]
    return (head + rule + "\n" + tail).replace("[demo-answers]", f"\n[{name}]")


# What a step says.


def test_a_claim_holds_where_its_pattern_is_a_line(demo: Demo) -> None:
    """The verdict names the step that decided, and the one that shows the opposite."""
    assert demo.verdict() == Verdict(
        "holds", evidence=(Reference("demo", NEWEST, "check"),), control=Reference("demo", NEWEST, "control")
    )


def test_a_claim_fails_where_the_other_pattern_is_a_line(demo: Demo) -> None:
    """With the reason why, and a control of its own."""
    demo.claims('control = "control"', 'control = { fails = "control" }', more=note("why"))
    verdict = demo.verdict(check="answer: no\n", control="answer: yes\n")

    assert (verdict.verdict, verdict.word, verdict.why) == ("fails", "fails", {"es": "Because.", "en": "Because."})
    assert verdict.control == Reference("demo", NEWEST, "control")


def test_either_stream_decides(demo: Demo) -> None:
    """Podman says no on stderr."""
    assert demo.verdict(check=Output("", "answer: yes\n")).verdict == "holds"


def test_a_part_of_a_line_decides_nothing(demo: Demo) -> None:
    """Exact means the whole line."""
    words = refusal(lambda: demo.verdict(check="the answer: yes, perhaps\n"))

    assert words == (
        f'{PLACE} is undecided by step "check": neither pattern matches.\n  It printed:\n    the answer: yes, perhaps'
    )


def test_two_answers_decide_nothing(demo: Demo) -> None:
    """A step that says yes and no proves neither."""
    words = refusal(lambda: demo.verdict(check="answer: yes\nanswer: no\n"))

    assert words.startswith(f'{PLACE} is undecided by step "check": both patterns match.\n')


def test_silence_decides_nothing(demo: Demo) -> None:
    """A broken host is no verdict."""
    words = refusal(lambda: demo.verdict(check=""))

    assert words.endswith("neither pattern matches.\n  It printed:\n    nothing")


def test_a_cut_output_decides_nothing(demo: Demo) -> None:
    """What is missing may have said the opposite."""
    words = refusal(lambda: demo.verdict(check=Output("answer: yes\n", cut=9)))

    assert f'{PLACE} is undecided by step "check": its output was cut.' in words


def test_only_the_last_lines_are_told(demo: Demo) -> None:
    """A hundred lines would hide what is wrong with them."""
    words = refusal(lambda: demo.verdict(check="".join(f"line {n}\n" for n in range(100))))

    assert "line 90" in words
    assert "line 89" not in words


def test_of_a_pair_the_one_that_ran_decides(demo: Demo) -> None:
    """The other printed nothing there; pages know the pair by one name."""
    demo.claims('"check"\nholds = "answer: yes"', '"who"\nholds = "I am *"')
    verdict = demo.verdict("5.4-netavark-root", who_root="I am root\n")

    assert verdict.evidence == (Reference("demo", "5.4-netavark-root", "who"),)


# Controls.


@pytest.mark.parametrize("control", ["answer: yes\n", "", "Segmentation fault\n", "answer: yes\nanswer: no\n"])
def test_a_control_must_give_the_opposite_answer(demo: Demo, control: str) -> None:
    """If it passes too, or crashes, the check proves nothing."""
    words = refusal(lambda: demo.verdict(control=control))

    assert words.startswith(
        f'{PLACE} holds, and its control, step "control", does not give the opposite answer.\n  It printed:\n'
    )


def test_a_control_that_was_cut_shows_nothing(demo: Demo) -> None:
    """Nor does a claim."""
    assert "does not give the opposite" in refusal(lambda: demo.verdict(control=Output("answer: no\n", cut=1)))


def test_a_control_that_did_not_run_is_told(demo: Demo) -> None:
    """It printed nothing, for another reason."""
    words = refusal(lambda: demo.verdict(control=NOTHING))

    assert words.endswith("does not give the opposite answer.\n  It did not run.")


def test_a_verdict_without_a_control_is_refused(demo: Demo) -> None:
    """The control of the other verdict does not count."""
    demo.claims(more=note("why"))
    words = refusal(lambda: demo.verdict(check="answer: no\n"))

    assert words == (
        f"{PLACE} fails, and has neither a control for that nor a reason why there is none.\n"
        '  Add fails = "STEP" to control = { … }: a step that shows the opposite answer.\n'
        "  Or [[demo-answers.no_control]] with where, es, en."
    )


def test_where_no_opposite_can_be_had_a_reason_stands_for_it(demo: Demo) -> None:
    """Pages show it."""
    demo.claims(more=note("why") + note("no_control", text="None."))
    verdict = demo.verdict(check="answer: no\n")

    assert (verdict.control, verdict.no_control) == (None, {"es": "None.", "en": "None."})


def test_a_reason_stands_for_a_control_that_cannot_show_it_there(demo: Demo) -> None:
    """On an old version the step crashes, and claims.toml says so."""
    demo.claims(more=note("no_control", '{ podman = ">=6" }', "None."))
    verdict = demo.verdict(control="Error\n")

    assert (verdict.verdict, verdict.control, verdict.no_control) == ("holds", None, {"es": "None.", "en": "None."})


def test_a_reason_does_not_switch_off_a_control_that_works(demo: Demo) -> None:
    """Its scope is too wide, and the page would say what is not true."""
    demo.claims(more=note("no_control"))
    words = refusal(demo.verdict)

    assert words == (
        f'{PLACE}: its control, step "control", gives the opposite answer, and no_control says that none can.\n'
        "  Narrow the where of [[demo-answers.no_control]]."
    )


def test_two_reasons_for_no_control_are_refused(demo: Demo) -> None:
    """A page shows one."""
    demo.claims('control = "control"', "", more=note("no_control") + note("no_control", '{ podman = ">=6" }'))

    assert f"{PLACE}: 2 [[demo-answers.no_control]] fit there.\n  Narrow" in refusal(demo.verdict)


# Reasons.


@pytest.mark.parametrize("count", [0, 2])
def test_a_failing_verdict_has_exactly_one_reason(demo: Demo, count: int) -> None:
    """None explains nothing, and of two one is wrong."""
    demo.claims(more=note("no_control") + note("why") * count + note("why", '{ podman = "<6" }'))
    words = refusal(lambda: demo.verdict(check="answer: no\n"))

    assert words == (
        f"{PLACE} fails, and must say why exactly once: {count} reasons fit.\n"
        "  It printed:\n    answer: no\n"
        "  Add or narrow [[demo-answers.why]] with where, es, en."
    )


def test_a_missing_control_and_a_missing_reason_are_reported_at_once(demo: Demo) -> None:
    """So that a contributor adds both before the next replay."""
    demo.claims(more="\n[demo-also]\n" + CLAIMS.split("\n", 1)[1])
    words = refusal(lambda: check_case(demo.case(), demo.evidence(check="answer: no\n")))

    for claim in ("demo-answers", "demo-also"):
        assert f'claim "{claim}" on {NEWEST} fails, and has neither a control for that' in words
        assert f'claim "{claim}" on {NEWEST} fails, and must say why exactly once: 0 reasons fit.' in words


def test_a_claim_that_holds_needs_no_reason(demo: Demo) -> None:
    """Those for other places are not shown here."""
    demo.claims(more=note("why"))

    assert demo.verdict().why is None


# Scope.


def test_outside_its_scope_a_claim_does_not_apply(demo: Demo) -> None:
    """No evidence is asked for; the reason is made from the scope."""
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
        ('podman = "<5,>=4"', "The claim is about Podman 4.x, and here it is Podman 6.1."),
    ],
)
def test_the_reason_names_what_does_not_fit(demo: Demo, about: str, english: str) -> None:
    """Mode and version, too."""
    demo.claims("source", f"about = {{ {about} }}\nsource")

    assert (demo.verdict().why or {})["en"] == english


def test_outside_its_recipes_scope_a_claim_does_not_apply(demo: Demo) -> None:
    """The recipe is not replayed there at all."""
    file = demo.claims(first='about = { podman = "<6" }\n')
    verdict = judge(file.claims["demo-answers"], demo.case(), None)

    assert (verdict.verdict, verdict.because) == ("n/a", "scope")


def test_inside_its_scope_a_claim_needs_evidence(demo: Demo) -> None:
    """The message says how to make it."""
    file = demo.claims()
    words = refusal(lambda: judge(file.claims["demo-answers"], demo.case(), None))

    assert words == (
        f"{PLACE} has no evidence.\n"
        f"  nox -s replay -- demo --env {NEWEST}, then read the diff and keep it:\n"
        f"  nox -s accept -- demo --env {NEWEST}"
    )


# Ends.


def ended(demo: Demo, step: str = "check", **prints: str | Output) -> None:
    """Look at the end of a story that should end at ``step`` and printed this."""
    text = END.replace("STEP", step)
    if "[[ends]]" not in (demo.folder / "claims.toml").read_text():
        demo.claims(first=text)
    check_end(demo.case(), demo.evidence(**prints))


def test_a_complete_story_is_as_it_should_be(demo: Demo) -> None:
    """No end is declared, and none came."""
    check_end(demo.case(), demo.evidence())


def test_a_failed_step_is_refused_with_what_it_printed(demo: Demo) -> None:
    """Where no end is declared."""
    evidence = demo.evidence(check=Output("", "Error: no way\n", 125))
    words = refusal(lambda: check_end(demo.case(), evidence))

    assert words == (
        f'demo on {NEWEST}: step "check" ended with status 125.\n  It printed:\n    Error: no way\n'
        "  Mend the step; where it cannot work, say so with `[[ends]]` in claims.toml."
    )


def test_a_step_that_did_not_run_is_refused(demo: Demo) -> None:
    """A hole in a story is no end of it."""
    words = refusal(lambda: check_end(demo.case(), demo.evidence(check=NOTHING)))

    assert words == f'demo on {NEWEST}: step "check" did not run, and no step before it failed.'


def test_a_declared_end_that_comes_true_is_as_it_should_be(demo: Demo) -> None:
    """The step failed with the line that was said."""
    ended(demo, **ENDED)


def test_a_declared_end_may_name_a_pair(demo: Demo) -> None:
    """It means the half that ran."""
    ended(demo, "who", who_rootless=Output("", "Error: no way\n", 1), check=NOTHING, control=NOTHING)


def test_a_declared_end_that_does_not_come_is_refused(demo: Demo) -> None:
    """The world got better: claims.toml must follow."""
    words = refusal(lambda: ended(demo))

    assert words == (
        f'demo on {NEWEST}: the story should end at step "check" and did not end.\n  It printed:\n    answer: yes\n'
        "  If that is how it is now, change `[[ends]]` in claims.toml."
    )


def test_an_end_at_another_step_is_refused(demo: Demo) -> None:
    """Both are named, with what the one that failed printed."""
    words = refusal(lambda: ended(demo, create=Output("", "Error: oh\n", 1)))

    assert (
        f'{NEWEST}: the story should end at step "check" and ended at "create".\n  It printed:\n    Error: oh' in words
    )


def test_an_end_for_another_reason_is_refused(demo: Demo) -> None:
    """The line that was declared is not there."""
    words = refusal(lambda: ended(demo, check=Output("", "no space\n", 1), control=NOTHING))

    assert words == (
        f'demo on {NEWEST}: step "check" ended the story without the line "Error: no way".\n  It printed:\n    no space'
    )


def test_after_the_end_claims_are_not_tested(demo: Demo) -> None:
    """The verdict says what was tried, and shows where it ended."""
    demo.claims('step = "check"', 'step = "control"', first=END.replace("STEP", "check"))
    verdict = demo.verdict(**ENDED)

    assert (verdict.verdict, verdict.because, verdict.word) == ("n/a", "lab", "lab")
    assert verdict.why == {"es": "Hasta aquí.", "en": "So far."}
    assert verdict.evidence == (Reference("demo", NEWEST, "check"),)


# Derived claims.


def test_all_of_some_claims(demo: Demo) -> None:
    """It holds where all of them do; its evidence is theirs."""
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]'))
    verdicts = demo.project().verdicts

    assert verdicts["demo-all", NEWEST] == Verdict("holds", evidence=(Reference("demo", NEWEST, "check"),))


def test_all_fails_where_one_does(demo: Demo) -> None:
    """And says why itself."""
    second = CLAIMS.replace("[demo-answers]", "\n[demo-second]").replace('"check"', '"control"')
    second = second.replace('control = "control"', 'control = { fails = "check" }')
    why = note("why").replace("demo-answers", "demo-second") + note("why").replace("demo-answers", "demo-all")
    demo.claims(more=second + derived("demo-all", 'all = ["demo-answers", "demo-second"]') + why)
    verdict = demo.project().verdicts["demo-all", NEWEST]

    assert (verdict.verdict, verdict.why) == ("fails", {"es": "Because.", "en": "Because."})
    assert [one.step for one in verdict.evidence] == ["check", "control"]


def test_all_leaves_out_what_does_not_apply(demo: Demo) -> None:
    """And does not apply itself where nothing is left."""
    demo.claims("source", 'about = { backend = "cni" }\nsource', more=derived("demo-all", 'all = ["demo-answers"]'))
    verdicts = demo.project().verdicts

    assert verdicts["demo-all", "4.3-cni-root"].verdict == "holds"
    assert verdicts["demo-all", NEWEST].because == "scope"
    assert "depends on are not about" in (verdicts["demo-all", NEWEST].why or {})["en"]


def test_all_is_not_tested_where_one_is_not(demo: Demo) -> None:
    """What the lab could not show it could not show of the whole."""
    demo.claims('step = "check"', 'step = "control"', first=END.replace("STEP", "check").replace(">=6", ">=3"))
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]'))
    verdict = demo.project(**ENDED).verdicts["demo-all", NEWEST]

    assert (verdict.because, verdict.why) == ("lab", {"es": "Hasta aquí.", "en": "So far."})


DIFFERS = derived("demo-differs", 'differs = { claim = "demo-answers", between = "backend" }')
SAME = note("why", text="The same.").replace("demo-answers", "demo-differs")


@pytest.mark.parametrize("side", ["4.3-cni-root", "4.3-netavark-root"])
def test_a_difference_holds_on_both_its_sides(demo: Demo, side: str) -> None:
    """By the evidence of both."""
    here = '{ backend = "cni", rootless = false, podman = "==4.3" }'
    demo.claims(more=DIFFERS + SAME + note("why", here) + note("no_control", here))
    project = demo.project()
    demo.keep(demo.evidence("4.3-cni-root", check="answer: no\n", control="Error\n"))
    verdict = project.verdicts["demo-differs", side]

    assert verdict.verdict == "holds"
    assert {one.environment for one in verdict.evidence} == {"4.3-cni-root", "4.3-netavark-root"}


def test_there_is_no_difference_where_both_answer_alike(demo: Demo) -> None:
    """Then the sentence fails, and says why."""
    demo.claims(more=DIFFERS + SAME)
    verdict = demo.project().verdicts["demo-differs", "4.3-cni-rootless"]

    assert (verdict.verdict, (verdict.why or {})["en"]) == ("fails", "The same.")


def test_without_a_twin_there_is_no_difference_to_see(demo: Demo) -> None:
    """Most versions have one backend."""
    demo.claims(more=DIFFERS + SAME)
    verdict = demo.project().verdicts["demo-differs", NEWEST]

    assert verdict.because == "scope"
    assert (verdict.why or {})["en"] == "This Podman has one backend only: there is nothing to compare it with."


def test_without_a_twin_an_early_end_does_not_matter(demo: Demo) -> None:
    """With nothing to compare it with, what the lab could not show is not missing."""
    demo.claims('step = "check"', 'step = "control"', first=END.replace("STEP", "check").replace(">=6", ">=3"))
    demo.claims(more=DIFFERS + SAME)
    verdict = demo.project(**ENDED).verdicts["demo-differs", NEWEST]

    assert verdict.because == "scope"


def test_a_twin_that_a_claim_is_not_about_is_no_missing_twin(demo: Demo) -> None:
    """The reason says which of the two it is."""
    demo.claims("source", 'about = { backend = "cni" }\nsource', more=DIFFERS)
    verdict = demo.project().verdicts["demo-differs", "4.3-cni-root"]

    assert (verdict.why or {})["en"] == "The claims that it depends on are not about this environment."


def test_a_derived_claim_has_a_scope_too(demo: Demo) -> None:
    """Its own, and that of its recipe."""
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]\nabout = { rootless = true }'))
    demo.claims(first='about = { podman = ">=5" }\n')
    verdicts = demo.project().verdicts
    holds = [one.id for one in load_environments() if verdicts["demo-all", one.id].verdict == "holds"]

    assert holds == ["5.4-netavark-rootless", "5.8-netavark-rootless", NEWEST]


@pytest.mark.parametrize("rule", ['all = ["demo-answer"]', 'differs = { claim = "demo-answer", between = "backend" }'])
def test_a_derived_claim_names_claims_that_exist(demo: Demo, rule: str) -> None:
    """The nearest is suggested."""
    demo.claims(more=derived("demo-all", rule))
    words = refusal(lambda: demo.project().verdicts)

    assert words == (
        'recipes/demo/claims.toml: claim "demo-all" on 3.0-cni-root is derived from "demo-answer", '
        'which no recipe decides.\n  Did you mean "demo-answers"?'
    )


def test_a_derived_claim_names_no_derived_one(demo: Demo) -> None:
    """One level is all there is."""
    demo.claims(more=derived("demo-all", 'all = ["demo-answers"]') + derived("demo-more", 'all = ["demo-all"]'))

    assert 'is derived from "demo-all", which no recipe decides.' in refusal(lambda: demo.project().verdicts)


def test_every_claim_has_a_verdict_in_every_environment(demo: Demo) -> None:
    """A grid has no empty field."""
    verdicts = demo.project().verdicts

    assert list(verdicts) == [("demo-answers", one.id) for one in load_environments()]
