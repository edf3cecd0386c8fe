"""Tell Jupyter about the kernels: Bash here, and Bash in a host of an environment."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

__all__ = ["HERE", "install_specs", "write_specs"]

HERE = "recetario-here"


def install_specs(environments: Iterable[str] = (), *, user: bool = True) -> list[Path]:
    """Install the kernelspec for here and one for each of these environments; the folders they went to.

    Args:
        environments: Their ids.
        user: For this user alone, not for the whole machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        manager = KernelSpecManager()
        return [
            Path(manager.install_kernel_spec(str(spec), spec.name, user=user))
            for spec in write_specs(Path(folder), environments)
        ]


def write_specs(folder: Path, environments: Iterable[str] = ()) -> list[Path]:
    """Write kernelspecs under a folder, for a ``KernelSpecManager(kernel_dirs=[folder])`` that installs nothing."""
    specs = {HERE: _spec("Bash (here)")}
    specs |= {f"recetario-{id_}": _spec(f"Bash ({id_})", "--environment", id_) for id_ in environments}
    for name, spec in specs.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "kernel.json").write_text(json.dumps(spec, indent=2) + "\n", "utf-8")
    return [folder / name for name in specs]


def _spec(title: str, *arguments: str) -> dict[str, Any]:
    return {
        "argv": [sys.executable, "-m", "recetario.kernel", "-f", "{connection_file}", *arguments],
        "display_name": title,
        "language": "bash",
        "interrupt_mode": "message",
    }
