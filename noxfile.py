#!/usr/bin/env python3
"""What you can do here. `python3 noxfile.py --list` works without nox: it installs it first."""

from __future__ import annotations

import contextlib
import difflib
import fcntl
import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent
# One virtual environment for all sessions, with the tool and its development dependencies: one each would take 5 GB.
ENVIRONMENT = TOP / ".nox" / "recetario"


def tool(name: str) -> str:
    """Return the path of a program in the environment, which is created first if missing or out of date."""
    ENVIRONMENT.parent.mkdir(exist_ok=True)
    with (ENVIRONMENT.parent / "lock").open("w") as lock:  # each of two commands would remove what the other installs
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting until another command has set up the environment …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        _set_up()
    return str(ENVIRONMENT / "bin" / name)


def _set_up() -> None:
    sources = (TOP / "pyproject.toml", TOP / "constraints.txt")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    stamp = ENVIRONMENT / "made-from"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    print(f"Setting up {ENVIRONMENT.relative_to(TOP)} (half a minute, or some on a busy machine) …", flush=True)
    venv = (sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT))
    _run(*venv, hint="Debian and Ubuntu: apt install python3-venv")
    pip = (
        str(ENVIRONMENT / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--quiet",
        "--disable-pip-version-check",
    )
    _run(*pip, "--constraint", str(sources[1]), "--editable", f"{TOP}[dev]")
    stamp.write_text(digest)


def _run(*command: str, hint: str = "") -> None:
    if subprocess.run(command, cwd=TOP, check=False).returncode != 0:
        sys.exit(f"{' '.join(command)} failed: see above. {hint}".strip())


if __name__ == "__main__":
    os.execv(tool("nox"), ["nox", "--noxfile", __file__, *sys.argv[1:]])

import nox  # noqa: E402  (after the lines that install it)

nox.needs_version = ">=2025"
nox.options.sessions = ["lint", "site", "tests"]
nox.options.default_venv_backend = "none"


def _adapt(record: logging.LogRecord) -> bool:
    """Leave out of nox's log that uv is missing, which nothing here uses; name the session that was probably meant."""
    start, _, unknown = record.getMessage().partition("Sessions not found: ")
    if unknown and not start:
        close = [difflib.get_close_matches(name, nox.registry.get(), n=1) for name in unknown.split(", ")]
        meant = ", ".join(name for names in close for name in names)
        record.msg += f". Did you mean {meant}?" if meant else ". `python3 noxfile.py --list` shows all."
    return record.getMessage() != "uv binary not found."


logging.getLogger("nox").addFilter(_adapt)

SUDO = () if os.geteuid() == 0 else ("sudo",)


def run(
    session: nox.Session,
    name: str,
    *arguments: str,
    prefix: tuple[str, ...] = (),
    success_codes: tuple[int, ...] = (0,),
) -> None:
    """Run a program from the environment. After Ctrl-C, it has all the time it needs to remove its hosts."""
    command = (*prefix, tool(name), *arguments)
    session.run(*command, external=True, interrupt_timeout=None, success_codes=success_codes)


@contextlib.contextmanager
def beside(session: nox.Session, name: str, *arguments: str) -> Iterator[None]:
    """Run a program from the environment while the block runs others, and end it if one of those fails."""
    command = " ".join((name, *arguments))
    session.log(f"{command}, beside what follows")
    program = subprocess.Popen([tool(name), *arguments])
    try:
        yield
    except Exception:  # not after Ctrl-C, which the program got, too: a second one would end its cleanup
        program.send_signal(signal.SIGINT)
        raise
    finally:
        status = program.wait()
    if status:
        session.error(f"{command} failed: see above.")


# Packages, and the programs of which the checks need one. What the lab needs, it installs itself.
PACKAGES = {
    "shellcheck": ("shellcheck",),
    "chromium-headless-shell": ("chromium-headless-shell", "chromium", "chromium-browser"),
    "firefox-esr": ("firefox-esr", "firefox"),
    "webkit2gtk-driver": ("WebKitWebDriver",),
    "xvfb": ("Xvfb",),
}


def install(session: nox.Session) -> None:
    """Install the missing ones of PACKAGES with apt."""
    missing = [package for package, programs in PACKAGES.items() if not any(map(shutil.which, programs))]
    if missing:
        session.run(*SUDO, "apt-get", "--quiet", "update", external=True)
        session.run(*SUDO, "apt-get", "--quiet", "--yes", "install", "--no-install-recommends", *missing, external=True)


# As many workers as there are cores.
PARALLEL = ("--numprocesses", "auto", "--dist", "worksteal")
# Tests of recipes, pages and workflows.
CONTENT = ("tests/recipes", "tests/test_workflows.py", "tests/test_readme.py")
done: set[str] = set()  # sessions of this run that `tests` need not repeat


def use_site(session: nox.Session) -> None:
    """Let the tests of the site use what was just built, instead of building it again."""
    session.env["RECETARIO_SITE"] = str(TOP / "site")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, dependencies, recipes and pages: ruff, mypy, deptry, tests of the content. No Podman."""
    style(session)
    run(session, "pytest", "--quiet", *PARALLEL, *CONTENT, *session.posargs)
    done.add("lint")


def style(session: nox.Session) -> None:
    """Run the linters: ruff, mypy, deptry."""
    run(session, "ruff", "check", ".")
    run(session, "ruff", "format", "--check", ".")
    run(session, "mypy")
    run(session, "deptry", "src")
    run(session, "deptry", "src", "tests", "--ignore", "DEP004")  # only tests may import what [dev] installs


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, except those that measure time: `-- --podman` adds lab hosts, `-- --browser` browsers."""
    left_out = CONTENT if "lint" in done else ()
    if "site" in done:
        use_site(session)
    coverage = () if session.posargs else ("--cov",)  # of some of the tests, it would say nothing
    options = ("-m", "not alone", *coverage, *(f"--ignore={path}" for path in left_out))
    run(session, "pytest", *PARALLEL, *options, *session.posargs)


@nox.session
def timing(session: nox.Session) -> None:
    """Run the tests that measure time, one after the other. Takes the options of `tests`."""
    run(session, "pytest", "-m", "alone", *session.posargs)


@nox.session
def site(session: nox.Session) -> None:
    """Build both languages into site/, strictly. Reads evidence, runs no recipe."""
    run(session, "recetario", "site", "build", *session.posargs)
    if not session.posargs:  # they may name another folder
        done.add("site")


@nox.session
def serve(session: nox.Session) -> None:
    """Build both languages, serve them on localhost, and rebuild when a page changes: `-- --port 8001`."""
    run(session, "recetario", "site", "serve", *session.posargs)


@nox.session
def replay(session: nox.Session) -> None:
    """Replay recipes on real Podman, as root or with sudo: `-- dns-network --env 5.4-netavark-rootless`."""
    run(session, "recetario", "replay", *session.posargs)


@nox.session
def drift(session: nox.Session) -> None:
    """Replay everything and fail if the committed evidence no longer matches. Needs root or sudo."""
    run(session, "recetario", "drift", *session.posargs)


@nox.session
def accept(session: nox.Session) -> None:
    """Keep the last replay's outputs as evidence, after you read the diff."""
    run(session, "recetario", "accept", *session.posargs)


@nox.session
def lab(session: nox.Session) -> None:
    """Build, enter, list or remove the lab: `-- build`, `-- shell 3.0-cni-rootless`, `-- ls`, `-- clean`."""
    run(session, "recetario", "lab", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what must be fast: starting a host, replays compared with plain bash, building the site."""
    run(session, "python", "tests/bench.py", *session.posargs)


TROUBLE = ("python", "tests/trust.py")


@nox.session
def trust(session: nox.Session) -> None:
    """Make trouble for replays, such as kills and full disks; hours: `-- --kills 10`. Needs root or sudo."""
    run(session, *TROUBLE, *session.posargs, prefix=SUDO)  # it mounts disks and ends processes of hosts


CHECK = TOP / ".recetario" / "check"


class Stages:
    """The stages of a check: how long each took, and which failed. After one that failed, the others still run."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}
        self.failed: list[str] = []

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Run a stage; a program that fails ends it."""
        start_s = time.monotonic()
        try:
            yield
        except nox.command.CommandFailed:
            self.failed.append(name)
        finally:
            self.took[name] = time.monotonic() - start_s

    @property
    def minutes(self) -> float:
        """How long all of them took so far."""
        return sum(self.took.values()) / 60

    def report(self) -> None:
        """Print how long each took."""
        width = max(map(len, self.took))
        for name, seconds in self.took.items():
            print(f"{name:{width}}  {seconds / 60:5.1f} min{'  failed' if name in self.failed else ''}")
        print(f"{'all':{width}}  {self.minutes:5.1f} min", flush=True)


@nox.session
def check(session: nox.Session) -> None:
    """Check a change, as CI does; `-- --all` checks everything, `-- --all --part 1/2` half. Needs root or sudo."""
    decide = ("python", "tests/check.py")
    run(session, *decide, "choose", *session.posargs)
    kills = json.loads((CHECK / "plan.json").read_text())["kills"]
    # Verbose: a test that fails is named at once, not half an hour later.
    everything = ("pytest", "--podman", "--browser", "--install", "--verbose", f"--plan={CHECK / 'plan.json'}")
    workers = str(1 + (os.cpu_count() or 1))  # more than cores, as for replays: each test waits for Podman or a browser
    stages = Stages()
    try:
        with stages.stage("set-up, style, site and lab"):
            install(session)
            with beside(session, "recetario", "lab", "build"):  # it mostly waits for downloads and disks
                style(session)
                run(session, "recetario", "site", "build")
            use_site(session)
        if stages.failed:
            session.error("Nothing else was run: see above.")
        with stages.stage("tests"):
            together = ("-m", "not alone", "--numprocesses", workers, "--dist", "worksteal")
            run(session, *everything, *together, f"--junit-xml={CHECK / 'tests.xml'}")
        with stages.stage("tests that measure time"):
            run(session, *everything, "-m", "alone", f"--junit-xml={CHECK / 'alone.xml'}", success_codes=(0, 5))
        if kills:
            with stages.stage("kills"):
                run(session, *TROUBLE, "--kills", "10", "--once", prefix=SUDO)
        with stages.stage("replays"):
            run(session, *decide, "order")
            report = f"--junit-xml={CHECK / 'replays.xml'}"
            run(session, "recetario", "drift", "--cases", str(CHECK / "cases.txt"), "--", report)
    finally:
        stages.report()
    failed = [word for name in stages.failed for word in ("--failed", name)]
    run(session, *decide, "finish", "--minutes", str(round(stages.minutes)), *failed)
    if stages.failed:
        session.error(f"Failed: {', '.join(stages.failed)}.")
