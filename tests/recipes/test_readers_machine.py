"""Scripts, notebooks and lab-only steps change nothing of the reader's on a machine that is in use.

The reader's machine is a lab host that recipes do not recognize as one. It has containers, a volume, networks, a
containers.conf, files and firewall rules of the reader's, and with systemd a session.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import nbformat
import pytest
from support.verdicts import expected_verdicts, printed_verdicts

from recetario.book.environments import Environment
from recetario.book.evidence import Output
from recetario.book.project import Project
from recetario.book.recipes import Recipe, Step
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.runs import Run
from recetario.lab.state import leaks
from recetario.replay.kernel_process import KernelProcess
from recetario.takeaway.notebook import notebook_of
from recetario.takeaway.script import check_taken, reader_script

pytestmark = pytest.mark.podman

_FURNISH = """
set -eu
image=docker.io/library/busybox
configuration=$([ "$(id -u)" = 0 ] && echo /etc/containers || echo ~/.config/containers)
{ cat /usr/share/containers/containers.conf && echo "# mine"; } >"$configuration/containers.conf"
echo mine | tee ~/mine.txt ~/SLUG.conf >~/SLUG.txt
podman volume create mine
podman run --rm --volume mine:/srv $image sh -c 'echo mine >/srv/index.html'
podman network create mine
run="podman run --detach"
$run --name mine-web --network mine --publish 8555:80 --volume mine:/srv $image httpd -f -h /srv
$run --name mine-default --publish 8556:80 $image sleep infinity
podman create --name mine-stopped $image true
podman pod create --name mine-pod  # before Podman 5.8, the first one leaves an image
# A reader with both backends has probably used both, and any use of CNI leaves empty chains and folders behind.
shipped=/usr/share/containers/containers.conf
if [ "$(id -u)" = 0 ] && [ -e /usr/lib/cni/bridge ] && grep -q '^network_backend = "netavark"' $shipped; then
  sed 's/^network_backend.*/network_backend = "cni"/' $shipped >/tmp/cni.conf
  export CONTAINERS_CONF=/tmp/cni.conf
  for name in mine-old-a mine-old-b; do podman network create --disable-dns $name; done
  for name in mine-old-a mine-old-b; do podman run --rm --network $name $image true; done
  for name in mine-old-a mine-old-b; do podman network rm $name; done
  rm /tmp/cni.conf
fi
"""
_FURNISH_AS_ROOT = """
set -eu
echo 'reader ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/mine
mv /usr/lib/recetario /usr/lib/another-name
mkdir --parents --mode 1777 /tmp/.X11-unix
nft add table inet mine
nft add chain inet mine filter '{ type filter hook input priority 10; }'
nft add rule inet mine filter tcp dport 9999 counter drop
# A reader is logged in: without a session, what runs for her ends once she no longer lingers.
if [ -d /run/systemd/system ]; then
  systemd-run --quiet su reader --command 'sleep infinity'
  timeout 10 sh -c 'until loginctl show-user reader --property=State | grep -E "active|online"; do sleep 0.1; done'
fi
"""
# Without caches, and without the log that every Firefox of this user writes. With systemd, enabled units are links, and
# what Quadlet generated stays until systemd reloads.
_STATE = """
podman ps --all --quiet | sort | xargs podman inspect --format '{{.Id}} {{.Name}} {{.State.Status}} {{.State.Pid}}'
podman volume ls --quiet
podman network ls --format '{{.ID}} {{.Name}}'
podman network inspect mine
podman images --no-trunc --format '{{.ID}} {{.Repository}}'
curl --silent --show-error --max-time 5 --retry 5 --retry-all-errors http://127.0.0.1:8555/
find /etc/containers /etc/systemd /var/lib/systemd/linger {/run,/run/user/"$UID"}/systemd/generator ~ \\
    '(' -name .local -o -name .cache -o -name 'Crash Reports' ')' -prune -o \\
    -type l -printf '%p -> %l\\n' -o -type f -readable -exec sha256sum {} + 2>/dev/null
