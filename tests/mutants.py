"""Run mutants of recipes on real Podman, and say which of them no verdict notices.

``python tests/mutants.py``; as root. For each claim, in the newest environment of each backend and mode in which it is
decided, each command of the deciding step is removed and negated, and each option of it and of the control misspelled.
A ledger has what the mutants printed, so that the next run goes on where this one stopped, and judges with the claims
as they are then. ``--write`` keeps the score and the survivors in ``tests/recipes/mutants.json``, and
``tests/recipes/test_mutants.py`` requires a reason for each of them in ``mutants.toml``.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from support.mutation import Kind, Mutant, mutants

from recetario.book.case import Case
from recetario.book.claims import Answer, Claim
from recetario.book.environments import Environment, find, load_environments
from recetario.book.evidence import Output
from recetario.book.project import Project
from recetario.book.recipes import Step
from recetario.book.verdicts import check_options, judge
from recetario.errors import RecetarioError
from recetario.files import write_atomically
from recetario.lab.hosts import Host
from recetario.lab.learning import settled
from recetario.lab.runs import Run
from recetario.replay.kernel import Kernel
from recetario.replay.story import opened, run_step
from recetario.workspace import Workspace

TOP = Path(__file__).resolve().parents[1]
SCORE = TOP / "tests" / "recipes" / "mutants.json"
STEP_LIMIT_S = 60.0  # mutants may wait for ever
SETTLE_S = 3.0


@dataclass(frozen=True)
class Trial:
    """One mutant for one claim in one environment."""

    claim: Claim
    case: Case
    step: Step
    mutant: Mutant

    @property
    def what(self) -> str:
        """What was changed: ``remove``, ``negate``, ``misspell``, or ``misspell control``."""
        is_control = self.step != self.case.step(self.claim.step)
        return f"{self.mutant.kind} control" if is_control else self.mutant.kind

    @property
    def key(self) -> str:
        """What decides the output of the mutant, which other claims may share."""
        parts = (self.case.recipe.slug, self.case.environment.id, self.step.name, self.mutant.source)
        recipe = [step.source for step in self.case.recipe.steps]
        return hashlib.sha256(json.dumps([*parts, recipe, self.case.recipe.prepare]).encode()).hexdigest()[:24]


def trials(project: Project, *slugs: str) -> Iterator[Trial]:
    """All trials; those of the recipes' first claims come first."""
    files = [project.files[slug] for slug in slugs or project.files]
    claims = [claim for file in files for claim in file.claims.values() if not claim.derived]
    for claim in sorted(claims, key=lambda claim: claim is not project.files[claim.recipe].first_claim):
        decided = [env for env in load_environments() if _answer(project, claim, env) is not Answer.NOT_APPLICABLE]
        for environment in {(env.backend, env.mode): env for env in decided}.values():
            case = project.case(claim.recipe, environment)
            decider = case.step(claim.step)
            yield from (Trial(claim, case, decider, mutant) for mutant in mutants(decider))
            if reference := project.verdicts[claim.id, environment.id].control:
                control = case.step(reference.step)
                misspelled = (mutant for mutant in mutants(control) if mutant.kind is Kind.MISSPELL)
                yield from (Trial(claim, case, control, mutant) for mutant in misspelled)


def survives(project: Project, trial: Trial, output: Output) -> bool:
    """Whether a replay would have the same verdict although the step printed this."""
    if output.status:
        return False
    evidence = project.evidence[trial.case.key]
    changed = replace(evidence, outputs={**evidence.outputs, trial.step.name: output})
    try:
        check_options(trial.case, changed)
        answer = judge(trial.claim, trial.case, changed).verdict
    except RecetarioError:
        return False
    return answer is _answer(project, trial.claim, trial.case.environment)


def _answer(project: Project, claim: Claim, environment: Environment) -> Answer:
    return project.verdicts[claim.id, environment.id].verdict


class Bench:
    """A host in which the steps of a recipe have run up to some step, and the next host when it can't be used again."""

    def __init__(self, case: Case, run: Run, kernel: Kernel) -> None:
        self._case, self._run, self._kernel = case, run, kernel
        self._open = contextlib.ExitStack()
        self._host: Host | None = None
        self._next = 0

    def reach(self, step: Step) -> Host:
        """Run the story up to this step, which is then the next."""
        number = self._case.recipe.steps.index(step)
        if self._host is None or self._next > number:
            self._host = self._start()
        for earlier in self._case.recipe.steps[self._next : number]:
            output = run_step(self._case, self._host, self._kernel, earlier.source, earlier.name, STEP_LIMIT_S)
            if output.status:
                raise RecetarioError(f'{self._case.id}: step "{earlier.name}" failed.', *output.lines[-5:])
        self._next = number
        return self._host

    def leave(self) -> None:
        """Throw the host away."""
        self._open.close()
        self._host = None

    def run(self, source: str) -> Output:
        """Run a variant of the next step, in a subshell: others may follow."""
        return self._kernel.run(f"(\n{source}\n)", "mutant")

    def _start(self) -> Host:
        self.leave()
        host = self._open.enter_context(self._run.host(self._case.environment, self._case.file.needs))
        self._open.enter_context(opened(self._case, host, self._kernel, STEP_LIMIT_S))
        self._kernel.run(self._case.recipe.header, "header")
        self._next = 0
        return host


