"""The command line: commands for recipes, the lab, the site and kernels.

Each command imports what it needs when it runs. pytest and Jupytext take longer to import than the rest, so if they
were imported here, `--help` and completion with Tab would take six times as long.
"""

from __future__ import annotations

import itertools
import json
import logging
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from recetario.book.adjustments import load_adjustments
from recetario.book.environments import Environment, find, load_environments
from recetario.book.needs import load_needs
from recetario.errors import FAILED, INTERRUPTED, USAGE, RecetarioError, UnknownNameError, from_os_error, nearest
from recetario.extras import require_extra
from recetario.translations import translations
from recetario.workspace import Workspace, find_top

if TYPE_CHECKING:
    from recetario.book.case import Case
    from recetario.lab.listing import ListedHost

__all__ = ["main"]

_log = logging.getLogger("recetario")
_SIGNS = {"holds": "+", "fails": "-", "scope": ".", "lab": "?"}
_WORDS = translations("en")["site"]  # of verdicts, as pages have them


class _Group(click.Group):
    """A group that prints our errors without a traceback, and then exits with the status for them."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except UnknownNameError as error:
            message, status = str(error), USAGE
        except RecetarioError as error:
            message, status = str(error), FAILED
        except OSError as error:
            if not (known := from_os_error(error)):
                raise
            message, status = str(known), FAILED
        except KeyboardInterrupt:
            message, status = "Interrupted.", INTERRUPTED
        click.echo(message, err=True)
        raise click.exceptions.Exit(status)


# Click keeps the line breaks of a paragraph that begins with a line with only \b.
_EXAMPLES = """\b
Examples:
  recetario replay dns-network --env 5.4-netavark-rootless
      run one recipe in one environment
  recetario diff dns-network
      show how its output differs from the evidence
  recetario accept dns-network
      keep the new output as evidence
  recetario drift
      replay everything; fail if anything changed
  recetario lab shell 3.0-cni-rootless
      open a shell in a host with that Podman
  recetario site serve
      read the pages on localhost

\b
Exit status:
  0    all went well
  1    something failed, or was refused
  2    the command line is wrong, or names what does not exist
  3    drift: replays worked, but differ from the evidence
  130  interrupted with Ctrl-C
  `lab shell` ends with the status of the shell.
