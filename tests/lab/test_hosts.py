"""Lab hosts start pristine and isolated, and every leak in them is found."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from support.demo import refusal

from recetario.book.environments import Environment, find, load_environments
from recetario.errors import RecetarioError
from recetario.lab.hosts import EXCHANGE, Host
from recetario.lab.learning import learn
from recetario.lab.runs import Run

pytestmark = pytest.mark.podman
TOP = Path(__file__).resolve().parents[2]
NEWEST_ROOTLESS = load_environments()[-1]
IMAGE = "docker.io/library/busybox"
# IPv6 without DNS: about once in a thousand starts, aardvark-dns starts before the kernel has made the address usable
# (containers/aardvark-dns#725).
LIFE = f"""
set -e
podman network create life
podman run --detach --name life-web --network life --publish 8099:80 {IMAGE} httpd -f -h /www
podman run --rm --network life {IMAGE} nslookup -type=a life-web
podman rm --force life-web
podman network rm life
podman network create --disable-dns --ipv6 --subnet fd73:d::/64 life
podman run --detach --name life-web --network life --publish 8099:80 {IMAGE} httpd -f -h /www
podman rm --force life-web
podman network rm life
"""
LIFE_WITHOUT_NETWORKS = f"""
set -e
podman run --detach --name life-web --publish 8099:80 {IMAGE} httpd -f -h /www
podman rm --force life-web
"""
LEAK = f"""
set -e
podman network create leak-net
podman volume create leak-volume
podman pod create --name leak-pod
podman run --detach --name leak-web {IMAGE} sleep infinity
sleep 1234 > /dev/null 2>&1 &
"""


def test_a_host_is_pristine(host: Host) -> None:
    """A host that has just started equals the saved pristine state, so it has no leaks."""
    assert host.snapshot() == host.pristine
    assert host.leaks() == []


def test_a_users_first_command_complains_of_no_signal(run: Run) -> None:
    """Podman 3.0 would complain about once in a hundred times, when Go's runtime sends a signal that it passes on."""
    for _ in range(5):
        with run.host(find(["3.0-cni-rootless"])[0]) as host:
            result = host.run(
                ["bash", "-c", "podman info >/dev/null & while kill -URG $!; do :; done 2>/dev/null; wait $!"]
            )
        assert (result.returncode, result.stderr) == (0, "")


def test_demo_images_are_in_place(host: Host) -> None:
    """Both users have the demo image, under the name that pages use."""
    for user in ("root", "reader"):
        assert host.run(["podman", "image", "exists", IMAGE], user=user).returncode == 0


def test_commands_run_as_the_environments_user(host: Host) -> None:
    """The command runs in the user's home folder, with no variables from outside."""
    lines = host.run(["sh", "-c", 'echo "$(id -un) $PWD $HOME ${XDG_RUNTIME_DIR-}"; env | sort']).stdout.splitlines()

    user = host.environment.user
    home, runtime = ("/root", "") if user == "root" else ("/home/reader", "/run/user/1000")
    assert lines[0] == f"{user} {home} {home} {runtime}"
    names = {line.partition("=")[0] for line in lines[1:]} - {"PWD", "SHLVL", "_"}
    assert names - {"XDG_RUNTIME_DIR"} == {
        *("HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TZ", "USER"),
        "PODMAN_IGNORE_CGROUPSV1_WARNING",
    }


def test_nothing_inside_tells_where_it_was_made(host: Host) -> None:
    """A host shows no name, resolver or address of the outer machine."""
    outer_name = Path("/etc/hostname").read_text("utf-8").strip()
    stdout = host.run(
        ["sh", "-c", "hostname; cat /etc/hostname /etc/hosts /etc/resolv.conf; ip -brief -4 address"]
    ).stdout

    assert outer_name not in stdout.split()
    assert "nameserver 172.31.99.1" in stdout
    assert "eth0@" in stdout
    assert "172.31.99.2/24" in stdout


def test_unknown_names_and_far_addresses_are_refused_at_once(host: Host) -> None:
    """Commands fail immediately instead of waiting for a network that a host does not have."""
    name = host.run(["curl", "--silent", "--max-time", "5", "http://no-such-name.example"])
    address = host.run(["curl", "--silent", "--max-time", "5", "http://203.0.113.7"])

    assert (name.returncode, address.returncode) == (6, 7)


def test_standard_input_reaches_the_command(host: Host) -> None:
    """`Host.argv` gives a command line that passes standard input through."""
    done = subprocess.run(host.argv(["cat"]), input="¿qué?\n", capture_output=True, text=True)

    assert done.stdout == "¿qué?\n"


