"""Write and install the kernelspecs: Bash on this machine, and Bash in a host of an environment."""

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
    """Install a kernelspec for this machine and one for each environment; return their folders.

    Args:
        environments: Ids.
        user: Install for this user only, not for the whole machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        manager = KernelSpecManager()
        return [
            Path(manager.install_kernel_spec(str(spec), spec.name, user=user))
            for spec in write_specs(Path(folder), environments)
        ]


def write_specs(folder: Path, environments: Iterable[str] = ()) -> list[Path]:
    """Write the kernelspecs to a folder; ``KernelSpecManager(kernel_dirs=[folder])`` uses them without installing."""
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