systemctl "$([ "$(id -u)" = 0 ] && echo --system || echo --user)" --failed --plain --no-legend 2>/dev/null
find /tmp -mindepth 1 -maxdepth 1
"""
# Podman looks for the bridge of a removed network on the host (libnetwork/cni/config.go, Podman 4.3), so it leaves this
# behind in a rootless namespace that still has containers.
_CNI_ROOTLESS = re.compile(
    r"\+ \w+  /home/reader/\.config/cni/net\.d/cni\.lock$"
    r"|(?:interface (?:cni-podman\d+|dns-cni-plugin)|firewall ip filter (?:CNI-\w+|FORWARD: counter jump CNI-FORWARD"
    r'|INPUT: iifname "cni-podman\d+" udp dport 53 counter accept|CNI-FORWARD: counter jump CNI-ADMIN))'
    r" in the rootless namespace$"
)


class Machine:
    """A lab host with objects and files of a reader's."""

    def __init__(self, host: Host, recipe: Recipe, language: str, project: Project) -> None:
        self.host = host
        self.recipe = recipe
        self.environment = host.environment
        self.language = language
        self._file = project.claim_files[recipe.slug]
        self._notebook = notebook_of(project, recipe.slug, language)
        _checked(host.run(["bash", "-c", _FURNISH.replace("SLUG", recipe.slug)]))
        _checked(host.run(["bash", "-c", _FURNISH_AS_ROOT], user="root"))
        self._before = self._state(), host.snapshot()

    def changes(self) -> list[str]:
        """Everything that has changed, except what Podman itself leaves behind."""
        before, snapshot = self._before
        after = self._state()
        lines = sorted({f"- {line}" for line in before - after} | {f"+ {line}" for line in after - before})
        lines += leaks(snapshot, self.host.snapshot(), self.host.residue)
        if self.host.environment.rootless:
            lines = [line for line in lines if not _CNI_ROOTLESS.match(line)]
        return lines

    @property
    def lab_only_steps(self) -> list[Step]:
        """The lab-only steps that this environment has."""
        return [step for step in self.recipe.steps if step.lab_only and step.mode in (None, self.environment.mode)]

    def run_as_reader(self, *commands: str) -> None:
        """Run commands of the reader's; what they change is not a change of ours."""
        for command in commands:
            _checked(self.host.run(command.split()))
        self._before = self._state(), self.host.snapshot()

    def script(self) -> subprocess.CompletedProcess[str]:
        """Run the script that readers download, from the home folder."""
        text = reader_script(self.recipe, self._file, "?", self.language)
        (self.host.exchange / "script.sh").write_bytes(text)
        return self.host.run(["bash", f"{EXCHANGE}/script.sh"], timeout_s=180)

    def notebook(self, kernel: KernelProcess, *only: str) -> dict[str, Output]:
        """Run all code cells of the notebook, or only these, in order; go on if one fails. Return outputs by id."""
        cells = nbformat.reads(self._notebook.decode(), as_version=4).cells
        selected = [cell for cell in cells if cell.cell_type == "code" and (not only or cell.id in only)]
        kernel.open(self.host.argv([]), self.host.exchange, EXCHANGE)
        try:
            return {cell.id: kernel.run(cell.source, cell.id) for cell in selected}
        finally:
            kernel.close()

    def _state(self) -> frozenset[str]:
        return frozenset(_checked(self.host.run(["bash", "-c", _STATE])).stdout.splitlines())


@pytest.fixture(scope="module")
def machine(
    run: Run, project: Project, slug: str, environment: Environment, turn: bool, differs: bool
) -> Iterator[Machine]:
    """A reader's machine with the packages that the recipe needs; it uses Spanish for root and English for rootless.

    All tests of a recipe share it: furnishing it takes as long as running the recipe, and they leave it as it was.
    """
    if not (turn or differs):
        pytest.skip("Its steps are the same in both modes.")
    file = project.claim_files[slug]
    with run.host(environment, file.needs, without=file.without) as host:
        yield Machine(host, project.recipes[slug], "en" if environment.rootless else "es", project)


