"""The command line: what you can do with recipes, and the lab they are replayed in."""

from __future__ import annotations

import itertools
import json
import signal
import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from recetario.book.case import Case
from recetario.book.environments import find, load_environments
from recetario.book.project import Project
from recetario.errors import RecetarioError
from recetario.lab import commands as lab_commands
from recetario.replay.accept import accept as accept_replays
from recetario.replay.accept import replays, today, write_history, write_notebooks
from recetario.replay.drift import changes
from recetario.replay.new import begin_recipe
from recetario.replay.run import run_suite
from recetario.workspace import Workspace, find_top

__all__ = ["main"]

_SIGNS = {"holds": "holds", "fails": "fails", "scope": "·", "lab": "n/a lab"}
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
  recetario diff dns-network
      see what it printed otherwise than the evidence
  recetario accept dns-network
      keep that as evidence
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


@main.command()
@click.argument("slug")
def new(slug: str) -> None:
    """Begin a recipe with files that already replay."""
    top = find_top()
    for path in begin_recipe(top, slug):
        click.echo(path.relative_to(top))
    click.echo(
        f"Change them line by line. To try the recipe: nox -s replay -- {slug} --env {load_environments()[-1].id}"
    )


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
    verified = [case.key for case in cases if _replayed_since(case, started)]
    Workspace(find_top()).note_verified(verified, today())


@main.command()
@_selection
def diff(recipes: tuple[str, ...], environments: tuple[str, ...]) -> None:
    """Show what accepting the last replays would change."""
    for case in replays(find_top(), recipes, environments):
        click.echo(f"{case.id}: {changes(case)}")


@main.command()
@_selection
def accept(recipes: tuple[str, ...], environments: tuple[str, ...]) -> None:
    """Make the last replays the evidence. Shows first what changes."""
    accept_replays(find_top(), recipes, environments, click.echo, _progress)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As a JSON list, for a workflow's matrix.")
def envs(as_json: bool) -> None:
    """The environments, oldest Podman first."""
    ids = [environment.id for environment in load_environments()]
    click.echo(json.dumps(ids) if as_json else "\n".join(ids))


@main.command()
def notebooks() -> None:
    """Write the notebooks that readers open, from pages and evidence."""
    write_notebooks(Project(find_top()))


@main.command()
def history() -> None:
    """Note which verdicts changed, for the site's feed. `accept` does so too."""
    write_history(Project(find_top()), click.echo, _progress)


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
    lab_commands.build(find(environments), _progress, top=find_top())


@lab.command()
@click.argument("environment")
def shell(environment: str) -> None:
    """Open a shell in a fresh host. It is gone when you leave; `recetario envs` lists the environments."""
    (found,) = find([environment])
    sys.exit(lab_commands.shell(found, _progress, top=find_top()))


@lab.command()
def clean() -> None:
    """Remove the lab from this machine: hosts and images, ours only."""
    lab_commands.clean(top=find_top())


@main.group()
def site() -> None:
    """Build or serve the site. It reads evidence, and starts no container."""


@site.command("build")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where it goes (default: site/).")
def build_site(out: Path | None) -> None:
    """Build both languages, strictly."""
    from recetario.site.build import build
    from recetario.site.outputs.zip import pack

    top = find_top()
    _note_changed(top)
    out = out or top / "site"
    build(top, out)
    click.echo(f"Built {out}, and {pack(out)} to read without a server.")


@site.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve_site(host: str, port: int) -> None:
    """Serve both languages on this machine. Builds again when something changes; Ctrl-C ends it."""
    from recetario.site.serve import serve

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it has processes and a folder to remove
    _note_changed(find_top())
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


def _run_suite(recipes: tuple[str, ...], environments: tuple[str, ...], options: list[str]) -> list[Case]:
    """Replay, and end the program with pytest's status if anything fails; what begins with "-" goes to pytest."""
    slugs = list(itertools.takewhile(lambda word: not word.startswith("-"), recipes))
    cases, status = run_suite(find_top(), slugs, environments, _progress, [*options, *recipes[len(slugs) :]])
    if status:
        sys.exit(status)
    return cases


def _replayed_since(case: Case, moment: float) -> bool:
    """Whether it was replayed: pytest's own options may have left it out."""
    return case.result.is_file() and case.result.stat().st_mtime >= moment


def _note_changed(top: Path) -> None:
    Workspace(top).note_changed(Project(top).recipes)
