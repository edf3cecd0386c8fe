"""Facts about hosts: versions as upstream writes them, and whether hosts are what environments.toml says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recetario.book.environments import find
from recetario.errors import RecetarioError
from recetario.lab.known import Known
from recetario.lab.learning import check_row, upstream_version, versions_in_use

PACKAGES = "\n".join(
    (
        "aardvark-dns\t1.4.0-3",
        "conmon\t2.1.6+ds1-1",
        "containernetworking-plugins\t1.1.1+ds1-3+b5",
        "dnsmasq-base\t2.90-4~deb12u1",
        "golang-github-containernetworking-plugin-dnsname\t1.3.1+ds1-2+b5",
        "netavark\t1.4.0-3",
        "passt\t0.0~git20230309.7c7625d-1",
        "runc\t1.1.5+ds1-1+deb12u1",
        "slirp4netns\t1.2.0-1",
    )
)
KNOWN = Known({"podman": "4.3.1"}, "cni", rootless=True, pristine=frozenset({"b", "a"}), residue=frozenset())


@pytest.mark.parametrize(
    ("debian", "upstream"),
    [
        ("4.3.1+ds1-8+deb12u1", "4.3.1"),
        ("1.0.0~rc93+ds1-5+deb11u3", "1.0.0-rc93"),
        ("0.0~git20250503.587980c-2", "20250503"),
        ("1:2.90-4~deb12u1", "2.90"),
        ("1.14.0-2", "1.14.0"),
    ],
)
def test_versions_are_written_as_upstream_does(debian: str, upstream: str) -> None:
    """Debian's epoch, revision and suffixes are removed."""
    assert upstream_version(debian) == upstream


def test_only_what_is_in_use_is_shown() -> None:
    """The other backend and slirp4netns are installed too, but this environment does not use them."""
    (environment,) = find(["4.3-cni-root"])

    assert versions_in_use(environment, "4.3.1", "runc", PACKAGES) == {
        "podman": "4.3.1",
        "cni-plugins": "1.1.1",
        "dnsname": "1.3.1",
        "dnsmasq": "2.90",
        "conmon": "2.1.6",
        "runtime": "runc 1.1.5",
    }


def test_what_a_host_has_beyond_a_plain_one_is_shown() -> None:
    """If it is a package; another machine in the LAN has no version."""
    (environment,) = find(["4.3-cni-root"])
    packages = f"{PACKAGES}\nfirewalld\t1.3.3-1~deb12u1\n"

    assert versions_in_use(environment, "4.3.1", "runc", packages, ["firewalld", "outside"])["firewalld"] == "1.3.3"


@pytest.mark.parametrize(("podman", "helper"), [("4.3.1", "slirp4netns"), ("5.0.0", "pasta")])
def test_rootless_hosts_show_what_connects_them(podman: str, helper: str) -> None:
    """Podman 5.0 replaced slirp4netns by pasta as the default."""
    (environment,) = find(["4.3-netavark-rootless"])

    versions = versions_in_use(environment, podman, "runc", PACKAGES)

    assert {"slirp4netns", "pasta"} & versions.keys() == {helper}


def test_what_is_known_survives_its_file() -> None:
    """Facts read from JSON equal those that were written."""
    assert Known.from_json(KNOWN.to_json()) == KNOWN


@pytest.mark.parametrize(
    ("known", "difference"),
    [
        (replace(KNOWN, versions={"podman": "4.30.1"}), "Podman is 4.30.1, not 4.3."),
        (replace(KNOWN, backend="netavark"), "the network backend is netavark, not cni."),
        (replace(KNOWN, rootless=False), "the mode is root, not rootless."),
    ],
)
def test_a_host_that_is_not_what_its_row_says_is_refused(known: Known, difference: str) -> None:
    """The message says which of version, backend and mode differs, and what to do."""
    (environment,) = find(["4.3-cni-rootless"])

    with pytest.raises(
        RecetarioError, match=r"4\.3-cni-rootless: the host is not what environments\.toml says"
    ) as error:
        check_row(environment, known)

    assert difference in str(error.value)
    assert "RECETARIO_MIRROR" in str(error.value)


def test_the_right_host_passes() -> None:
    """The row names a minor version, so any patch version is accepted."""
    check_row(find(["4.3-cni-rootless"])[0], replace(KNOWN, versions={"podman": "4.3.99"}))
