"""The commit protocol of Egalitarian Paxos (Moraru, Andersen and Kaminsky 2013): dependencies in place of a leader.

What is modelled
    Every command has a leader, a replica that a client has sent it to. It asks the others to pre-accept the command
    with those interfering commands that it knows of; each replica adds those that it knows itself, and replies. If a
    quorum agrees with the leader, it commits at once (the fast path). Otherwise it takes all dependencies that a
    quorum has replied, has a quorum accept these, and commits (the slow path). The two properties are those from which
    the paper derives that all replicas execute interfering commands in the same order.
    Recovery, by which other replicas finish the commands of one that has crashed, is left out. Only recovery needs fast
    quorums larger than a majority; here, one kind serves both paths. Sequence numbers, which break cycles of
    dependencies at execution, and execution itself are left out, too.
Faults
    Messages are lost, repeated and reordered. Replicas crash, and do not come back.
Source
    I. Moraru, D. G. Andersen, M. Kaminsky, *There is more consensus in Egalitarian parliaments* (SOSP 2013), figure 2.
"""

from __future__ import annotations

from typing import Self

from assay.checker.language import (
    Enum,
    Function,
    Map,
    Model,
    QuorumSystem,
    Relation,
    Set,
    Sort,
    Violates,
    action,
    axiom,
    everywhere,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_invariant,
    terminal,
)

__all__ = [
    "Accept",
    "AcceptOk",
    "Command",
    "Commit",
    "EPaxos",
    "EPaxosReplyingWithoutOwn",
    "EPaxosWithoutReplies",
    "Phase",
    "PreAccept",
    "PreAcceptOk",
    "Quorum",
    "Replica",
]


class Replica(Sort):
    """Receives commands from clients, and leads these."""


class Command(Sort):
    """What a client asks for, together with the instance that its leader gives it."""


class Quorum(QuorumSystem[Replica]):
    """Replicas that suffice to commit."""


class Phase(Enum):
    """How far a replica has come with a command."""

    UNKNOWN = "unknown"
    PRE_ACCEPTED = "pre-accepted"
    ACCEPTED = "accepted"
    COMMITTED = "committed"


@record
class PreAccept:
    """The leader asks for the dependencies of its command, and says which it knows of."""

    command: Command
    dependencies: Set[Command]


@record
class PreAcceptOk:
    """A replica's reply: the dependencies that it was told of, and those that it knows of itself."""

    command: Command
    sender: Replica
    dependencies: Set[Command]


@record
class Accept:
    """The leader asks to accept the dependencies that a quorum has replied."""

    command: Command
    dependencies: Set[Command]


@record
class AcceptOk:
    """A replica has accepted the dependencies of the command."""

    command: Command
    sender: Replica


@record
class Commit:
    """The dependencies of the command are final."""

    command: Command
    dependencies: Set[Command]


