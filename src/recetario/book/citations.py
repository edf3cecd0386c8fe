"""Link citations in prose: issues, man pages, release notes and source files, at the version that the text names.

Pages and claims stay plain text that reads well anywhere ("`podman-run(1)`, Podman 6.0"); only this module knows the
forms of citations. Paths of documents were looked up in each project's repository, at its tags.

Why not pymdownx.magiclink: it recognizes only issues, and only while Markdown becomes HTML, but the Markdown that
readers download, notebooks and claims.toml have citations, too. It would also link the addresses in examples.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from recetario.book.pages import in_fence
from recetario.translations import translations

__all__ = ["cite", "translate_source"]

_GITHUB = "https://github.com"
_REPOSITORIES = {
    "Podman": "containers/podman",
    "podman": "containers/podman",
    "containers-common": "containers/common",
    "containers/common": "containers/common",
    "netavark": "containers/netavark",
    "aardvark-dns": "containers/aardvark-dns",
    "dnsname": "containers/dnsname",
    "buildah": "containers/buildah",
    "podman-compose": "containers/podman-compose",
    "firewalld": "firewalld/firewalld",
    "moby": "moby/moby",
    "util-linux": "util-linux/util-linux",
    "man-pages": "",
}
"""Repositories on GitHub by project; man-pages has none there."""
_CONTAINER_LIBS_SINCE = (0, 65)
"""Since this version, containers-common is in the folder common of containers/container-libs."""
_COMMON_VERSIONS = {
    "3.0": "0.33",
    "4.3": "0.50",
    "4.9": "0.57",
    "5.0": "0.58",
    "5.4": "0.62",
    "5.5": "0.63",
    "5.8": "0.67",
    "6.0": "0.68",
    "6.1": "0.69",
}
"""The containers-common, with containers.conf(5) and libnetwork, that each Podman is built with, from its go.mod."""
_DEBIAN_SUITES = {"6.03": "bookworm"}
"""Debian suites by their version of man-pages; manpages.debian.org has the pages of a suite."""
_TEMPLATES = {
    (4, 3): "attach auto-update build container-clone container-runlabel create exec kill kube-play login logout logs "
    "pause pod-clone pod-create pod-kill pod-logs pod-rm pod-start pod-stats pod-stop pull push restart rm run search "
    "start stats stop unpause update",
    (4, 4): "container-diff container-inspect diff images init inspect mount network-ls network-reload pod-inspect "
    "pod-ps pod-top port save secret-ls top unmount volume-ls wait",
    (5, 8): "ps",
    (6, 0): "build.unit container.unit image.unit kube-down kube.unit network-create network.unit pod.unit volume.unit",
}
_TEMPLATE_SINCE = {page: version for version, pages in _TEMPLATES.items() for page in pages.split()}
"""The first Podman in which the source of a man page is a template, ``.md.in`` instead of ``.md``."""
_FOLDERS = {"basic_networking.md": "docs/tutorials/", "options/": "docs/source/markdown/"}
"""Folders in Podman's repository of documents that are cited without their folder, by the beginning of their name."""
_TITLES = {
    "Podman 5.0 breaking changes in detail": "https://blog.podman.io/2024/03/podman-5-0-breaking-changes-in-detail/",
    "Legacy container links": "https://docs.docker.com/network/links/",
    "`ip-sysctl`": "https://docs.kernel.org/networking/ip-sysctl.html",
}
"""Addresses of documents that are cited by their title."""

