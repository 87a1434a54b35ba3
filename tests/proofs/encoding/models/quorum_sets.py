"""Quorums as a constant set of sets of nodes."""

from assay.checker.language import Model, Parameter, Set, Sort, Violates, action, axiom, invariant, lemma, require

__all__ = ["AnyRefuses", "QuorumSets"]


class Node(Sort):
    """Who is heard of."""


class QuorumSets(Model):
    """No quorum is heard of as a whole while another refuses as a whole."""

    default = {"Node": 2}

    quorums: Parameter[Set[Set[Node]]]
    heard: Set[Node]
    refused: Set[Node]
    done: bool
    failed: bool

    @axiom
    def meet(self) -> bool:
        return all(any(n in q for n in r) for q in self.quorums for r in self.quorums)

    @action
    def hear(self, n: Node) -> None:
        require(n not in self.refused)
        self.heard.add(n)

    @action
    def refuse(self, n: Node) -> None:
        require(n not in self.heard)
        self.refused.add(n)

    @action
    def decide(self) -> None:
        require(any(all(n in self.heard for n in q) for q in self.quorums))
        self.done = True

    @action
    def fail(self) -> None:
        require(any(all(n in self.refused for n in q) for q in self.quorums))
        self.failed = True

    @lemma
    def apart(self, n: Node) -> bool:
        return not (n in self.heard and n in self.refused)

    @lemma
    def decided_by(self) -> bool:
        return not self.done or any(all(n in self.heard for n in q) for q in self.quorums)

    @lemma
    def failed_by(self) -> bool:
        return not self.failed or any(all(n in self.refused for n in q) for q in self.quorums)

    @invariant
    def one_of_both(self) -> bool:
        return not (self.done and self.failed)


class AnyRefuses(QuorumSets):
    """Broken: one node that refuses is enough."""

    expected = Violates("one_of_both")

    @action
    def fail(self) -> None:
        require(any(any(n in self.refused for n in q) for q in self.quorums))
        self.failed = True

    @lemma
    def failed_by(self) -> bool:
        return not self.failed or any(any(n in self.refused for n in q) for q in self.quorums)
