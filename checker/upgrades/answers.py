"""Request and answer about an upgrade, as data that passes between processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from assay.checker.language.kinds import Kind
from assay.checker.verdicts import Verdict

__all__ = ["ClaimVerdict", "Phase", "Side", "Upgrade", "UpgradeRequest", "UpgradeStep"]


class Side(msgspec.Struct, frozen=True):
    """A version.

    Attributes
    ----------
    words : str
        The version as the user wrote it.
    reference : str
        Reference of the implementation or model, relative to `root`.
    root : str
        The root of its files.
    """

    words: str
    reference: str
    root: str


class UpgradeRequest(msgspec.Struct, frozen=True):
    """A request to check an upgrade.

    Attributes
    ----------
    before, after : Side
        The versions.
    settings : mapping from name to text
        The sizes, for both versions.
    instance : str
        For models: the instance that the sizes override.
    moving : tuple of str
        The nodes or elements to upgrade; empty means all.
    downgrades : bool
        Whether they may also be downgraded.
    versions : str
        For models: the sort whose elements run one version or the other.
    actors : mapping from action to text
        For models: the parameter, or a field of one, that is the element taking the action, where this is ambiguous.
    through : str
        For models: the action that upgrades an element; empty if only its version changes.
    only : tuple of str
        For models: the claims to judge; empty means all.
    states : int, optional
        Maximum number of states.
    seconds : float, optional
        Time limit.
    memory : int, optional
        Memory limit of the process, in bytes.
    """

    before: Side
    after: Side
    settings: Mapping[str, str] = {}
    instance: str = "default"
    moving: tuple[str, ...] = ()
    downgrades: bool = False
    versions: str = ""
    actors: Mapping[str, str] = {}
    through: str = ""
    only: tuple[str, ...] = ()
    states: int | None = None
    seconds: float | None = None
    memory: int | None = None


class UpgradeStep(msgspec.Struct, frozen=True):
    """A step of a counterexample: what happens, what it changes, line by line, and between whom."""

    words: str
    rows: tuple[str, ...] = ()
    sender: str = ""
    receiver: str = ""
    actor: str = ""


class ClaimVerdict(msgspec.Struct, frozen=True):
    """The verdict on a claim.

    Attributes
    ----------
    name, kind : str
        What is claimed.
    verdict : Verdict
    note : str
        What else is to be said.
    trace : tuple of UpgradeStep
        The counterexample.
    claim, violation : str
        The claim, and what a violation of it shows, in words; empty if both are told by its name.
    """

    name: str
    kind: str
    verdict: Verdict
    note: str = ""
    trace: tuple[UpgradeStep, ...] = ()
    claim: str = ""
    violation: str = ""


class Phase(msgspec.Struct, frozen=True):
    """An exploration, of the mixture or of one version whose nodes are only restarted.

    Attributes
    ----------
    name : str
        ``mixed``, ``before`` or ``after``.
    claims : tuple of ClaimVerdict
        The verdicts.
    states, depth : int
        The number of distinct states, and the length of the longest shortest path.
    stop : str
        The limit that ended it early; empty if it is complete.
    """

    name: str
    claims: tuple[ClaimVerdict, ...]
    states: int
    depth: int
    stop: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict on all claims together."""
        combined = Verdict.UNKNOWN if self.stop or not self.claims else Verdict.HOLDS
        for claim in self.claims:
            combined &= claim.verdict
        return combined

    @property
    def violated(self) -> tuple[ClaimVerdict, ...]:
        """The claims that are violated."""
        return tuple(claim for claim in self.claims if claim.verdict is Verdict.VIOLATED)

    def decides(self, claim: ClaimVerdict) -> Verdict | None:
        """Return the verdict on the claim of this name and kind; None if there is none."""
        same = (each.verdict for each in self.claims if (each.name, each.kind) == (claim.name, claim.kind))
        known = next(same, None)
        # An axiom is reported only if it is false.
        return Verdict.HOLDS if known is None and claim.kind == Kind.AXIOM.value else known


class Upgrade(msgspec.Struct, frozen=True):
    """The result of checking an upgrade.

    Attributes
    ----------
    what : str
        ``implementation``, ``model`` or ``quorums``.
    sizes : mapping from name to text
        The instance.
    moving : tuple of str
        The nodes or elements that are upgraded.
    mixed : Phase
        Both versions side by side.
    alone : tuple of Phase
        Each version by itself; explored only if the mixture violates a claim.
    qualifications : tuple of str
        What qualifies the result.
    unhandled : tuple of (str, str)
        Nodes of the version after, each with a message that it receives and has no method for.
    not_checked : str
        What was left out because it depends on chance, in a phrase; empty if nothing does.
    """

    what: str
    sizes: Mapping[str, str]
    moving: tuple[str, ...]
    mixed: Phase
    alone: tuple[Phase, ...] = ()
    qualifications: tuple[str, ...] = ()
    unhandled: tuple[tuple[str, str], ...] = ()
    not_checked: str = ""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Which node ignores which message, in words."""
        return tuple(f"{node} ignores {message}, for which it has no method" for node, message in self.unhandled)

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that a reader should know beside the verdict, in words."""
        left_out = [f"not checked: {self.not_checked}"] if self.not_checked else []
        return (*self.qualifications, *left_out, *self.ignored)

    def is_only_mixed(self, claim: ClaimVerdict) -> bool:
        """Whether a claim violated by the mixture is known to hold for each version alone."""
        return bool(self.alone) and all(phase.decides(claim) is Verdict.HOLDS for phase in self.alone)

    def violated_alone(self, claim: ClaimVerdict) -> Iterator[str]:
        """Yield the versions that violate a claim by themselves."""
        yield from (phase.name for phase in self.alone if phase.decides(claim) is Verdict.VIOLATED)
