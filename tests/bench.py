"""Measure what must be fast, as ratios within one run where it compares: these machines are noisy.

``nox -s bench``; as root or with sudo. Prints what was wanted and what was measured, and fails if a bar is missed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from recetario.environments import load_environments
from recetario.lab import EXCHANGE, Host, Run
from recetario.project import Case, Project
from recetario.replay import Kernel, replay
from recetario.site.build import build

TOP = Path(__file__).resolve().parents[1]
THREE = ("backend-check", "dns-network", "nsenter-access")


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def ready_host(run: Run) -> float:
    """A pristine rootless host of the newest Podman, until it is ready for its first command."""
    entered: AbstractContextManager[Host] = run.host(load_environments()[-1])
    start = time.perf_counter()
    with entered:
        return time.perf_counter() - start


def plain(case: Case, run: Run) -> float:
    """The recipe by plain bash in a host of its own; where it ends early, its cleanup too, as in a replay."""

    def by_bash() -> None:
        with run.host(case.environment) as host:
            (host.exchange / "recipe.sh").write_bytes(case.recipe.path.read_bytes())
            if host.run(["bash", f"{EXCHANGE}/recipe.sh"], timeout_s=300).returncode:
                host.run(["bash", "-c", case.recipe.steps[-1].command], timeout_s=300)

    return seconds(by_bash)


def replayed(case: Case, run: Run, kernel: Kernel) -> float:
    """The recipe replayed in a host of its own."""

    def by_kernel() -> None:
        with run.host(case.environment) as host:
            replay(case.recipe, case.file, host, kernel)

    return seconds(by_kernel)


def main() -> int:
    """Measure, print, and say by the exit status whether every bar is met."""
    rows: list[tuple[str, float, float]] = []
    with Run(TOP) as run, Kernel() as kernel:
        run.known(load_environments()[-1])
        rows.append(("host ready, s, median of 20", 0.4, statistics.median(ready_host(run) for _ in range(20))))
        with_bash, with_kernel, worst = 0.0, 0.0, 0.0
        for case in Project(TOP).cases(THREE):
            bash, ours = plain(case, run), replayed(case, run, kernel)
            with_bash, with_kernel = with_bash + bash, with_kernel + ours
            worst = max(worst, ours - bash - 0.01 * len(case.recipe.steps))
            print(f"{case.id}: bash {bash:.2f} s, replay {ours:.2f} s", flush=True)
    rows.append(("replays against plain bash", 1.15, with_kernel / with_bash))
    rows.append(("the dearest replay, s over bash and 10 ms a step", 0.7, worst))
    with tempfile.TemporaryDirectory() as folder:
        build(TOP, Path(folder))
        rows.append(("both languages, warm, s", 10.0, seconds(lambda: build(TOP, Path(folder)))))
    for what, wanted, measured in rows:
        print(f"{'ok  ' if measured <= wanted else 'MISS'} {what}: {measured:.2f} (wanted {wanted:g} or less)")
    return int(any(measured > wanted for _, wanted, measured in rows))


if __name__ == "__main__":
    sys.exit(main())
