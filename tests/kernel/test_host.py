"""Bash in a lab host behaves as on this machine, with the oldest and the newest bash, as another user."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from support.snippets import SNIPPETS, SPOILT

from recetario.book.environments import load_environments
from recetario.kernel.bash import Bash, Outcome
from recetario.kernel.specs import write_specs
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.runs import Run

pytestmark = pytest.mark.podman
ALL = SNIPPETS | {name: source for name, (source, _) in SPOILT.items()}
ORACLE = """
cd "$(mktemp --directory)" || exit
for file in "$1"/*.sh; do
  setsid --wait bash -Eeuo pipefail "$file" </dev/null >"$file.stdout" 2>"$file.stderr"
  echo "$?" >"$file.status"
done
"""


@pytest.fixture(
    scope="module", params=[load_environments()[1], load_environments()[-1]], ids=lambda environment: environment.id
)
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host for all tests that leave it running."""
    with Run() as run, run.host(request.param) as host:
        yield host


@pytest.fixture
def bash(host: Host) -> Iterator[Bash]:
    """A bash in the host."""
    bash = Bash(host.argv([]), host.exchange, EXCHANGE, limit_s=20)
    yield bash
    bash.close()


def run(bash: Bash, source: str) -> tuple[str, str, Outcome]:
    """Run a step; return its stdout, stderr and outcome."""
    shown: dict[str, str] = defaultdict(str)

    def show(stream: str, text: str) -> None:
        shown[stream] += text

    outcome = bash.run(source, "try", show)
    return shown["stdout"], shown["stderr"], outcome


def alive(host: Host, mark: str) -> bool:
    """Whether a `sleep` with this mark is running in the host."""
    return host.run(["pgrep", "--full", f"^sleep {mark}"]).returncode == 0


@pytest.mark.smoke
def test_a_step_is_what_bash_makes_of_a_file_there(host: Host) -> None:
    """All snippets give the same output and status as `bash file` in that host."""
    folder = host.exchange / "oracle"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    for number, source in enumerate(ALL.values()):
        (folder / f"{number}.sh").write_text(source + "\n", "utf-8")
    host.run(["bash", "-c", ORACLE, "oracle", f"{EXCHANGE}/oracle"])

    for number, (name, source) in enumerate(ALL.items()):
        file = folder / f"{number}.sh"
        printed = [
            Path(f"{file}.{stream}").read_text("utf-8").replace(f"{EXCHANGE}/oracle/{number}.sh", "bash")
            for stream in ("stdout", "stderr")
        ]
        bash = Bash(host.argv([]), host.exchange, EXCHANGE, limit_s=20)
        stdout, stderr, outcome = run(bash, source)
        bash.close()
        assert (name, stdout, stderr, outcome.status) == (name, *printed, int(Path(f"{file}.status").read_text()))
        assert bool(outcome.explanation) == (name in SPOILT)


def test_a_failure_leaves_what_was_set_before_it(bash: Bash, host: Host) -> None:
    """Variables and the folder survive a failure, for root and for a user."""
    run(bash, "x=1; mkdir --parents d; cd d; false")
    stdout, _, _ = run(bash, 'echo "$x $USER ${PWD##*/}"')

    assert stdout == f"1 {host.environment.user} d\n"


def test_all_output_arrives_before_the_step_is_over(bash: Bash) -> None:
    """No output is lost, although it may arrive after the event that the step is done."""
    for _ in range(50):
        stdout, stderr, _ = run(bash, "seq 3000; echo error >&2")
        assert (stdout.splitlines()[-1], stderr) == ("3000", "error\n")


def test_a_flood_is_cut_and_counted(bash: Bash) -> None:
    """100 MB of output from a host take seconds; only the limit is kept."""
    start = time.monotonic()
    stdout, _, outcome = run(bash, "head --bytes=100000000 /dev/zero | tr '\\0' '\\n'")

    assert time.monotonic() - start < 10
    assert (len(stdout), outcome.cut["stdout"], outcome.failed) == (65536, 100_000_000 - 65536, False)


def test_the_limit_ends_the_step_inside(host: Host) -> None:
    """The processes inside the host are ended, not only the client outside."""
    bash = Bash(host.argv([]), host.exchange, EXCHANGE, limit_s=0.5)
    _, _, outcome = run(bash, "timeout 500 sleep 1031 | cat")
    later = run(bash, "echo on")
    bash.close()

    assert (outcome.status, later[0]) == (124, "on\n")
    assert not alive(host, "1031")


def test_a_detached_container_outlives_an_interrupt_and_the_notebook(bash: Bash, host: Host) -> None:
    """A container with a published port still answers after an interrupt and after the bash was closed."""
    image = "docker.io/library/busybox"
    run(bash, f"podman run --detach --name kernel-web --publish 8080:80 {image} httpd -f")
    threading.Timer(0.3, bash.interrupt).start()
    _, _, outcome = run(bash, f"podman run --rm --name kernel-wait {image} sleep 1032")
    bash.close()
    curl = ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "http://127.0.0.1:8080"]

    assert (outcome.status, host.run(curl).stdout) == (130, "404")
    host.run(["podman", "rm", "--force", "kernel-web", "kernel-wait"])


def test_nothing_of_ours_is_left_when_it_is_closed(host: Host) -> None:
    """`close` leaves no process and no file of ours in the host."""
    before = host.snapshot()
    bash = Bash(host.argv([]), host.exchange, EXCHANGE, limit_s=20)
    run(bash, "sleep 1033 &")
    bash.close()

    assert host.snapshot() <= before  # Podman may still be tidying up after the test before
    assert not list(host.exchange.glob("recetario-*"))


def test_a_host_that_dies_fails_the_step() -> None:
    """Within seconds, the running step fails and its outcome says why."""
    with Run() as lab, lab.host(load_environments()[-1]) as host:
        bash = Bash(host.argv([]), host.exchange, EXCHANGE, limit_s=20)
        threading.Timer(0.5, host.remove).start()
        start = time.monotonic()
        stdout, _, outcome = run(bash, "echo up; sleep 1034")
        bash.close()

    assert time.monotonic() - start < 5
    assert (stdout, outcome.status, outcome.explanation) == ("up\n", 255, 'Step "try" was cut off: the host ended.')


def test_a_kernel_of_an_environment_has_a_host_of_its_own(tmp_path: Path) -> None:
    """The kernel's cells run in a host of its environment, which is removed at shutdown."""
    environment = load_environments()[1]
    write_specs(tmp_path, [environment.id])
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path)])
    manager = KernelManager(kernel_name=f"recetario-{environment.id}", kernel_spec_manager=specs)
    manager.shutdown_wait_time = 60.0  # after 5 s, it would kill the kernel, which on a busy disk is not enough
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    texts: list[str] = []
    client.execute_interactive(
        f"echo $USER; podman --version; awk '$5 == \"{EXCHANGE}\" {{print $4}}' /proc/self/mountinfo",
        output_hook=lambda message: texts.append(message["content"].get("text", "")),
        timeout=60,
    )
    client.stop_channels()
    manager.shutdown_kernel()

    user, version, exchange = "".join(texts).splitlines()
    host = "recetario-" + "-".join(exchange.split("/")[-2:])
    assert (user, version) == ("reader", "podman version 3.0.1")
    assert subprocess.call(["podman", "container", "exists", host]) == 1
