"""The kernel, spoken to as JupyterLab and nbclient do."""

from __future__ import annotations

import asyncio
import subprocess
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


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> KernelSpecManager:
    """Kernelspecs that are installed nowhere."""
    folder = tmp_path_factory.mktemp("kernels")
    write_specs(folder, ["9.9-netavark-root"])
    return KernelSpecManager(kernel_dirs=[str(folder)])


@pytest.fixture(scope="module")
def kernel(specs: KernelSpecManager) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """One kernel for all tests that do it no harm."""
    yield from started(specs)


@pytest.fixture
def own_kernel(specs: KernelSpecManager) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel for a test that ends it."""
    yield from started(specs)


def started(specs: KernelSpecManager, name: str = HERE) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel, and a client that it answers."""
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
    """Run a cell; the content of the reply, and what was published, each with its type."""
    published: list[Message] = []

    def keep(message: Message) -> None:
        if message["msg_type"] not in ("status", "execute_input"):
            published.append({"type": message["msg_type"]} | message["content"])

    reply = client.execute_interactive(code, output_hook=keep, timeout=30, stop_on_error=False, **options)
    return reply["content"], published


def alive(mark: str) -> bool:
    """Whether a process has this mark on its command line."""
    return not subprocess.call(["pgrep", "--full", f"^sleep {mark}$"], stdout=subprocess.DEVNULL)