def run_variants(bench: Bench, step: Step, sources: list[str], is_right: Callable[[Output], bool]) -> dict[str, Output]:
    """Run variants of a step, in one host if nothing of them stays there; outputs by variant.

    Args:
        bench: The story so far.
        step: The step.
        sources: The variants.
        is_right: Whether an output of the step itself means what it should.
    """
    before = settled(bench.reach(step))
    repeatable = _leaves_nothing(bench, step, is_right, before)
    return _run_together(bench, step, sources, is_right, before) if repeatable else _run_apart(bench, step, sources)


def _run_together(
    bench: Bench, step: Step, sources: list[str], is_right: Callable[[Output], bool], before: frozenset[str]
) -> dict[str, Output]:
    """Run variants one after the other; if one of them changes something, run each half in a host of its own."""
    if len(sources) == 1:
        return _run_apart(bench, step, sources)
    bench.reach(step)
    outputs = {source: bench.run(source) for source in sources}
    if _leaves_nothing(bench, step, is_right, before):
        return outputs
    bench.leave()
    middle = len(sources) // 2
    halves = (sources[:middle], sources[middle:])
    return {
        source: output
        for half in halves
        for source, output in _run_together(bench, step, half, is_right, before).items()
    }


def _run_apart(bench: Bench, step: Step, sources: list[str]) -> dict[str, Output]:
    outputs = {}
    for source in sources:
        bench.leave()
        bench.reach(step)
        outputs[source] = bench.run(source)
    bench.leave()
    return outputs


def _leaves_nothing(bench: Bench, step: Step, is_right: Callable[[Output], bool], before: frozenset[str]) -> bool:
    """Whether the step still has the right output here, and the host is, at once or soon, as it was."""
    if not is_right(bench.run(step.source)):
        return False
    host = bench.reach(step)
    deadline = time.monotonic() + SETTLE_S
    while host.snapshot() != before:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def run_case(case: Case, trials_of_case: list[Trial], project: Project) -> dict[str, Output]:
    """Run the mutants of a case that these trials need; outputs by key."""
    outputs: dict[str, Output] = {}
    by_step = {step: [trial for trial in trials_of_case if trial.step == step] for step in case.recipe.steps}
    with Run(TOP) as run, Kernel() as kernel:
        bench = Bench(case, run, kernel)
        try:
            for step, own in by_step.items():
                if own:
                    sources = {trial.mutant.source: trial.key for trial in own}
                    concerned = list({trial.claim.id: trial for trial in own}.values())
                    is_right = functools.partial(_is_right, project, concerned)
                    done = run_variants(bench, step, list(sources), is_right)
                    outputs |= {sources[source]: output for source, output in done.items()}
        finally:
            bench.leave()
    return outputs


def _is_right(project: Project, trials_of_step: list[Trial], output: Output) -> bool:
    """Whether an output of the step decides as the evidence does; a trial for each claim."""
    return all(survives(project, trial, output) for trial in trials_of_step)


def _work(slug: str, environment: str, keys: set[str]) -> dict[str, Output]:
    """Run some mutants of a case, in a process of a pool."""
    project = _project()
    case = project.case(slug, find([environment])[0])
    own = [trial for trial in trials(project, slug) if trial.case.key == case.key and trial.key in keys]
    return run_case(case, own, project)


@functools.cache
def _project() -> Project:
    return Project(TOP)


def _read(ledger: Path) -> dict[str, Output]:
    lines = ledger.read_text("utf-8").splitlines() if ledger.is_file() else []
    return {data.pop("key"): Output(**data) for data in map(json.loads, lines)}


