"""nbclient still has the private parts that we use. They were read in the version that the module names."""

from __future__ import annotations

from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat.v4 import new_notebook

from recetario.kernel.specs import HERE, write_specs
from recetario.private_apis.nbclient import shut_down


def test_a_kernel_that_was_started_by_hand_ends(tmp_path: Path) -> None:
    """With its channels, or the program would not end."""
    write_specs(tmp_path)
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path)])
    manager = AsyncKernelManager(kernel_name=HERE, kernel_spec_manager=specs)
    notebook = NotebookClient(new_notebook(), km=manager)
    notebook.start_new_kernel()
    client = notebook.start_new_kernel_client()
    assert run_sync(manager.is_alive)()
    assert client.channels_running

    shut_down(notebook)

    assert not run_sync(manager.is_alive)()
    assert not client.channels_running
