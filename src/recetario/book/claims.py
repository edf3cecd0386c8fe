"""Know what recipes claim: sentences, and the exact patterns over one step's output that decide them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.specifiers import SpecifierSet

from recetario.book.environments import Backend, Environment

__all__ = ["Claim", "ClaimFile", "End", "Note", "Scope", "Text"]

Text = Mapping[str, str]
"""One sentence in every language of the site, by language."""


@dataclass(frozen=True)
class Scope:
    """Which environments something is about; what is None does not matter.

    Attributes:
        backend: What makes the networks.
        rootless: Rootless alone, or root alone.
        podman: A PEP 440 range over the minor version: ``">=4,<5"``.
    """

    backend: Backend | None = None
    rootless: bool | None = None
    podman: SpecifierSet | None = None

    def misfits(self, environment: Environment) -> tuple[str, ...]:
        """The names of what keeps this environment out; empty when it fits."""
        wrong = {
            "backend": self.backend not in (None, environment.backend),
            "rootless": self.rootless not in (None, environment.rootless),
            "podman": self.podman is not None and environment.podman not in self.podman,
        }
        return tuple(name for name, misfit in wrong.items() if misfit)

    def fits(self, environment: Environment) -> bool:
        """Whether this environment is one of those."""
        return not self.misfits(environment)


@dataclass(frozen=True)
class Note:
    """A sentence for some environments: why a claim fails there, or why it has no control there."""

    where: Scope
    text: Text


@dataclass(frozen=True)
class End:
    """Where a story ends early: ``step`` fails there with a line like ``shows``, and ``text`` says what was tried."""

    where: Scope
    step: str
    shows: str
    text: Text


@dataclass(frozen=True)
class Claim:
    """One sentence and what decides it: patterns over a step, or (derived) the verdicts of other claims.

    Attributes:
        id: Its name everywhere.
        recipe: Slug of the recipe that decides it.
        text: The sentence.
        instead: What to do today.
        source: Where the fact is written down, with a version.
        step: The step whose output decides; empty when derived.
        holds: Patterns of which any decides that it holds.
        fails: Patterns of which any decides that it does not.
        controls: For a verdict, the step of the same replay that shows the opposite answer.
        no_control: Where no opposite can be had, and why.
        why: Why it does not hold, for each environment where it does not.
        about: Where the sentence applies.
        all: Derived: holds when all of these do.
        differs: Derived: holds when the verdict of this claim differs between twins alike but for the backend.
    """

    id: str
    recipe: str
    text: Text
    instead: Text
    source: Text
    step: str = ""
    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    controls: Mapping[str, str] = field(default_factory=dict)
    no_control: tuple[Note, ...] = ()
    why: tuple[Note, ...] = ()
    about: Scope = Scope()
    all: tuple[str, ...] = ()
    differs: str = ""

    @property
    def derived(self) -> bool:
        """Whether other claims decide it."""
        return bool(self.all or self.differs)

    def patterns(self, answer: str) -> tuple[str, ...]:
        """Those that decide ``"holds"`` or ``"fails"``."""
        return self.holds if answer == "holds" else self.fails


@dataclass(frozen=True)
class ClaimFile:
    """What ``claims.toml`` says of a recipe as a whole, and its claims by id.

    Attributes:
        recipe: Slug of the recipe.
        claims: By id.
        about: Where the recipe is replayed.
        needs: Extra packages of the lab's image.
        alone: Nothing else may run beside it.
        lab_only: For each step that runs only in a lab host, by its full name, what it would do to a machine.
        sudo: The steps, by their common name, whose rootless half runs something as root.
        reference: Id of the environment whose outputs pages show first; empty for the newest rootless one.
        ends: Where its story ends early.
    """

    recipe: str
    claims: Mapping[str, Claim]
    about: Scope = Scope()
    needs: tuple[str, ...] = ()
    alone: bool = False
    lab_only: Mapping[str, Text] = field(default_factory=dict)
    sudo: tuple[str, ...] = ()
    reference: str = ""
    ends: tuple[End, ...] = ()

    def end(self, environment: Environment) -> End | None:
        """Where the story ends early in this environment, if it does."""
        return next((end for end in self.ends if end.where.fits(environment)), None)