def score(project: Project, outputs: Mapping[str, Output]) -> dict[str, Any]:
    """How many of the mutants that were run changed a verdict, and those that did not, environments together."""
    tried: Counter[str] = Counter()
    survivors: dict[tuple[str, ...], list[str]] = {}
    for trial in trials(project):
        if trial.key in outputs:
            tried[trial.what] += 1
            if survives(project, trial, outputs[trial.key]):
                mutant = trial.mutant
                row = (trial.claim.id, trial.step.name, mutant.kind, mutant.role, mutant.text)
                survivors.setdefault(row, []).append(trial.case.environment.id)
    columns = ("claim", "step", "kind", "role", "text", "environments")
    return {
        "tried": dict(sorted(tried.items())),
        "survivors": [dict(zip(columns, (*row, where), strict=True)) for row, where in sorted(survivors.items())],
    }


def write_score(result: Mapping[str, Any]) -> None:
    """Keep a score in the repository, with a line for each survivor."""
    lines = ",\n".join(json.dumps(survivor, ensure_ascii=False) for survivor in result["survivors"])
    text = f'{{"tried": {json.dumps(result["tried"])},\n"survivors": [\n{lines}\n]}}\n'
    write_atomically(SCORE, text.encode())


def main() -> int:
    """Run the mutants that the ledger lacks; return an exit status: 1 if any could not be run."""
    project = Project(TOP)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", type=Path, default=Workspace(TOP).trust / "mutants.jsonl")
    parser.add_argument(
        "--recipe",
        action="append",
        choices=list(project.recipes),
        metavar="NAME",
        help="Only mutants of this recipe; may be repeated.",
    )
    parser.add_argument("--workers", type=int, default=2, help="How many hosts at the same time; 0 runs nothing.")
    parser.add_argument("--write", action="store_true", help=f"Keep the score in {SCORE.relative_to(TOP)}.")
    options = parser.parse_args()
    outputs = _read(options.ledger)
    jobs = missing(project, set(outputs), options.recipe or list(project.recipes))
    print(f"{sum(map(len, jobs.values()))} mutants to run", flush=True)
    complete = _run_all(jobs, outputs, options.ledger, options.workers) if options.workers else not jobs
    result = score(project, outputs)
    for survivor in result["survivors"]:
        print("{claim}, step {step}: {kind} {text}".format(**survivor))
    kept = sum(len(survivor["environments"]) for survivor in result["survivors"])
    total = sum(result["tried"].values())
    print(f"{total} mutants tried, {total - kept} changed the verdict, {kept} did not")
    if options.write:
        write_score(result)
    return int(not complete)


class Job(NamedTuple):
    """Mutants of one recipe in one environment, whose order is that of their importance.

    Attributes:
        repeated: In how many newer environments they are also run.
        is_other: Whether they are for another claim than the recipe's first.
        image: What the host needs; one with a browser takes longest.
        slug: The recipe.
        environment: The id of the environment.
    """

    repeated: int
    is_other: bool
    image: str
    slug: str
    environment: str

    def __str__(self) -> str:
        return f"{self.slug} on {self.environment}"


def missing(project: Project, known: set[str], slugs: list[str]) -> dict[Job, set[str]]:
    """The keys of the mutants that are to be run, most important first."""
    newest_first = [environment.id for environment in reversed(load_environments())]
    made = sorted(trials(project, *slugs), key=lambda trial: newest_first.index(trial.case.environment.id))
    unique = {trial.key: trial for trial in reversed(made)}  # if claims share it, for the first of them
    repeated: Counter[tuple[str, str, str]] = Counter()
    jobs: dict[Job, set[str]] = defaultdict(set)
    for key, trial in reversed(unique.items()):
        file, mutant = trial.case.file, (trial.case.recipe.slug, trial.step.name, trial.mutant.source)
        is_other = trial.claim is not file.first_claim
        job = Job(repeated[mutant], is_other, "-".join(file.needs), trial.case.recipe.slug, trial.case.environment.id)
        repeated[mutant] += 1
        if key not in known:
            jobs[job].add(key)
    return {job: jobs[job] for job in sorted(jobs)}


def _run_all(jobs: Mapping[Job, set[str]], outputs: dict[str, Output], ledger: Path, workers: int) -> bool:
    """Run mutants, and add their outputs to the ledger; return whether all could be run."""
    complete = True
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool, ledger.open("a") as file:
        running = {pool.submit(_work, job.slug, job.environment, keys): job for job, keys in jobs.items()}
        for future in as_completed(running):
            try:
                done = future.result()
            except RecetarioError as error:
                print(f"{running[future]}: {error}", flush=True)
                complete = False
                continue
            outputs |= done
            file.writelines(json.dumps({"key": key, **asdict(output)}) + "\n" for key, output in done.items())
            file.flush()
            print(f"{running[future]}: {len(done)} mutants", flush=True)
    return complete


if __name__ == "__main__":
    sys.exit(main())
