"""Make the script that readers download: the recipe, cleanup whatever happens, and a verdict on each claim."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from importlib import resources

from recetario.book.claims import Claim, ClaimFile
from recetario.book.ranges import conditions
from recetario.book.recipes import Recipe, Step
from recetario.translations import translations

__all__ = ["check_taken", "reader_script"]

# A port that a container or a file of Quadlet's publishes, or that a server listens on in a container that shares the
# host's network.
_PORT = re.compile(
    r"(?:--publish[= ]|PublishPort=)(?:[\d.]+:)?(\d+):|(?:--network[= ]host\b.* -p |-p [^\s:]+:)(\d+)(?![\d.:])"
)
_TEST_OPERATORS = {"==": "-eq", "!=": "-ne", ">=": "-ge", ">": "-gt", "<=": "-le", "<": "-lt"}
"""Operators of bash's ``test`` by operators of version ranges."""


def reader_script(recipe: Recipe, file: ClaimFile, title: str, language: str) -> bytes:
    """Make the script that readers download: it runs the recipe, cleans up even after a failure, and judges the claims.

    It judges as the site does, because Python and bash read patterns alike. It also says which claims are not about
    this mode or Podman, which were not run, and which are undecided; it leaves out derived claims, because one machine
    cannot compare backends. It fails without running anything if a name or a port of the recipe is in use. Outside a
    lab host, lab-only steps only print their reason, and claims that such a step or a later one decides are reported as
    not run.

    Args:
        recipe: The recipe.
        file: Its claims.
        title: The title of its page in this language.
        language: One of ``LANGUAGES``.

    Returns:
        A bash script, UTF-8 with LF line ends.
    """
    template = resources.files("recetario.takeaway").joinpath("reader.sh").read_text("utf-8")
    texts = translations(language)["script"]
    *story, cleanup = recipe.steps
    values = {
        "TITLE": title,
        "RUN": texts["run"].format(slug=recipe.slug),
        "JUDGE": texts["judge"],
        "HEADER": recipe.header.partition("\n")[2],
        "CHECK": check_taken(recipe),
        "TAKEN": shlex.quote(texts["taken"].format(slug=recipe.slug)),
        "CLEANUP": cleanup.source,
        "CLAIMS": "\n".join(_judge_line(claim, file, language) for claim in file.claims.values() if not claim.derived),
        "STEPS": "\n\n".join(map(_step_lines, story)),
    }
    for name in ("holds", "fails", "scope", "not-run", "undecided"):
        values[name.upper().replace("-", "_")] = shlex.quote(texts[name])
    return _fill(template, values).encode()


def check_taken(recipe: Recipe) -> str:
    """Make the bash function ``taken``, which succeeds if a name or a port of this recipe is in use."""
    ports: set[str] = set()
    for step in recipe.steps:
        for published, listening in _PORT.findall(step.source):
            ports.add(published or listening)
    template = resources.files("recetario.takeaway").joinpath("taken.sh").read_text("utf-8")
    return _fill(template.rstrip("\n"), {"SLUG": recipe.slug, "PORTS": " ".join(sorted(ports, key=int))})


def _fill(template: str, values: Mapping[str, str]) -> str:
    return re.sub(r"@([A-Z_]+)@", lambda match: values[match[1]], template)


def _step_lines(step: Step) -> str:
    """A step between the calls that keep its output; a lab-only step that is refused ends the story.

    What comes after it would prove nothing, and may change what the reader has for nothing, as a fix does.
    """
    lines = [f"begin {step.name}", step.source]
    if step.lab_only:
        refuse = "lab_only '' 2>/dev/null || refused=yes"
        lines.append(f"if {step.mode}; then {refuse}; fi" if step.mode else refuse)
    lines.append(f"end {step.name}")
    if step.lab_only:
        lines.append('[ -z "${refused-}" ] || exit 0')
    return "\n".join(lines)


def _judge_line(claim: Claim, file: ClaimFile, language: str) -> str:
    """The call of ``judge`` for a claim."""
    arguments = [claim.text[language], claim.step, *claim.holds, "--", *claim.fails]
    return f"  judge {shlex.quote(_condition(claim, file))} {shlex.join(arguments)}"


def _condition(claim: Claim, file: ClaimFile) -> str:
    """A bash condition: whether a claim is about this mode and version of Podman; its backend is not part of it."""
    rootless = claim.about.rootless if claim.about.rootless is not None else file.about.rootless
    condition = "true"
    if rootless is not None:
        condition = f'[ "$(id -u)" {"!=" if rootless else "="} 0 ]'
    for scope in (file.about, claim.about):
        for operator, version in conditions(scope.podman or ()):
            major, _, minor = version.partition(".")
            number = int(major) * 1000 + int(minor or 0)  # as podman_is compares versions
            condition += f" && podman_is {_TEST_OPERATORS[operator]} {number}"
    return condition
