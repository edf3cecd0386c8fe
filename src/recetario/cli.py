"""The command line: what you can do with recipes, and the lab they are replayed in."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from rich.console import Console
from rich.table import Table

from recetario import lab as the_lab
from recetario.claims import LANGUAGES
from recetario.drift import differences, moved_versions
from recetario.environments import find, load_environments
from recetario.errors import RecetarioError
from recetario.evidence import picture_beside, read_evidence
from recetario.history import HISTORY, load_history, news, to_csv
from recetario.project import Case, Project
from recetario.recipes import find_top
from recetario.replay import write_atomically

__all__ = ["main"]

_SIGNS = {"holds": "holds", "fails": "fails", "scope": "·", "lab": "n/a lab"}
_WORKERS = 1 + (os.cpu_count() or 1)
"""Half of a replay is waiting: on 2 cores 36 took 64 s one after the other, 39 with two workers, 37 with three."""
_SUITE = Path(__file__).parent / "suite" / "test_recipes.py"  # not imported: pytest wants to be the first
_console = Console()


class _Group(click.Group):
    """Prints our errors without a traceback, and ends with status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RecetarioError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)


# A line of \b alone lets Click keep the lines after it as they are.
_EXAMPLES = """\b
Examples:
  recetario replay dns-network --env 5.4-netavark-rootless
      run one recipe in one environment
  recetario accept dns-network
      after reading the diff, keep its outputs
  recetario drift
      replay everything; fail if anything changed
  recetario lab shell 3.0-cni-rootless
      look around on that Podman
  recetario site serve
      read the pages on localhost
"""


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
def main() -> None:
    """Replay recipes on real Podman, keep the evidence, and see what holds where."""


def _selection(command: click.decorators.FC) -> click.decorators.FC:
    told = "Only here; repeat for more (`recetario envs` lists them)."
    command = click.option("--env", "environments", multiple=True, metavar="ENV", help=told)(command)
    return click.argument("recipes", nargs=-1, metavar="[RECIPE]...")(command)


@main.command(context_settings={"ignore_unknown_options": True})
@_selection
@click.option("--keep", is_flag=True, help="Leave the hosts running, and say how to enter them.")
def replay(recipes: tuple[str, ...], environments: tuple[str, ...], keep: bool) -> None:
    """Replay recipes in fresh hosts. The results wait for `accept`.

    What follows `--` goes to pytest: `recetario replay -- -x` stops at the first failure.
    """
    _run_suite(recipes, environments, ["--keep"] if keep else [])


@main.command(context_settings={"ignore_unknown_options": True})
@_selection
def drift(recipes: tuple[str, ...], environments: tuple[str, ...]) -> None:
    """Replay recipes and fail if anything differs from the evidence."""
    started = time.time()
    cases = _run_suite(recipes, environments, ["--drift"])
    _note_verified([case for case in cases if _replayed_since(case, started)], find_top())


@main.command()
@_selection
def accept(recipes: tuple[str, ...], environments: tuple[str, ...]) -> None:
    """Make the last replays the evidence; says what changes."""
    project = Project(find_top())
    waiting = [case for case in project.cases(recipes, environments) if case.result.is_file()]
    if not waiting:
        raise RecetarioError("No replay waits to be accepted.", "nox -s replay -- RECIPE")
    drafts = {(case.recipe.slug, case.environment.id): case.result for case in waiting}
    after = Project(project.top, drafts)
    # All of it at once, at the end: whoever serves the site builds it once.
    files: dict[Path, bytes] = {}
    for case in waiting:
        click.echo(f"{case.id}: {_change(case)}")
        files[case.evidence] = case.result.read_bytes()
        if picture_beside(case.result).is_file():
            files[picture_beside(case.evidence)] = picture_beside(case.result).read_bytes()
    files |= _notebooks(after, [case.recipe.slug for case in waiting]) | _history(after)
    _write(files)


def _change(case: Case) -> str:
    found = read_evidence(case.result, case.recipe)
    try:
        kept = read_evidence(case.evidence, case.recipe)
    except RecetarioError:
        return "new evidence"
    return differences(kept, found) or moved_versions(kept, found) or "as before"


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As a JSON list, for a workflow's matrix.")
def envs(as_json: bool) -> None:
    """The environments, oldest Podman first."""
    ids = [environment.id for environment in load_environments()]
    click.echo(json.dumps(ids) if as_json else "\n".join(ids))


@main.command()
def notebooks() -> None:
    """Write the notebooks that readers open, from pages and evidence."""
    _write(_notebooks(Project(find_top())))


@main.command()
def history() -> None:
    """Note which verdicts changed, for the site's feed. `accept` does so too."""
    _write(_history(Project(find_top())))


@main.command()
def matrix() -> None:
    """What holds where. Every claim in every environment, from the evidence."""
    project = Project(find_top())
    table = Table("claim", *(environment.id.replace("-", "\n") for environment in load_environments()), padding=(0, 0))
    for claim in project.claims:
        table.add_row(claim, *(_SIGNS[verdict.word] for verdict in project.row(claim)))
    _console.print(table)


@main.group()
def lab() -> None:
    """Build, enter and remove the lab. Its hosts are disposable, each with a Podman of its own."""


@lab.command()
@click.argument("environments", nargs=-1, metavar="[ENV]...")
def build(environments: tuple[str, ...]) -> None:
    """Build what changed of these environments' images. Of all by default; `recetario envs` lists them."""
    the_lab.build(find(environments), _progress, top=find_top())


