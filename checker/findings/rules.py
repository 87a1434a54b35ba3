"""The rules behind findings. Their identifiers are an interface: one that was ever used is never reused."""

from __future__ import annotations

from enum import Enum

from assay.checker.immutable import immutable
from assay.checker.verdicts import ExitStatus

__all__ = ["RULES", "Level", "Rule"]


class Level(Enum):
    """How serious a finding is; the value is its name in settings and reports."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"


@immutable
class Rule:
    """A rule.

    Attributes
    ----------
    identifier : str
        Three letters that say what it is about, three digits that say which.
    name : str
        The same in words, for those who read the identifier without a table: ``behaviour-removed``.
    summary : str
        What it objects to, in one sentence.
    reason : str
        Why that matters.
    remedy : str
        What to do about it.
    level : Level
        How serious it is unless something else is configured.
    status : ExitStatus
        What an error of it makes of a run: a finding, something unknown, or bad input.
    """

    identifier: str
    name: str
    summary: str
    reason: str
    remedy: str
    level: Level = Level.ERROR
    status: ExitStatus = ExitStatus.FINDING

    @property
    def is_configurable(self) -> bool:
        """Whether its level may be lowered: never where that would make the unknown, or the unread, look right."""
        return self.status is ExitStatus.FINDING


def _table(*rules: Rule) -> dict[str, Rule]:
    found = {rule.identifier: rule for rule in rules}
    assert len(found) == len(rules), "an identifier stands twice"
    return found


RULES = _table(
    # Verdicts on models.
    Rule(
        "CHK001",
        "property-violated",
        "A property is violated, or its verdict is not the expected one.",
        "There is a run in which the claim is false. It was executed again, step by step, independently of the search "
        "that found it.",
        "fix the model; or state that it is expected to violate the property",
    ),
    Rule(
        "CHK002",
        "violation-missing",
        "A model that is expected to violate a property does not.",
        "A broken variant is there to show that its property would catch the fault. If it is not violated, the "
        "property has become too weak, the instance is too small, or the fault was fixed.",
        "check that the property still says what it should; or change the expectation",
    ),
    Rule(
        "CHK003",
        "verdict-unknown",
        "A verdict is unknown.",
        "A limit was reached, or the model's own code failed, before everything was explored. What is unknown never "
        "counts as right.",
        "raise the limit, or gate a smaller instance",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "CHK004",
        "unreadable",
        "Something that is gated cannot be read.",
        "A model does not import, a configuration is malformed, or a name does not exist: nothing of it was verified.",
        "fix it, or remove it from the settings of the gate",
        status=ExitStatus.BAD_INPUT,
    ),
    Rule(
        "CHK005",
        "statement-changed",
        "A property, an axiom, a constraint or an action with assertions no longer says what was accepted.",
        "It may have become weaker, and a weaker property holds as well, so no verdict reveals the change. Renamed "
        "variables, other names inside and another layout do not count as a change; the same claim in other words "
        "does. Of an implementation, it is the code of a predicate, of the constraint or of the mapping to the model, "
        "and whatever that calls.",
        "read what it says now, and decide whether what was claimed before is still claimed; then accept it",
    ),
    # Behaviours.
    Rule(
        "BEH001",
        "behaviour-removed",
        "An action can no longer be taken where it could be taken before.",
        "Whoever relies on the step waits for it in vain: a node of the earlier version, a client, another model that "
        "is refined. The trace is as short as possible, and all but its last step can happen in both versions.",
        "restore the step; or accept the change, if nobody relies on it",
    ),
    Rule(
        "BEH002",
        "behaviour-added",
        "An action can be taken where it could not be taken before.",
        "A guard was widened, or an action is new. What was proved of the earlier version says nothing about these "
        "runs.",
        "check that every property is meant to allow them; then accept the change",
    ),
    Rule(
        "BEH003",
        "behaviour-unknown",
        "Whether the behaviour changed is unknown.",
        "A limit was reached before all states were compared, so there may be differences that are not reported.",
        "raise the limit, or gate a smaller instance",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "BEH004",
        "behaviour-changed",
        "The behaviour is not the one that was accepted.",
        "The state graph is not bisimilar to that of the accepted version. So the change is more than a refactoring, "
        "however harmless it looks in the source.",
        "run `assay diff REVISION` to see the steps that differ; if they are meant, run `assay gate --accept`",
    ),
    # Proofs.
    Rule(
        "PRF001",
        "proof-refuted",
        "A property that is to be proved is false.",
        "A finite instance violates it, so no proof exists. The interpreter has executed the run again.",
        "fix the model, or the property",
    ),
    Rule(
        "PRF002",
        "proof-open",
        "A property that is to be proved is not proved.",
        "An obligation was neither proved nor refuted: a lemma is missing, or the time was too short. What is open "
        "never counts as proved.",
        "look at the counterexamples to induction that `assay prove` gives; state a lemma, or raise proof-time-limit",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "PRF003",
        "obligation-changed",
        "A proof obligation is not the one that was accepted.",
        "It is still proved, but it says something else: the property, an action, or a lemma was changed.",
        "read how the model changed; then accept it",
    ),
    # Quorum configurations.
    Rule(
        "QRM001",
        "quorums-unsafe",
        "A quorum configuration is not safe, or cannot act.",
        "Two quorums that do not meet can decide two things, there is no quorum at all, or the configuration breaks a "
        "rule of the system that reads it.",
        "run `assay quorum FILE` to see the quorums, and how the configuration was read",
    ),
    # Implementations.
    Rule(
        "IMP001",
        "refinement-violated",
        "An implementation takes a step that its model does not.",
        "What was verified of the model does not hold of the code: the last step of the run is neither a step of the "
        "model, nor a short path of its steps, nor a stutter.",
        "fix the handler; or the model, if it should allow the step",
    ),
    Rule(
        "IMP002",
        "mutant-missed",
        "A mutant is not caught by the check that is expected to catch it.",
        "Mutants are there to show that the checks would notice the fault. One that is missed shows that a check has "
        "become too weak, or the cluster too small.",
        "check that the claim still says what it should; or change what the mutant expects",
    ),
    Rule(
        "IMP003",
        "coverage-fell",
        "An implementation takes fewer of its model's steps than was accepted.",
        "Code that does nothing satisfies every safety property. What the implementation no longer does is no longer "
        "verified.",
        "see which actions are never taken; accept the change, if they are not meant to be",
    ),
    Rule(
        "IMP004",
        "chance-not-covered",
        "The code of an implementation draws random numbers, or reads the clock.",
        "The same handler is called a few times on the same, so an outcome that is rare is never seen: no verdict is "
        "about it. What only delays a timer is harmless, since a timer may fire at any time.",
        "draw from `self.choose`, of which every option is explored; set a timer instead of reading the clock",
        level=Level.WARNING,
    ),
    # What is claimed.
    Rule(
        "CLM001",
        "property-removed",
        "A property is no longer stated, or its kind has changed.",
        "From now on, what it claimed may be false, and no check would notice.",
        "state it again; or accept the change, if it is no longer promised",
    ),
    Rule(
        "CLM002",
        "property-added",
        "A property is newly stated.",
        "This is no danger in itself, but whoever relies on the claims should know that there are more of them.",
        "accept the change",
    ),
    # What is claimed, compared with what was claimed before.
    Rule(
        "CLM003",
        "property-weakened",
        "A property says less than it did: what it said does not follow from what is claimed now.",
        "A weaker property holds as well, so no verdict reveals the change. Whoever relies on the old promise is not "
        "told that it may be false from now on.",
        "state the earlier claim, too; or accept the change, if it is no longer promised",
    ),
    Rule(
        "CLM004",
        "property-changed",
        "A property says something else: the old claim does not follow from the new ones, nor the new one from the "
        "old.",
        "From now on, what it claimed may be false, and no check would notice.",
        "state the earlier claim, too; or accept the change, if it is no longer promised",
    ),
    Rule(
        "CLM005",
        "property-strengthened",
        "A property says more than it did.",
        "This is no danger in itself, but whoever implements the protocol should know that more is promised.",
        "accept the change",
        level=Level.NOTE,
    ),
    Rule(
        "CLM006",
        "property-restated",
        "What a property said follows from others, or stands under another name.",
        "No less is promised than before. But whoever looks for the name finds something else, or nothing.",
        "accept the change; or keep the name, where documents refer to it",
        level=Level.WARNING,
    ),
    Rule(
        "CLM007",
        "property-vacuous",
        "A property has become vacuous.",
        "It is true of every state, or its condition is false in every reachable state, so that its conclusion is "
        "never tested. Such a property holds whatever the protocol does.",
        "find out why its condition no longer occurs; a @reachable property makes sure that it does",
    ),
    Rule(
        "CLM008",
        "claim-change-unknown",
        "A statement changed, and whether less is claimed than before is unknown.",
        "What it said follows from what is claimed now, or it does not: the solver did not decide it, or it is about "
        "something that the other version does not have. Of an implementation, it is code, which no solver reads.",
        "read what it says now, and decide whether what was claimed before is still claimed",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "CLM009",
        "fairness-added",
        "More fairness is assumed than before.",
        "Liveness is claimed of fair runs only. The more fairness is assumed, the fewer runs are fair and the less is "
        "claimed, and it is the scheduler, the network or the operators who have to keep the assumption.",
        "say who keeps the assumption; then accept the change",
    ),
    # What is looked at.
    Rule(
        "BND001",
        "bound-shrank",
        "Less is explored than before: a size or a range became smaller, or a constraint lets less through.",
        "Faults that appear only beyond the bound are no longer found, and the verdict looks the same.",
        "keep the bound; or accept the change, and say why less is enough",
    ),
    Rule(
        "BND002",
        "assumption-added",
        "An axiom assumes more than before.",
        "All claims are about the instances that satisfy the axioms. Nothing is known of the others any more.",
        "say who keeps the assumption; then accept the change",
    ),
    # What is sent and stored.
    Rule(
        "STA001",
        "message-changed",
        "The fields of a message, or of another record, have changed.",
        "Nodes of the earlier version send and expect the fields that they know, and existing logs contain those.",
        "run `assay upgrade` to see whether clusters that mix both versions are safe",
    ),
    Rule(
        "STA002",
        "durable-attribute-changed",
        "The shape of what a node keeps on disk has changed.",
        "A node of the new version starts from what the earlier one left there.",
        "run `assay upgrade` to see whether clusters that mix both versions are safe",
    ),
    Rule(
        "STA003",
        "variable-changed",
        "The type of a state variable has changed.",
        "Implementations, logs and refinements are mapped to the variables of the model, so a mapping may now mean "
        "something else.",
        "check that every mapping to this variable still means what it should; then accept the change",
        level=Level.NOTE,
    ),
    Rule(
        "PRF004",
        "proof-lost",
        "A property that was proved is no longer proved.",
        "It may be false at a size that nobody checks; before, it was known not to be.",
        "look at the counterexamples to induction that `assay prove` gives; state a lemma, or raise the time limit",
    ),
    # What is recorded.
    Rule(
        "SET001",
        "gated-no-longer",
        "A model, an implementation or a configuration is gone, or is no longer gated.",
        "What nobody verifies may break without anybody noticing.",
        "gate it again; or accept the change, if it is meant to be gone. If its file was renamed, `assay diff "
        "REVISION:OLD NEW` compares the versions",
    ),
    Rule(
        "SET002",
        "newly-gated",
        "A model, an implementation or a configuration is new, or newly gated.",
        "There is nothing to compare it with, so all of it needs review.",
        "review it as a whole",
        level=Level.NOTE,
    ),
    Rule(
        "LCK001",
        "fact-changed",
        "A recorded fact is no longer true.",
        "What is verified now differs from what was reviewed and accepted.",
        "check that the change is meant; then run `assay gate --accept` to record it",
    ),
    Rule(
        "LCK002",
        "fact-new",
        "A fact was never recorded.",
        "Something is gated that nobody has accepted yet.",
        "run `assay gate --accept` to record it",
    ),
    Rule(
        "LCK003",
        "fact-gone",
        "A recorded fact is about something that is no longer gated.",
        "A model was removed, renamed, or left out of the settings: what was verified is no longer verified, and no "
        "other check says so.",
        "gate it again; or run `assay gate --accept` to take it out of the lock file",
    ),
    # Changes of quorum configurations.
    Rule(
        "QRM002",
        "quorum-change-unsafe",
        "A change of a quorum configuration is not safe in one step, and no safe way is known.",
        "While some nodes have the old configuration and some the new one, an old quorum and a new quorum that share "
        "no node can decide two things.",
        "choose another configuration; or stop every node before the first one is changed",
    ),
    Rule(
        "QRM003",
        "quorum-change-needs-steps",
        "A change of a quorum configuration is not safe in one step, but it is in several.",
        "An old quorum and a new one miss each other. With a joint configuration, or in the steps that are shown, any "
        "two quorums that are in use at the same time meet.",
        "make the change in the steps that are shown, one after the other",
    ),
    Rule(
        "QRM004",
        "quorum-change-unknown",
        "Whether a change of a quorum configuration is safe is unknown.",
        "The time was too short to decide whether every old quorum meets every new one.",
        "raise the time limit",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "QRM005",
        "quorums-too-weak",
        "A quorum configuration survives less than is demanded.",
        "After as many failures of nodes or zones as it should survive, no quorum may be left.",
        "add nodes, or spread them; or demand less (--fail-under)",
    ),
    # Logs.
    Rule(
        "CNF001",
        "log-rejected",
        "A log of a running system is not a run of its model.",
        "What was verified says nothing about what the system did. The report shows the longest part of the log that "
        "fits, and why nothing fits after it.",
        "fix the system; or the model, if it leaves out something that the system may do",
    ),
    # Rolling upgrades.
    Rule(
        "UPG001",
        "upgrade-unsafe-mixed",
        "Each version is right alone, but a mixture of the two is not.",
        "While an upgrade is rolled out, nodes of both versions run side by side. One version relies on what the "
        "other does not do: it counts other quorums, reads another attribute from disk, or misses a field.",
        "upgrade by way of a version that works with both; or stop every node before the first one is upgraded",
    ),
    Rule(
        "UPG002",
        "upgrade-unsafe",
        "A mixture of two versions violates a claim, and one of them does so alone.",
        "One version is wrong even without the other, when its nodes are stopped and started again one by one.",
        "fix that version first: `assay check --implementation` tells whether it is right without restarts",
    ),
    Rule(
        "UPG003",
        "upgrade-unknown",
        "Whether an upgrade is safe is unknown.",
        "A limit was reached before every mixture was explored, or what is claimed cannot be read from the nodes of "
        "one of the versions.",
        "raise the limit, or check a smaller cluster",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "UPG004",
        "message-ignored",
        "A node receives a message for which its version has no method.",
        "The sender may wait for an answer that never comes: the other version does not know this message yet, or any "
        "more.",
        "keep the method until no node of the other version is left; strict=True makes it an error",
        level=Level.WARNING,
    ),
)
"""Each rule by its identifier, in the order of the page that documents them."""
