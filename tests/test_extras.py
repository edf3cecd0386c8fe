"""What is installed comes in parts: the tool, what builds the site, what checks need."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def without_the_site(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code where nothing can be imported that only the extra ``[site]`` installs."""
    site = {canonicalize_name(Requirement(line).name) for line in EXTRAS["site"]}
    hidden = {
        name
        for name, packages in packages_distributions().items()
        if site & {canonicalize_name(package) for package in packages}
    }
    assert {"mkdocs", "bs4", "jinja2", "yaml"} & hidden == {"mkdocs", "bs4", "jinja2"}
    hide = f"import sys; sys.modules.update(dict.fromkeys({sorted(hidden)!r})); "
    return subprocess.run([sys.executable, "-c", hide + code], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_tool_works_without_the_site(tmp_path: Path) -> None:
    """Whoever only replays recipes installs no site generator."""
    commands = ["cli", "kernel.specs", "lab.commands", "lab.listing", "replay.accept", "replay.new", "replay.run"]
    modules = [*commands, "kernel.app", "replay.suite", "replay.suite.test_recipes"]
    imports = "".join(f"import recetario.{name}; " for name in modules)

    done = without_the_site(imports + "recetario.cli.main(['envs'])", tmp_path)

    assert done.stderr == ""
    assert "5.4-netavark-rootless" in done.stdout.split()


def test_site_commands_name_the_extra(tmp_path: Path) -> None:
    """Instead of the name of a module that is missing."""
    for command in ("build", "serve"):
        done = without_the_site(f"from recetario.cli import main; main(['site', {command!r}])", tmp_path)

        assert done.returncode == 1
        assert done.stderr == (
            "The site can't be built, because MkDocs and other packages that it needs are not installed.\n"
            "  Install them: pip install 'recetario[site]'\n"
        )


def test_pinned_versions_are_in_the_ranges() -> None:
    """``constraints.txt`` has each requirement, at the version where its range begins or a later one."""
    lines = re.findall(r"^([\w.-]+)==(\S+)$", (TOP / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    pins = {canonicalize_name(name): version for name, version in lines}
    wanted = [Requirement(line) for line in [*PROJECT["dependencies"], *EXTRAS["site"], *EXTRAS["dev"]]]
    others = [one for one in wanted if one.name != "recetario"]

    assert [str(one) for one in others if pins.get(canonicalize_name(one.name), "0") not in one.specifier] == []
    assert [str(one) for one in others if not any(part.operator == ">=" for part in one.specifier)] == []
