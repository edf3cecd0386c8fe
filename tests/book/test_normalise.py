"""Values that differ in each replay become tokens; everything that readers want to see stays."""

from __future__ import annotations

import pytest

from recetario.book.normalise import TOKEN, Normaliser, normalise

LONG = "0123456789abcdef" * 4


def normalise_one(text: str) -> str:
    """Normalise a text as the output of a replay with a single step."""
    return normalise([text])[0]


def test_equal_values_have_the_same_token_in_all_steps() -> None:
    """Readers can still tell that two steps mention the same container."""
    texts = normalise(["3f2a5c0d9e1b\n", "aa2a5c0d9e1b 3f2a5c0d9e1b\n"])

    assert texts == ["<id1>\n", "<id2> <id1>\n"]


def test_each_replay_has_its_own_tokens() -> None:
    """Each replay numbers its tokens from one."""
    assert normalise(["aa2a5c0d9e1b"]) == normalise(["3f2a5c0d9e1b"])


def test_a_long_id_and_its_short_form_have_the_same_token() -> None:
    """`run --detach` prints the long form and `ps` the short one."""
    assert normalise_one(f"{LONG} {LONG[:12]}") == "<id1> <id1>"


@pytest.mark.parametrize("text", ["123456789012", "abcdefabcdef", "sha256:0123456789ab", "libpod-0123456789ab.scope"])
def test_short_ids_of_every_kind_are_replaced(text: str) -> None:
    """Ids are replaced even if they have no letter, as about one in 300, and inside other names."""
    assert "<id1>" in normalise_one(text)


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
def test_other_values_stay(text: str) -> None:
    """Addresses, ports, names and versions are not replaced."""
    assert normalise_one(text) == text


def test_uuids_are_replaced() -> None:
    """Names of network namespaces contain a UUID, whose last group is not a separate id."""
    text = "/run/netns/netns-0f1e2d3c-aaaa-bbbb-cccc-0123456789ab"

    assert normalise_one(text) == "/run/netns/netns-<uuid1>"


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
def test_times_are_replaced(time: str) -> None:
    """Times in the formats of Podman, its helpers and `date` become the same token."""
    assert normalise_one(f"at {time}: up") == "at <time>: up"


@pytest.mark.parametrize("word", ["GET", "INFO", "WARN"])
def test_the_word_after_a_time_stays(word: str) -> None:
    """The level in a log line is not read as a time zone."""
    assert normalise_one(f"2026-11-24 08:16:00 {word} /") == f"<time> {word} /"


def test_mac_addresses_are_replaced() -> None:
    """Equal addresses get one token; parts of an IPv6 address are not replaced."""
    assert normalise_one("0e:11:22:33:44:55 0e:11:22:33:44:55") == "<mac1> <mac1>"
    assert normalise_one("aaaa:11:22:33:44:55:66:bbbb") == "aaaa:11:22:33:44:55:66:bbbb"


def test_names_of_veth_pairs_are_replaced() -> None:
    """CNI gives veth interfaces random names."""
    assert normalise_one("veth1a2b3c4d@if2 veth00000000@if3") == "<veth1>@if2 <veth2>@if3"


def test_random_ipv6_prefixes_are_replaced() -> None:
    """Only the random prefix is replaced, because the host part means something."""
    assert normalise_one("fd3a:1b2c:3d4e:5f60::2 fd3a:1b2c:3d4e:5f60::/64") == "<prefix1>::2 <prefix1>::/64"


def test_the_number_of_lines_stays() -> None:
    """The line end after a value of any kind stays, and so do empty lines."""
    values = [LONG, "0f1e2d3c-aaaa-bbbb-cccc-0123456789ab", "2026-11-24 08:16:00", "Tue Nov 24 08:16:00 2026"]
    values += ["0e:11:22:33:44:55", "veth1a2b3c4d", "fd3a:1b2c:3d4e:5f60::"]
    text = "".join(f"\n{value}\n" for value in values)

    assert normalise_one(text).count("\n") == text.count("\n")


def test_normalising_twice_changes_nothing_more() -> None:
    """Normalising text that is already normalised does not change it."""
    text = f"{LONG} 0e:11:22:33:44:55 fd3a:1b2c:3d4e:5f60::2 2026-11-24 08:16:00"

    assert normalise_one(normalise_one(text)) == normalise_one(text)


def test_every_token_is_recognized() -> None:
    """TOKEN matches every token, so that patterns with one can be refused."""
    text = "0123456789ab 0f1e2d3c-aaaa-bbbb-cccc-0123456789ab 2026-11-24 08:16:00 0e:11:22:33:44:55 veth1a2b3c4d"
    tokens = Normaliser()(f"{text} fd3a:1b2c:3d4e:5f60::").replace("::", "").split()

    assert len(tokens) == 6
    assert all(TOKEN.fullmatch(token) for token in tokens)
