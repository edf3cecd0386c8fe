"""Mutants of a step are mistakes that a person could make, and each of them is still bash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from mutants import Bench, Trial, missing, run_variants, score, survives, trials
from support.mutation import Kind, Role, misspelled, mutants

from recetario.book.environments import find
from recetario.book.evidence import Output
from recetario.book.project import Project
from recetario.book.recipes import Step
from recetario.lab.runs import Run
from recetario.replay.kernel import Kernel

TOP = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project() -> Project:
    """The clone that these tests are part of."""
    return Project(TOP)


@pytest.fixture(scope="module")
def trial(project: Project) -> Trial:
    """A mutant of a step that decides."""
    return next(trial for trial in trials(project, "dns-inspect") if trial.mutant.kind is Kind.REMOVE)


def _output(project: Project, trial: Trial) -> Output:
    return project.evidence[trial.case.key].outputs[trial.step.name]


def _mutants(source: str, kind: Kind) -> list[str]:
    return [mutant.source for mutant in mutants(Step("check", source, 1)) if mutant.kind is kind]


def test_each_command_is_removed() -> None:
    """In a pipeline, what follows reads what the command would have read."""
    removed = _mutants('ss | grep --quiet . || echo "$(hostname)"', Kind.REMOVE)

    assert removed == [
        ': | grep --quiet . || echo "$(hostname)"',
        'ss | cat || echo "$(hostname)"',
        "ss | grep --quiet . || :",
        'ss | grep --quiet . || echo "$(:)"',
    ]


def test_each_command_is_negated() -> None:
    """An assignment, too, which has the status of the command whose output it assigns; but not part of a command."""
    assert _mutants("a=$(hostname)\nexport b=c\nd=e ls >list", Kind.NEGATE) == [
        "{ ! a=$(hostname); }\nexport b=c\nd=e ls >list",
        "a=$({ ! hostname; })\nexport b=c\nd=e ls >list",
        "a=$(hostname)\n{ ! export b=c; }\nd=e ls >list",
        "a=$(hostname)\nexport b=c\n{ ! d=e ls; } >list",
    ]


def test_each_option_is_misspelled_in_turn() -> None:
    """Those of scripts in quotes, too, but not what only looks like an option."""
    assert _mutants("timeout 5 sh -c 'ls --all -l -- -x -'", Kind.MISSPELL) == [
        "timeout 5 sh -C 'ls --all -l -- -x -'",
        "timeout 5 sh -c 'ls --lal -l -- -x -'",
        "timeout 5 sh -c 'ls --all -L -- -x -'",
        "timeout 5 sh -c 'ls --all -l -- -X -'",
    ]


@pytest.mark.parametrize(
    ("option", "wrong"),
    [
        ("--network=host", "--netwokr=host"),
        ("--all", "--lal"),
        ("-type=a", "-tyep=a"),
        ("-lnt", "-lnT"),
        ("-O", "-o"),
        ("-4", "-5"),
    ],
)
def test_a_misspelled_option_is_another(option: str, wrong: str) -> None:
    """Programs take the beginning of a long option for all of it, so no letter is only left out."""
    assert misspelled(option) == wrong


def test_the_condition_of_a_step_is_left_alone() -> None:
    """It is the same in all steps of its kind, and pages do not show it."""
    source = 'if root && lab_only "It stops all."; then\n  ls\nfi'

    assert [mutant.text for mutant in mutants(Step("check-root", source, 1))] == ["ls", "ls"]


def test_a_mutant_knows_what_reads_its_status() -> None:
    """Reasons are about that: nothing reads the status of most commands."""
    source = "ls\nif id; then w; fi\nuntil x | y; do z; done\na && b || c"

    roles = {mutant.text: mutant.role for mutant in mutants(Step("check", source, 1))}

    assert roles == {
        **dict.fromkeys(["ls", "w", "z"], Role.STATEMENT),
        **dict.fromkeys(["id", "x", "y", "a"], Role.CONDITION),
        "b": Role.TRIED,
        "c": Role.FALLBACK,
    }


def test_text_outside_ascii_does_not_shift_positions() -> None:
    """The parser counts bytes."""
    assert _mutants("echo — é; ls", Kind.REMOVE) == [":; ls", "echo — é; :"]


def test_trials_are_in_one_environment_of_each_backend_and_mode(project: Project) -> None:
    """The newest in which the claim is decided; only the options of controls are misspelled."""
    made = list(trials(project, "dns-network"))

    environments = {trial.case.environment.id for trial in made if trial.claim.id == "dns-own-network"}
    assert environments == {"4.3-cni-root", "4.3-cni-rootless", "6.1-netavark-root", "6.1-netavark-rootless"}
    assert {trial.what for trial in made} == {"misspell", "misspell control", "negate", "remove"}


def test_a_mutant_that_prints_the_same_survives(project: Project, trial: Trial) -> None:
    """Nobody would notice it."""
    assert survives(project, trial, _output(project, trial))


@pytest.mark.parametrize(
    "change",
    [
        {"stdout": "nothing that decides\n"},
        {"stdout": "false\n"},
        {"status": 1},
        {"stderr": "Error: unknown flag: --formta\n"},
    ],
)
def test_a_mutant_that_a_replay_would_refuse_does_not_survive(
    project: Project, trial: Trial, change: dict[str, str | int]
) -> None:
    """Because the claim is undecided or fails, the step fails, or an option does not exist."""
    assert not survives(project, trial, replace(_output(project, trial), **change))


def test_a_score_counts_what_was_tried(project: Project, trial: Trial) -> None:
    """Survivors of several environments are one line."""
    result = score(project, {trial.key: _output(project, trial)})

    assert result["tried"] == {"remove": 1}
    assert [(row["claim"], row["step"], row["environments"]) for row in result["survivors"]] == [
        (trial.claim.id, trial.step.name, [trial.case.environment.id])
    ]


def test_what_matters_most_is_run_first(project: Project) -> None:
    """First claims before others, and each mutant once before it is run in a second environment."""
    jobs = list(missing(project, set(), ["dns-network", "dns-missing"]))

    assert [str(job) for job in jobs[:2]] == [
        f"{slug} on 6.1-netavark-rootless" for slug in ("dns-missing", "dns-network")
    ]
    assert [job.is_other for job in jobs if job.repeated == 0] == [False, False, True, True]
    assert [job.repeated for job in jobs] == sorted(job.repeated for job in jobs)


def test_what_is_known_is_not_run_again(project: Project, trial: Trial) -> None:
    """So a run goes on where another one stopped."""
    everything = missing(project, set(), ["dns-inspect"])

    rest = missing(project, {trial.key}, ["dns-inspect"])

    assert set().union(*everything.values()) - set().union(*rest.values()) == {trial.key}


@pytest.mark.podman
def test_what_a_variant_leaves_does_not_reach_the_others(project: Project) -> None:
    """They share a host only if it is afterwards as it was."""
    case = project.case("dns-inspect", find(["6.1-netavark-rootless"])[0])
    step = case.step("inspect")
    sources = ["echo one", "podman network create dns-inspect-2", "podman network ls --format '{{.Name}}'"]

    with Run(TOP) as run, Kernel() as kernel:
        bench = Bench(case, run, kernel)
        outputs = run_variants(bench, step, sources, lambda output: output.lines == ("true",))
        bench.leave()

    assert [outputs[source].stdout for source in sources] == ["one\n", "dns-inspect-2\n", "dns-inspect\npodman\n"]
