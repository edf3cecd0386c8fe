"""claims.toml is read completely, or refused with the file, the claim and what to do."""

from __future__ import annotations

import pytest
from support.demo import CLAIMS, Demo, refusal

from recetario.book.claims import ClaimFile
from recetario.book.claims_toml import load_claims
from recetario.book.environments import load_environments

CLAIM = 'recipes/demo/claims.toml: claim "demo-answers"'
BOTH = "Write it in every language: es, en."
NOTE = '\n[[demo-answers.why]]\nwhere = { podman = "<4" }\nes = "Porque no."\nen = "Because."\n'
END = '[[ends]]\nwhere = { podman = "<4" }\nstep = "check"\nshows = "Error: x*"\nes = "Hasta aquí."\nen = "So far."\n'


def test_all_keys_of_a_claim_are_read(demo: Demo) -> None:
    """All keys of a claim end up in its attributes."""
    claim = demo.claims(more=NOTE).claims["demo-answers"]

    assert claim.text == {"es": "La demo *contesta* que sí.", "en": "The demo *answers* yes."}
    assert (claim.id, claim.recipe, claim.step, claim.source["en"]) == ("demo-answers", "demo", "check", "demo(1)")
    assert (claim.holds, claim.fails, claim.controls) == (("answer: yes",), ("answer: no",), {"holds": "control"})
    assert claim.why[0].text == {"es": "Porque no.", "en": "Because."}


def test_settings_are_read(demo: Demo) -> None:
    """All settings of a recipe end up in the attributes of the file."""
    first = 'about = { rootless = true }\nneeds = ["browser"]\nalone = true\n'
    file = demo.claims(first=first + 'reference = "4.3-cni-rootless"\n')

    assert (file.recipe, file.about.rootless, file.needs) == ("demo", True, ("browser",))
    assert (file.alone, file.reference) == (True, "4.3-cni-rootless")


def test_needs_that_no_host_can_have_are_refused(demo: Demo) -> None:
    """With the file, and what to do."""
    message = refusal(lambda: demo.claims(first='needs = ["firewalld"]\n'))

    assert message.endswith(
        'has needs = [\'firewalld\']. A host with "firewalld" also needs "systemd".\n  Add "systemd".'
    )


def test_what_a_host_does_without_is_read(demo: Demo) -> None:
    """Beside what it needs."""
    file = demo.claims(first='needs = ["systemd"]\nwithout = ["forwarding", "network-online"]\n')

    assert file.without == ("forwarding", "network-online")


def test_what_no_host_can_do_without_is_refused(demo: Demo) -> None:
    """With the file, and what to do."""
    message = refusal(lambda: demo.claims(first='without = ["network-online"]\n'))

    assert message.endswith(
        'has without = [\'network-online\']. Only a host with "systemd" has "network-online".'
        '\n  Add "systemd" to needs.'
    )


def test_a_restart_needs_systemd(demo: Demo) -> None:
    """Without it, nothing would come back."""
    lines = 'if lab_only "It restarts the machine."; then\n  systemctl reboot\nfi'
    demo.recipe('echo "demo created"', lines)
    message = refusal(demo.claims)

    assert 'has no "systemd" in needs, without which step "create" can\'t restart the machine.' in message


LAB_ONLY = '[lab_only.create]\nes = "Borra todo."\nen = "It deletes everything."\n'


def test_the_reason_of_a_lab_only_step_is_read(demo: Demo) -> None:
    """The reason is found by the name of the step, in both languages."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  true\nfi')

    assert demo.claims(more=LAB_ONLY).lab_only == {"create": {"es": "Borra todo.", "en": "It deletes everything."}}


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("", "has no [lab_only.create].\n  Say what the step would do to a machine: es, en."),
        (LAB_ONLY.replace("every", "any"), 'has en = "It deletes anything." in [lab_only.create], but the step says '),
        ('[lab_only.create]\nen = "It deletes everything."\n', 'has no [lab_only.create] in "es".'),
    ],
)
def test_a_lab_only_step_has_one_reason_in_each_language(demo: Demo, more: str, what: str) -> None:
    """Pages show the reason in their language; the English one must be what the step prints."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  true\nfi')

    assert refusal(lambda: demo.claims(more=more)).startswith(f"recipes/demo/claims.toml {what}")


