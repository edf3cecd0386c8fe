"""Link what prose cites: issues, man pages, release notes and source files, at the version that they name.

Pages and claims keep plain text that reads well anywhere ("`podman-run(1)`, Podman 6.0"); only this module knows the
forms. What is where was looked up at each project's tags.

Why not pymdownx.magiclink: it knows only one of the forms, issues, and only on the way to HTML, while the Markdown of
pages, the notebooks and claims.toml cite as well. It would also turn the bare address of an example into a link.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from recetario.translations import translations

__all__ = ["cite", "in_language"]

_GITHUB = "https://github.com"
_REPOSITORIES = {
    **{name: f"containers/{name}" for name in ("netavark", "aardvark-dns", "dnsname", "buildah", "podman-compose")},
    **{"Podman": "containers/podman", "podman": "containers/podman"},
    **{"containers-common": "containers/common", "containers/common": "containers/common"},
    **{"util-linux": "util-linux/util-linux", "man-pages": ""},
}
_MOVED = (0, 65)  # containers/common went into the repository container-libs, as its folder common
_COMMON = {"3.0": "0.33", "4.3": "0.50", "4.9": "0.57", "5.0": "0.58", "5.4": "0.62", "5.5": "0.63"}
_COMMON |= {"5.8": "0.67", "6.0": "0.68", "6.1": "0.69"}
"""Which containers-common a Podman is built with, from its go.mod: containers.conf(5) and libnetwork are there."""
_DEBIAN = {"6.03": "bookworm"}
"""Where Debian has a version of man-pages, and so a page of it that can be read."""
_TEMPLATES = {
    (4, 3): "attach auto-update build container-clone container-runlabel create exec kill kube-play login logout logs "
    "pause pod-clone pod-create pod-kill pod-logs pod-rm pod-start pod-stats pod-stop pull push restart rm run search "
    "start stats stop unpause update",
    (4, 4): "container-diff container-inspect diff images init inspect mount network-ls network-reload pod-inspect "
    "pod-ps pod-top port save secret-ls top unmount volume-ls wait",
    (5, 8): "ps",
    (6, 0): "build.unit container.unit image.unit kube-down kube.unit network-create network.unit pod.unit volume.unit",
}
"""Since which Podman the source of a man page is a template, ``.md.in``."""
_FOLDERS = {"basic_networking.md": "docs/tutorials/", "options/": "docs/source/markdown/"}
_TITLES = {
    "Podman 5.0 breaking changes in detail": "https://blog.podman.io/2024/03/podman-5-0-breaking-changes-in-detail/",
    "Legacy container links": "https://docs.docker.com/network/links/",
    "`ip-sysctl`": "https://docs.kernel.org/networking/ip-sysctl.html",
}

_P = "|".join(sorted(map(re.escape, _REPOSITORIES), key=len, reverse=True))
_V = r"(?<![\d.])\d+\.\d+(?:\.\d+)?(?!\.?\d)"
_RELEASE = rf"(?:(?:{_P}) )?(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)"
_NOTE = r" \([^()]*\)"
_AND = r"(?:,? (?:and|y)(?: de)? |, )"
_RELEASES = rf"{_RELEASE}(?:{_NOTE})?(?:{_AND}{_RELEASE}(?:{_NOTE})?)*"
_FILE = r"[\w./-]+\(\d\)|[\w./-]+\.(?:md|go|rs|conflist)\b|(?:contrib|docs|libpod|pkg|src|test)/[\w./-]*\w"
_DOC = rf"(?:`(?:{_FILE})`|(?<![\w`/.-])(?:{_FILE}))"
_ITEM = rf"(?:,? (?:item|punto) \d+|{_NOTE})?"
_DOCS = rf"{_DOC}{_ITEM}(?:(?:, | and | y | e ){_DOC}{_ITEM})*"
_FORMS = re.compile(
    "|".join(
        (
            r"(?P<kept>\[[^\]]*\]\([^)]*\)|<https?:[^>]*>)",  # a link already
            rf"(?<![\w/`#-])(?:containers/)?(?P<repository>{_P})#(?P<issue>\d+)",
            # Podman 5.0.0 and 6.0.0 release notes; aardvark-dns's 1.17.0 release notes
            rf"(?:(?P<owner>{_P})'s )?(?P<notes>{_RELEASES})(?= release notes)",
            rf"(?<=elease notes of )(?P<notes_of>{_RELEASES})",
            # Notas de Podman 5.0.0 y 6.0.0; notas de la versión 1.17.0 de netavark
            rf"(?P<notas>[Nn]otas de (?:las? versi[oó]n(?:es)? )?)(?P<notas_de>{_RELEASES})(?= de (?P<dueno>{_P})\b)?",
            rf"(?<=^- \*\*)(?P<listed>{_RELEASE})(?=\*\*)",
            # netavark 1.4.0's `src/commands/setup.rs`
            rf"(?P<of>{_P}) (?P<at>{_V})'s (?P<theirs>{_DOCS})",
            # `a.go` and `b.go` of Podman 6.0; `a(1)`, Podman 4.3 and 6.0
            rf"(?P<docs>{_DOCS})(?P<link>,(?: in| en)?| of| de) (?P<project>{_P}) "
            rf"(?P<versions>{_V}(?:(?:{_NOTE})?{_AND}{_V})*)",
            r"(?P<xauth>`xauth\(1\)`|\bxauth\(1\))(?=, 1\.1\b)",
            r"\bcommit (?P<commit>[0-9a-f]{7,40})\b",
            rf"(?<=[;.] )(?P<again>Podman {_V})(?=:)",  # the document before it, at another version
            r"(?:CNI specification|[Ee]specificación de CNI) (?P<cni>\d+\.\d+\.\d+)",
            f"(?P<title>{'|'.join(map(re.escape, _TITLES))})",
            r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))",
        )
    )
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@functools.lru_cache(4096)
def cite(text: str) -> str:
    """Markdown with a link for each citation that is of a known form; the others stay as they are.

    Args:
        text: In any of the site's languages. Headings and fenced code keep their text.
    """
    lines, fence = [], ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence):
            fence = ""
        lines.append(line if fence or found or line.startswith("#") else _Line().cite(line))
    return "\n".join(lines)


def in_language(source: str, language: str) -> str:
    """A claim's source, which claims.toml has in English, in this language: what is around names and versions."""
    if language == "en":
        return source
    words = translations(language)["citations"]
    source = re.sub(rf"({_RELEASES}) release notes", lambda found: _release_notes(found[1], words), source)
    return re.sub(r"\bitem (?=\d)", f"{words['item']} ", source.replace(" and ", f" {words['and']} "))