@lab.command()
@click.argument("environment")
def shell(environment: str) -> None:
    """Open a shell in a fresh host. It is gone when you leave; `recetario envs` lists the environments."""
    (found,) = find([environment])
    sys.exit(the_lab.shell(found, _progress, top=find_top()))


@lab.command()
def clean() -> None:
    """Remove the lab from this machine: hosts and images, ours only."""
    the_lab.clean(top=find_top())


@main.group()
def site() -> None:
    """Build or serve the site. It reads evidence, and starts no container."""


@site.command("build")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where it goes (default: site/).")
def build_site(out: Path | None) -> None:
    """Build both languages, strictly."""
    from recetario.site.build import build
    from recetario.site.pack import pack

    top = find_top()
    _note_changes(top)
    out = out or top / "site"
    build(top, out)
    click.echo(f"Built {out}, and {pack(out)} to read without a server.")


@site.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve_site(host: str, port: int) -> None:
    """Serve both languages on this machine. Builds again when something changes; Ctrl-C ends it."""
    from recetario.site.build import serve

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it has processes and a folder to remove
    _note_changes(find_top())
    serve(find_top(), host, port)


@main.group()
def kernels() -> None:
    """Kernels for JupyterLab, VS Code and nbclient."""


@kernels.command()
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Also one that starts a host of this environment."
)
def install(environments: tuple[str, ...]) -> None:
    """Install the kernel that runs cells on this machine ("here")."""
    from recetario.kernel.specs import install_specs

    for folder in install_specs(environment.id for environment in find(environments) if environments):
        click.echo(f"Installed {folder}.")


def _progress(line: str) -> None:
    click.echo(line, err=True)


def _run_suite(recipes: Iterable[str], environments: Iterable[str], extra: list[str]) -> list[Case]:
    """Replay on pytest, spread over the cores; ends the program with pytest's status if any fails."""
    top = find_top()
    arguments = list(recipes)
    names = list(itertools.takewhile(lambda name: not name.startswith("-"), arguments))  # pytest's have values
    cases = Project(top).cases(names, environments)
    if not cases:
        raise RecetarioError("Nothing to replay: the recipe is not about these environments.")
    the_lab.build(dict.fromkeys(case.environment for case in cases), _progress, top=top)
    status = pytest.main(
        [
            *(
                "-p",
                "recetario.suite",
                "-p",
                "no:cacheprovider",
                "--rootdir",
                str(top),
                "-c",
                str(top / "pyproject.toml"),
            ),
            *("--verbose", "--no-header", "--numprocesses", str(min(_WORKERS, len(cases))), "--dist", "load"),
            *("--top", str(top)),
            *(f"--recipe={name}" for name in names),
            *(f"--env={name}" for name in environments),
            *extra,
            *arguments[len(names) :],
            str(_SUITE),
        ]
    )
    if status == pytest.ExitCode.INTERRUPTED:
        with the_lab.Run(top):  # entering removes what the workers, who were ended, could not
            pass
    if status != 0:
        sys.exit(int(status))
    return cases


def _write(files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        write_atomically(path, content)


def _notebooks(project: Project, slugs: Iterable[str] = ()) -> dict[Path, bytes]:
    """The reader notebooks of these recipes (default: all), in every language."""
    return {
        project.top / "notebooks" / language / f"{slug}.ipynb": project.notebook(slug, language)
        for slug in dict.fromkeys(slugs or project.recipes)
        for language in LANGUAGES
    }


def _history(project: Project) -> dict[Path, bytes]:
    """The history with the verdicts that changed; says which."""
    noted = load_history(project.top)
    try:
        changed = news(project.verdicts, noted, _today())
    except RecetarioError as error:  # the recipe is half accepted: its other environments wait
        click.echo(f"Verdicts not noted, because not all are there: {error}", err=True)
        return {}
    for event in changed:
        click.echo(f"{event.claim} on {event.environment}: {event.word}")
    return {project.top / HISTORY: to_csv([*noted, *changed])}


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _replayed_since(case: Case, moment: float) -> bool:
    """Whether it was replayed: pytest's own options may have left it out."""
    return case.result.is_file() and case.result.stat().st_mtime >= moment


def _note_verified(cases: list[Case], top: Path) -> None:
    """Keep what was verified when, on which commit: by this alone the site says "last verified"."""
    told = subprocess.run(["git", "-C", str(top), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    today, commit = _today(), told.stdout.strip()
    verified: dict[str, dict[str, str]] = {}
    for case in cases:
        verified.setdefault(case.environment.id, {})[case.recipe.slug] = today
    for environment, recipes in verified.items():
        content = json.dumps({"commit": commit, "recipes": recipes}, indent=1) + "\n"
        write_atomically(top / ".recetario" / "verified" / f"{environment}.json", content.encode())


def _note_changes(top: Path) -> None:
    """Keep when the evidence of each recipe last changed, as git has it: what pages say where nothing was verified."""
    changed = {}
    for slug in Project(top).recipes:
        command = ["git", "-C", str(top), "log", "-1", "--format=%cs", "--", f"recipes/{slug}/evidence"]
        changed[slug] = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    content = json.dumps({"recipes": {slug: day for slug, day in changed.items() if day}}, indent=1) + "\n"
    write_atomically(top / ".recetario" / "changed.json", content.encode())