def test_settings_may_be_left_out(demo: Demo) -> None:
    """All settings have defaults."""
    file = demo.claims()

    assert (file.needs, file.alone, file.lab_only, file.reference, file.ends) == ((), False, {}, "", ())


def test_a_pattern_may_be_a_list(demo: Demo) -> None:
    """A list of patterns is kept as a tuple; any of them may match."""
    file = demo.claims('fails = "answer: no"', 'fails = ["answer: no", "no answer"]')

    assert file.claims["demo-answers"].fails == ("answer: no", "no answer")


def test_a_control_may_be_given_for_each_verdict(demo: Demo) -> None:
    """A claim that holds in some environments and fails in others needs a control for each."""
    file = demo.claims('control = "control"', 'control = { holds = "control", fails = "check" }')

    assert file.claims["demo-answers"].controls == {"holds": "control", "fails": "check"}


def test_the_steps_of_a_fix_are_read(demo: Demo) -> None:
    """They may include the step that decides: on some pages, the fix is the command that answers."""
    claim = demo.claims('step = "check"', 'fix = ["create", "check"]\nstep = "check"').claims["demo-answers"]

    assert claim.fix == ("create", "check")


@pytest.mark.parametrize(
    ("fix", "what"),
    [
        ('["chek"]', f'{CLAIM} names step "chek", which recipe.sh does not have.\n  Did you mean "check"?'),
        ('["control"]', f'{CLAIM} recommends step "control", but is decided before it, by step "check".'),
        ('["who", "who", "who", "who", "who", "who"]', f"{CLAIM} recommends 6 steps.\n  A fix has at most 5"),
    ],
)
def test_an_invalid_fix_is_refused(demo: Demo, fix: str, what: str) -> None:
    """A claim judges the steps of its fix, so they come before the step that decides."""
    assert refusal(lambda: demo.claims('step = "check"', f'fix = {fix}\nstep = "check"')).startswith(what)


def test_a_fix_has_no_lab_only_step(demo: Demo) -> None:
    """Readers can't run it."""
    demo.recipe('echo "demo created"', 'if lab_only "It deletes everything."; then\n  true\nfi')
    message = refusal(lambda: demo.claims('step = "check"', 'fix = ["create"]\nstep = "check"', more=LAB_ONLY))

    assert message.startswith(f'{CLAIM} recommends step "create", which is only for the lab.')


def test_only_the_first_claim_has_a_fix(demo: Demo) -> None:
    """The page recommends one."""
    second = CLAIMS.replace("[demo-answers]", "\n[demo-second]").replace("step =", 'fix = ["create"]\nstep =')

    assert refusal(lambda: demo.claims(more=second)).startswith(
        'recipes/demo/claims.toml has the fix of claim "demo-second", which is not its first claim.'
    )


def test_titles_of_steps_are_read(demo: Demo) -> None:
    """Of existing steps, in every language."""
    more = '\n[titles]\ncreate = { es = "Crea", en = "Create" }\n'

    assert demo.claims(more=more).titles == {"create": {"es": "Crea", "en": "Create"}}
    assert refusal(lambda: demo.claims("create =", "creat =")).startswith(
        "recipes/demo/claims.toml has [titles.creat], but recipe.sh has no step of that name."
    )


def test_a_pair_may_decide_a_claim(demo: Demo) -> None:
    """``step`` may be the common name of a pair or the name of one half."""
    assert demo.claims('step = "check"', 'step = "who"').claims["demo-answers"].step == "who"
    assert demo.claims('step = "who"', 'step = "who-root"').claims["demo-answers"].step == "who-root"