def test_a_cell_publishes_its_streams(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """And its reply says how it went."""
    reply, published = execute(kernel[1], "echo a; sleep 0.1; echo b >&2")

    assert [(part["name"], part["text"]) for part in published] == [("stdout", "a\n"), ("stderr", "b\n")]
    assert reply["status"] == "ok"
    assert reply["recetario"] == {"status": 0, "cut": {"stdout": 0, "stderr": 0}, "words": ""}


def test_a_failed_cell_tells_step_command_status_and_last_lines(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    """Whoever reads the error has all there is to know."""
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


def test_words_make_a_cell_fail_and_are_told(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Whatever the status is."""
    reply, _ = execute(kernel[1], "exit 0")

    assert (reply["status"], reply["evalue"]) == ("error", "step cell ended with status 0")
    assert reply["recetario"]["words"] in reply["traceback"]


def test_a_cut_is_told_outside_of_the_stream(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """The stream has nothing in it that the step did not print."""
    reply, published = execute(kernel[1], "head --bytes=70000 /dev/zero | tr '\\0' '\\n'")

    assert published[-1]["data"] == {"text/plain": "stdout: 4464 bytes more were left out."}
    assert reply["recetario"]["cut"] == {"stdout": 4464, "stderr": 0}


def test_a_silent_cell_publishes_nothing(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """As Jupyter asks."""
    reply, published = execute(kernel[1], "echo a; false", silent=True)

    assert (reply["status"], published) == ("error", [])


def test_a_signal_is_what_it_is_in_a_script(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Kernels ignore SIGINT; what they start must not."""
    _, published = execute(kernel[1], "trap 'echo caught' INT; kill -INT $$; trap - INT")

    assert published[0]["text"] == "caught\n"


def test_the_kernel_says_what_its_language_is(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Frontends colour cells by it."""
    kernel[1].kernel_info()
    info = kernel[1].get_shell_msg(timeout=10)["content"]["language_info"]

    assert (info["name"], info["file_extension"], info["pygments_lexer"]) == ("bash", ".sh", "bash")


def test_an_interrupt_comes_as_a_message(kernel: tuple[KernelManager, BlockingKernelClient], mark: str) -> None:
    """And ends what runs, wherever that is."""
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
    """Also a cell that runs; nbclient would wait for 2.5 seconds more."""
    manager, client = own_kernel
    execute(client, f"sleep {mark} & true")
    client.execute(cell.replace("MARK", mark))
    client.get_iopub_msg(timeout=10)
    start = time.monotonic()
    manager.shutdown_kernel()

    assert time.monotonic() - start < 2.5
    assert not alive(mark)


def test_killing_the_kernel_leaves_nothing(own_kernel: tuple[KernelManager, BlockingKernelClient], mark: str) -> None:
    """Not what runs, and no folder."""
    manager, client = own_kernel
    client.execute(f"echo up; sleep {mark}")
    while client.get_iopub_msg(timeout=10)["content"].get("text") != "up\n":
        pass
    manager.shutdown_kernel(now=True)

    until = time.monotonic() + 5
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(mark)


def test_an_unknown_environment_is_told_in_the_cell(specs: KernelSpecManager) -> None:
    """With those there are; the kernel lives on."""
    for _, client in started(specs, "recetario-9.9-netavark-root"):
        reply, _ = execute(client, "echo a")

        assert 'There is no environment "9.9-netavark-root".' in reply["recetario"]["words"]


def run_notebook(specs: KernelSpecManager, *cells: str) -> nbformat.NotebookNode:
    """The notebook of these cells, executed by nbclient."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    manager = AsyncKernelManager(kernel_name=HERE, kernel_spec_manager=specs)
    return NotebookClient(notebook, km=manager, timeout=30, shutdown_kernel="immediate").execute()


def test_nbclient_runs_a_notebook(specs: KernelSpecManager) -> None:
    """Cells share one bash."""
    notebook = run_notebook(specs, "x=1", "echo $x", "cat")

    assert [[output.text for output in cell.outputs] for cell in notebook.cells] == [[], ["1\n"], []]


def test_nbclient_stops_at_a_failed_cell(specs: KernelSpecManager) -> None:
    """And its error carries ours."""
    with pytest.raises(CellExecutionError, match="step cell ended with status 1"):
        run_notebook(specs, "false", "echo b")


def with_client(specs: KernelSpecManager, use: Callable[[NotebookClient, AsyncKernelClient], Any]) -> None:
    """Use an nbclient and its Jupyter client, as a replay does."""

    async def main() -> None:
        manager = AsyncKernelManager(kernel_name=HERE, kernel_spec_manager=specs)
        client = NotebookClient(nbformat.v4.new_notebook(), km=manager, allow_errors=True, timeout=30)
        async with client.async_setup_kernel():
            await use(client, client.kc)
        await manager.shutdown_kernel(now=True)

    asyncio.run(main())


async def output_of(client: NotebookClient, source: str) -> str:
    """What a cell printed, all together."""
    client.nb.cells = [nbformat.v4.new_code_cell(source)]
    cell = await client.async_execute_cell(client.nb.cells[0], 0)
    return "".join(output.get("text") or output.get("evalue") for output in cell.outputs)


def test_one_kernel_serves_many_replays(specs: KernelSpecManager, tmp_path: Path) -> None:
    """Each in a bash that knows nothing of the one before."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        for _ in range(3):
            await open_bash(channels, ["env", "IN=host"], tmp_path, str(tmp_path), limit_s=20)
            name_step(channels, "create")
            assert await output_of(client, "echo ${x-fresh} $IN; x=old") == "fresh host\n"
            assert await output_of(client, "false") == "step create ended with status 1"
            assert await output_of(client, "echo $x") == "old\n"

    with_client(specs, use)


def test_a_limit_comes_with_the_request(specs: KernelSpecManager, tmp_path: Path) -> None:
    """Each replay has its own."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        await open_bash(channels, [], tmp_path, str(tmp_path), limit_s=0.3)
        assert await output_of(client, "sleep 60") == "step cell ended with status 124"

    with_client(specs, use)


def test_a_host_that_cannot_be_entered_is_not_replaced_by_here(specs: KernelSpecManager, tmp_path: Path) -> None:
    """A cell meant for a host must never run on the reader's own machine."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        with pytest.raises(RecetarioError, match="no-such-podman does not start"):
            await open_bash(channels, ["no-such-podman"], tmp_path, str(tmp_path))
        assert await output_of(client, "echo here") == "step cell ended with status 255"
        with pytest.raises(RecetarioError, match="FileNotFoundError"):
            await open_bash(channels, [], tmp_path / "nowhere", "/nowhere")
        assert await output_of(client, "echo here") == "step cell ended with status 255"

    with_client(specs, use)


def test_after_a_bash_was_closed_nothing_runs_here_instead(specs: KernelSpecManager, tmp_path: Path, mark: str) -> None:
    """Not even what that bash left in the background."""

    async def use(client: NotebookClient, channels: AsyncKernelClient) -> None:
        await open_bash(channels, [], tmp_path, str(tmp_path), limit_s=20)
        assert await output_of(client, f"sleep {mark} & echo up") == "up\n"
        await close_bash(channels)
        assert not alive(mark)
        assert await output_of(client, "echo here") == "step cell ended with status 255"

    with_client(specs, use)
