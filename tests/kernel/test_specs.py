"""Jupyter finds our kernelspecs."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from recetario.kernel.specs import HERE, install_specs, write_specs


def test_installed_kernels_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are found by the names in our notebooks, also after they were installed twice."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    install_specs()
    folders = install_specs(["5.4-netavark-rootless"])

    specs = KernelSpecManager().find_kernel_specs()
    assert [folder.name for folder in folders] == [HERE, "recetario-5.4-netavark-rootless"]
    assert [specs[folder.name] for folder in folders] == [str(folder) for folder in folders]


def test_specs_say_how_to_start_and_to_interrupt(tmp_path: Path) -> None:
    """Interrupts are sent as messages, because a signal would not reach a process in a host."""
    write_specs(tmp_path, ["5.4-netavark-rootless"])
    manager = KernelSpecManager(kernel_dirs=[str(tmp_path)])
    here, host = (manager.get_kernel_spec(name) for name in (HERE, "recetario-5.4-netavark-rootless"))

    assert (here.display_name, here.language, here.interrupt_mode) == ("Bash (here)", "bash", "message")
    assert here.argv[1:] == ["-m", "recetario.kernel", "-f", "{connection_file}"]
    assert host.argv[-2:] == ["--environment", "5.4-netavark-rootless"]
