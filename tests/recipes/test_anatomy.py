"""All recipes follow the same rules, so that readers who know one can copy from any."""

from __future__ import annotations

import re

import pytest
from support.shellcheck import shellcheck

from recetario.book.environments import find
from recetario.book.evidence import Output, read_evidence
from recetario.book.project import Project

_NAME = re.compile(r"--name[= ](\S+)")
_CREATE = re.compile(r"podman (?:network|pod|volume) create (.+)")
_FORBIDDEN = {
    r"\|\| (?:true|:)$": "hides a failure: print the status, or let it fail",
    r"\bcurl\b(?=[^|]*--show-error)(?=[^|]*--retry)": "prints what failed before a retry, too: drop --show-error",
    # Allowed: timeout 10 sh -c 'until CONDITION; do sleep 0.1; done'
    r"^(?!.*\btimeout \d+ sh -c .until [^;]+; do sleep 0\.\d; done.).*\bsleep \d": "wait for a condition, with a limit",
    r"^\s*! ": "under `set -e` an unexpected success passes",
    # systemd#2913: of a user's process that has ended, the journal cannot tell the unit.
    r"\bjournalctl\b.* (?:-u|--(?:user-)?unit)\b": "may lack the last lines in rootless mode: use --identifier",
}
# Allowed in lab-only steps, which do not run on readers' machines.
_LAB_ONLY = {
    r"\b(?:system reset|prune|rm --all|rm -a|reload --all)\b": "changes objects that the recipe did not create",
    r"\bnft .*\b(?:flush|delete)\b|\bip6?tables .*(?:-F|-D|-X|--flush|--delete)": (
        "deletes firewall rules that the recipe did not insert"
    ),
    r">>? *\S*/containers\.conf(?!\.d)": "overwrites the reader's configuration",
}
# Podman 3.0's rootlessport may end at a connection that comes before the server in the container listens: podman#11269.
_ASKS_TOO_EARLY = re.compile(
    r"\bpodman (?:(?:pod )?start|run\b[^\n]* --publish) (?:(?!until podman exec).)*?\bcurl\b", re.DOTALL
)
# Steps that have more than eight commands. Don't add any.
_LONG = {
    "after-reboot": {"cleanup"},
    "backend-compare": {"judge"},
    "backend-plugins": {"look"},
    "netavark-plugin": {"plugin"},
    "pod-localhost": {"check", "control"},
}
_REMOVE = re.compile(r"\brm (.*)")
_OTHER_FOLDER = re.compile(r"[\"']?(?:/|~|\$[A-Z{])")  # not the current folder, in which the recipe runs


def test_shellcheck_finds_nothing(project: Project, slug: str) -> None:
    """Readers copy the bash of recipes and of ``prepare.sh``, so it should be good bash."""
    found = shellcheck(sorted(project.recipes[slug].path.parent.glob("*.sh")))

    assert not found, found


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("podman network create demo-net", "demo-net"),
        ("podman network create --internal demo-net", "demo-net"),
        ("podman network create --subnet=10.1.0.0/24 demo-net", "demo-net"),
        ("podman network create --subnet 10.1.0.0/24 demo-net || true", "demo-net"),
        ("podman volume create --label \\\n  a=b demo-data && true", "demo-data"),
        ("until podman network create demo-net; do true; done", "demo-net"),
        ("podman pod create --publish 8080:8080 --name demo-pod", "demo-pod"),
        ("podman pod create --name=demo-pod --publish 8080:8080", "demo-pod"),
        ("podman run --detach --name demo-web --network demo-net busybox", "demo-web"),
        ('name=$(podman network create "demo-$backend")', "demo-$backend"),
    ],
)
def test_names_are_found_in_every_form_of_options(command: str, name: str) -> None:
    """Options may have their value after a space or after an equals sign."""
    assert _created(command) == [name]


def test_names_of_objects_begin_with_the_name_of_the_recipe(project: Project, slug: str) -> None:
    """A leak shows which recipe it is from, and the names are probably unused on a reader's machine."""
    source = "\n".join(step.source for step in project.recipes[slug].steps)

    names = _created(source)

    assert [name for name in names if not name.startswith(slug)] == [], (
        f"recipes/{slug}/recipe.sh: names must begin with the recipe's; this test takes what follows --name, or else "
        "the last word of a command such as `podman network create` that is not an option: if that is an option's "
        "value, write --option=value"
    )