"""


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.version_option(package_name="recetario")
@click.option("-v", "--verbose", is_flag=True, help="Also print each command that is run on this machine.")
@click.option("-q", "--quiet", is_flag=True, help="Print only results and errors.")
def main(verbose: bool, quiet: bool) -> None:
    """Replay recipes on real Podman, keep the evidence, and see which claims hold where."""
    _log.handlers = [logging.StreamHandler()]
    _log.setLevel(logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO)


def _selection(command: click.decorators.FC) -> click.decorators.FC:
    """Add the arguments that select recipes and environments; without any, a command is about all of them."""
    text = "Only this environment; may be repeated (`recetario envs` lists them)."
    command = click.option(
        "--env", "environments", multiple=True, metavar="ENV", help=text, shell_complete=_complete_environment
    )(command)
    return click.argument("recipes", nargs=-1, metavar="[RECIPE]...", shell_complete=_complete_recipe)(command)


def _complete_recipe(ctx: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    """The recipes whose names begin like this; none outside of a clone."""
    try:
        files = (find_top() / "recipes").glob("*/recipe.sh")
    except RecetarioError:
        return []
    return sorted(file.parent.name for file in files if file.parent.name.startswith(start))


def _complete_environment(ctx: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    """The environments whose names begin like this."""
    return [environment.id for environment in load_environments() if environment.id.startswith(start)]


_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


@main.command()
@click.argument("slug")
def new(slug: str) -> None:
    """Create a recipe, with files that can be replayed right away."""
    from recetario.replay.new import begin_recipe

    top = find_top()
    for path in begin_recipe(top, slug):
        click.echo(path.relative_to(top))
    newest = load_environments()[-1].id
    click.echo("Change them line by line, and move the line in recipes/list.toml to where readers would look for it.")
    click.echo(f"To try the recipe: python3 noxfile.py -s replay -- {slug} --env {newest}")


@main.command()
@_selection
@click.option("--keep", is_flag=True, help="Keep the hosts as the last step left them; print how to enter them.")
def replay(recipes: tuple[str, ...], environments: tuple[str, ...], keep: bool) -> None:
    """Replay recipes in fresh hosts; `accept` keeps the results.

    Arguments after `--` are passed to pytest: `recetario replay -- -x` stops at the first failure.
    """
    selected, options = _cases_and_options(recipes, environments)
    _run_suite(selected, ["--keep", *options] if keep else options)


@main.command()
@_selection
@click.option(
    "--cases",
    "file",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Only the cases that it lists, such as `dns-network on 5.4-netavark-root`: one a line, in this order.",
)
def drift(recipes: tuple[str, ...], environments: tuple[str, ...], file: TextIO | None) -> None:
    """Replay recipes and fail if anything differs from the evidence."""
    from recetario.replay.accept import today

    start_s = time.time()
    selected, options = _cases_and_options(recipes, environments)
    if file:
        selected = _listed_in(file, selected)
    _run_suite(selected, ["--drift", *options])
    verified = [case.key for case in selected if _replayed_since(case, start_s)]
    Workspace(find_top()).note_verified(verified, today())


@main.command()
@_selection
def diff(recipes: tuple[str, ...], environments: tuple[str, ...]) -> None:
    """Show what accepting the last replays would change."""
    from recetario.replay.accept import waiting_cases
    from recetario.replay.drift import changes, grouped

    cases = waiting_cases(find_top(), recipes, environments, _progress)
    for line in grouped((*case.key, changes(case)) for case in cases):
        click.echo(line)


@main.command()
@_selection
def accept(recipes: tuple[str, ...], environments: tuple[str, ...]) -> None:
    """Show what the last replays change, and make them the evidence."""
    from recetario.replay.accept import accept as accept_replays

    accept_replays(find_top(), recipes, environments, click.echo, _progress)


@main.command()
@_as_json
def envs(as_json: bool) -> None:
    """List the environments, oldest Podman first."""
    ids = [environment.id for environment in load_environments()]
    click.echo(json.dumps(ids) if as_json else "\n".join(ids))


@main.command("recipes")
@_as_json
def list_recipes(as_json: bool) -> None:
    """List the recipes and their questions."""
    from recetario.book.project import Project

    recipes = Project(find_top()).recipes.values()
    if as_json:
        click.echo(json.dumps([{"recipe": recipe.slug, "question": recipe.question} for recipe in recipes]))
    else:
        _print_table("RECIPE QUESTION", ((recipe.slug, recipe.question) for recipe in recipes))


@main.command()
def notebooks() -> None:
    """Write the readers' notebooks, from pages and evidence."""
    from recetario.book.project import Project
    from recetario.replay.accept import write_notebooks

    write_notebooks(Project(find_top()))


@main.command()
def history() -> None:
    """Record which verdicts changed, for the site's feed. `accept` does this, too."""
    from recetario.book.project import Project
    from recetario.replay.accept import write_history

    write_history(Project(find_top()), click.echo, _progress)


