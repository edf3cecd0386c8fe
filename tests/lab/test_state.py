"""Snapshots are normalised, so that hosts in the same state compare equal."""

from __future__ import annotations

from recetario.lab.state import leaks, normalise_state

ID = "3fca" * 16
NO_STATE: frozenset[str] = frozenset()


def test_ids_are_no_difference() -> None:
    """Two hosts that differ only in ids and in the order of lines have equal states."""
    first = normalise_state(f"process conmon -c {ID}\nfile /run/netns/netns-0a0b0c0d-1111-2222-3333-444455556666\n")
    second = normalise_state(
        f"file  /run/netns/netns-99999999-aaaa-bbbb-cccc-ddddeeeeffff\nprocess conmon -c {'5' * 64}\n"
    )

    assert first == second == {"process conmon -c <id>", "file /run/netns/netns-<id>"}


def test_digests_in_names_are_no_difference() -> None:
    """Chains, veth pairs and port files have digests or random characters in their names."""
    state = normalise_state(
        "firewall ip nat CNI-DN-52fcd855f78bad65be0f9\n"
        "firewall ip nat NETAVARK-1D8721804F16F\n"
        "firewall inet netavark nv_2f259bab_10_89_0_0_nm24\n"
        "interface veth3648be18\n"
        f"file /run/containers/networks/firewall/ports/{ID}_{ID}\n"
    )

    assert state == {
        "firewall ip nat CNI-DN-<id>",
        "firewall ip nat NETAVARK-<id>",
        "firewall inet netavark nv_<id>_10_89_0_0_nm24",
        "interface veth<n>",
        "file /run/containers/networks/firewall/ports/<id>_<id>",
    }


def test_names_and_addresses_stay() -> None:
    """Names and addresses say who left a leak."""
    text = "container dns-network-web of root\nprocess sleep 1234\nfirewall ip nat X: ip saddr 10.89.0.0/24 accept"

    assert normalise_state(text) == set(text.splitlines())


def test_what_speaks_of_a_network_that_is_gone_says_so() -> None:
    """CNI leaves the same files and rules for every removed network, so the network's name becomes a token."""
    state = normalise_state(
        "network there of root\n"
        "interface cni-podman1\n"
        "file /var/lib/cni/networks/there/lock\n"
        "file /var/lib/cni/networks/removed/lock\n"
        'firewall ip filter INPUT: iifname "cni-podman1" accept\n'
        'firewall ip filter INPUT: iifname "cni-podman2" accept\n'
    )

    assert {
        "file /var/lib/cni/networks/there/lock",
        "file /var/lib/cni/networks/<gone network>/lock",
        'firewall ip filter INPUT: iifname "cni-podman1" accept',
        'firewall ip filter INPUT: iifname "<gone bridge>" accept',
    } < state


def test_a_leak_is_what_is_new_and_no_residue() -> None:
    """What Podman itself leaves behind does not count."""
    before = frozenset({"interface lo"})

    assert leaks(before, before | {"network a of root", "interface podman0"}, frozenset({"interface podman0"})) == [
        "network a of root"
    ]


def test_what_went_away_is_told_too() -> None:
    """A recipe must not remove what existed before it."""
    assert leaks(frozenset({"interface eth0"}), NO_STATE, NO_STATE) == ["gone: interface eth0"]
