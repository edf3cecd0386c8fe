"""What varies without meaning becomes a token; what a reader wants to see stays."""

from __future__ import annotations

import pytest

from recetario.book.normalise import TOKEN, Normaliser, normalise

LONG = "0123456789abcdef" * 4


def one(text: str) -> str:
    """The text alone, as a replay of one step."""
    return normalise([text])[0]


def test_equal_things_keep_one_token_in_all_steps() -> None:
    """The reader still sees which container it was."""
    texts = normalise(["3f2a5c0d9e1b\n", "aa2a5c0d9e1b 3f2a5c0d9e1b\n"])

    assert texts == ["<id1>\n", "<id2> <id1>\n"]


def test_two_replays_share_nothing() -> None:
    """Tokens count from one in each."""
    assert normalise(["aa2a5c0d9e1b"]) == normalise(["3f2a5c0d9e1b"])


def test_a_long_id_and_its_short_form_are_equal() -> None:
    """`run --detach` prints one, `ps` the other."""
    assert one(f"{LONG} {LONG[:12]}") == "<id1> <id1>"


@pytest.mark.parametrize("text", ["123456789012", "abcdefabcdef", "sha256:0123456789ab", "libpod-0123456789ab.scope"])
def test_short_ids_of_every_kind_are_seen(text: str) -> None:
    """One in 300 has no letter."""
    assert "<id1>" in one(text)


@pytest.mark.parametrize(
    "text",
    [
        "10.88.0.1 8080 dns-network-web 127.0.0.53",
        "abcdefabcdefa deadbeef 0123456789abc",
        "x0123456789ab 0123456789abz",
        "fe80::1 fd00::1 ::1",
        "1.14.0 5.4.2",
        "veth0 eth0 podman1 cni-podman0",
        "2026-11-24",
        "8 containers in 12 seconds",
        "172.31.99.2 asked 172.31.99.1",
    ],
)
def test_what_a_reader_wants_to_see_stays(text: str) -> None:
    """Addresses, ports, names and versions mean something."""
    assert one(text) == text


def test_uuids() -> None:
    """Network namespaces are named by them; the last group is no id."""
    text = "/run/netns/netns-0f1e2d3c-aaaa-bbbb-cccc-0123456789ab"

    assert one(text) == "/run/netns/netns-<uuid1>"


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-24T08:16:00Z",
        "2026-11-24 08:16:00.123456789 +0000 UTC",
        "2026-11-24T08:16:00,5+01:00",
        "2026-11-24 08:16:00 UTC",
        "2026-11-24 08:16:00",
        "Tue Nov 24 08:16:00 UTC 2026",
        "Tue Nov  3 08:16:00 2026",
    ],
)
def test_times(time: str) -> None:
    """As Podman, its helpers and `date` write them; when it was says nothing."""
    assert one(f"at {time}: up") == "at <time>: up"


@pytest.mark.parametrize("word", ["GET", "INFO", "WARN"])
def test_the_word_after_a_time_stays(word: str) -> None:
    """A log's level is no time zone."""
    assert one(f"2026-11-24 08:16:00 {word} /") == f"<time> {word} /"


def test_mac_addresses() -> None:
    """Equal ones keep one token; a piece of an IPv6 address is none."""
    assert one("0e:11:22:33:44:55 0e:11:22:33:44:55") == "<mac1> <mac1>"
    assert one("aaaa:11:22:33:44:55:66:bbbb") == "aaaa:11:22:33:44:55:66:bbbb"


def test_veth_pairs() -> None:
    """CNI gives them random names."""
    assert one("veth1a2b3c4d@if2 veth00000000@if3") == "<veth1>@if2 <veth2>@if3"


def test_random_ipv6_prefixes() -> None:
    """The host part of the address means something."""
    assert one("fd3a:1b2c:3d4e:5f60::2 fd3a:1b2c:3d4e:5f60::/64") == "<prefix1>::2 <prefix1>::/64"


def test_lines_stay() -> None:
    """As many lines as before, empty ones and the last end among them."""
    text = f"\n{LONG}\n\n2026-11-24 08:16:00\n"

    assert one(text).count("\n") == text.count("\n")


def test_a_second_time_changes_nothing() -> None:
    """Evidence that is normalised again stays as it is."""
    text = f"{LONG} 0e:11:22:33:44:55 fd3a:1b2c:3d4e:5f60::2 2026-11-24 08:16:00"

    assert one(one(text)) == one(text)


def test_every_token_is_known() -> None:
    """Patterns may not name one: raw output has none."""
    text = "0123456789ab 0f1e2d3c-aaaa-bbbb-cccc-0123456789ab 2026-11-24 08:16:00 0e:11:22:33:44:55 veth1a2b3c4d"
    tokens = Normaliser()(f"{text} fd3a:1b2c:3d4e:5f60::").replace("::", "").split()

    assert len(tokens) == 6
    assert all(TOKEN.fullmatch(token) for token in tokens)
