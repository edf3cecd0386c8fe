"""The kernel answers Jupyter clients such as JupyterLab and nbclient."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from recetario.errors import RecetarioError
from recetario.kernel.client import close_bash, name_step, open_bash
from recetario.kernel.specs import HERE, write_specs

Message = dict[str, Any]
SLOW = """
import sys, threading, time
from recetario.kernel.app import launch

is_alive = threading.Thread.is_alive

def is_alive_slowly(thread):  # so that the main thread can close what the control thread is about to use
    alive = is_alive(thread)
    time.sleep(0.2 if threading.current_thread().name == "Control" else 0)
    return alive

threading.Thread.is_alive = is_alive_slowly
launch(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> KernelSpecManager:
    """Kernelspecs in a temporary folder."""
    folder = tmp_path_factory.mktemp("kernels")
    write_specs(folder, ["9.9-netavark-root"])
    return KernelSpecManager(kernel_dirs=[str(folder)])


@pytest.fixture(scope="module")
def kernel(specs: KernelSpecManager) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """One kernel for all tests that leave it running."""
    yield from started(specs)


@pytest.fixture
def own_kernel(specs: KernelSpecManager) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel for a test that ends it."""
    yield from started(specs)


def started(specs: KernelSpecManager, name: str = HERE) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """Start a kernel, and a client that is connected to it."""
    manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    yield manager, client
    client.stop_channels()
    if manager.is_alive():
        manager.shutdown_kernel()


def execute(client: BlockingKernelClient, code: str, **options: Any) -> tuple[Message, list[Message]]:
    """Run a cell; return the content of the reply and of each published message, with its type."""
    published: list[Message] = []

    def keep(message: Message) -> None:
        if message["msg_type"] not in ("status", "execute_input"):
            published.append({"type": message["msg_type"]} | message["content"])

    reply = client.execute_interactive(code, output_hook=keep, timeout=30, stop_on_error=False, **options)
    return reply["content"], published


def alive(mark: str) -> bool:
    """Whether a `sleep` with this mark is running."""
    return not subprocess.call(["pgrep", "--full", f"^sleep {mark}$"], stdout=subprocess.DEVNULL)


def test_a_cell_publishes_its_streams(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Output is published by stream as it arrives, and the reply has the status."""
    reply, published = execute(kernel[1], "echo a; sleep 0.1; echo b >&2")

    assert [(part["name"], part["text"]) for part in published] == [("stdout", "a\n"), ("stderr", "b\n")]
    assert reply["status"] == "ok"
    assert reply["recetario"] == {"status": 0, "cut": {"stdout": 0, "stderr": 0}, "explanation": ""}


def test_a_failed_cell_shows_step_command_status_and_last_lines(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    """The error message is enough to understand what failed."""
    code = "seq 30\nprintf '\\e[31mred\\e[0m\\n' >&2\nexit 3"
    reply, published = execute(kernel[1], code)

    expected = [
        *("step cell ended with status 3", "    seq 30", "    printf '\\e[31mred\\e[0m\\n' >&2", "    exit 3"),
        *("stdout, last lines:", *(f"    {n}" for n in range(21, 31)), "stderr, last lines:", "    red"),
    ]
    assert (reply["status"], reply["ename"], reply["evalue"]) == (
        "error",
        "StepFailed",
        "step cell ended with status 3",
    )
    assert reply["traceback"] == published[-1]["traceback"] == expected
    assert reply["recetario"]["status"] == 3


def test_an_outcome_with_an_explanation_fails_the_cell(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """A cell that spoils the shared bash fails even if its status is 0, and the error has the explanation."""
    reply, _ = execute(kernel[1], "exit 0")

    assert (reply["status"], reply["evalue"]) == ("error", "step cell ended with status 0")
    assert reply["recetario"]["explanation"] in reply["traceback"]


def test_a_cut_is_reported_outside_of_the_stream(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """The stream contains only what the step printed; the number of missing bytes is published separately."""
    reply, published = execute(kernel[1], "head --bytes=70000 /dev/zero | tr '\\0' '\\n'")

    assert published[-1]["data"] == {"text/plain": "stdout: 4464 more bytes were left out."}
    assert reply["recetario"]["cut"] == {"stdout": 4464, "stderr": 0}


def test_a_silent_cell_publishes_nothing(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Jupyter's `silent` option suppresses output and errors."""
    reply, published = execute(kernel[1], "echo a; false", silent=True)

    assert (reply["status"], published) == ("error", [])


def test_a_signal_is_what_it_is_in_a_script(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Kernels ignore SIGINT, but steps must not inherit that."""
    _, published = execute(kernel[1], "trap 'echo caught' INT; kill -INT $$; trap - INT")

    assert published[0]["text"] == "caught\n"


def test_the_kernel_says_what_its_language_is(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Frontends choose the syntax highlighting by the language in `kernel_info`."""
    kernel[1].kernel_info()
    info = kernel[1].get_shell_msg(timeout=10)["content"]["language_info"]

    assert (info["name"], info["file_extension"], info["pygments_lexer"]) == ("bash", ".sh", "bash")


@pytest.mark.alone
def test_an_interrupt_comes_as_a_message(kernel: tuple[KernelManager, BlockingKernelClient], mark: str) -> None:
    """An interrupt request ends the processes of the cell and gives it status 130."""
    manager, client = kernel
    request = client.execute(f"echo up; timeout 500 sleep {mark}")
    while client.get_iopub_msg(timeout=10)["content"].get("text") != "up\n":
        pass
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=10)

    assert reply["parent_header"]["msg_id"] == request
    assert (reply["content"]["recetario"]["status"], alive(mark)) == (130, False)


@pytest.mark.alone
@pytest.mark.parametrize("cell", ["true", "echo up; (trap '' TERM; sleep MARK)"])
def test_shutting_down_ends_everything_at_once(
    own_kernel: tuple[KernelManager, BlockingKernelClient], cell: str, mark: str
) -> None:
    """A shutdown ends a running cell and background children within 2.5 s, after which nbclient would kill it."""
    manager, client = own_kernel
    execute(client, f"sleep {mark} & true")
    client.execute(cell.replace("MARK", mark))
    client.get_iopub_msg(timeout=10)
    start = time.monotonic()
    manager.shutdown_kernel()

    assert time.monotonic() - start < 2.5
    assert not alive(mark)


def test_a_shutdown_prints_nothing(tmp_path: Path) -> None:
    """The thread that answers the request ends before the sockets that it writes to are closed."""
    manager = KernelManager(kernel_name=HERE, kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(tmp_path)]))
    write_specs(tmp_path)
    assert manager.kernel_spec is not None
    manager.kernel_spec.argv = [sys.executable, "-c", SLOW, "-f", "{connection_file}"]
    with (tmp_path / "stderr").open("w") as stderr:
        manager.start_kernel(stderr=stderr)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=30)
        client.stop_channels()
        manager.shutdown_kernel()

    assert (tmp_path / "stderr").read_text() == ""


@pytest.mark.alone
def test_killing_the_kernel_leaves_nothing(own_kernel: tuple[KernelManager, BlockingKernelClient], mark: str) -> None:
    """The processes of a cell end soon after the kernel was killed."""
    manager, client = own_kernel
    client.execute(f"echo up; sleep {mark}")
    while client.get_iopub_msg(timeout=10)["content"].get("text") != "up\n":
        pass
    manager.shutdown_kernel(now=True)

    until = time.monotonic() + 5
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(mark)


def test_an_unknown_environment_is_an_error_in_the_cell(specs: KernelSpecManager) -> None:
    """The message is shown in the cell, instead of a kernel that dies at the start."""
    for _, client in started(specs, "recetario-9.9-netavark-root"):
        reply, _ = execute(client, "echo a")

        assert 'There is no environment "9.9-netavark-root".' in reply["recetario"]["explanation"]


def run_notebook(specs: KernelSpecManager, *cells: str) -> nbformat.NotebookNode:
    """Execute a notebook of these cells with nbclient."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    manager = AsyncKernelManager(kernel_name=HERE, kernel_spec_manager=specs)
    return NotebookClient(notebook, km=manager, timeout=30, shutdown_kernel="immediate").execute()


def test_nbclient_runs_a_notebook(specs: KernelSpecManager) -> None:
    """Cells of one notebook share one bash."""
    notebook = run_notebook(specs, "x=1", "echo $x", "cat")

    assert [[output.text for output in cell.outputs] for cell in notebook.cells] == [[], ["1\n"], []]


def test_nbclient_stops_at_a_failed_cell(specs: KernelSpecManager) -> None:
    """The exception of nbclient includes our message."""
    with pytest.raises(CellExecutionError, match="step cell ended with status 1"):
        run_notebook(specs, "false", "echo b")


def with_client(specs: KernelSpecManager, use: Callable[[NotebookClient, AsyncKernelClient], Any]) -> None:
    """Call ``use`` with an nbclient and its Jupyter client, connected to a new kernel."""

    async def main() -> None:
        manager = AsyncKernelManager(kernel_name=HERE, kernel_spec_manager=specs)
        client = NotebookClient(nbformat.v4.new_notebook(), km=manager, allow_errors=True, timeout=30)
        async with client.async_setup_kernel():
            assert isinstance(client.kc, AsyncKernelClient)
            await use(client, client.kc)
        await manager.shutdown_kernel(now=True)

    asyncio.run(main())


async def output_of(client: NotebookClient, source: str) -> str:
    """Run a cell; return the text of all its outputs, errors included."""
    client.nb.cells = [nbformat.v4.new_code_cell(source)]
    cell = await client.async_execute_cell(client.nb.cells[0], 0)
    return "".join(output.get("text") or output.get("evalue") for output in cell.outputs)


def test_one_kernel_serves_many_replays(specs: KernelSpecManager, tmp_path: Path) -> None:
    """Each `open_bash` starts a new bash, without the variables of the previous one."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        for _ in range(3):
            await open_bash(channels, ["env", "IN=host"], tmp_path, str(tmp_path), limit_s=20)
            name_step(channels, "create")
            assert await output_of(client, "echo ${x-fresh} $IN; x=old") == "fresh host\n"
            assert await output_of(client, "false") == "step create ended with status 1"
            assert await output_of(client, "echo $x") == "old\n"

    with_client(specs, use)


def test_a_limit_comes_with_the_request(specs: KernelSpecManager, tmp_path: Path) -> None:
    """Each bash gets the time limit of its open request."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        await open_bash(channels, [], tmp_path, str(tmp_path), limit_s=0.3)
        assert await output_of(client, "sleep 60") == "step cell ended with status 124"

    with_client(specs, use)


def test_a_host_that_cannot_be_entered_is_not_replaced_by_this_machine(
    specs: KernelSpecManager, tmp_path: Path
) -> None:
    """A cell meant for a host must never run on this machine."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        with pytest.raises(RecetarioError, match="no-such-podman cannot be started"):
            await open_bash(channels, ["no-such-podman"], tmp_path, str(tmp_path), limit_s=20)
        assert await output_of(client, "echo here") == "step cell ended with status 255"
        with pytest.raises(RecetarioError, match="FileNotFoundError"):
            await open_bash(channels, [], tmp_path / "nowhere", "/nowhere", limit_s=20)
        assert await output_of(client, "echo here") == "step cell ended with status 255"

    with_client(specs, use)


def test_after_a_bash_was_closed_cells_fail(specs: KernelSpecManager, tmp_path: Path, mark: str) -> None:
    """Its background children have ended, and later cells do not run on this machine instead."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        await open_bash(channels, [], tmp_path, str(tmp_path), limit_s=20)
        assert await output_of(client, f"sleep {mark} & echo up") == "up\n"
        await close_bash(channels)
        assert not alive(mark)
        assert await output_of(client, "echo here") == "step cell ended with status 255"

    with_client(specs, use)