class EPaxos(Model):
    """Replicas agree on the dependencies of each command, and interfering commands depend on each other."""

    default = {"Replica": 3, "Command": 2}
    smoke = {"Replica": 2}

    leader: Function[Command, Replica]
    interferes: Relation[Command, Command]  # which pairs of commands do not commute

    messages: Set[PreAccept | PreAcceptOk | Accept | AcceptOk | Commit]  # all that were ever sent
    phase: Map[Replica, Map[Command, Phase]] = everywhere(everywhere(Phase.UNKNOWN))
    dependencies: Map[Replica, Map[Command, Set[Command]]]  # as each replica has them on record

    @axiom
    def quorums_meet(self, p: Quorum, q: Quorum) -> bool:
        """Any two quorums have a replica in common."""
        return any(r in p and r in q for r in Replica)

    @axiom
    def interference_is_mutual(self, a: Command, b: Command) -> bool:
        """If a command interferes with another, the other interferes with it."""
        return self.interferes(a, b) == self.interferes(b, a)

    @axiom
    def none_interferes_with_itself(self, a: Command) -> bool:
        """Interference is between two commands."""
        return not self.interferes(a, a)

    def known(self, replica: Replica, command: Command) -> set[Command]:
        """Return the interfering commands that a replica knows of."""
        return {c for c in Command if self.phase[replica][c] != Phase.UNKNOWN and self.interferes(c, command)}

    def has_replied(self, replica: Replica, command: Command) -> bool:
        """Whether a replica has replied its dependencies for a command."""
        return any(isinstance(m, PreAcceptOk) and m.command == command and m.sender == replica for m in self.messages)

    def is_settled(self, command: Command) -> bool:
        """Whether the leader of a command has decided which dependencies it will have."""
        return self.phase[self.leader[command]][command] in (Phase.ACCEPTED, Phase.COMMITTED)

    @action
    def propose(self, command: Command) -> None:
        """The leader of a command asks the others for its dependencies."""
        leader = self.leader[command]
        require(self.phase[leader][command] == Phase.UNKNOWN)
        dependencies = self.known(leader, command)
        self.phase[leader][command] = Phase.PRE_ACCEPTED
        self.dependencies[leader][command] = dependencies
        self.messages |= {PreAccept(command, dependencies), PreAcceptOk(command, leader, dependencies)}

    @action
    def pre_accept(self, replica: Replica, m: PreAccept) -> None:
        """A replica adds the dependencies that it knows of, and replies."""
        require(m in self.messages, self.phase[replica][m.command] == Phase.UNKNOWN)
        dependencies = m.dependencies | self.known(replica, m.command)
        self.phase[replica][m.command] = Phase.PRE_ACCEPTED
        self.dependencies[replica][m.command] = dependencies
        self.messages.add(PreAcceptOk(m.command, replica, dependencies))

    @action
    def commit_at_once(self, command: Command, quorum: Quorum) -> None:
        """The leader commits, since a quorum has replied the dependencies that it knows of itself (fast path)."""
        leader = self.leader[command]
        require(self.phase[leader][command] == Phase.PRE_ACCEPTED)
        dependencies = set(self.dependencies[leader][command])
        require(all(PreAcceptOk(command, r, dependencies) in self.messages for r in quorum))
        self.phase[leader][command] = Phase.COMMITTED
        self.messages.add(Commit(command, dependencies))

    @action
    def settle(self, command: Command, quorum: Quorum) -> None:
        """The leader asks to accept all dependencies that a quorum has replied (slow path)."""
        leader = self.leader[command]
        require(self.phase[leader][command] == Phase.PRE_ACCEPTED)
        require(all(self.has_replied(r, command) for r in quorum))
        dependencies = {
            c
            for m in self.messages
            if isinstance(m, PreAcceptOk) and m.command == command and m.sender in quorum
            for c in m.dependencies
        }
        self.phase[leader][command] = Phase.ACCEPTED
        self.dependencies[leader][command] = dependencies
        self.messages |= {Accept(command, dependencies), AcceptOk(command, leader)}

    @action
    def accept(self, replica: Replica, m: Accept) -> None:
        """A replica accepts the dependencies of a command."""
        require(m in self.messages, self.phase[replica][m.command] in (Phase.UNKNOWN, Phase.PRE_ACCEPTED))
        self.phase[replica][m.command] = Phase.ACCEPTED
        self.dependencies[replica][m.command] = m.dependencies
        self.messages.add(AcceptOk(m.command, replica))

    @action
    def commit(self, command: Command, quorum: Quorum) -> None:
        """The leader commits what a quorum has accepted."""
        leader = self.leader[command]
        require(self.phase[leader][command] == Phase.ACCEPTED)
        require(all(AcceptOk(command, r) in self.messages for r in quorum))
        self.phase[leader][command] = Phase.COMMITTED
        self.messages.add(Commit(command, self.dependencies[leader][command]))

    @action
    def learn(self, replica: Replica, m: Commit) -> None:
        """A replica learns that a command is committed."""
        require(m in self.messages, self.phase[replica][m.command] != Phase.COMMITTED)
        self.phase[replica][m.command] = Phase.COMMITTED
        self.dependencies[replica][m.command] = m.dependencies

    @invariant
    def agreement(self, command: Command, r: Replica, s: Replica) -> bool:
        """Two replicas that have committed a command have the same dependencies for it."""
        if self.phase[r][command] != Phase.COMMITTED or self.phase[s][command] != Phase.COMMITTED:
            return True
        return self.dependencies[r][command] == self.dependencies[s][command]

    @invariant
    def interfering_commands_are_ordered(self, m: Commit, n: Commit) -> bool:
        """Of two interfering commands that are committed, at least one depends on the other."""
        if m not in self.messages or n not in self.messages or not self.interferes(m.command, n.command):
            return True
        return m.command in n.dependencies or n.command in m.dependencies

    @step_invariant
    def what_is_committed_stays(self, after: Self, replica: Replica, command: Command) -> bool:
        """The dependencies of a committed command do not change."""
        if self.phase[replica][command] != Phase.COMMITTED:
            return True
        return (
            after.phase[replica][command] == Phase.COMMITTED
            and after.dependencies[replica][command] == self.dependencies[replica][command]
        )

    @lemma
    def who_replied_knows_the_command(self, m: PreAcceptOk) -> bool:
        """A replica replies about commands that it has on record."""
        return m not in self.messages or self.phase[m.sender][m.command] != Phase.UNKNOWN

    @lemma
    def a_replica_replies_once(self, m: PreAcceptOk, n: PreAcceptOk) -> bool:
        """Two replies of one replica about one command are the same."""
        if m not in self.messages or n not in self.messages:
            return True
        return m.sender != n.sender or m.command != n.command or m == n

    @lemma
    def a_replica_orders_what_it_replies(self, m: PreAcceptOk, n: PreAcceptOk) -> bool:
        """In the replies of one replica, at least one of two interfering commands depends on the other."""
        if m not in self.messages or n not in self.messages or m.sender != n.sender:
            return True
        if not self.interferes(m.command, n.command):
            return True
        return m.command in n.dependencies or n.command in m.dependencies

    @lemma
    def accepts_are_the_leaders(self, m: Accept) -> bool:
        """What replicas are asked to accept is what the leader has on record."""
        if m not in self.messages:
            return True
        return self.is_settled(m.command) and m.dependencies == self.dependencies[self.leader[m.command]][m.command]

    @lemma
    def commits_are_the_leaders(self, m: Commit) -> bool:
        """What replicas are told to commit is what the leader has committed."""
        if m not in self.messages:
            return True
        leader = self.leader[m.command]
        return (
            self.phase[leader][m.command] == Phase.COMMITTED and m.dependencies == self.dependencies[leader][m.command]
        )

    @lemma
    def what_is_committed_was_sent(self, replica: Replica, command: Command) -> bool:
        """Whatever a replica has committed, the leader has told to all."""
        if self.phase[replica][command] != Phase.COMMITTED:
            return True
        return Commit(command, self.dependencies[replica][command]) in self.messages

    @lemma
    def a_quorum_replied_what_is_settled(self, command: Command) -> bool:
        """What the leader has decided on includes all dependencies that some quorum has replied."""
        if not self.is_settled(command):
            return True
        dependencies = self.dependencies[self.leader[command]][command]
        return any(
            all(self.has_replied(r, command) for r in quorum)
            and all(
                c in dependencies
                for m in self.messages
                if isinstance(m, PreAcceptOk) and m.command == command and m.sender in quorum
                for c in m.dependencies
            )
            for quorum in Quorum
        )

    @terminal
    def all_is_committed(self) -> bool:
        """Every replica has committed every command."""
        return all(self.phase[r][c] == Phase.COMMITTED for r in Replica for c in Command)

    @reachable
    def they_depend_on_each_other(self, m: Commit, n: Commit) -> bool:
        """Two committed commands each depend on the other, so their dependencies do not order them."""
        return m in self.messages and n in self.messages and m.command in n.dependencies and n.command in m.dependencies

    @reachable
    def slow_and_fast(self, m: Commit, n: Commit) -> bool:
        """Of two interfering commands, one is committed on the slow path, the other on the fast path."""
        return (
            m in self.messages
            and n in self.messages
            and self.interferes(m.command, n.command)
            and any(isinstance(a, Accept) and a.command == m.command for a in self.messages)
            and not any(isinstance(a, Accept) and a.command == n.command for a in self.messages)
        )


