"""Measure what must be fast, as ratios within one run where it compares: these machines are noisy.

``nox -s bench``; as root or with sudo. Prints what was wanted and what was measured, and fails if a bar is missed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from support.plain_material import TOP, plain_build, seconds, without_cache, write_plain

from recetario.book.case import Case
from recetario.book.environments import load_environments
from recetario.book.needs import SYSTEMD
from recetario.book.project import Project
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.runs import Run
from recetario.replay.kernel_process import KernelProcess
from recetario.replay.story import replay
from recetario.site.build import build

THREE = ("backend-check", "dns-network", "nsenter-access")


def ready_host(run: Run, needs: Sequence[str] = ()) -> float:
    """A pristine rootless host of the newest Podman, until it is ready for its first command."""
    entered: AbstractContextManager[Host] = run.host(load_environments()[-1], needs)
    start = time.perf_counter()
    with entered:
        return time.perf_counter() - start


def reboot(run: Run) -> float:
    """A host with systemd, from the command that restarts it until it is ready again."""
    with run.host(load_environments()[-1], [SYSTEMD]) as host:

        def restart() -> None:
            host.run(["systemctl", "reboot"], user="root")
            host.reboot()

        return seconds(restart)


def plain(case: Case, run: Run) -> float:
    """The recipe by plain bash in a host of its own; where it ends early, its cleanup too, as in a replay."""

    def by_bash() -> None:
        with run.host(case.environment) as host:
            (host.exchange / "recipe.sh").write_bytes(case.recipe.path.read_bytes())
            if host.run(["bash", f"{EXCHANGE}/recipe.sh"], timeout_s=300).returncode:
                host.run(["bash", "-c", case.recipe.steps[-1].command], timeout_s=300)

    return seconds(by_bash)


def replayed(case: Case, run: Run, kernel: KernelProcess) -> float:
    """The recipe replayed in a host of its own."""

    def by_kernel() -> None:
        with run.host(case.environment) as host:
            replay(case, host, kernel)

    return seconds(by_kernel)


def main() -> int:
    """Measure, print, and say by the exit status whether every bar is met."""
    rows: list[tuple[str, float, float]] = []
    with Run(TOP) as run, KernelProcess() as kernel:
        run.known(load_environments()[-1])
        ready_host(run, [SYSTEMD])  # the first one may have to be learned
        measures: tuple[tuple[str, float, int, Callable[[], float]], ...] = (
            ("host ready", 0.15, 20, lambda: ready_host(run)),
            ("host with systemd ready", 3.0, 5, lambda: ready_host(run, [SYSTEMD])),
            ("host restarted", 5.0, 5, lambda: reboot(run)),
        )
        for what, bar_s, times, measure in measures:
            rows.append((f"{what}, s, median of {times}", bar_s, statistics.median(measure() for _ in range(times))))
        with_bash, with_kernel, worst = 0.0, 0.0, 0.0
        for case in Project(TOP).cases(THREE):
            bash, ours = plain(case, run), replayed(case, run, kernel)
            with_bash, with_kernel = with_bash + bash, with_kernel + ours
            worst = max(worst, ours - bash - 0.01 * len(case.recipe.steps))
            print(f"{case.id}: bash {bash:.2f} s, replay {ours:.2f} s", flush=True)
    rows.append(("replays against plain bash", 1.15, with_kernel / with_bash))
    rows.append(("the dearest replay, s over bash and 10 ms a step", 0.7, worst))
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        cold = seconds(lambda: build(without_cache(Path(folder, "project")), site))
        rows.append(("both languages, cold, s", 15.0, cold))
        build(TOP, site)
        warm = seconds(lambda: build(TOP, site))
        rows.append(("both languages, warm, s", 10.0, warm))
        write_plain(site, Path(folder, "plain"))
        plainly = seconds(lambda: plain_build(Path(folder, "plain")))
        rows.append(("both languages, cold, against plain mkdocs-material", 2.0, cold / plainly))
        rows.append(("both languages, warm, against plain mkdocs-material", 2.0, warm / plainly))
    for what, wanted, measured in rows:
        print(f"{'ok  ' if measured <= wanted else 'MISS'} {what}: {measured:.2f} (wanted {wanted:g} or less)")
    return int(any(measured > wanted for _, wanted, measured in rows))


if __name__ == "__main__":
    sys.exit(main())
