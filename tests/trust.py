"""Make trouble for replays, and check that they say what was wrong, and that the next command leaves nothing of them.

``nox -s trust -- --kills 100``; as root. It works in a clone of its own, below ``.recetario/trust``, whose commit is
the last one of this clone. ``progress.json`` there says where to go on after an interruption.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from support.trust.kills import Kill, prepare, run_kill
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
    """

    file: Path
    seed: int
    kills: list[Kill] = field(default_factory=list)

    @classmethod
    def load(cls, file: Path, seed: int | None) -> Progress:
        """Read the file; another seed begins anew."""
        data = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        if seed not in (None, data.get("seed")):
            data = {}
        new_seed = random.SystemRandom().randrange(10**6) if seed is None else seed
        return cls(file, data.get("seed", new_seed), [Kill(**kill) for kill in data.get("kills", [])])

    def save(self) -> None:
        """Write the file."""
        data = {"seed": self.seed, "kills": [asdict(kill) for kill in self.kills]}
        write_atomically(self.file, json.dumps(data, indent=1).encode())


def kill(trial: Trial, progress: Progress, count: int) -> None:
    """Kill until there were that many kills."""
    print(f"seed {progress.seed}, from kill {len(progress.kills) + 1}", flush=True)
    if len(progress.kills) >= count:
        return
    replay_s = prepare(trial)
    for number in range(len(progress.kills) + 1, count + 1):
        progress.kills.append(run_kill(trial, progress.seed, number, replay_s))
        progress.save()
        last = progress.kills[-1]
        print(f"{number}: {last.target}, {len(last.problems)} problems", flush=True)


def report(kills: list[Kill]) -> bool:
    """Print all problems; return whether there are none."""
    print(f"{len(kills)} kills, {sum(kill.hit for kill in kills)} of them while there was something to kill:")
    for target, count in sorted(Counter(kill.target for kill in kills).items()):
        print(f"  {count:3} {target}")
    for kill in kills:
        for problem in kill.problems:
            print(f"kill {kill.number} ({kill.target} after {kill.after_s} s, {kill.case}): {problem}")
    return not any(kill.problems for kill in kills)


def main() -> int:
    """Do what the command line asks for, from where the last session stopped; return an exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=0, help="Kill replays until there were that many kills.")
    parser.add_argument("--seed", type=int, help="By default that of the last session, or a new one.")
    parser.add_argument("--folder", type=Path, default=Workspace(TOP).trust, help="For the clone and the progress.")
    options = parser.parse_args()
    progress = Progress.load(options.folder / "progress.json", options.seed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    with temporary_folder() as temporary:
        trial = Trial(update_clone(options.folder / "clone"), temporary)
        try:
            if options.kills:
                kill(trial, progress, options.kills)
        except KeyboardInterrupt:
            trial.stop()
            return 130
    return 0 if report(progress.kills) else 1


if __name__ == "__main__":
    sys.exit(main())
