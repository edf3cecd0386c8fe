"""What hosts have beyond plain ones: each need does what its name says, and is not there without being asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.demo import refusal

from recetario.book.environments import Environment, Mode, find, load_environments
from recetario.lab.hosts import Host
from recetario.lab.runs import Run

pytestmark = pytest.mark.podman
# A boot of each kind: with the hybrid hierarchy that Debian 11 wants, and with cgroup v2.
OLDEST, NEWEST = load_environments()[1], load_environments()[-1]
IMAGE = "docker.io/library/busybox"
SERVE = f"podman run --detach --name web --restart always --publish 8080:8000 {IMAGE} httpd -f -p 8000 -h /www"
ASK = "curl --silent --show-error --max-time 3"


def said(host: Host, command: str, user: str | None = None) -> str:
    """What a command in a host prints."""
    result = host.run(["bash", "-c", command], user=user)
    return (result.stdout + result.stderr).strip()


@pytest.fixture(scope="module", params=[OLDEST, NEWEST], ids=lambda environment: environment.id)
def machine(request: pytest.FixtureRequest, run: Run) -> Iterator[Host]:
    """A host with systemd and another machine beside it."""
    with run.host(request.param, ["systemd", "outside"]) as host:
        yield host


def test_systemd_has_started_everything(machine: Host) -> None:
    """No unit has failed, and the user has a session."""
    assert said(machine, "systemctl is-system-running") == "running"
    assert said(machine, "systemctl --user is-system-running") == "running"


def test_another_machine_reaches_published_ports(machine: Host) -> None:
    """And nothing else answers there."""
    said(machine, SERVE)
    answer = said(machine, f"outside {ASK} --retry 5 --retry-all-errors http://172.31.99.2:8080/")
    refused = said(machine, f"outside {ASK} http://172.31.99.2:8081/")
    said(machine, "podman rm --force web")

    assert answer.endswith("hello")
    assert "curl: (7)" in refused
    assert machine.leaks() == []


@pytest.mark.parametrize("environment", [OLDEST, NEWEST], ids=lambda environment: environment.id)
def test_a_host_can_do_without_what_the_lab_adds(run: Run, environment: Environment) -> None:
    """As on a plain Debian: nothing is forwarded, and no unit of a network that is up is reached."""
    ask = "cat /proc/sys/net/ipv4/ip_forward; systemctl is-active network-online.target"
    with run.host(environment, ["systemd"]) as host:
        assert said(host, ask) == "1\nactive"
    with run.host(environment, ["systemd"], without=["forwarding", "network-online"]) as host:
        assert said(host, ask) == "0\ninactive"


@pytest.mark.parametrize("environment", [OLDEST, NEWEST], ids=lambda environment: environment.id)
def test_after_a_restart_only_what_is_on_disk_is_there(run: Run, environment: Environment) -> None:
    """Containers are, but don't run; what was in memory is gone."""
    with run.host(environment, ["systemd"]) as host:
        said(host, SERVE.replace(" --restart always", "") + "; touch kept /run/gone")
        host.run(["systemctl", "reboot"], user="root")
        host.reboot()

        assert said(host, "podman ps --all --format '{{.Names}}'") == "web"
        assert said(host, "podman ps --quiet") == ""
        assert said(host, "ls") == "kept"
        assert said(host, "ls /run/gone").endswith("No such file or directory")


@pytest.mark.parametrize("environment", [OLDEST, NEWEST], ids=lambda environment: environment.id)
def test_the_user_may_stay_away_after_a_restart(run: Run, environment: Environment) -> None:
    """Then nothing of hers runs until she logs in."""
    with run.host(environment, ["systemd"]) as host:
        said(host, "reader stays-away")
        host.run(["systemctl", "reboot"], user="root")
        host.reboot()

        assert said(host, "pgrep --uid reader systemd", "root") == ""
        said(host, "reader logs-in")
        assert said(host, "systemctl --user is-system-running") == "running"


