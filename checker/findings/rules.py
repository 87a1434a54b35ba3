"""The rules behind findings. Their identifiers are an interface: one that was ever used is never reused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assay.checker.verdicts import ExitStatus

__all__ = ["RULES", "Level", "Rule"]


class Level(Enum):
    """How serious a finding is; the value is its name in settings and reports."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"


@dataclass(frozen=True)
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
        "A property is violated, or its verdict is another one than is expected.",
        "There is a run of the protocol in which what is claimed of it is false. It was executed again, step by step, "
        "by the interpreter, which shares nothing with the explorer that found it.",
        "mend the model, or say in the settings of the gate what it is expected to violate",
    ),
    Rule(
        "CHK002",
        "violation-missing",
        "A model that is expected to violate a property does not.",
        "A broken variant is there to show that its property would catch the fault. If it is not violated, the "
        "property has become too weak, the instance too small, or the fault was mended.",
        "look whether the property still says what it should; or change what is expected",
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
        "What is gated cannot be read.",
        "A model does not import, a configuration is malformed, or a name means nothing: nothing of it was verified.",
        "mend it, or take it out of what is gated",
        status=ExitStatus.BAD_INPUT,
    ),
    Rule(
        "CHK005",
        "statement-changed",
        "A property, an axiom or a constraint says something else than was accepted.",
        "It may have become weaker, and a weaker property holds as well, so that no verdict tells. Renamed variables, "
        "other names inside and another layout are no change; the same in other words is one. Of an implementation it "
        "is the code of a predicate, of the constraint or of the mapping to the model, and what that calls.",
        "read what it says now, and whether what was claimed before is still claimed; then accept it",
    ),
    # Behaviours.
    Rule(
        "BEH001",
        "behaviour-removed",
        "An action can no longer be taken where it could.",
        "Whoever relies on the step waits for it in vain: a node of the earlier version, a client, another model that "
        "is refined. The trace is a shortest one: all but its last step can happen in both versions.",
        "restore the step; or accept the change, if nobody relies on it",
    ),
    Rule(
        "BEH002",
        "behaviour-added",
        "An action can be taken where it could not.",
        "A guard was widened, or an action is new. What was proved of the earlier version is not proved of these runs.",
        "check that every property is meant to allow them; then accept the change",
    ),
    Rule(
        "BEH003",
        "behaviour-unknown",
        "Whether the behaviour changed is unknown.",
        "A limit was reached before all states were compared, so there may be differences that are not told.",
        "raise the limit, or gate a smaller instance",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "BEH004",
        "behaviour-changed",
        "The behaviour is another one than was accepted.",
        "The state graph is not that of the accepted version, not even up to bisimulation. So it is no mere "
        "refactoring, whatever the difference of the sources looks like.",
        "assay diff REVISION shows the steps; assay gate --accept records them",
    ),
    # Proofs.
    Rule(
        "PRF001",
        "proof-refuted",
        "What is to be proved is false.",
        "A finite instance violates it, so no proof exists. The run was executed again by the interpreter.",
        "mend the model, or the property",
    ),
    Rule(
        "PRF002",
        "proof-open",
        "What is to be proved is not proved.",
        "An obligation was neither proved nor refuted: a lemma is missing, or the time was too short. What is open "
        "never counts as proved.",
        "look at the counterexamples to induction that `assay prove` gives; state a lemma, or raise proof-time-limit",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "PRF003",
        "obligation-changed",
        "A proof obligation is another one than was accepted.",
        "It is proved still, but it says something else: the property, an action, or a lemma was changed.",
        "read the change of the model; then accept it",
    ),
    # Quorum configurations.
    Rule(
        "QRM001",
        "quorums-unsafe",
        "A quorum configuration is not safe, or cannot act.",
        "Two quorums that do not meet decide two things, there is no quorum at all, or the configuration breaks a rule "
        "of the system that reads it.",
        "assay quorum FILE shows the quorums, and what the configuration was read as",
    ),
    # Implementations.
    Rule(
        "IMP001",
        "refinement-violated",
        "An implementation takes a step that its model does not.",
        "What was verified of the model does not hold of the code: its last step is neither one of the model's, nor a "
        "short path of them, nor nothing that the model sees.",
        "mend the handler; or the model, if it is meant to allow the step",
    ),
    Rule(
        "IMP002",
        "mutant-missed",
        "A mutant is not caught by what it is expected to be caught by.",
        "Mutants are there to show that the checks would notice the fault. One that is missed shows that a check has "
        "become too weak, or the cluster too small.",
        "look whether the claim still says what it should; or change what the mutant expects",
    ),
    Rule(
        "IMP003",
        "coverage-fell",
        "An implementation takes fewer of its model's steps than was accepted.",
        "Code that does nothing satisfies every safety property. What it no longer does, nobody verifies any more.",
        "look which actions are never taken; accept it, if they are not meant to be",
    ),
    # What is claimed.
    Rule(
        "CLM001",
        "property-removed",
        "A property is no longer stated, or its kind has changed.",
        "What it said may be false from now on, and nothing would tell.",
        "state it again; or accept the change, if it is not to be promised any more",
    ),
    Rule(
        "CLM002",
        "property-added",
        "A property is newly stated.",
        "It is no danger by itself. But whoever relies on what is claimed is to know that there is more of it.",
        "accept the change",
    ),
    # What is claimed, compared with what was claimed before.
    Rule(
        "CLM003",
        "property-weakened",
        "A property says less than it did: what it said does not follow from what is claimed now.",
        "A weaker property holds as well, so no verdict tells. Whoever relies on what was promised is not told that it "
        "may be false from now on.",
        "state what was claimed before, too; or accept the change, if it is not to be promised any more",
    ),
    Rule(
        "CLM004",
        "property-changed",
        "A property says something else: what it said does not follow from what is claimed now, nor the other way.",
        "What it said may be false from now on, and nothing would tell.",
        "state what was claimed before, too; or accept the change, if it is not to be promised any more",
    ),
    Rule(
        "CLM005",
        "property-strengthened",
        "A property says more than it did.",
        "It is no danger by itself. But whoever implements the protocol is to know that more is promised.",
        "accept the change",
        level=Level.NOTE,
    ),
    Rule(
        "CLM006",
        "property-restated",
        "What a property said follows from others, or stands under another name.",
        "Nothing is promised less. But who looks for the name finds something else, or nothing.",
        "accept the change; or keep the name, where documents refer to it",
        level=Level.WARNING,
    ),
    Rule(
        "CLM007",
        "property-vacuous",
        "A property says nothing any more.",
        "It is true of every state, or in no state that is reached does it come to its conclusion: the condition "
        "before it is never true. Such a property holds whatever the protocol does.",
        "look why what it is about does not happen any more; state by a @reachable that it does",
    ),
    Rule(
        "CLM008",
        "claim-change-unknown",
        "A statement changed, and whether less is claimed than before is unknown.",
        "What it said follows from what is claimed now, or it does not: the solver did not decide it, or it is about "
        "something that the other version does not have. Of an implementation, it is code, which no solver reads.",
        "read what it says now, and whether what was claimed before is still claimed",
        status=ExitStatus.UNKNOWN,
    ),
    Rule(
        "CLM009",
        "fairness-added",
        "More fairness is assumed than was.",
        "What must happen in the end is claimed of fair runs only. With fewer of these, less is claimed, and the "
        "assumption is the scheduler's, the network's or the operators' to keep.",
        "say who keeps the assumption; then accept the change",
    ),
    # What is looked at.
    Rule(
        "BND001",
        "bound-shrank",
        "Less is explored than was: a size, a range or what a constraint lets through became smaller.",
        "What is wrong only beyond the bound is found no longer, and the verdict looks the same.",
        "keep the bound; or accept the change, and say why less is enough",
    ),
    Rule(
        "BND002",
        "assumption-added",
        "An axiom assumes more than was assumed.",
        "All that is claimed is claimed of the instances that satisfy the axioms. Of the others nothing is known now.",
        "say who keeps the assumption; then accept the change",
    ),
    # What is sent and stored.
    Rule(
        "STA001",
        "message-changed",
        "A message, or another record, has other fields than it had.",
        "Nodes of the earlier version send and expect the fields that they know, and so do logs that were written.",
        "assay upgrade tells whether clusters that mix both versions are safe",
    ),
    Rule(
        "STA002",
        "durable-attribute-changed",
        "What a node keeps on disk has another shape than it had.",
        "A node of the new version starts from what the earlier one has left there.",
        "assay upgrade tells whether clusters that mix both versions are safe",
    ),
    Rule(
        "STA003",
        "variable-changed",
        "A state variable is of another type than it was.",
        "What the state of the protocol is made of is what implementations, logs and refinements are held against.",
        "see that mappings from implementations and logs still mean what they should; then accept the change",
        level=Level.NOTE,
    ),
    Rule(
        "PRF004",
        "proof-lost",
        "What was proved is proved no longer.",
        "It may be false at a size that nobody checks, and it was known not to be.",
        "look at the counterexamples to induction that `assay prove` gives; state a lemma, or raise the time limit",
    ),
    # What is recorded.
    Rule(
        "SET001",
        "gated-no-longer",
        "A model, an implementation or a configuration is gone, or is gated no longer.",
        "What nobody verifies any more may break without anybody being told.",
        "gate it again; or accept the change, if it is meant to be gone. Of a file that was renamed, assay diff "
        "REVISION:OLD NEW compares the versions",
    ),
    Rule(
        "SET002",
        "newly-gated",
        "A model, an implementation or a configuration is new, or newly gated.",
        "There is nothing to compare it with: all of it is to be reviewed.",
        "review it as a whole",
        level=Level.NOTE,
    ),
    Rule(
        "LCK001",
        "fact-changed",
        "A recorded fact is no longer true.",
        "What is verified now is not what was reviewed and accepted.",
        "assay gate --accept records it, once the change is meant",
    ),
    Rule(
        "LCK002",
        "fact-new",
        "A fact was never recorded.",
        "Something is gated that nobody has accepted yet.",
        "assay gate --accept records it",
    ),
    Rule(
        "LCK003",
        "fact-gone",
        "A recorded fact is about something that is not gated any more.",
        "A model was removed, renamed, or left out of the settings: what was verified is verified no longer, and no "
        "other check says so.",
        "gate it again; or assay gate --accept takes it out of the lock file",
    ),
    # Changes of quorum configurations.
    Rule(
        "QRM002",
        "quorum-change-unsafe",
        "A change of a quorum configuration is not safe in one step, and no safe way is known.",
        "While some nodes have the old configuration and some the new one, a quorum of the one and a quorum of the "
        "other that share no node decide two things.",
        "choose another configuration; or stop every node before the first one is changed",
    ),
    Rule(
        "QRM003",
        "quorum-change-needs-steps",
        "A change of a quorum configuration is not safe in one step, but by way of others.",
        "Two quorums, one of each side, miss each other. A joint configuration, or the steps that are told, keep every "
        "two that are in use at the same time together.",
        "make the change in the steps that are told, one after the other",
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
        "So many nodes, or zones, may fail, and there is no quorum left.",
        "add nodes, or spread them; or demand less (--fail-under)",
    ),
    # Logs.
    Rule(
        "CNF001",
        "log-rejected",
        "A log of a running system is no run of its model.",
        "What the system did is none of what was verified. assay conform shows the longest part that fits, and why "
        "nothing fits after it.",
        "mend the system; or the model, if it leaves out what the system may do",
    ),
    # Rolling upgrades.
    Rule(
        "UPG001",
        "upgrade-unsafe-mixed",
        "Each version is right alone, and a mixture of the two is not.",
        "While an upgrade is rolled out, nodes of both versions run side by side. What one of them takes for granted "
        "the other one does not do: it counts other quorums, reads another attribute from disk, or misses a field.",
        "upgrade by way of a version that is right with both; or stop every node before the first one is upgraded",
    ),
    Rule(
        "UPG002",
        "upgrade-unsafe",
        "A mixture of two versions violates what is claimed, and one of them does so alone.",
        "One version is wrong without the other, if its nodes are only stopped and started again one by one.",
        "mend that version first: `assay check --implementation` tells whether it is right without restarts",
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