def test_the_exchange_folder_is_the_same_seen_from_both_sides(host: Host) -> None:
    """Both sides read what the other wrote, and the user of the recipe may write there."""
    (host.exchange / "in").write_text("from outside")
    done = host.run(["sh", "-c", f"cat {EXCHANGE}/in; echo from inside > {EXCHANGE}/out"])

    assert done.stdout == "from outside"
    assert (host.exchange / "out").read_text() == "from inside\n"


def test_versions_are_those_of_the_row(host: Host) -> None:
    """A host has the minor version of Podman that its row says, and runc."""
    assert host.versions["podman"].startswith(host.environment.podman + ".")
    assert host.versions["runtime"].startswith("runc ")


@pytest.mark.parametrize("environment", load_environments(), ids=lambda environment: environment.id)
def test_an_ordinary_life_leaves_no_leak(run: Run, environment: Environment) -> None:
    """What Podman itself leaves of removed containers and networks is no leak, whatever their names were."""
    # Podman 3.0 pulls an image, by digest, for a rootless user's networks.
    life = LIFE_WITHOUT_NETWORKS if environment.id == "3.0-cni-rootless" else LIFE
    with run.host(environment) as host:
        done = host.run(["bash", "-c", life])

        assert done.returncode == 0, done.stderr
        assert host.leaks() == []


@pytest.mark.smoke
@pytest.mark.parametrize("environment", load_environments(), ids=lambda environment: environment.id)
def test_leaks_are_named(run: Run, environment: Environment) -> None:
    """Each container, pod, network, volume and process that was left is in the list."""
    with run.host(environment) as host:
        done = host.run(["bash", "-c", LEAK])
        leaks = host.leaks(settle_s=0)

    assert done.returncode == 0, done.stderr
    user = environment.user
    assert {
        f"container leak-web of {user}",
        f"pod leak-pod of {user}",
        f"network leak-net of {user}",
        f"volume leak-volume of {user}",
        "process sleep 1234",
    } <= set(leaks)


def test_interfaces_rules_and_files_are_seen(run: Run) -> None:
    """Leaks are found even if a recipe created them without Podman."""
    script = "ip link add leak0 type bridge && nft add table inet leak && touch /etc/cni/net.d/leak.conflist"
    folder = "/etc/containers/containers.conf.d"
    elsewhere = f"mkdir --parents {folder} && touch /tmp/leak ~/leak {folder}/leak.conf"
    with run.host(find(["4.3-netavark-root"])[0]) as host:
        host.run(["bash", "-c", f"{script} && nft add chain inet leak forward && {elsewhere}"])
        leaks = host.leaks(settle_s=0)

    assert leaks == [
        "file /etc/cni/net.d/leak.conflist",
        "file /etc/containers/containers.conf.d/leak.conf",
        "file /root/leak",
        "file /tmp/leak",
        "firewall inet leak",
        "firewall inet leak forward",
        "interface leak0",
        "network leak of root",
    ]


def test_rootless_networks_are_seen_where_they_are(run: Run) -> None:
    """Interfaces of rootless networks are found in the network namespace of that user."""
    with run.host(NEWEST_ROOTLESS) as host:
        host.run(["podman", "network", "create", "leak-net"])
        host.run(["podman", "run", "--detach", "--name", "leak-web", "--network", "leak-net", IMAGE, "sleep", "1234"])

        assert "interface podman1 in the rootless namespace" in host.leaks(settle_s=0)


def test_residue_holds_nothing_of_a_container(run: Run) -> None:
    """The residue was learned after all containers had been removed."""
    for environment in load_environments():
        residue = run.known(environment).residue
        assert not [line for line in residue if "veth" in line or "netns-" in line or line.startswith("container ")]


def test_residue_holds_the_chains_of_isolated_networks(run: Run) -> None:
    """Netavark 1.4 keeps them when the last isolated network has been removed."""
    (environment,) = find(["4.3-netavark-root"])

    assert "firewall ip filter NETAVARK_ISOLATION_1" in run.known(environment).residue


@pytest.mark.parametrize("needs", [("outside",), ("systemd", "firewalld")], ids=" ".join)
def test_residue_that_another_host_has_shown_is_its_own(run: Run, needs: tuple[str, ...]) -> None:
    """It is learned once for hosts in which Podman leaves the same behind."""
    with run.host(NEWEST_ROOTLESS, needs) as host:
        assert learn(host).residue == host.residue