class EPaxosReplyingWithoutOwn(EPaxos):
    """Broken: a replica pre-accepts the dependencies that it is told of, and does not add those that it knows of."""

    expected = Violates("interfering_commands_are_ordered")
    smoke = {}

    @action
    def pre_accept(self, replica: Replica, m: PreAccept) -> None:
        """A replica takes the leader's word for the dependencies."""
        require(m in self.messages, self.phase[replica][m.command] == Phase.UNKNOWN)
        self.phase[replica][m.command] = Phase.PRE_ACCEPTED
        self.dependencies[replica][m.command] = m.dependencies
        self.messages.add(PreAcceptOk(m.command, replica, m.dependencies))


class EPaxosWithoutReplies(EPaxos):
    """Broken: on the slow path, the leader has its own dependencies accepted, not those that a quorum has replied."""

    expected = Violates("interfering_commands_are_ordered")
    smoke = {}

    @action
    def settle(self, command: Command, quorum: Quorum) -> None:
        """The leader counts the replies, and does not read them."""
        leader = self.leader[command]
        require(self.phase[leader][command] == Phase.PRE_ACCEPTED)
        require(all(self.has_replied(r, command) for r in quorum))
        self.phase[leader][command] = Phase.ACCEPTED
        self.messages |= {Accept(command, self.dependencies[leader][command]), AcceptOk(command, leader)}