def _release_notes(releases: str, words: Mapping[str, str]) -> str:
    """Name the release notes of "Podman 5.0.0 and 6.0.0": "notas de las versiones 5.0.0 y 6.0.0 de Podman"."""
    by_project: dict[str, list[str]] = {}
    project = "Podman"
    for release in re.findall(_RELEASE, releases):
        *named, version = release.split(" ")
        project = named[0] if named else project
        by_project.setdefault(project, []).append(version)
    return f" {words['and']} ".join(
        words["notes-of-one" if len(versions) == 1 else "notes-of-several"].format(
            versions=_list(versions, words), project=project
        )
        for project, versions in by_project.items()
    )


def _list(names: list[str], words: Mapping[str, str]) -> str:
    *first, last = names
    return f"{', '.join(first)} {words['and']} {last}" if first else last


class _Line:
    """One line, from left to right: a version may belong to what stands before it."""

    def __init__(self) -> None:
        self.project = "Podman"
        self.doc = ""

    def cite(self, line: str) -> str:
        return _FORMS.sub(self._replace, line)

    def _replace(self, found: re.Match[str]) -> str:
        if found["kept"] or found["code"]:
            return found[0]
        if found["xauth"]:
            return _linked(found[0], "https://manpages.debian.org/bookworm/xauth/xauth.1.en.html")
        if found["issue"]:
            return _linked(found[0], f"{_GITHUB}/{_REPOSITORIES[found['repository']]}/issues/{found['issue']}")
        if found["commit"]:
            return _linked(found[0], f"{_GITHUB}/{_REPOSITORIES[self.project]}/commit/{found['commit']}")
        if found["title"]:
            return _linked(found[0], _TITLES[found["title"]])
        if found["cni"]:
            return _linked(found[0], f"{_GITHUB}/containernetworking/cni/blob/spec-v{found['cni']}/SPEC.md")
        if found["again"]:
            return _linked(found[0], _address(self.doc, "Podman", found["again"].split()[1])) if self.doc else found[0]
        if found["docs"] or found["theirs"]:
            return self._documents(found)
        if releases := found["notes"] or found["notes_of"] or found["notas_de"] or found["listed"]:
            self.project = found["owner"] or found["dueno"] or self.project
            owner = f"{found['owner']}'s " if found["owner"] else found["notas"] or ""
            return owner + re.sub(f"{_NOTE}|{_RELEASE}", self._release, releases)
        return found[0]

    def _release(self, found: re.Match[str]) -> str:
        if "(" in found[0]:
            return found[0]
        *named, version = found[0].split(" ")
        self.project = named[0] if named else self.project
        repository = _REPOSITORIES[self.project]
        return _linked(found[0], f"{_GITHUB}/{repository}/releases/tag/v{version}" if repository else "")

    def _documents(self, found: re.Match[str]) -> str:
        """Each document at the first version, and the further versions of the first document."""
        self.project = found["of"] or found["project"]
        first, *others = re.findall(_V, re.sub(_NOTE, "", found["versions"] or found["at"]))
        folder, names = "", []

        def linked(doc: re.Match[str]) -> str:
            nonlocal folder
            name = doc[0].strip("`")
            if folder and "/" not in name and name.endswith(".go"):  # beside the one that was named before
                name = folder + name
            folder = name[: name.rfind("/") + 1]
            names.append(name)
            return _linked(doc[0], _address(name, self.project, first))

        docs = re.sub(_DOC, linked, found["docs"] or found["theirs"])
        self.doc = names[0]
        if found["of"]:
            return f"{found['of']} {first}'s {docs}"
        again = iter([_linked(other, _address(self.doc, self.project, other)) for other in others])
        rest = re.sub(
            rf"{_NOTE}|{_V}", lambda one: one[0] if "(" in one[0] else next(again), found["versions"][len(first) :]
        )
        return f"{docs}{found['link']} {self.project} {first}{rest}"