def _checked(result: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert result.returncode == 0, result.stderr
    return result


def test_the_script_leaves_everything_as_it_was(machine: Machine, project: Project) -> None:
    """It runs to the end or a lab-only step, which prints its reason. Without one and sudo, it judges as the site."""
    reasons = [step.lab_only for step in machine.lab_only_steps]
    result = machine.script()

    assert (machine.changes(), result.returncode) == ([], 0), result.stderr
    refused = [line for line in result.stderr.splitlines(keepends=True) if line.startswith("Only for a lab host")]
    assert refused == [_refusal(reason) for reason in reasons[:1]]
    if not reasons and not project.claim_files[machine.recipe.slug].sudo:
        expected = expected_verdicts(project, machine.recipe.slug, machine.environment, machine.language)
        assert printed_verdicts(result.stdout, machine.language) == expected


def test_the_notebook_leaves_everything_as_it_was(
    machine: Machine, kernel: KernelProcess, project: Project, turn: bool
) -> None:
    """All cells run without a failure; a lab-only cell only prints its reason."""
    reasons = {step.name: step.lab_only for step in machine.lab_only_steps}
    if not turn or (not reasons and list(project.recipes).index(machine.recipe.slug) % 3):
        pytest.skip("It runs the script's commands, and what runs them is the same for all: every third recipe.")
    outputs = machine.notebook(kernel)

    failed = {name: output for name, output in outputs.items() if output.status}
    assert (machine.changes(), failed) == ([], {})
    assert {name: outputs[name].stderr for name in reasons} == {
        name: _refusal(reason) for name, reason in reasons.items()
    }


def test_both_refuse_to_start_if_a_name_or_a_port_is_in_use(
    machine: Machine, kernel: KernelProcess, project: Project, turn: bool
) -> None:
    """Nothing changes then, even if the notebook's last cell, which deletes things, is run."""
    if not turn or list(project.recipes).index(machine.recipe.slug) % 6:
        pytest.skip("Only names and ports differ between checks: every sixth recipe.")
    slug, ports = machine.recipe.slug, _ports(machine.recipe)
    image = "docker.io/library/busybox"
    machine.run_as_reader(f"podman network create {slug}", f"podman create --name {slug}-web {image} true")
    attempts = [(machine.script().returncode, machine.notebook(kernel, "header", "cleanup"))]
    changes = machine.changes()
    clear = f"podman network rm {slug}", f"podman rm {slug}-web"
    if not ports:
        machine.run_as_reader(*clear)
    else:
        # The highest one: only root may open the other one of privileged-port. And not --publish: for a minute,
        # Podman 6.1 refuses a port that has had connections on the host itself.
        options = "--detach --name mine-port --network host"
        machine.run_as_reader(*clear, f"podman run {options} {image} httpd -f -p {ports[-1]} -h /etc")
        attempts.append((machine.script().returncode, machine.notebook(kernel, "header", "cleanup")))
        changes += machine.changes()
        machine.run_as_reader("podman rm --force mine-port")

    assert changes == []
    for status, outputs in attempts:
        assert status == 2
        assert [output.status != 0 for output in outputs.values()] == [True, True]


def test_a_lab_only_step_refuses_in_a_shell(machine: Machine) -> None:
    """It refuses if it is run by itself, and as a part of `bash recipe.sh`."""
    steps = machine.lab_only_steps
    if not steps:
        pytest.skip("The recipe has no lab-only step.")
    results = [machine.host.run(["bash", "-c", f"{machine.recipe.header}\n{step.source}"]) for step in steps]
    (machine.host.exchange / "recipe.sh").write_bytes(machine.recipe.path.read_bytes())
    command = f"mkdir work && cd work && bash {EXCHANGE}/recipe.sh; cd && rmdir work"
    whole_recipe = machine.host.run(["bash", "-c", command], timeout_s=180)

    assert machine.changes() == []
    for step, result in zip(steps, results, strict=True):
        assert (result.returncode, result.stdout) == (0, "")
        assert result.stderr == _refusal(step.lab_only)
        assert result.stderr in whole_recipe.stderr


def _refusal(reason: str | None) -> str:
    """What a lab-only step prints on a reader's machine."""
    return f"Only for a lab host: this step changes the machine. {reason} Nothing was changed.\n"


def _ports(recipe: Recipe) -> list[str]:
    """The ports that the script checks."""
    return check_taken(recipe).partition("ports=(")[2].partition(")")[0].split()