@main.command()
@_as_json
def matrix(as_json: bool) -> None:
    """Show the verdict on every claim in every environment."""
    from recetario.book.project import Project

    project = Project(find_top())
    rows = {claim.id: [verdict.word for verdict in project.row(claim.id)] for claim in project.claims.values()}
    if as_json:
        ids = [environment.id for environment in load_environments()]
        words = {claim: [_WORDS[word] for word in row] for claim, row in rows.items()}
        click.echo(json.dumps({claim: dict(zip(ids, row, strict=True)) for claim, row in words.items()}))
        return
    width = max(map(len, rows), default=0)
    for titles in zip(*(_titles(environment) for environment in load_environments()), strict=True):
        click.echo(f"{'':{width}}{''.join(f'{title:>4}' for title in titles)}")
    for claim, row in rows.items():
        click.echo(f"{claim:{width}}{''.join(f'{_SIGNS[word]:>4}' for word in row)}")
    signs = "   ".join(f"{sign} {_WORDS[word]}" for word, sign in _SIGNS.items())
    click.echo(f"\n{signs}\nnv is netavark; # is as root, and $ is rootless.")


def _titles(environment: Environment) -> tuple[str, str, str]:
    """The three lines above an environment's column."""
    backend = "nv" if environment.backend == "netavark" else environment.backend
    return environment.podman, backend, "$" if environment.rootless else "#"


_with_needs = click.option(
    "--with",
    "needs",
    multiple=True,
    metavar="NEED",
    type=click.Choice(list(load_needs())),
    help=f"What hosts have beyond plain ones; may be repeated: {', '.join(load_needs())}.",
)


@main.group()
def lab() -> None:
    """Build, enter and remove the lab. Its hosts are disposable, and each has its own Podman."""


@lab.command()
@click.argument("environments", nargs=-1, metavar="[ENV]...", shell_complete=_complete_environment)
@_with_needs
def build(environments: tuple[str, ...], needs: tuple[str, ...]) -> None:
    """Build missing images, and probe a host of each environment. Default: of all that `recetario envs` lists."""
    from recetario.lab import commands

    commands.build(find(environments) or load_environments(), _progress, needs=needs, top=find_top())


@lab.command()
@click.argument("environment", shell_complete=_complete_environment)
@_with_needs
@click.option(
    "--without",
    multiple=True,
    metavar="ADJUSTMENT",
    type=click.Choice(list(load_adjustments())),
    help="What the lab adds to a plain Debian and this host does without; may be repeated: "
    f"{', '.join(load_adjustments())}.",
)
def shell(environment: str, needs: tuple[str, ...], without: tuple[str, ...]) -> None:
    """Open a shell in a fresh host. It is removed when you leave; `recetario envs` lists the environments.

    To try a script there, such as one that readers download: `recetario lab shell ENV < NAME.sh`
    """
    from recetario.lab import commands

    (selected,) = find([environment])
    sys.exit(commands.shell(selected, _progress, needs=needs, without=without, top=find_top()))


@lab.command("ls")
def list_lab() -> None:
    """List the hosts and images on this machine."""
    from recetario.lab import listing
    from recetario.lab.machine import Machine

    machine = Machine(find_top())
    machine.require_tools()
    hosts, images = listing.hosts(machine), listing.images(machine)
    _print_table("HOST ENVIRONMENT RUN STARTED STATE CLONE", map(astuple, hosts))
    click.echo()
    _print_table("IMAGE SIZE STATE CLONE", map(astuple, images))
    if hosts or images:
        click.echo("\nTo remove one of them: recetario lab rm NAME")
    if advice := _advice_on_leftovers(hosts):
        click.echo(advice)


def _advice_on_leftovers(hosts: Iterable[ListedHost]) -> str:
    """What becomes of hosts whose command is dead; empty if there are none."""
    from recetario.lab import listing

    if all(host.state != listing.LEFT_OVER for host in hosts):
        return ""
    return "What is left over is removed by the next command that starts a host in that clone."


@lab.command("rm")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(names: tuple[str, ...]) -> None:
    """Remove kept hosts, or images of this clone; `lab ls` lists them."""
    from recetario.lab import listing
    from recetario.lab.machine import Machine

    machine = Machine(find_top())
    machine.require_tools()
    listing.remove(machine, names, _progress)


