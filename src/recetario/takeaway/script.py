"""Make the script that readers take away: the recipe, cleaned up whatever happens, its claims judged at the end."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from importlib import resources

from recetario.book.claims import Claim, ClaimFile
from recetario.book.recipes import Recipe, Step
from recetario.translations import translations

__all__ = ["check_taken", "reader_script"]

# Published, or listened at by a server that shares the host's network.
_PORT = re.compile(r"--publish[= ](?:[\d.]+:)?(\d+):|(?:--network[= ]host\b.* -p |-p [^\s:]+:)(\d+)(?![\d.:])")
_TESTS = {"==": "-eq", "!=": "-ne", ">=": "-ge", ">": "-gt", "<=": "-le", "<": "-lt"}  # of ranges, in bash


def reader_script(recipe: Recipe, file: ClaimFile, title: str, language: str) -> bytes:
    """The recipe as one script to download; ``title`` is its page's, in this language.

    Its patterns are of the dialect that bash and Python read alike, so it judges as the site does. A claim that its
    step does not decide here (no Podman of its kind) is told as such, and so is one about root alone, rootless alone,
    or other versions of Podman. It refuses to start where a name or a port is taken. Outside a lab host it leaves
    lab-only steps out, and says of the claims that come after one that they were not run.
    """
    frame = resources.files("recetario.takeaway").joinpath("reader.sh").read_text("utf-8")
    words = translations(language)["script"]
    *story, cleanup = recipe.steps
    parts = {
        "TITLE": title,
        "RUN": words["run"].format(slug=recipe.slug),
        "JUDGE": words["judge"],
        "HEADER": recipe.header.partition("\n")[2],
        "CHECK": check_taken(recipe),
        "TAKEN": shlex.quote(words["taken"].format(slug=recipe.slug)),
        "CLEANUP": cleanup.source,
        "CLAIMS": "\n".join(_judge(claim, file, language) for claim in file.claims.values() if not claim.derived),
        "STEPS": "\n\n".join(map(_step, story)),
    } | {
        name.upper().replace("-", "_"): shlex.quote(words[name])
        for name in ("holds", "fails", "scope", "not-run", "undecided")
    }
    return _filled(frame, parts).encode()


def check_taken(recipe: Recipe) -> str:
    """Bash that defines ``taken``: whether a name or a port of this recipe is in use."""
    ports = sorted(
        {one for step in recipe.steps for pair in _PORT.findall(step.source) for one in pair if one}, key=int
    )
    frame = resources.files("recetario.takeaway").joinpath("taken.sh").read_text("utf-8")
    return _filled(frame.rstrip("\n"), {"SLUG": recipe.slug, "PORTS": " ".join(ports)})


def _filled(frame: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"@([A-Z_]+)@", lambda match: parts[match[1]], frame)


def _step(step: Step) -> str:
    lines = [f"begin {step.name}", step.source, f"end {step.name}"]
    if step.lab_only:
        asked = "lab_only '' 2>/dev/null || refused=yes"
        lines.insert(2, f"if {step.mode}; then {asked}; fi" if step.mode else asked)
    return "\n".join(lines)


def _judge(claim: Claim, file: ClaimFile, language: str) -> str:
    rootless = file.about.rootless if claim.about.rootless is None else claim.about.rootless
    about = "true" if rootless is None else "rootless" if rootless else "root"
    for one in (one for scope in (file.about, claim.about) for one in scope.podman or ()):
        major, _, minor = one.version.partition(".")
        about += f" && podman_is {_TESTS[one.operator]} {int(major) * 1000 + int(minor or 0)}"
    patterns = (*claim.holds, "--", *claim.fails)
    return f"  judge {shlex.quote(about)} " + " ".join(map(shlex.quote, (claim.text[language], claim.step, *patterns)))
