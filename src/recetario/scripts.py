"""Make the script that readers take away: the recipe, cleaned up whatever happens, its claims judged at the end."""

from __future__ import annotations

import re
import shlex
from importlib import resources

from recetario.claims import Claim, ClaimFile
from recetario.recipes import Recipe, Step

__all__ = ["reader_script"]

# Published, or listened at by a server that shares the host's network.
_PORT = re.compile(r"--publish[= ](?:[\d.]+:)?(\d+):|(?:--network[= ]host\b.* -p |-p [^\s:]+:)(\d+)(?![\d.:])")
_WORDS = {
    "es": {
        "run": "Ejecútalo como root o con tu usuario. "
        "Solo crea cosas cuyo nombre empieza por «{slug}», y las borra al final.",
        "judge": "Al final dice qué se cumple aquí, según lo que ha impreso cada paso.",
        "taken": "{slug}: ya hay algo con ese nombre, o el puerto está ocupado. No he tocado nada.",
        "holds": "se cumple",
        "fails": "no se cumple",
        "scope": "no procede",
        "undecided": "sin decidir aquí",
    },
    "en": {
        "run": "Run it as root or as your user. "
        'It only makes things whose names begin with "{slug}", and deletes them at its end.',
        "judge": "At the end it says what holds here, by what each step printed.",
        "taken": "{slug}: something of that name exists already, or the port is taken. Nothing was touched.",
        "holds": "holds",
        "fails": "does not hold",
        "scope": "does not apply",
        "undecided": "undecided here",
    },
}


def reader_script(recipe: Recipe, file: ClaimFile, title: str, language: str) -> bytes:
    """The recipe as one script to download; ``title`` is its page's, in this language.

    Its patterns are of the dialect that bash and Python read alike, so it judges as the site does. A claim that its
    step does not decide here (no Podman of its kind) is told as such, and so is one about root alone, or rootless
    alone, in the other mode. It refuses to start where a name or a port is taken.
    """
    frame = resources.files("recetario").joinpath("reader.sh").read_text("utf-8")
    words = _WORDS[language]
    *story, cleanup = recipe.steps
    ports = sorted({first or other for step in story for first, other in _PORT.findall(step.source)}, key=int)
    parts = {
        "TITLE": title,
        "RUN": words["run"].format(slug=recipe.slug),
        "JUDGE": words["judge"],
        "HEADER": recipe.header.partition("\n")[2],
        "SLUG": recipe.slug,
        "PORTS": " ".join(ports),
        "TAKEN": shlex.quote(words["taken"].format(slug=recipe.slug)),
        "CLEANUP": cleanup.source,
        "CLAIMS": "\n".join(_judge(claim, file, language) for claim in file.claims.values() if not claim.derived),
        "STEPS": "\n\n".join(map(_step, story)),
    } | {name.upper(): shlex.quote(words[name]) for name in ("holds", "fails", "scope", "undecided")}
    return re.sub(r"@([A-Z]+)@", lambda match: parts[match[1]], frame).encode()


def _step(step: Step) -> str:
    return f"begin {step.name}\n{step.source}\nend {step.name}"


def _judge(claim: Claim, file: ClaimFile, language: str) -> str:
    rootless = file.about.rootless if claim.about.rootless is None else claim.about.rootless
    about = "true" if rootless is None else "rootless" if rootless else "root"
    patterns = (*claim.holds, "--", *claim.fails)
    return f"  judge {about} " + " ".join(map(shlex.quote, (claim.text[language], claim.step, *patterns)))