def test_a_host_that_does_not_restart_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the time limit."""
    monkeypatch.setattr("recetario.lab.hosts._SHUTDOWN_S", 0.5)
    with run.host(NEWEST, ["systemd"]) as host:
        assert f"The host for {NEWEST.id} did not shut down within" in refusal(host.reboot)


def test_firewalld_closes_ports_of_rootless_containers_only(run: Run) -> None:
    """As on any machine: rootful ports are opened by rules that come before its own."""
    answers = {}
    for environment in find(["5.4-netavark-root", "5.4-netavark-rootless"]):
        with run.host(environment, ["systemd", "firewalld", "outside"]) as host:
            said(host, SERVE)
            said(host, f"{ASK} --retry 5 --retry-all-errors http://127.0.0.1:8080/")
            answers[environment.mode] = said(host, f"outside {ASK} http://172.31.99.2:8080/")

    assert answers[Mode.ROOT] == "hello"
    assert "curl: (7)" in answers[Mode.ROOTLESS]


def test_a_host_is_ready_once_firewalld_has_its_rules(run: Run) -> None:
    """Even on a busy machine, where several start at the same time: its unit is active before they are there."""
    environment = find(["6.1-netavark-root"])[0]
    ask = "nft list chain inet firewalld filter_IN_public_allow | grep -o 'tcp dport 22 accept'"
    run.host(environment, ["systemd", "firewalld"])  # builds the image and learns about it
    with contextlib.ExitStack() as hosts, ThreadPoolExecutor() as starts:
        started = [run.host(environment, ["systemd", "firewalld"]) for _ in range(6)]
        rules = list(starts.map(lambda host: said(hosts.enter_context(host), ask, "root"), started))

    assert rules == ["tcp dport 22 accept"] * 6


def test_ufw_drops_what_comes_from_outside(run: Run) -> None:
    """It doesn't refuse: who asks gets no answer."""
    with run.host(find(["5.4-netavark-rootless"])[0], ["systemd", "ufw", "outside"]) as host:
        said(host, SERVE)

        assert "curl: (28)" in said(host, f"outside {ASK} http://172.31.99.2:8080/")


def test_docker_runs_beside_podman(run: Run) -> None:
    """Its daemon answers, and Podman's containers are not among its own."""
    with run.host(NEWEST, ["systemd", "docker"]) as host:
        said(host, SERVE)

        assert said(host, "docker ps --all --format '{{.Names}}' && echo answered", "root") == "answered"


def test_an_uplink_comes_and_goes(run: Run) -> None:
    """With its own addresses; the machine keeps its first connection."""
    with run.host(NEWEST, ["uplink"]) as host:
        routes = [said(host, "ip -4 route show 10.123.0.0/24")]
        for command in ("uplink up 10.123.0.2/24", "uplink down"):
            assert said(host, command, "root") == ""
            routes.append(said(host, "ip -4 route show 10.123.0.0/24"))

        assert [bool(route) for route in routes] == [False, True, False]
        assert said(host, "ip -4 route show default") != ""


@pytest.mark.parametrize("environment", [OLDEST, NEWEST], ids=lambda environment: environment.id)
def test_the_dns_server_of_the_lan_is_dead_or_slow(run: Run, environment: Environment) -> None:
    """Until it is as before: then it says at once that there is no such name."""
    ask = "busybox nslookup -type=a shop.test. 172.31.99.1 | grep -oE 'Name:|NX|no server'"
    with run.host(environment, ["lan-dns"]) as host:
        answers = {}
        for command in ("lan-dns dead", "lan-dns slow 3", "lan-dns back"):
            assert said(host, command) == ""
            answers[command.split()[1]] = (said(host, f"timeout 2 {ask}"), said(host, ask))

        assert answers == {"dead": ("", "no server"), "slow": ("", "Name:"), "back": ("NX", "NX")}
        assert said(host, "pgrep slow-dns; outside ip -4 address show to 172.31.99.3; ls /run/lab") == "outside"


def test_the_dns_server_of_the_lan_changes_while_the_machine_is_busy(run: Run) -> None:
    """The server that knows the name may take its time to end: the next one waits until its port is free."""
    busy = "server=$(cat /run/lab/lan-dns/other.pid); kill -STOP $server; (sleep 0.3; kill -CONT $server) >&- 2>&- &"
    with run.host(NEWEST, ["lan-dns"]) as host:
        said(host, "lan-dns dead")
        assert said(host, busy, "root") == ""
        assert said(host, "lan-dns slow 1") == ""

        assert "Name:" in said(host, "busybox nslookup -type=a shop.test. 172.31.99.1")


COMMANDS = [
    "outside true",
    "lan-dns back",
    "firewall-cmd --state",
    "ufw status",
    "docker ps",
    "uplink down",
    "reader logs-in",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_plain_host_has_none_of_it(run: Run, command: str) -> None:
    """So that recipes which need nothing are shown on the same machine as ever."""
    with run.host(NEWEST) as host:
        assert "command not found" in said(host, command)