def test_a_claim_may_be_derived(demo: Demo) -> None:
    """Either it holds if all of its members hold, or if the verdict on another claim depends on the backend."""
    claim = CLAIMS.partition("step =")[0] + 'source = "x"\n' + CLAIMS[CLAIMS.index("instead.es") :]
    both = claim.replace("demo-answers", "demo-both") + 'all = ["demo-answers", "other"]\n'
    differs = claim.replace("demo-answers", "demo-differs") + 'differs = { claim = "other", between = "backend" }\n'
    claims = demo.claims(more=both + differs).claims

    assert claims["demo-both"].all == ("demo-answers", "other")
    assert claims["demo-differs"].differs == "other"


def test_an_end_is_read(demo: Demo) -> None:
    """All keys of [[ends]] end up in its attributes."""
    (end,) = demo.claims(first=END).ends

    assert (end.step, end.shows, str(end.where.podman)) == ("check", "Error: x*", "<4")
    assert end.text == {"es": "Hasta aquí.", "en": "So far."}


MISTAKES = {
    "key": ("control =", "controll =", 'has the unknown key "controll".', 'Did you mean "control"?'),
    "step": ('"check"', '"chek"', 'names step "chek", which recipe.sh does not have.', 'Did you mean "check"?'),
    "control": ('= "control"', '= "controls"', 'names step "controls", which', 'Did you mean "control"?'),
    "no step": ('step = "check"', "", 'has no "step".', 'Add a line: step = "…"'),
    "no source": ('"demo(1)"', '" "', 'has no "source".', 'Add a line: source = "…"'),
    "no holds": ('holds = "answer: yes"', "", 'has no pattern for "holds".', "Both holds and fails are needed"),
    "no fails": (
        'fails = "answer: no"',
        "fails = []",
        'has no pattern for "fails".',
        "Both holds and fails are needed",
    ),
    "fails in numbers": (
        'fails = "answer: no"',
        "fails = 3",
        'has "fails", which must be a list of strings.',
        'Write fails = ["…"].',
    ),
    "empty pattern": (
        '"answer: yes"',
        '"*"',
        'has the pattern "*" in holds, which is empty or has only wildcards.',
        "Write the line",
    ),
    "dialect": (
        '"answer: no"',
        "'x[^a]'",
        'has the pattern "x[^a]" in fails, which contains "[^", which Python and bash read',
        "Use only *, ?",
    ),
    "token": (
        '"answer: no"',
        '"<time>*"',
        'has the pattern "<time>*" in fails, which contains the token "<time>" of',
        "Write * instead",
    ),
    "usage error": (
        '"answer: no"',
        '"*unknown flag*"',
        'has the pattern "*unknown flag*" in fails, which a misspelled command would match, too: "Error: unknown',
        "Match the line that says what happened (*NXDOMAIN*)",
    ),
    "usage error in a list": (
        '"answer: no"',
        '["answer: no", "nsenter: *"]',
        'has the pattern "nsenter: *" in fails, which a misspelled command would match, too: "nsenter: unrec',
        "make the step print one",
    ),
    "exit status": (
        '"answer: yes"',
        '"exit status: 1"',
        'has the pattern "exit status: 1" in holds, which a misspelled command would match, too: "exit status: 1"',
        "make the step print one",
    ),
    "no text": ('text.en = "The', '#"The', 'has no text in "en".', BOTH),
    "empty text": ('"La demo *contesta* que sí."', '" "', 'has no text in "es".', BOTH),
    "text in numbers": ('"La demo *contesta* que sí."', "3", 'has no text in "es".', BOTH),
    "text in French": ("text.es", 'text.fr = "Oui."\ntext.es', 'has the unknown key "fr".', "Available: en, es."),
    "no advice": ('instead.en = "Ask', '#"Ask', 'has no instead (what to do today) in "en".', BOTH),
    "verdict": (
        '= "control"',
        '= { hold = "control" }',
        'has a control for the unknown verdict "hold".',
        'Write control = { holds = "STEP"',
    ),
    "control list": ('= "control"', '= ["control"]', 'has "control", which must be a table.', "Write control = { … }."),
    "control number": ('= "control"', "= { holds = 3 }", 'has no "holds".', 'Add a line: holds = "…"'),
    "backend": (
        "source",
        'about.backend = "netvark"\nsource',
        'names backend "netvark", which does not exist.',
        'mean "netavark"?',
    ),
    "backends": ("source", 'about.backend = ["cni"]\nsource', 'has no "backend".', 'Add a line: backend = "…"'),
    "mode": (
        "source",
        'about.rootless = "yes"\nsource',
        'has "rootless", which must be true or false.',
        "without quotes",
    ),
    "range": (
        "source",
        'about.podman = "4.3"\nsource',
        'has podman = "4.3", which is not a version range.',
        '">=4.0,<5"',
    ),
    "patch version": (
        "source",
        'about.podman = ">=4,<5.4.2"\nsource',
        'has podman = ">=4,<5.4.2", but "<5.4.2" is not a condition on minor versions.',
        '">=4.0,<5"',
    ),
    "all but a major version": (
        "source",
        'about.podman = "!=5.*"\nsource',
        'has podman = "!=5.*", but "!=5.*" is not a condition on minor versions.',
        '">=4.0,<5"',
    ),
    "scope": (
        "source",
        'about.version = "4"\nsource',
        'has the unknown key "version".',
        "Available: backend, podman, rootless",
    ),
    "scope text": ("source", 'about = "cni"\nsource', 'has "about", which must be a table.', "Write about = { … }."),
    "nowhere": (
        "source",
        'about.podman = "<1"\nsource',
        'has "about", which fits no environment of this recipe.',
        "recetario envs",
    ),
    "all empty": (
        "source",
        "all = []\nsource",
        'has the unknown key "',
        "Available: about, all, differs, instead, source, text, why",
    ),
}


