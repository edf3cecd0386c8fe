"""Readers replace our names by theirs: everywhere in a command, and nowhere else."""

from __future__ import annotations

import re

import pytest

from recetario.book.fields import PATTERNS, Field, Kind, destructive_line, replace_literals

FIELDS = (
    Field("container", "shop-web"),
    Field("network", "shop"),
    Field("port", "8080"),
    Field("image", "docker.io/library/busybox sleep infinity"),
)
THEIRS = {"container": "api", "network": "net", "port": "9000", "image": "localhost:5000/me/api:1.2"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("podman stop shop-web", "podman stop api"),
        ("podman rename shop-web shop-web-old", "podman rename api api-old"),
        ("podman run --network=shop --name shop-web", "podman run --network=net --name api"),
        (
            "curl http://127.0.0.1:8080/ && wget http://shop-web:8080",
            "curl http://127.0.0.1:9000/ && wget http://api:9000",
        ),
        ("Name: shop-web.dns.podman", "Name: api.dns.podman"),
        ("grep ':8080->'", "grep ':9000->'"),
        ('default_network = "shop"', 'default_network = "net"'),
        ("run docker.io/library/busybox sleep infinity || true", "run localhost:5000/me/api:1.2 || true"),
    ],
)
def test_each_literal_is_replaced_as_a_word(ours: str, theirs: str) -> None:
    """Also in addresses, in quotes, and in the name of the container that is set aside."""
    assert replace_literals(ours, FIELDS, lambda field: THEIRS[field.role]) == theirs


@pytest.mark.parametrize(
    "text",
    [
        "podman stop shop-web-2 shop-api my-shop",
        "cat /etc/containers/containers.conf.d/shop.conf",
        "podman run --rm --network podman docker.io/library/busybox wget -q -O - http://host:80801/",
        "echo 18080 8080.5",
    ],
)
def test_parts_of_other_words_stay(text: str) -> None:
    """They are names of other things, or of our files."""
    assert replace_literals(text, FIELDS, lambda field: THEIRS[field.role]) == text


@pytest.mark.parametrize(
    "line",
    [
        "podman rm --force shop-web",
        "podman network rm shop",
        "podman run --replace --name shop-web alpine",
        "podman volume prune && podman kill shop-web",
        "sed --in-place s/a/b/ shop-web",
        "podman logs other >/srv/shop-web",
    ],
)
def test_a_line_that_deletes_or_overwrites_is_found(line: str) -> None:
    """It must not get a reader's name."""
    assert destructive_line(f"podman ps\n  {line}\n", FIELDS) == line


@pytest.mark.parametrize(
    "line",
    [
        "podman run --rm --network shop alpine",
        "podman logs shop-web >/tmp/file",
        "podman rm --force other",
        "podman stop shop-web",
    ],
)
def test_other_lines_are_not(line: str) -> None:
    """`podman run --rm` deletes only what it has made."""
    assert destructive_line(line, FIELDS) == ""


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.NAME, "api"),
        (Kind.NAME, "Shop_1.web-2"),
        (Kind.NAME, "a" * 63),
        (Kind.PORT, "1"),
        (Kind.PORT, "80"),
        (Kind.PORT, "65535"),
        (Kind.IMAGE, "nginx"),
        (Kind.IMAGE, "docker.io/library/nginx:1.27-alpine"),
        (Kind.IMAGE, "localhost:5000/me/my_app__x:V1"),
        (Kind.IMAGE, f"quay.io/me/app:1@sha256:{'0a' * 32}"),
    ],
)
def test_what_podman_accepts_is_valid(kind: Kind, value: str) -> None:
    """Names, ports, and images with a tag, a digest or a registry's port."""
    assert re.fullmatch(PATTERNS[kind], value)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "value", ["", "-a", "a b", "a;b", "$(b)", "a\n", "a'b", 'a"b', "a`b`", "ñ", "../a", "a\u202eb"]
)
def test_nothing_that_is_special_to_a_shell_is_valid(kind: Kind, value: str) -> None:
    """And nothing that begins like an option."""
    assert not re.fullmatch(PATTERNS[kind], value)


@pytest.mark.parametrize("port", ["0", "070", "65536", "70000", "80; rm", "8080/tcp"])
def test_other_ports_are_not_valid(port: str) -> None:
    """A port is a number from 1 to 65535."""
    assert not re.fullmatch(PATTERNS[Kind.PORT], port)
