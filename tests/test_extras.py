"""What is installed comes in parts: the tool, what replays recipes, what builds the site, what checks need."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.demo import Demo

TOP = Path(__file__).parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
_NEEDED_BY_OTHERS = {"jupyter-core"}  # by nbformat


def without(extra: str, code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code where nothing can be imported that only this extra installs."""
    names = {canonicalize_name(Requirement(line).name) for line in EXTRAS[extra]} - _NEEDED_BY_OTHERS
    hidden = {
        name
        for name, packages in packages_distributions().items()
        if names & {canonicalize_name(package) for package in packages}
    }
    shown = {"mkdocs", "bs4", "jinja2", "pytest", "xdist", "nbclient", "yaml"} & hidden
    assert shown == {"site": {"mkdocs", "bs4", "jinja2"}, "replay": {"pytest", "xdist", "nbclient"}}[extra]
    hide = f"import sys; sys.modules.update(dict.fromkeys({sorted(hidden)!r})); "
    return subprocess.run([sys.executable, "-c", hide + code], cwd=cwd, capture_output=True, text=True, check=False)


_READING = ("cli", "kernel.app", "kernel.specs", "lab.commands", "lab.listing", "replay.accept", "replay.new")
"""What the commands import that neither replay recipes nor build the site."""


def _imports(*modules: str) -> str:
    return "".join(f"import recetario.{name}; " for name in modules)


def test_reading_works_without_what_replays_need(tmp_path: Path) -> None:
    """Whoever only reads recipes and evidence installs no test runner."""
    done = without("replay", _imports(*_READING) + "recetario.cli.main(['envs'])", tmp_path)

    assert done.stderr == ""
    assert "5.4-netavark-rootless" in done.stdout.split()


@pytest.mark.parametrize("command", ["replay", "drift"])
def test_replay_commands_name_the_extra(demo: Demo, command: str) -> None:
    """Instead of the name of a module that is missing."""
    done = without("replay", f"from recetario.cli import main; main([{command!r}])", demo.top)

    assert done.returncode == 1
    assert done.stderr == (
        "Recipes can't be replayed, because nbclient and other packages that this needs are not installed.\n"
        "  Install them: pip install 'recetario[replay]'\n"
    )


def test_the_tool_works_without_the_site(tmp_path: Path) -> None:
    """Whoever only replays recipes installs no site generator."""
    imports = _imports(*_READING, "replay.run", "replay.suite", "replay.suite.test_recipes")

    done = without("site", imports + "recetario.cli.main(['envs'])", tmp_path)

    assert done.stderr == ""
    assert "5.4-netavark-rootless" in done.stdout.split()


def test_site_commands_name_the_extra(tmp_path: Path) -> None:
    """Instead of the name of a module that is missing."""
    for command in ("build", "serve"):
        done = without("site", f"from recetario.cli import main; main(['site', {command!r}])", tmp_path)

        assert done.returncode == 1
        assert done.stderr == (
            "The site can't be built, because mkdocs and other packages that this needs are not installed.\n"
            "  Install them: pip install 'recetario[site]'\n"
        )


def test_pinned_versions_are_in_the_ranges() -> None:
    """``constraints.txt`` has each requirement, at the version where its range begins or a later one."""
    lines = re.findall(r"^([\w.-]+)==(\S+)$", (TOP / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    pins = {canonicalize_name(name): version for name, version in lines}
    wanted = [
        Requirement(line) for line in [*PROJECT["dependencies"], *EXTRAS["replay"], *EXTRAS["site"], *EXTRAS["dev"]]
    ]
    others = [one for one in wanted if one.name != "recetario"]

    assert [str(one) for one in others if pins.get(canonicalize_name(one.name), "0") not in one.specifier] == []
    assert [str(one) for one in others if not any(part.operator == ">=" for part in one.specifier)] == []