@lab.command()
@click.option("--all", "every_clone", is_flag=True, help="Remove the images that other clones made, too.")
@click.option("--outdated", is_flag=True, help="Only remove images that this clone made and does not use any more.")
def clean(every_clone: bool, outdated: bool) -> None:
    """Remove this clone's hosts and images from this machine."""
    from recetario.lab import commands

    commands.clean(_progress, every_clone=every_clone, only_outdated=outdated, top=find_top())


@main.group()
def site() -> None:
    """Build or serve the site from the evidence. This starts no containers."""


@site.command("build")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The output folder (default: site/).")
def build_site(out: Path | None) -> None:
    """Build the site in both languages; warnings are errors."""
    from recetario.site.build import build
    from recetario.site.outputs.zip import pack

    top = find_top()
    _note_changed(top)
    out = out or top / "site"
    build(top, out)
    click.echo(f"Built {out}, and {pack(out)}, a copy to read without a server.")


@site.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def serve_site(host: str, port: int) -> None:
    """Serve the site in both languages on this machine. It rebuilds what changes; stop it with Ctrl-C."""
    from recetario.site.serve import serve

    # As Ctrl-C does: raise KeyboardInterrupt, so that `serve` ends its processes and removes its temporary folder.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _note_changed(find_top())
    serve(find_top(), host, port)


@main.group()
def kernels() -> None:
    """Install our Jupyter kernels. JupyterLab, VS Code and nbclient can run them."""


@kernels.command()
@click.option(
    "--env",
    "environments",
    multiple=True,
    metavar="ENV",
    shell_complete=_complete_environment,
    help="Also install a kernel that runs cells in a host of this environment; may be repeated.",
)
def install(environments: tuple[str, ...]) -> None:
    """Install the kernel that runs cells on this machine ("here")."""
    from recetario.kernel.specs import install_specs

    for folder in install_specs(environment.id for environment in find(environments)):
        click.echo(f"Installed {folder}.")


def _print_table(titles: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Print columns as wide as their longest cell, as `podman ps` does, for people and for awk."""
    lines = [titles.split(), *([str(cell) or "-" for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _progress(line: str) -> None:
    _log.info("%s", line)


def _cases_and_options(recipes: tuple[str, ...], environments: tuple[str, ...]) -> tuple[list[Case], list[str]]:
    """The cases that were named, and the options for pytest.

    Click adds the arguments after `--` to the recipes: everything from the first that begins with "-" is for pytest.
    """
    from recetario.book.project import Project

    slugs = list(itertools.takewhile(lambda argument: not argument.startswith("-"), recipes))
    return Project(find_top()).cases(slugs, environments), list(recipes[len(slugs) :])


def _listed_in(file: TextIO, cases: Iterable[Case]) -> list[Case]:
    """The cases that a file lists, in its order."""
    by_id = {case.id: case for case in cases}
    listed = list(filter(None, map(str.strip, file)))
    for name in listed:
        if name not in by_id:
            raise UnknownNameError(f'{file.name}: there is no case "{name}".', nearest(name, by_id))
    return [by_id[name] for name in dict.fromkeys(listed)]


def _run_suite(cases: list[Case], options: list[str]) -> None:
    """Replay cases, and exit with a status if anything fails."""
    require_extra("replay", "nbclient", "Recipes can't be replayed")
    from recetario.replay.run import run_suite

    level = {logging.WARNING: "-qq", logging.DEBUG: "-vv"}.get(_log.level, "-v")
    if status := run_suite(find_top(), cases, _progress, [level, *options]):
        sys.exit(status)


def _replayed_since(case: Case, start_s: float) -> bool:
    """Whether a case was replayed after ``start_s``, in seconds since the epoch: pytest's options may deselect it."""
    return case.result.is_file() and case.result.stat().st_mtime >= start_s


def _note_changed(top: Path) -> None:
    from recetario.book.project import Project

    Workspace(top).note_changed(Project(top).recipes)
