"""Make trouble for replays: they must say what was wrong, and the next command must leave nothing of them.

``nox -s trust`` does it all, which takes hours; ``nox -s trust -- --kills 100`` only a part. It needs root, works in a
clone of the last commit, below ``.recetario/trust``, and goes on where it was stopped: ``progress.json`` there lists
kills and scenarios, and ``docs/ledger.toml`` full replays. One that was stopped is repeated.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import signal
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from support.check.ledger import FILE as LEDGER
from support.trust.kills import Kill, prepare, run_kill
from support.trust.machine import SCENARIOS
from support.trust.replays import read_ledger, replay_everything
from support.trust.trial import TOP, Trial, update_clone

from recetario.files import temporary_folder, write_atomically
from recetario.workspace import Workspace


@dataclass
class Progress:
    """What a session has done, in a file.

    Attributes:
        file: The file.
        seed: With a kill's number, it decides everything random.
        kills: All kills so far.
        scenarios: What was wrong in each scenario, by its name.
    """

    file: Path
    seed: int
    kills: list[Kill] = field(default_factory=list)
    scenarios: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path, seed: int | None) -> Progress:
        """Read the file; another seed begins anew."""
        data = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        if seed not in (None, data.get("seed")):
            data = {}
        new_seed = random.SystemRandom().randrange(10**6) if seed is None else seed
        kills = [Kill(**kill) for kill in data.get("kills", [])]
        return cls(file, data.get("seed", new_seed), kills, data.get("scenarios", {}))

    def save(self) -> None:
        """Write the file."""
        data = {"seed": self.seed, "kills": [asdict(kill) for kill in self.kills], "scenarios": self.scenarios}
        write_atomically(self.file, json.dumps(data, indent=1).encode())

    def report(self) -> bool:
        """Print all problems; return whether there are none."""
        hit = sum(kill.hit for kill in self.kills)
        print(f"{len(self.kills)} kills, {hit} of them while there was something to kill:")
        for target, count in sorted(Counter(kill.target for kill in self.kills).items()):
            print(f"  {count:3} {target}")
        print(f"{len(self.scenarios.keys() & SCENARIOS)} of {len(SCENARIOS)} scenarios")
        print(f"{len(read_ledger())} full replays")
        problems = [
            *((f"kill {kill.number} ({kill})", problem) for kill in self.kills for problem in kill.problems),
            *((name, problem) for name, problems in self.scenarios.items() for problem in problems),
        ]
        for place, problem in problems:
            print(f"{place}: {problem}")
        for kill in self.kills:
            if kill.problems:
                print(f"\nkill {kill.number} ({kill}) printed:\n{kill.printed}")
        return not problems


def kill(trial: Trial, progress: Progress, count: int) -> None:
    """Kill replays until there were that many kills."""
    print(f"seed {progress.seed}, from kill {len(progress.kills) + 1}", flush=True)
    if len(progress.kills) >= count:
        return
    replay_s = prepare(trial)
    for number in range(len(progress.kills) + 1, count + 1):
        last = run_kill(trial, progress.seed, number, replay_s)
        progress.kills.append(last)
        progress.save()
        print(f"{number}: {last}: {len(last.problems)} problems", flush=True)


def make_trouble(trial: Trial, progress: Progress) -> None:
    """Go through the scenarios that have not gone well yet."""
    for name, scenario in SCENARIOS.items():
        if progress.scenarios.get(name) != []:
            progress.scenarios[name] = list(scenario(trial))
            progress.save()
            print(f"{name}: {len(progress.scenarios[name])} problems", flush=True)


def replay(trial: Trial, folder: Path, count: int) -> bool:
    """Replay everything until the ledger has that many full replays; return whether all new ones were identical."""
    deviations = 0
    while (number := len(read_ledger()) + 1) <= count:
        result = replay_everything(trial, folder / f"replay-{number}.xml")
        if isinstance(result, str):
            print(f"replay {number}: {result}")
            return False
        with LEDGER.open("a", encoding="utf-8") as ledger:
            ledger.write(result.to_toml())
        deviations += len(result.deviations)
        print(f"replay {number}: {len(result.deviations)} deviations in {result.minutes} minutes", flush=True)
    return not deviations


def main() -> int:
    """Do what the command line asks for, from where the last session stopped; return an exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=0, help="Kill replays, until there were that many kills.")
    parser.add_argument("--machine", action="store_true", help="Take from them disk space, Podman, and being alone.")
    parser.add_argument("--replays", type=int, default=0, help="Replay everything, until there were that many replays.")
    parser.add_argument("--seed", type=int, help="By default that of the last session, or a new one.")
    parser.add_argument("--once", action="store_true", help="Begin anew, in a folder that is removed at the end.")
    parser.add_argument("--folder", type=Path, default=Workspace(TOP).trust, help="For the clone and the progress.")
    options = parser.parse_args()
    if not (options.kills or options.machine or options.replays):
        options.kills, options.machine, options.replays = 100, True, 10
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    identical = True
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_folder()) if options.once else options.folder
        progress = Progress.load(folder / "progress.json", options.seed)
        trial = Trial(update_clone(folder / "clone"), stack.enter_context(temporary_folder()))
        try:
            if options.kills:
                kill(trial, progress, options.kills)
            if options.machine:
                make_trouble(trial, progress)
            if options.replays:
                identical = replay(trial, folder, options.replays)
        except KeyboardInterrupt:
            trial.stop()
            print("Stopped. The same command goes on from here.")
            return 130
    return 0 if progress.report() and identical else 1


if __name__ == "__main__":
    sys.exit(main())