@pytest.mark.parametrize(("old", "new", "what", "todo"), MISTAKES.values(), ids=MISTAKES)
def test_an_invalid_claim_is_refused(demo: Demo, old: str, new: str, what: str, todo: str) -> None:
    """The message has the file, the claim, what is wrong, and what to write instead."""
    message = refusal(lambda: demo.claims(old, new))

    assert message.startswith(f"{CLAIM} {what}")
    assert todo in message.partition("\n")[2]


NOTES = {
    "one bracket": ("[[", "[", "]]", "]", 'has "why", which must be a list of tables.'),
    "key": ("where", "were", "", "", 'has the unknown key "were".'),
    "language": ("en =", "#", "", "", 'has no why in "en".'),
    "scope": ('podman = "<4"', "mode = 1", "", "", 'has the unknown key "mode".'),
    "nowhere": ('"<4"', '"<1"', "", "", 'has "where", which fits no environment of this recipe.'),
}


@pytest.mark.parametrize(("old", "new", "old2", "new2", "what"), NOTES.values(), ids=NOTES)
def test_an_invalid_reason_is_refused(demo: Demo, old: str, new: str, old2: str, new2: str, what: str) -> None:
    """A reason must have es and en, and may have a valid where."""
    message = refusal(lambda: demo.claims(more=NOTE.replace(old, new).replace(old2, new2)))

    assert message.startswith(f"{CLAIM} {what}\n  ")


ENDS = {
    "step": (
        '"check"',
        '"chek"',
        'recipes/demo/claims.toml: [[ends]] names step "chek", which recipe.sh does not have.',
    ),
    "line": ('shows = "Error: x*"', "", 'recipes/demo/claims.toml: [[ends]] has no "shows".'),
    "dialect": (
        "Error: x*",
        "*(x)",
        'recipes/demo/claims.toml: [[ends]] has the pattern "*(x)" in shows, which contains "*("',
    ),
    "usage error": (
        "Error: x*",
        "Error: *",
        'recipes/demo/claims.toml: [[ends]] has the pattern "Error: *" in shows, which a misspelled command',
    ),
    "language": ("es =", "#", 'recipes/demo/claims.toml: [[ends]] has no text in "es".'),
    "key": ("where", "were", 'recipes/demo/claims.toml: [[ends]] has the unknown key "were".'),
}


@pytest.mark.parametrize(("old", "new", "what"), ENDS.values(), ids=ENDS)
def test_an_invalid_end_is_refused(demo: Demo, old: str, new: str, what: str) -> None:
    """An early end must have step, shows, es and en, and may have a valid where."""
    assert refusal(lambda: demo.claims(first=END.replace(old, new))).startswith(what)