def _linked(text: str, address: str) -> str:
    return f"[{text}]({address})" if address else text


def _address(doc: str, project: str, version: str) -> str:
    """Where a document is at a version; empty if that is not known."""
    name, section = doc.removesuffix(")").rpartition("(")[::2] if doc.endswith(")") else (doc, "")
    if project == "man-pages":
        package = "manpages-dev" if section in ("2", "3") else "manpages"
        suite = _DEBIAN.get(version)
        return f"https://manpages.debian.org/{suite}/{package}/{name}.{section}.en.html" if suite and section else ""
    if project == "Podman" and (name.startswith("libnetwork/") or (name.startswith("containers") and section)):
        project, version = "containers-common", _COMMON.get(".".join(version.split(".")[:2]), "")
    path = _path(name, section, project, version) if version else ""
    if not path:
        return ""
    repository, tag = _REPOSITORIES[project], "v" + version
    if project != "util-linux":
        tag += ".0" * (version.count(".") == 1)
    if repository == "containers/common" and _numbers(version) >= _MOVED:
        repository, tag, path = "containers/container-libs", f"common/{tag}", f"common/{path}"
    kind = "blob" if re.search(r"\.\w+$", path) else "tree"
    return f"{_GITHUB}/{repository}/{kind}/{tag}/{path}"


def _path(name: str, section: str, project: str, version: str) -> str:
    """A document's path in its repository; empty if that is not known."""
    if not section:
        folder = next((folder for begin, folder in _FOLDERS.items() if name.startswith(begin)), "")
        return folder + name
    if project == "util-linux":
        return f"sys-utils/{name}.{section}.adoc"
    if project in ("Podman", "podman") and name.startswith("podman"):
        since = next(
            (since for since, some in _TEMPLATES.items() if name.removeprefix("podman-") in some.split()), None
        )
        template = ".in" if since and _numbers(version) >= since else ""
        return f"docs/source/markdown/{name}.{section}.md{template}"
    return f"docs/{name}.{section}.md" if project in ("netavark", "containers-common", "containers/common") else ""


def _numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    return tuple(map(int, version.split(".")[:2]))
