"""Citations in prose become links to the documents that they name, at the version that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recetario.book.citations import cite, translate_source

_TOP = Path(__file__).parents[2]
_PODMAN = "https://github.com/containers/podman"
_MAN = "docs/source/markdown"
_COMMON = "https://github.com/containers/common/blob"
_LIBS = "https://github.com/containers/container-libs/blob/common"
_PAGES = sorted(
    str(path.relative_to(_TOP / "docs" / "en"))
    for path in (_TOP / "docs" / "en").rglob("*.md")
    if "notebooks" not in path.parts
)


def _links(text: str) -> list[tuple[str, str]]:
    """(Text, address) of each link after citing."""
    return re.findall(r"\[([^\]]*)\]\((https?:[^)]*)\)", cite(text))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("podman#29130", f"{_PODMAN}/issues/29130"),
        ("containers/aardvark-dns#725", "https://github.com/containers/aardvark-dns/issues/725"),
        ("netavark#709", "https://github.com/containers/netavark/issues/709"),
        ("firewalld#863", "https://github.com/firewalld/firewalld/issues/863"),
        ("commit 2704dfbb7a", f"{_PODMAN}/commit/2704dfbb7a"),
    ],
)
def test_an_issue_or_a_commit_is_a_link(text: str, address: str) -> None:
    """The link leads to the named project; GitHub redirects from issues to pull requests."""
    assert _links(f"It says so ({text}).") == [(text, address)]


@pytest.mark.parametrize(
    ("doc", "version", "path"),
    [
        ("podman-run(1)", "Podman 4.0", f"v4.0.0/{_MAN}/podman-run.1.md"),
        ("podman-run(1)", "Podman 4.3", f"v4.3.0/{_MAN}/podman-run.1.md.in"),
        ("podman-network-create(1)", "Podman 5.8", f"v5.8.0/{_MAN}/podman-network-create.1.md"),
        ("podman-network-create(1)", "Podman 6.0", f"v6.0.0/{_MAN}/podman-network-create.1.md.in"),
        ("podman-network.unit(5)", "Podman 6.0", f"v6.0.0/{_MAN}/podman-network.unit.5.md.in"),
        ("podman-unshare(1)", "Podman 6.0", f"v6.0.0/{_MAN}/podman-unshare.1.md"),
        ("options/network.md", "Podman 6.0", f"v6.0.0/{_MAN}/options/network.md"),
        ("basic_networking.md", "Podman 4.9", "v4.9.0/docs/tutorials/basic_networking.md"),
        ("troubleshooting.md", "Podman 6.0", "v6.0.0/troubleshooting.md"),
        ("libpod/networking_common.go", "Podman 5.4.2", "v5.4.2/libpod/networking_common.go"),
    ],
)
def test_a_document_of_podman_is_a_link_to_its_tag(doc: str, version: str, path: str) -> None:
    """Links to man pages lead to their source, which is a template, ``.md.in``, since different versions."""
    forms = ["`{}`, {}", "{}, {}", "`{}` of {}", "`{}` de {}", "{}, in {}", "`{}`, en {}"]
    addresses = {form: [address for _, address in _links(form.format(doc, version) + ": why")] for form in forms}

    assert addresses == {form: [f"{_PODMAN}/blob/{path}"] for form in forms}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("`containers.conf(5)`, containers-common 0.50 (Podman 4.3)", f"{_COMMON}/v0.50.0/docs/containers.conf.5.md"),
        ("`containers.conf(5)`, Podman 5.4", f"{_COMMON}/v0.62.0/docs/containers.conf.5.md"),
        ("`containers.conf(5)`, Podman 6.0", f"{_LIBS}/v0.68.0/common/docs/containers.conf.5.md"),
        (
            "`libnetwork/pasta/pasta_linux.go`, Podman 5.4.2",
            f"{_COMMON}/v0.62.0/libnetwork/pasta/pasta_linux.go",
        ),
        ("`containers-config(5)` of containers-common 0.68", f"{_LIBS}/v0.68.0/common/docs/containers-config.5.md"),
        ("`contrib/systemd/system`, Podman 6.0", f"{_PODMAN}/tree/v6.0.0/contrib/systemd/system"),
        (
            "`nsenter(1)`, util-linux 2.38",
            "https://github.com/util-linux/util-linux/blob/v2.38/sys-utils/nsenter.1.adoc",
        ),
        ("setns(2), man-pages 6.03", "https://manpages.debian.org/bookworm/manpages-dev/setns.2.en.html"),
        ("`unix(7)`, man-pages 6.03", "https://manpages.debian.org/bookworm/manpages/unix.7.en.html"),
        ("`xauth(1)`, 1.1", "https://manpages.debian.org/bookworm/xauth/xauth.1.en.html"),
        ("netavark 1.4.0's `src/a.rs`", "https://github.com/containers/netavark/blob/v1.4.0/src/a.rs"),
        (
            "`netavark-firewalld(7)`, netavark 1.17.0",
            "https://github.com/containers/netavark/blob/v1.17.0/docs/netavark-firewalld.7.md",
        ),
        ("CNI specification 0.4.0", "https://github.com/containernetworking/cni/blob/spec-v0.4.0/SPEC.md"),
        ("especificación de CNI 0.4.0", "https://github.com/containernetworking/cni/blob/spec-v0.4.0/SPEC.md"),
        (
            "«Podman 5.0 breaking changes in detail», 2024",
            "https://blog.podman.io/2024/03/podman-5-0-breaking-changes-in-detail/",
        ),
    ],
)
def test_a_document_of_another_project_is_a_link(text: str, address: str) -> None:
    """The link leads to that project's repository, or to Debian's copy of the man page."""
    assert [linked for _, linked in _links(f"- {text}: why")] == [address]


@pytest.mark.parametrize(
    ("text", "releases"),
    [
        ("Podman 4.0.0 release notes", ["podman v4.0.0"]),
        ("Podman 4.0.0, 5.0.0 and 6.0.0 release notes", ["podman v4.0.0", "podman v5.0.0", "podman v6.0.0"]),
        ("netavark 1.6.0 and Podman 4.5.0 release notes", ["netavark v1.6.0", "podman v4.5.0"]),
        ("Podman 1.8.0 release notes: a. 2.1.0 release notes: b", ["podman v1.8.0", "podman v2.1.0"]),
        ("aardvark-dns's 1.17.0 release notes", ["aardvark-dns v1.17.0"]),
        ("the release notes of aardvark-dns 1.11.0", ["aardvark-dns v1.11.0"]),
        ("Podman 5.3.0 (`169.254.1.2`) and 6.0.0 (none) release notes", ["podman v5.3.0", "podman v6.0.0"]),
        ("Notas de Podman 5.0.0 y 6.0.0", ["podman v5.0.0", "podman v6.0.0"]),
        ("Notas de netavark 1.6.0 y de Podman 4.5.0", ["netavark v1.6.0", "podman v4.5.0"]),
        ("y notas de 1.6.0: el nombre", ["podman v1.6.0"]),
        ("notas de las versiones 2.0.0 y 2.1.0 de netavark", ["netavark v2.0.0", "netavark v2.1.0"]),
        ("- **3.2.0**: names", ["podman v3.2.0"]),
        ("- **netavark 2.1.0**: ports that 2.0.0 cut off", ["netavark v2.1.0"]),
    ],
)
def test_release_notes_are_links_to_each_release(text: str, releases: list[str]) -> None:
    """A version without a project is of the project named before it, or of Podman; in both languages."""
    linked = [address.removeprefix("https://github.com/containers/") for _, address in _links(text)]

    assert linked == [release.replace(" ", "/releases/tag/") for release in releases]


def test_each_document_and_each_further_version_is_a_link() -> None:
    """Documents may share a version; a further version, in the list or later in the line, is of the first document."""
    several = _links("`src/a.rs` and `src/b.rs` of aardvark-dns 1.4.0 and 1.12.0 (commit 7d1677f)")
    again = _links("`podman-run(1)`, Podman 4.3: `a`; Podman 6.0: `b`.")

    assert [address.partition("aardvark-dns/")[2] for _, address in several] == [
        "blob/v1.4.0/src/a.rs",
        "blob/v1.4.0/src/b.rs",
        "blob/v1.12.0/src/a.rs",
        "commit/7d1677f",
    ]
    assert [text for text, _ in several] == ["`src/a.rs`", "`src/b.rs`", "1.12.0", "commit 7d1677f"]
    assert [address.partition("blob/")[2] for _, address in again] == [
        f"v4.3.0/{_MAN}/podman-run.1.md.in",
        f"v6.0.0/{_MAN}/podman-run.1.md.in",
    ]


def test_a_file_without_a_folder_is_in_the_folder_of_the_file_before_it() -> None:
    """Authors write the folder only once."""
    [_, (_, address)] = _links("`pkg/specgen/generate/a.go` and `b.go` of Podman 6.0")

    assert address == f"{_PODMAN}/blob/v6.0.0/pkg/specgen/generate/b.go"


@pytest.mark.parametrize(
    "text",
    [
        "# Podman 4.0.0 release notes",
        "```text\npodman#1\n```",
        "```text\n```bash\npodman#1\n```",
        "`podman#1` and [podman#1](x.md) and <https://example.org/podman#1>",
        "`nsenter(1)`: no version",
        "`containers.conf(5)`, Podman 9.9",
        "`podman-run(1)`, man-pages 5.0",
        "With 10.0.2.100, Podman 5.4 and netavark 2.0.0 (169.254.1.2) it's another",
    ],
)
def test_other_text_does_not_change(text: str) -> None:
    """Headings, code, links, and documents without a known address get no links."""
    assert cite(text) == text


def test_text_after_code_has_links() -> None:
    """A line inside of code that looks like the beginning of more code does not count."""
    assert cite("```text\n```bash\n```\npodman#1") == f"```text\n```bash\n```\n[podman#1]({_PODMAN}/issues/1)"


def test_only_links_are_added() -> None:
    """Without the links, the text is the same as before."""
    text = "- Notas de la versión 1.17.0 de netavark y podman#1 (`a(1)`, `README.md` de dnsname 1.3.1)."

    assert re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cite(text)) == text


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Podman 5.1.0 release notes", "notas de la versión 5.1.0 de Podman"),
        ("Podman 4.0.0, 5.0.0 and 6.0.0 release notes", "notas de las versiones 4.0.0, 5.0.0 y 6.0.0 de Podman"),
        (
            "netavark 1.6.0 and Podman 4.5.0 release notes",
            "notas de la versión 1.6.0 de netavark y notas de la versión 4.5.0 de Podman",
        ),
        (
            "aardvark-dns's 1.12.0 and 1.17.0 release notes; podman#29130",
            "notas de las versiones 1.12.0 y 1.17.0 de aardvark-dns; podman#29130",
        ),
        ("aardvark-dns's 1.17.0 release notes", "notas de la versión 1.17.0 de aardvark-dns"),
        ("nsenter(1) and setpriv(1), util-linux 2.38", "nsenter(1) y setpriv(1), util-linux 2.38"),
        ("troubleshooting.md item 47, Podman 6.0; podman#1", "troubleshooting.md punto 47, Podman 6.0; podman#1"),
    ],
)
def test_a_source_is_translated_to_spanish(english: str, spanish: str) -> None:
    """Claims have most sources only in English; the translation leads to the same addresses."""
    assert translate_source(english, "en") == english
    assert translate_source(english, "es") == spanish
    assert [address for _, address in _links(spanish)] == [address for _, address in _links(english)]


@pytest.mark.parametrize("path", _PAGES)
def test_both_languages_cite_the_same(path: str) -> None:
    """If a form is recognized in only one language, the page in the other language lacks a link."""
    spanish, english = (
        sorted(address for _, address in _links((_TOP / "docs" / language / path).read_text("utf-8")))
        for language in ("es", "en")
    )

    assert spanish == english
