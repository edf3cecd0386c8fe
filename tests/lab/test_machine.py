"""Settings for the outer machine, and errors that say what it lacks and how to get it."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest
from support.demo import refusal

from recetario.errors import RecetarioError
from recetario.lab import machine
from recetario.lab.building import find_mirror, os_release
from recetario.lab.machine import Machine, outer_settings
from recetario.workspace import find_top


def test_the_top_is_found_from_below(clone: Path) -> None:
    """Commands work in any folder of a clone."""
    below = clone / "recipes" / "some"
    below.mkdir()

    assert find_top(below) == clone


def test_outside_of_a_clone_there_is_no_top(tmp_path: Path) -> None:
    """Without a clone there is no folder for the lab's files, so this is an error."""
    with pytest.raises(RecetarioError, match="is not inside a clone of Recetario"):
        find_top(tmp_path)


def test_no_container_gets_more_than_the_machine_gives() -> None:
    """Limits for containers are at most the machine's own, because root may lack CAP_SYS_RESOURCE to raise them."""
    settings = outer_settings(systemd=False, limit=lambda which: 1000 if which == resource.RLIMIT_NPROC else 20000)

    assert 'default_ulimits = ["nofile=16384:16384", "nproc=1000:1000"]' in settings
    assert 'cgroup_manager = "cgroupfs"' in settings


def test_systemd_keeps_its_cgroups() -> None:
    """On a machine with systemd, Podman keeps its default cgroup manager."""
    assert "cgroup_manager" not in outer_settings(systemd=True, limit=lambda which: 20000)


def test_without_root_and_sudo_the_error_says_what_to_install(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message lists the packages, and says that the site can be built without them."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))  # no sudo there

    with pytest.raises(RecetarioError, match="needs root, or sudo without a password") as error:
        Machine(clone).podman("version")

    assert "apt-get install debian-archive-keyring mmdebstrap podman runc" in str(error.value)
    assert "-s serve" in str(error.value)


def test_without_apt_the_error_names_the_packages(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users of other distributions have to install the packages themselves."""
    monkeypatch.setattr(machine, "_TOOLS", {"no-such-tool": "no-such-package"})
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RecetarioError, match=r"The lab needs no-such-package .*, and this machine has no apt-get"):
        Machine(clone).ensure_tools(lambda line: None)


def test_a_package_without_its_programs_is_told(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may have removed Podman's binary; apt-get has nothing to do then."""
    monkeypatch.setattr(machine, "_TOOLS", {"no-such-tool": "bash"})
    monkeypatch.setattr(Machine, "run", lambda *_: None)
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if path else name)

    message = refusal(lambda: Machine(clone).ensure_tools(lambda line: None))

    assert "its programs are missing" in message


def test_what_is_missing_is_told_without_installing_it(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`lab ls` has nothing to list without Podman."""
    monkeypatch.setattr(machine, "_TOOLS", {"no-such-tool": "podman"})

    message = refusal(Machine(clone).require_tools)

    assert message.startswith("This machine has no lab: it lacks podman.")


@pytest.mark.podman
def test_a_package_that_cannot_be_installed_is_told(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message includes the error of apt-get."""
    monkeypatch.setattr(machine, "_TOOLS", {"no-such-tool": "no-such-package"})
    progress: list[str] = []

    with pytest.raises(RecetarioError, match="Installing no-such-package failed") as error:
        Machine(clone).ensure_tools(progress.append)

    assert "no-such-package" in error.value.todo[0]
    assert progress == ["installing no-such-package"]


def test_a_mirror_that_is_named_is_used(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RECETARIO_MIRROR overrides the machine's own mirror, for machines that are not Debian."""
    monkeypatch.setenv("RECETARIO_MIRROR", "http://mirror.example/debian")

    assert find_mirror(Machine(clone)) == "http://mirror.example/debian"


@pytest.mark.podman
def test_a_machine_with_no_mirror_of_debians_is_told_to_name_one(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable to set, for example on Ubuntu."""
    apt = clone / "apt.conf"
    apt.write_text(
        f'Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "/dev/null"; Dir::State::Lists "{clone}/lists";'
    )
    monkeypatch.setenv("APT_CONFIG", str(apt))
    monkeypatch.delenv("RECETARIO_MIRROR", raising=False)

    with pytest.raises(RecetarioError, match="uses no Debian mirror") as error:
        find_mirror(Machine(clone))

    assert "RECETARIO_MIRROR=" in str(error.value)


def test_the_system_is_asked_for_its_release(tmp_path: Path) -> None:
    """Quotes are removed, other lines are ignored, and a missing file has no fields."""
    (tmp_path / "os-release").write_text('NAME="Debian GNU/Linux"\nVERSION_CODENAME=bookworm\n\n# end\n')

    assert os_release(tmp_path / "os-release")["VERSION_CODENAME"] == "bookworm"
    assert os_release(tmp_path / "none") == {}


@pytest.mark.podman
def test_a_podman_that_fails_is_quoted(clone: Path) -> None:
    """The message has the last lines that Podman printed."""
    with pytest.raises(RecetarioError, match=r"`podman inspect` ended with status 125") as error:
        Machine(clone).podman("inspect", "no-such-container")

    assert "no-such-container" in str(error.value)