def test_steps_hide_no_failure_and_change_nothing_of_the_readers(project: Project, slug: str) -> None:
    """Lab-only steps may change the machine, but they must not hide failures either."""
    mistakes = []
    inserted = {line.strip() for step in project.recipes[slug].steps for line in step.source.splitlines()}
    for step in project.recipes[slug].steps:
        forbidden = _FORBIDDEN if step.lab_only else _FORBIDDEN | _LAB_ONLY
        for line in step.source.splitlines():
            for pattern, reason in forbidden.items():
                own_rule = line.strip().replace("iptables --delete ", "iptables --insert ")
                if re.search(pattern, line) and (own_rule == line.strip() or own_rule not in inserted):
                    mistakes.append(f"{step.name}: {line.strip()} ({reason})")

    assert not mistakes, f"recipes/{slug}/recipe.sh: step {mistakes[0]}"


def test_a_step_waits_for_the_server_that_it_starts_before_it_uses_its_port(project: Project, slug: str) -> None:
    """In rootless mode on Podman 3.0, the port may be lost otherwise: 30 of 100 were, when the server took 0.7 s."""
    environment = find(["3.0-cni-rootless"])[0]
    if not project.claim_files[slug].about.fits(environment):
        pytest.skip("The recipe is not about it.")
    case = project.case(slug, environment)
    # A recipe that is being written may have no evidence yet, or an older one. Without it, each step counts.
    outputs = read_evidence(case, stale=True).outputs if case.evidence.is_file() else {}
    for step in case.recipe.steps:
        if outputs.get(step.name, Output()).status is not None and step.mode != "root":
            assert not _ASKS_TOO_EARLY.search(step.source), f'step "{step.name}": wait with `until podman exec`'


def test_a_step_removes_only_files_named_after_the_recipe(project: Project, slug: str) -> None:
    """Only lab-only steps may remove other files outside of the folder in which the recipe runs."""
    removed: list[str] = []
    for step in project.recipes[slug].steps:
        if not step.lab_only:
            for arguments in _REMOVE.findall(step.source):
                removed += filter(_OTHER_FOLDER.match, arguments.split())

    others = [path for path in removed if slug not in path]
    assert not others, f"recipes/{slug}/recipe.sh removes files that are not named after the recipe: {others[0]}"


def test_no_step_has_more_than_eight_commands(project: Project, slug: str) -> None:
    """A step that needs two sentences to introduce it is two steps."""
    long = {step.name for step in project.recipes[slug].steps if len(_commands(step.source)) > 8}

    assert long == _LONG.get(slug, set()), f"recipes/{slug}/recipe.sh: more than eight commands: {sorted(long)}"


@pytest.mark.parametrize(
    ("source", "commands"),
    [
        ("podman ps | \\\n  grep demo", ["podman ps |    grep demo"]),
        ("podman stop demo; podman rm demo", ["podman stop demo", "podman rm demo"]),
        ("podman port demo || echo 'no; none'", ["podman port demo", "echo _"]),
        ("if root; then\n  podman ps # all\nfi\n# the end", ["if root", "podman ps # all"]),
        ('if lab_only "It restarts."; then\n  systemctl reboot\nfi', ["systemctl reboot"]),
    ],
)
def test_commands_are_what_is_between_separators(source: str, commands: list[str]) -> None:
    """A pipeline is one, and so is a script in quotation marks."""
    assert _commands(source) == commands


def _created(source: str) -> list[str]:
    """The names of the objects that commands create: after ``--name``, or else the last word that is not an option."""
    names: list[str] = []
    for command in re.split(r"[\n;&|<>()]+", source.replace("\\\n", " ")):
        named = _NAME.findall(command)
        if not named and (create := _CREATE.search(command)):
            named = [word for word in create[1].split() if not word.startswith("-")][-1:]
        names += [name.strip("\"'") for name in named]
    return names


def _commands(source: str) -> list[str]:
    """The commands of a step, without what is in quotation marks, and without the guard of a lab-only step."""
    text = re.sub(r"'[^']*'|\"(?:\\.|[^\"\\])*\"", "_", source.replace("\\\n", " "))
    parts = [part.strip() for part in re.split(r"\n|;|&&|\|\|", text)]
    return [
        part for part in parts if not re.fullmatch(r"(?:if lab_only _|then|else|do|done|fi|esac|[{}()]|#.*)?", part)
    ]
