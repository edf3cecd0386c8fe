"""The recipe that describes the reader's machine finds each setting that changes the network, in each file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from recetario.book.project import Project

_NETWORK = (
    *("default_network", "default_subnet", "default_subnet_pools", "default_host_ips", "dns_bind_port"),
    *("firewall_driver", "pasta_options", "rootless_port_forwarder"),
)
_CONTAINERS = ("netns", "dns_servers", "host_containers_internal_ip", "no_hosts")


def settings(project: Project, home: Path, **variables: str) -> str:
    """What the step prints with this home folder."""
    step = project.recipes["my-machine"].variants("settings")[0]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), **variables}
    done = subprocess.run(["bash", "-euc", step.command], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    "name",
    [
        *("containers.conf", "containers.conf.d/mine.conf", f"containers.conf.d/{os.getuid()}/mine.conf"),
        *("containers.rootless.conf", "containers.rootless.conf.d/mine.conf", "containers.rootful.conf.d/mine.conf"),
    ],
)
def test_each_setting_is_found_in_each_file(project: Project, tmp_path: Path, name: str) -> None:
    """Those of the table for networks, and those of containers that change their network."""
    file = tmp_path / ".config" / "containers" / name
    file.parent.mkdir(parents=True)
    lines = [f"{key} = 1" for key in _CONTAINERS], [f"{key} = 1" for key in _NETWORK]
    file.write_text("\n".join(["[containers]", "log_size_max = 1", *lines[0], "[network]", *lines[1], ""]))
    printed = settings(project, tmp_path).splitlines()

    assert [line for line in printed if line.startswith(f"{file}: ")] == [
        f"{file}: {key} = 1" for key in (*_CONTAINERS, *_NETWORK)
    ]


def test_a_file_that_a_variable_names_is_read(project: Project, tmp_path: Path) -> None:
    """And the variable is printed."""
    (tmp_path / "mine.conf").write_text("[network]\npasta_options = []\n")
    printed = settings(project, tmp_path, CONTAINERS_CONF=str(tmp_path / "mine.conf"))

    assert f"CONTAINERS_CONF={tmp_path}/mine.conf\n" in printed
    assert f"{tmp_path}/mine.conf: pasta_options = []\n" in printed