_PROJECT = "|".join(sorted(map(re.escape, _REPOSITORIES), key=len, reverse=True))
_VERSION = r"(?<![\d.])\d+\.\d+(?:\.\d+)?(?!\.?\d)"
_RELEASE = rf"(?:(?:{_PROJECT}) )?(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)"
_NOTE = r" \([^()]*\)"
_AND = r"(?:,? (?:and|y)(?: de)? |, )"
_RELEASES = rf"{_RELEASE}(?:{_NOTE})?(?:{_AND}{_RELEASE}(?:{_NOTE})?)*"
_FILE = r"[\w./-]+\(\d\)|[\w./-]+\.(?:md|go|rs|conflist)\b|(?:contrib|docs|libpod|pkg|src|test)/[\w./-]*\w"
_DOCUMENT = rf"(?:`(?:{_FILE})`|(?<![\w`/.-])(?:{_FILE}))"
_ITEM = rf"(?:,? (?:item|punto) \d+|{_NOTE})?"
_DOCUMENTS = rf"{_DOCUMENT}{_ITEM}(?:(?:, | and | y | e ){_DOCUMENT}{_ITEM})*"
_FORMS = {
    "link": r"\[[^\]]*\]\([^)]*\)|<https?:[^>]*>",
    "issue": rf"(?<![\w/`#-])(?:containers/)?(?P<repository>{_PROJECT})#(?P<issue>\d+)",
    # Podman 5.0.0 and 6.0.0 release notes; aardvark-dns's 1.17.0 release notes
    "release notes": rf"(?:(?P<owner>{_PROJECT})'s )?(?P<releases>{_RELEASES})(?= release notes)",
    "release notes of": rf"(?<=elease notes of )(?P<releases>{_RELEASES})",
    # Notas de Podman 5.0.0 y 6.0.0; notas de la versión 1.17.0 de netavark
    "notas de": rf"[Nn]otas de (?:las? versi[oó]n(?:es)? )?(?P<releases>{_RELEASES})(?= de (?P<owner>{_PROJECT})\b)?",
    # - **5.0.0**: an item in a list of releases
    "item": rf"(?<=^- \*\*)(?P<releases>{_RELEASE})(?=\*\*)",
    # netavark 1.4.0's `src/commands/setup.rs`
    "version's documents": rf"(?P<project>{_PROJECT}) (?P<version>{_VERSION})'s (?P<documents>{_DOCUMENTS})",
    # `a.go` and `b.go` of Podman 6.0; `a(1)`, Podman 4.3 and 6.0
    "documents": rf"(?P<documents>{_DOCUMENTS})(?P<separator>,(?: in| en)?| of| de) (?P<project>{_PROJECT}) "
    rf"(?P<versions>{_VERSION}(?:(?:{_NOTE})?{_AND}{_VERSION})*)",
    "xauth": r"(?:`xauth\(1\)`|\bxauth\(1\))(?=, 1\.1\b)",
    "commit": r"\bcommit (?P<commit>[0-9a-f]{7,40})\b",
    # `podman-run(1)`, Podman 4.3: …; Podman 6.0: (the same document at another version)
    "other version": rf"(?<=[;.] )Podman (?P<version>{_VERSION})(?=:)",
    "cni": r"(?:CNI specification|[Ee]specificación de CNI) (?P<version>\d+\.\d+\.\d+)",
    "title": "|".join(map(re.escape, _TITLES)),
    "code": r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
}
"""The forms of citations, and links and code, in which nothing is cited. Where two begin, the first one counts."""
_COMPILED = {form: re.compile(pattern) for form, pattern in _FORMS.items()}


@functools.lru_cache(4096)
def cite(text: str) -> str:
    """Add links to the citations in Markdown whose form is known; everything else stays as it is.

    Args:
        text: Markdown in any language of the site. Headings and code get no links.
    """
    lines = text.split("\n")
    return "\n".join(
        line if is_code or line.startswith("#") else _Line().cite(line)
        for line, is_code in zip(lines, in_fence(lines), strict=True)
    )