def test_what_is_pristine_was_learned_after_the_boot(run: Run) -> None:
    """The boot script is not part of the pristine state, although it still runs when it reports ready."""
    for environment in load_environments():
        assert "process /bin/bash /usr/lib/recetario/boot" not in run.known(environment).pristine


def test_mounts_are_seen_and_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """Mounts are read-only inside a host, even for root."""
    (tmp_path / "file").write_text("hello")
    with run.host(NEWEST_ROOTLESS, mounts={tmp_path: "/mnt/ours"}) as host:
        done = host.run(["sh", "-c", "cat /mnt/ours/file; touch /mnt/ours/more"], user="root")

    assert done.stdout == "hello"
    assert "Read-only" in done.stderr


def test_a_command_that_takes_too_long_is_named(run: Run) -> None:
    """Such as one on a machine that is too busy: the error is for whoever runs a replay there."""
    with run.host(NEWEST_ROOTLESS) as host:
        said = refusal(lambda: host.run(["sleep", "60"], timeout_s=1))

    assert said.startswith("`sleep 60` took longer than 1 s in a host for 6.1-netavark-rootless.")


def test_a_host_of_another_version_is_refused_before_it_starts(run: Run) -> None:
    """If Debian has a newer Podman than the row says, no host is started."""
    environment = replace(NEWEST_ROOTLESS, podman="9.9")

    with pytest.raises(RecetarioError, match=r"9\.9-netavark-rootless: the host is not what"):
        run.host(environment)


def test_a_host_that_does_not_get_ready_shows_its_log(run: Run, tmp_path: Path) -> None:
    """The message has the last lines of the log, and the host is removed."""
    broken = tmp_path / "outside"
    broken.write_text("#!/bin/sh\necho no network today >&2\nexit 1\n")
    broken.chmod(0o755)
    host = run.host(NEWEST_ROOTLESS, mounts={broken: "/usr/lib/recetario/outside"})

    with pytest.raises(RecetarioError, match="did not become ready") as error, host:
        pytest.fail("it started")

    assert "no network today" in str(error.value)
    assert "boot stopped at line" in str(error.value)
    assert not host.exchange.exists()


@pytest.mark.parametrize(
    ("end", "words"),
    [("kill --signal KILL", "was killed by SIGKILL"), ("rm --force --time 0", "was removed")],
)
def test_a_host_that_ends_while_it_starts_says_how(run: Run, tmp_path: Path, end: str, words: str) -> None:
    """The message does not wait for the end of the time that a start may take."""
    endless = tmp_path / "outside"
    endless.write_text("#!/bin/sh\nexec sleep infinity\n")
    endless.chmod(0o755)
    host = run.host(NEWEST_ROOTLESS, mounts={endless: "/usr/lib/recetario/outside"})
    podman = host._machine.podman_prefix
    start_s = time.monotonic()
    with ThreadPoolExecutor() as threads:
        threads.submit(_end_once_it_runs, podman, end, host._start.name)
        message = refusal(host.__enter__)

    assert message.startswith(f"The host for {NEWEST_ROOTLESS.id} {words}.")
    assert time.monotonic() - start_s < 15
    assert not host.exchange.exists()


def _end_once_it_runs(podman: tuple[str, ...], end: str, name: str) -> None:
    while subprocess.run([*podman, "exec", name, "true"], capture_output=True, check=False).returncode:
        time.sleep(0.1)
    subprocess.run([*podman, *end.split(), name], capture_output=True, check=False)


def test_what_fails_in_a_host_that_ended_says_how_it_ended(run: Run) -> None:
    """First the cause, then what failed."""

    def fail() -> None:
        with run.host(NEWEST_ROOTLESS) as host:
            subprocess.run([*host._machine.podman_prefix, "kill", host._start.name], capture_output=True, check=False)
            while True:
                host.snapshot()

    cause, _, consequence, *_ = refusal(fail).splitlines()

    assert cause == f"The host for {NEWEST_ROOTLESS.id} was killed by SIGKILL."
    assert consequence.startswith("  Taking a snapshot of the host")


def test_a_host_that_died_says_so(run: Run) -> None:
    """A snapshot of a dead host is an error with a message; removing that host is no further error."""
    with run.host(NEWEST_ROOTLESS) as host:
        host.run(["pkill", "-f", "lab-host"], user="root")
        with pytest.raises(RecetarioError, match="Taking a snapshot of the host"):
            while True:
                host.snapshot()