def test_two_ends_in_one_environment_are_refused(demo: Demo) -> None:
    """The story can end early only once in an environment."""
    message = refusal(lambda: demo.claims(first=END + END.replace("check", "create")))

    assert (
        message
        == "recipes/demo/claims.toml: [[ends]] has two entries that fit 3.0-cni-root.\n  Narrow the where of one."
    )


DERIVED = {
    "both": ('all = ["a"]\ndiffers = { claim = "a", between = "backend" }', 'has both "all" and "differs".'),
    "none": ("all = []", 'has an "all" that names no claim.'),
    "a word": ('all = "a"', 'has "all", which must be a list of strings.'),
    "a name": ('differs = "a"', 'has a "differs" of another form.'),
    "the mode": ('differs = { claim = "a", between = "mode" }', 'has a "differs" of another form.'),
    "a number": ('differs = { claim = 3, between = "backend" }', 'has a "differs" of another form.'),
    "a step": ('all = ["a"]\nstep = "check"', 'has the unknown key "step".'),
}


@pytest.mark.parametrize(("lines", "what"), DERIVED.values(), ids=DERIVED)
def test_an_invalid_derived_claim_is_refused(demo: Demo, lines: str, what: str) -> None:
    """The message names the claim and the key that is wrong."""
    claim = CLAIMS.partition("step =")[0] + f'{lines}\nsource = "x"\n' + CLAIMS[CLAIMS.index("instead.es") :]
    message = refusal(lambda: demo.claims(more=claim.replace("demo-answers", "derived")))

    assert message.startswith(f'recipes/demo/claims.toml: claim "derived" {what}\n  ')


SETTINGS = {
    "an unknown one": ("alon = true", 'has "alon", which is neither a setting nor a claim.\n  Did you mean "alone"?'),
    "a text": ('alone = "no"', 'has "alone", which must be true or false.\n  Write alone = true, without quotes.'),
    "no table": ("lab_only = true", 'has "lab_only", which must be a table.\n  Write lab_only = { … }.'),
    "another step": (
        'lab_only.check = { es = "Sí.", en = "Yes." }',
        "has [lab_only.check], but recipe.sh has no lab-only step of that name.\n  There are none yet.",
    ),
    "a word": ('needs = "browser"', 'has "needs", which must be a list of strings.\n  Write needs = ["…"].'),
    "no environment": (
        'reference = "5.4"',
        'has reference "5.4", which is not an environment of this recipe.\n  Available: '
        + ", ".join(sorted(environment.id for environment in load_environments())),
    ),
    "another's": (
        'about.backend = "cni"\nreference = "5.4-netavark-root"',
        'has reference "5.4-netavark-root", which is not an environment',
    ),
    "no backend": ('about.backend = "cmi"', 'names backend "cmi", which does not exist.\n  Did you mean "cni"?'),
    "one bracket": (
        "[ends]\n",
        'has "ends", which must be a list of tables.\n  Begin each table with its name in double brackets, [[',
    ),
}


@pytest.mark.parametrize(("line", "what"), SETTINGS.values(), ids=SETTINGS)
def test_an_invalid_setting_is_refused(demo: Demo, line: str, what: str) -> None:
    """The message has the file and the setting, but no claim."""
    assert refusal(lambda: demo.claims(first=line)).startswith(f"recipes/demo/claims.toml {what}")


_PLAIN = '  echo "I am a user"'
_SUDO = "  sudo echo hello"


def test_a_step_may_be_declared_to_use_sudo(demo: Demo) -> None:
    """The rootless half of a pair may use sudo if the pair's common name is listed."""
    demo.recipe(_PLAIN, _SUDO)

    assert demo.claims(first='sudo = ["who"]').sudo == ("who",)