def translate_source(source: str, language: str) -> str:
    """Translate the words around names and versions in a claim's source.

    Args:
        source: A source as in claims.toml, in English.
        language: One of ``LANGUAGES``.
    """
    if language == "en":
        return source
    texts = translations(language)["citations"]
    # Podman 5.0.0 release notes; aardvark-dns's 1.17.0 release notes
    notes = rf"(?:(?P<owner>{_PROJECT})'s )?(?P<releases>{_RELEASES}) release notes"
    source = re.sub(
        notes, lambda match: _translate_release_notes(match["releases"], match["owner"] or "Podman", texts), source
    )
    source = source.replace(" and ", f" {texts['and']} ")
    return re.sub(r"\bitem (?=\d)", f"{texts['item']} ", source)


def _translate_release_notes(releases: str, project: str, texts: Mapping[str, str]) -> str:
    """Translate "Podman 5.0.0 and 6.0.0" (release notes) to "notas de las versiones 5.0.0 y 6.0.0 de Podman".

    Args:
        releases: Versions, each with its project or after another version of the same project.
        project: The project of the first versions, if they don't name theirs.
        texts: Words around them in the language.
    """
    versions_by_project: dict[str, list[str]] = {}
    for release in re.findall(_RELEASE, releases):
        name, _, version = release.rpartition(" ")
        project = name or project
        versions_by_project.setdefault(project, []).append(version)
    notes = []
    for project, versions in versions_by_project.items():
        text = texts["notes-of-one"] if len(versions) == 1 else texts["notes-of-several"]
        notes.append(text.format(versions=_enumeration(versions, texts["and"]), project=project))
    return f" {texts['and']} ".join(notes)


def _enumeration(items: list[str], conjunction: str) -> str:
    """Join items as a sentence does: "a, b and c"."""
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


class _Line:
    """Adds links to one line, from left to right, because a version may belong to what was named before it.

    Attributes:
        project: The project that was named last.
        document: The document that was cited last, or empty.
    """

    def __init__(self) -> None:
        self.project = "Podman"
        self.document = ""

    def cite(self, line: str) -> str:
        parts = []
        position = 0
        while found := _first(line, position):
            form, match = found
            parts += [line[position : match.start()], self._cite(form, match)]
            position = match.end()
        return "".join(parts) + line[position:]

    def _cite(self, form: str, match: re.Match[str]) -> str:
        match form:
            case "release notes" | "release notes of" | "notas de" | "item":
                return self._cite_release_notes(match)
            case "version's documents":
                self.project = match["project"]
                documents = self._link_documents(match["documents"], match["version"])
                return f"{self.project} {match['version']}'s {documents}"
            case "documents":
                return self._cite_documents(match)
            case _:
                return _link(match[0], self._single_address(form, match))

    def _single_address(self, form: str, match: re.Match[str]) -> str:
        """The address of a citation that is a single link; empty for text in which nothing is cited."""
        match form:
            case "issue":
                return f"{_GITHUB}/{_REPOSITORIES[match['repository']]}/issues/{match['issue']}"
            case "commit":
                return f"{_GITHUB}/{_REPOSITORIES[self.project]}/commit/{match['commit']}"
            case "title":
                return _TITLES[match[0]]
            case "cni":
                return f"{_GITHUB}/containernetworking/cni/blob/spec-v{match['version']}/SPEC.md"
            case "xauth":
                return "https://manpages.debian.org/bookworm/xauth/xauth.1.en.html"
            case "other version" if self.document:
                return _address(self.document, "Podman", match["version"])
        return ""

    def _cite_release_notes(self, match: re.Match[str]) -> str:
        self.project = match.groupdict().get("owner") or self.project
        before = match[0].removesuffix(match["releases"])
        return before + re.sub(f"{_NOTE}|{_RELEASE}", self._cite_release, match["releases"])

    def _cite_release(self, match: re.Match[str]) -> str:
        if "(" in match[0]:  # a note
            return match[0]
        name, _, version = match[0].rpartition(" ")
        self.project = name or self.project
        repository = _REPOSITORIES[self.project]
        return _link(match[0], f"{_GITHUB}/{repository}/releases/tag/v{version}" if repository else "")

    def _cite_documents(self, match: re.Match[str]) -> str:
        """Link each document at the first version, and the first document at each further version."""
        self.project = match["project"]
        version = re.findall(_VERSION, match["versions"])[0]
        documents = self._link_documents(match["documents"], version)
        rest = re.sub(f"{_NOTE}|{_VERSION}", self._cite_further_version, match["versions"][len(version) :])
        return f"{documents}{match['separator']} {self.project} {version}{rest}"

    def _link_documents(self, documents: str, version: str) -> str:
        parts = re.split(f"({_DOCUMENT})", documents)  # every second part is a document
        folder = ""
        for index in range(1, len(parts), 2):
            name = parts[index].strip("`")
            if folder and "/" not in name and name.endswith(".go"):
                name = folder + name  # in the folder of the file that was named before it
            folder = name[: name.rfind("/") + 1]
            parts[index] = _link(parts[index], _address(name, self.project, version))
            if index == 1:
                self.document = name
        return "".join(parts)

    def _cite_further_version(self, match: re.Match[str]) -> str:
        if "(" in match[0]:  # a note
            return match[0]
        return _link(match[0], _address(self.document, self.project, match[0]))


