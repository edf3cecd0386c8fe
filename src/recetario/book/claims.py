"""The claims of recipes: sentences, and the patterns over one step's output that decide them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from packaging.specifiers import SpecifierSet

from recetario.book.environments import Backend, Environment
from recetario.book.fields import Field
from recetario.book.ids import ClaimId, Slug

__all__ = ["Answer", "Because", "Claim", "ClaimFile", "End", "Note", "Scope", "Text"]

Text = Mapping[str, str]
"""One sentence in every language of the site, by language."""


class Answer(StrEnum):
    """What a verdict says about a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_APPLICABLE = "n/a"


class Because(StrEnum):
    """Why a claim has no answer somewhere: it is not about this environment, or the lab could not test it there."""

    SCOPE = "scope"
    LAB = "lab"


@dataclass(frozen=True)
class Scope:
    """A condition on environments; None means that any value fits.

    Attributes:
        backend: The network backend.
        rootless: True for rootless only, False for root only.
        podman: A PEP 440 range of minor versions: ``">=4,<5"``.
    """

    backend: Backend | None = None
    rootless: bool | None = None
    podman: SpecifierSet | None = None

    def misfits(self, environment: Environment) -> tuple[str, ...]:
        """The names of the attributes that this environment does not fit; empty if it fits."""
        checks = {
            "backend": self.backend not in (None, environment.backend),
            "rootless": self.rootless not in (None, environment.rootless),
            "podman": self.podman is not None and environment.podman not in self.podman,
        }
        return tuple(name for name, misfit in checks.items() if misfit)

    def fits(self, environment: Environment) -> bool:
        """Whether the condition is true for this environment."""
        return not self.misfits(environment)


@dataclass(frozen=True)
class Note:
    """An explanation for some environments: why a claim fails there, or why it has no control there."""

    where: Scope
    text: Text


@dataclass(frozen=True)
class End:
    """An early end of the story in some environments: ``step`` fails with a line that matches ``shows``.

    ``text`` tells readers what was tried. With ``refused``, Podman lacks what the recipe is about, and claims that a
    later step would decide fail; without, the lab couldn't show them.
    """

    where: Scope
    step: str
    shows: str
    text: Text
    refused: bool = False


@dataclass(frozen=True)
class Claim:
    """A sentence, and what decides it: patterns over the output of a step, or (derived) the verdicts of other claims.

    Attributes:
        id: Its id, unique in the project.
        recipe: The slug of its recipe.
        text: The sentence.
        instead: What the reader should do today.
        source: The document that states the fact, with a version.
        step: The step whose output decides; empty if derived.
        holds: Patterns; if one matches, the claim holds.
        fails: Patterns; if one matches, the claim does not hold.
        controls: By verdict, the step of the same replay that gives the opposite answer.
        no_control: Where no step can give the opposite answer, and why.
        why: Why the claim does not hold, for each environment where it does not.
        fix: The steps that the page recommends, which this claim judges; only the first claim of a file has them.
        about: The environments that the sentence is about.
        all: Derived: the claim holds if all of these claims hold.
        differs: Derived: the claim holds if the verdict on this other claim depends on the backend.
    """

    id: ClaimId
    recipe: Slug
    text: Text
    instead: Text
    source: Text
    step: str = ""
    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    controls: Mapping[Answer, str] = field(default_factory=dict)
    no_control: tuple[Note, ...] = ()
    why: tuple[Note, ...] = ()
    fix: tuple[str, ...] = ()
    about: Scope = Scope()
    all: tuple[ClaimId, ...] = ()
    differs: ClaimId | None = None

    @property
    def members(self) -> tuple[ClaimId, ...]:
        """The claims that a derived claim follows from; none if its own step decides it."""
        return (self.differs,) if self.differs else self.all

    @property
    def derived(self) -> bool:
        """Whether it follows from other claims."""
        return bool(self.members)

    def patterns(self, answer: Answer) -> tuple[str, ...]:
        """The patterns that mean this answer: that it holds, or that it fails."""
        return self.holds if answer is Answer.HOLDS else self.fails


@dataclass(frozen=True)
class ClaimFile:
    """The content of ``claims.toml``: the claims, and settings for the recipe as a whole.

    Attributes:
        recipe: The slug of the recipe.
        claims: By id.
        about: The environments in which the recipe is replayed.
        needs: What the host needs beyond a plain one; see ``needs``.
        without: What the host must not have of what the lab adds to a plain Debian; see ``adjustments``.
        alone: Whether the recipe measures time, so that nothing else may run at the same time.
        lab_only: For each step that runs only in a lab host, by full name, what it would do to a machine.
        sudo: The common names of pairs whose rootless half uses sudo.
        reference: The id of the environment whose outputs pages show first; empty for the newest rootless one.
        ends: Early ends of the story.
        titles: What pages call steps, by common name.
        fields: What readers replace in the fix and in the command that checks it.
    """

    recipe: Slug
    claims: Mapping[str, Claim]
    about: Scope = Scope()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    alone: bool = False
    lab_only: Mapping[str, Text] = field(default_factory=dict)
    sudo: tuple[str, ...] = ()
    reference: str = ""
    ends: tuple[End, ...] = ()
    titles: Mapping[str, Text] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()

    @property
    def first_claim(self) -> Claim:
        """The first claim; if the recipe has a fix, it judges that."""
        return next(iter(self.claims.values()))

    def end(self, environment: Environment) -> End | None:
        """The early end of the story in this environment, if there is one."""
        return next((end for end in self.ends if end.where.fits(environment)), None)