@pytest.mark.parametrize(
    ("old", "new", "first", "what"),
    [
        (_PLAIN, _SUDO, "", 'does not declare that step "who-rootless" uses sudo'),
        (
            '  echo "I am root"',
            _SUDO,
            'sudo = ["who"]',
            'lists step "who" in sudo, but its rootless half does not use sudo.',
        ),
        ('echo "answer: yes"', "sudo id", 'sudo = ["check"]', 'lists step "check" in sudo, but its rootless half'),
        ('echo "answer: yes"', "sudo id", "", 'does not declare that step "check" uses sudo'),
        ("", "", 'sudo = ["who"]', 'lists step "who" in sudo, but its rootless half does not use sudo.'),
        ("", "", 'sudo = ["whoo"]', 'names step "whoo", which recipe.sh does not have.'),
        ("", "", 'sudo = "who"', 'has "sudo", which must be a list of strings.'),
    ],
)
def test_sudo_is_used_exactly_where_it_is_declared(demo: Demo, old: str, new: str, first: str, what: str) -> None:
    """The environment decides who runs all other steps."""
    demo.recipe(old, new)

    assert refusal(lambda: demo.claims(first=first)).startswith(f"recipes/demo/claims.toml {what}")


def test_a_claims_name_has_only_letters_digits_and_hyphens(demo: Demo) -> None:
    """The name becomes part of addresses, where other characters would have to be escaped."""
    message = refusal(lambda: demo.claims("[demo-answers]", '["Demo answers"]'))

    assert message.startswith(
        'recipes/demo/claims.toml: claim "Demo answers" is not a valid claim name.\n  Use lowercase'
    )


def test_a_file_without_a_claim_is_refused(demo: Demo) -> None:
    """A recipe must prove something."""
    message = refusal(lambda: demo.claims(CLAIMS, ""))

    assert message == "recipes/demo/claims.toml has no claims.\n  Add a table: [claim-id]."


def test_a_recipe_without_claims_is_refused(demo: Demo) -> None:
    """Every recipe needs a claims.toml."""
    demo.claims()
    (demo.folder / "claims.toml").unlink()

    assert refusal(lambda: load_claims(demo.recipe())).startswith("recipes/demo has no claims.toml.\n  A recipe proves")


def test_invalid_toml_is_refused_with_its_line(demo: Demo) -> None:
    """The message has the line and column from the TOML parser."""
    message = refusal(lambda: demo.claims("[demo-answers]", "[demo-answers"))

    assert message.startswith("recipes/demo/claims.toml: Expected ")
    assert "(at line 1, column 14)" in message
    assert message.endswith("See https://toml.io for how TOML is written.")


def with_fields(
    demo: Demo, fields: str, create: str = "podman run --name demo-web --publish 8080:80 alpine"
) -> ClaimFile:
    """Claims of a recipe whose fix is the step ``create``, with these fields."""
    demo.recipe('echo "demo created"', create)
    return demo.claims('step = "check"', 'fix = ["create"]\nstep = "check"', more=f"[fields]\n{fields}\n")


def test_fields_are_literals_of_the_fix(demo: Demo) -> None:
    """Each stands for something of the reader's."""
    file = with_fields(demo, 'container = "demo-web"\nport = "8080"')

    assert [(field.role, field.ours, field.kind) for field in file.fields] == [
        ("container", "demo-web", "name"),
        ("port", "8080", "port"),
    ]


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ('box = "demo-web"', 'has the unknown key "box".'),
        (
            'container = "demo-other"',
            'has the field container = "demo-other", which is not in the commands of the fix.',
        ),
        ('container = "demo"', 'has the field container = "demo", which is not in the commands of the fix.'),
        ('port = "demo-web"', 'has the field port = "demo-web", which is not a valid port.'),
        ('container = "demo-web"\nother = "demo-web"', 'has the field container = "demo-web" twice.'),
    ],
)
def test_other_fields_are_refused(demo: Demo, fields: str, what: str) -> None:
    """A reader would type a name that goes nowhere."""
    assert what in refusal(lambda: with_fields(demo, fields))


def test_a_field_in_a_command_that_deletes_is_refused(demo: Demo) -> None:
    """It would delete what is the reader's."""
    message = refusal(lambda: with_fields(demo, 'container = "demo-web"', "podman rm --force demo-web"))

    assert "would put a reader's name into a command that deletes or overwrites: podman rm --force demo-web" in message