def _first(line: str, position: int) -> tuple[str, re.Match[str]] | None:
    """The form that begins first after a position in a line, and its match."""
    found = ((form, match) for form, pattern in _COMPILED.items() if (match := pattern.search(line, position)))
    return min(found, key=lambda one: one[1].start(), default=None)


def _link(text: str, address: str) -> str:
    return f"[{text}]({address})" if address else text


def _address(document: str, project: str, version: str) -> str:
    """The address of a document at a version of a project; empty if it is not known."""
    name, section = document, ""
    if document.endswith(")"):
        name, _, section = document.removesuffix(")").rpartition("(")
    if project == "man-pages":
        return _debian_address(name, section, version)
    if project == "Podman" and (name.startswith("libnetwork/") or (name.startswith("containers") and section)):
        project = "containers-common"
        version = _COMMON_VERSIONS.get(".".join(version.split(".")[:2]), "")
    path = _path(name, section, project, version) if version else ""
    if not path:
        return ""
    repository, tag = _REPOSITORIES[project], f"v{version}"
    if project != "util-linux" and version.count(".") == 1:
        tag += ".0"
    if repository == "containers/common" and _major_minor(version) >= _CONTAINER_LIBS_SINCE:
        repository, tag, path = "containers/container-libs", f"common/{tag}", f"common/{path}"
    kind = "blob" if re.search(r"\.\w+$", path) else "tree"  # GitHub's addresses of files and of folders
    return f"{_GITHUB}/{repository}/{kind}/{tag}/{path}"


def _debian_address(name: str, section: str, version: str) -> str:
    """The address of a page of man-pages; empty if it has no section, or no known suite has this version."""
    suite = _DEBIAN_SUITES.get(version)
    if not suite or not section:
        return ""
    package = "manpages-dev" if section in ("2", "3") else "manpages"
    return f"https://manpages.debian.org/{suite}/{package}/{name}.{section}.en.html"


def _path(name: str, section: str, project: str, version: str) -> str:
    """The path of a document in its repository; empty if it is not known."""
    if not section:
        folder = next((folder for start, folder in _FOLDERS.items() if name.startswith(start)), "")
        return folder + name
    if project == "util-linux":
        return f"sys-utils/{name}.{section}.adoc"
    if project in ("Podman", "podman") and name.startswith("podman"):
        since = _TEMPLATE_SINCE.get(name.removeprefix("podman-"))
        template = ".in" if since and _major_minor(version) >= since else ""
        return f"docs/source/markdown/{name}.{section}.md{template}"
    if project in ("netavark", "containers-common", "containers/common"):
        return f"docs/{name}.{section}.md"
    return ""


def _major_minor(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    return tuple(map(int, version.split(".")[:2]))
