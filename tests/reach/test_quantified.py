"""Quantifiers over sets, maps, sequences, bags, permutations and records: parameters of properties, and `values_of`.

Each property here is also computed another way, by itertools over plain Python values; both engines count and judge
alike; and what is proved, is proved for any number of nodes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, Self

import pytest
from assay.checker.errors import ModelError, Unsupported
from assay.checker.language import (
    Bag,
    Enum,
    Formula,
    Map,
    Model,
    Order,
    Parameter,
    Perm,
    Range,
    Relation,
    Seq,
    Set,
    Sort,
    action,
    always,
    always_eventually,
    axiom,
    choose,
    constraint,
    eventually,
    everywhere,
    frozen,
    initial,
    invariant,
    lemma,
    reachable,
    record,
    require,
    step_constraint,
    step_invariant,
    temporal,
    values_of,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Interpreter
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from assay.checker.report.values import Renderer
from assay.checker.verdicts import Verdict
from assay.proofs.induction.options import ProofOptions
from assay.proofs.induction.prover import prove_model
from assay.proofs.inference.infer import infer
from readings import counted, proved, refuted


class Node(Sort):
    """A sort."""


class Rank(Order):
    """An order."""


class Color(Enum):
    RED, GREEN = range(2)


@record
class Note:
    """A record without containers."""

    sender: Node
    count: Range[0, 2]


class Kinds(Model):
    """Every kind of container, quantified by a parameter and by `values_of`, beside what it is to equal."""

    default = {"Node": 3}
    check_deadlock = False

    line: Seq[Node, 2]
    up: Set[Node]
    seen: Set[Set[Node]]
    color: Map[Node, Color] = everywhere(Color.RED)

    @action
    def join(self, n: Node) -> None:
        require(n not in self.line, len(self.line) < 2)
        self.line.append(n)
        self.up.add(n)
        self.seen.add(frozen(set(self.up)))

    @action
    def paint(self, n: Node) -> None:
        self.color[n] = Color.GREEN

    @invariant
    def a_permutation_begins_so(self) -> bool:
        return any(p[: len(self.line)] == self.line for p in values_of(Perm[Node]))

    @invariant
    def only_these_begin_so(self, p: Perm[Node]) -> bool:
        begins = all(self.line[i] == p[i] for i in range(len(self.line)))
        return begins == (list(self.line) == p[: len(self.line)])

    @invariant
    def as_many_begin_so(self) -> bool:
        found = sum(1 for p in values_of(Perm[Node]) if p[: len(self.line)] == self.line)
        return found == (6 if len(self.line) == 0 else 2 if len(self.line) == 1 else 1)

    @invariant
    def largest_subset(self) -> bool:
        return max(len(s) for s in values_of(Set[Node]) if s <= self.up) == len(self.up)

    @invariant
    def subsets(self) -> bool:
        found = sum(1 for s in values_of(Set[Node]) if s <= self.up)
        return found == (1 if len(self.up) == 0 else 2 if len(self.up) == 1 else 4)

    @invariant
    def family(self, s: Set[Node]) -> bool:
        return (s in self.seen) == any(s == t for t in self.seen)

    @invariant
    def exactly_one_map(self) -> bool:
        return sum(1 for m in values_of(Map[Node, Color]) if all(m[n] == self.color[n] for n in Node)) == 1

    @invariant
    def painted(self, m: Map[Node, Color]) -> bool:
        return m != self.color or {n for n in Node if m[n] == Color.GREEN} == {
            n for n in Node if self.color[n] == Color.GREEN
        }

    @invariant
    def sequences(self) -> bool:
        return sum(1 for s in values_of(Seq[Node, 2])) == 13 and any(s == self.line for s in values_of(Seq[Node, 2]))

    @invariant
    def bags(self, b: Bag[Node, 2]) -> bool:
        return sum(b.count(n) for n in Node) == len(b) <= 2

    @invariant
    def records(self, note: Note) -> bool:
        return any(other == note for other in values_of(Note)) and sum(1 for other in values_of(Note)) == 9

    @invariant
    def optional(self) -> bool:
        return sum(1 for s in values_of(Set[Node] | None) if s is None) == 1

    @invariant
    def pairs(self) -> bool:
        return sum(1 for a, b in values_of(tuple[Node, Node]) if a != b) == 6

    @invariant
    def alternating(self) -> bool:
        return all(any(set(p[:2]) == s for p in values_of(Perm[Node])) == (len(s) == 2) for s in values_of(Set[Node]))

    @reachable
    def some_order(self, p: Perm[Node], s: Set[Node]) -> bool:
        return len(self.line) == 2 and self.line[0] == p[2] and self.line[1] == p[0] and s == self.up

    @step_invariant
    def grows(self, after: Self, s: Set[Node]) -> bool:
        return not s <= self.up or s <= after.up


def test_every_kind_of_container_is_quantified_alike_by_both_engines() -> None:
    result = {p.name: p.verdict for p in checked(Kinds, Engine.NATIVE).properties}
    assert set(result.values()) == {Verdict.HOLDS}
    # two different nodes in a row, or one, or none; each with any colors
    assert counted(Kinds) == (6 + 3 + 1) * 2**3


def checked(cls: type[Model], engine: Engine, **settings: object) -> Any:
    return check(instantiate(specify(cls), settings), Options(engine, keep_going=True))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_values_are_those_of_itertools(size: int) -> None:
    instance = instantiate(specify(Kinds), {"Node": size})
    with instance.active():
        nodes = list(Node)
        assert as_lists(values_of(Perm[Node])) == as_lists(itertools.permutations(nodes))
        subsets = [set(s) for k in range(size + 1) for s in itertools.combinations(nodes, k)]
        assert same(values_of(Set[Node]), subsets)
        products = itertools.product(Color, repeat=size)
        assert same(values_of(Map[Node, Color]), [dict(zip(nodes, colors, strict=True)) for colors in products])
        sequences = [list(s) for k in range(3) for s in itertools.product(nodes, repeat=k)]
        assert same(values_of(Seq[Node, 2]), sequences)
        assert len(list(values_of(Bag[Node, 2]))) == 1 + size + size * (size + 1) // 2
        assert same(values_of(Note), [Note(n, i) for n in nodes for i in range(3)])


def as_lists(values: Iterable[Any]) -> list[list[Node]]:
    return sorted((list(value) for value in values), key=repr)


def same(values: Iterable[Any], others: Iterable[Any]) -> bool:
    """Return whether the first holds each of the others once, and nothing else."""
    mine, theirs = list(values), list(others)
    return len(mine) == len(theirs) and all(sum(one == other for one in mine) == 1 for other in theirs)


def test_values_exist_in_an_instance_only() -> None:
    with pytest.raises(ModelError, match="values_of has no meaning outside of an instance"):
        values_of(Perm[Node])


# Witnesses


class Misordered(Kinds):
    """Broken: nothing says that the first in the line comes before the second in every order."""

    @invariant
    def only_these_begin_so(self, p: Perm[Node]) -> bool:
        return len(self.line) < 2 or p.index(self.line[0]) < p.index(self.line[1])


@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_a_counterexample_names_the_containers_for_which_a_property_is_false(engine: Engine) -> None:
    instance = instantiate(specify(Misordered))
    found = check(instance, Options(engine))
    violated = [p for p in found.properties if p.verdict is Verdict.VIOLATED]
    assert [p.name for p in violated] == ["only_these_begin_so"]
    trace = violated[0].trace
    assert trace is not None
    with instance.active():
        method = next(m for m in instance.specification.methods if m.name == "only_these_begin_so")
        interpreter = Interpreter(instance)
        end = interpreter.thaw(trace.steps[-1].state)
        (order,) = interpreter.choice(method, end)
        first, second = end.line  # type: ignore[attr-defined]
        assert order.index(first) > order.index(second)
        shown = Renderer(instance).call(("only_these_begin_so", (order,)))
        assert shown == f"only_these_begin_so(p=[{', '.join(map(instance.name_of, order))}])"


# Bounds, and how many values there are


class Bounded(Model):
    """Bounds that are constants and sizes of sorts."""

    default = {"Node": 2, "most": 2}
    check_deadlock = False
    most: Parameter[int]
    done: bool = False

    @action
    def act(self) -> None:
        self.done = True

    @invariant
    def by_a_constant(self) -> bool:
        return max(len(s) for s in values_of(Seq[Node, "most"])) == self.most

    @invariant
    def by_a_sort(self) -> bool:
        return max(len(s) for s in values_of(Seq[Node, "Node + 1"])) == len(Node) + 1

    @invariant
    def by_range(self, m: Map[Node, Range[0, "most"]]) -> bool:  # noqa: F821, UP037
        return all(m[n] <= self.most for n in Node)


@pytest.mark.parametrize(("size", "most"), [(1, 1), (2, 2), (1, 3), (3, 1)])
def test_bounds_may_be_constants_and_sizes(size: int, most: int) -> None:
    assert counted(Bounded, Node=size, most=most) == 2
    assert {p.verdict for p in checked(Bounded, Engine.NATIVE, Node=size, most=most).properties} == {Verdict.HOLDS}


class OfMany(Model):
    """Far more permutations than can be tried."""

    default = {"Node": 12}
    done: bool = False

    @action
    def act(self) -> None:
        self.done = not self.done

    @invariant
    def some_order(self) -> bool:
        return any(p[0] != p[1] for p in values_of(Perm[Node]))


class OfManyParameters(OfMany):
    """The same, with a parameter."""

    @invariant
    def some_order(self, order: Perm[Node]) -> bool:
        return order[0] != order[1]


class Watched(OfMany):
    """Far more pairs of sets than can be tried, natively."""

    default = {"Node": 19}

    @invariant
    def some_order(self, some: Set[Node], other: Set[Node]) -> bool:
        return len(some) + len(other) <= 38


class OfManySets(OfMany):
    """A property of more sets than are tried."""

    default = {"Node": 20}

    @invariant
    def some_order(self) -> bool:
        return any(self.done for s in values_of(Set[Node]))


class SumOfManySets(OfManySets):
    """The same, where they are counted."""

    @invariant
    def some_order(self) -> bool:
        return sum(1 for s in values_of(Set[Node]) if self.done) >= 0


@pytest.mark.parametrize("engine", [Engine.AUTO, Engine.REFERENCE])
def test_more_than_a_million_values_are_refused(engine: Engine) -> None:
    with pytest.raises(ModelError, match=r"Perm\[Node\] has more than a million values in this instance"):
        judged(OfMany, engine)
    with pytest.raises(ModelError, match=r"the parameter order of some_order is one of [\d,]+ Perm\[Node\]"):
        judged(OfManyParameters, engine)


def judged(cls: type[Model], engine: Engine) -> None:
    """Check a model, and raise the error of its code, if there is one."""
    found = checked(cls, engine)
    if found.exploration.error is not None:
        raise found.exploration.error.error


def test_the_native_engine_refuses_permutations_that_make_no_table() -> None:
    with pytest.raises(Unsupported, match=r"Perm\[Node\] has more than 65,536 values"):
        check(instantiate(specify(OfMany), {"Node": 9}), Options(Engine.NATIVE))


@pytest.mark.parametrize("cls", [OfManySets, SumOfManySets])
def test_every_engine_refuses_more_than_a_million_sets(cls: type[Model]) -> None:
    with pytest.raises(ModelError, match=r"Set\[Node\] has more than a million values in this instance"):
        judged(cls, Engine.REFERENCE)
    with pytest.raises(Unsupported, match=r"s is one of 1,048,576 Set\[Node\], too many to try each of them"):
        checked(cls, Engine.NATIVE)


def test_a_native_loop_over_very_many_sets_ends_when_time_is_up() -> None:
    from assay.checker.engine.limits import Limits

    found = check(instantiate(specify(Watched)), Options(Engine.NATIVE, limits=Limits(seconds=1.0)))
    assert {p.verdict for p in found.properties} == {Verdict.UNKNOWN}


# Other kinds of methods


class Others(Model):
    """Constraints, formulas and actions that quantify over containers."""

    default = {"Node": 2}
    check_deadlock = False
    up: Set[Node]
    line: Seq[Node, 2]
    family: Set[Set[Node]]

    @action
    def add(self, n: Node) -> None:
        self.up.add(n)

    @action
    def start(self) -> None:
        require(len(self.line) == 0)
        order = choose(p for p in values_of(Perm[Node]) if p[0] in self.up)
        self.line = list(order)

    @action
    def gather(self) -> None:
        for s in values_of(Set[Node]):
            if len(s) == 1:
                self.family.add(s)

    @constraint
    def never_all(self, s: Set[Node]) -> bool:
        return len(s) < 2 or not s <= self.up

    @step_constraint
    def one_at_a_time(self, after: Self, p: Perm[Node]) -> bool:
        return p[0] not in after.up or p[0] in self.up or p[1] in self.up or len(self.line) == 0

    @temporal
    def stays(self, s: Set[Node]) -> Formula:
        return always(not s <= self.up) | ~always(not s <= self.up)

    @eventually
    def at_once(self, s: Set[Node], m: Map[Node, bool]) -> bool:
        return all(n not in s or m[n] or not m[n] for n in Node)

    @always_eventually
    def again(self, p: Perm[Node]) -> bool:
        return p != self.line

    @invariant
    def first_was_up(self) -> bool:
        return len(self.line) == 0 or any(p == self.line and p[0] in self.up for p in values_of(Perm[Node]))


def test_constraints_formulas_and_actions_quantify_alike_in_both_engines() -> None:
    counted(Others)
    found = {p.name: p.verdict for p in checked(Others, Engine.NATIVE).properties}
    assert found.pop("again") is Verdict.VIOLATED
    assert found["first_was_up"] is Verdict.HOLDS
    assert Verdict.VIOLATED not in found.values()  # constraints leave formulas undecided


class Formulas(Others):
    """A formula for each of more choices than machine code is made for."""

    @eventually
    def at_once(self, s: Set[Node], m: Map[Node, Color], q: Seq[Node, 2], b: Bag[Node, 2]) -> bool:
        return len(s) >= 0


def test_a_formula_with_very_many_choices_of_containers_is_left_to_the_interpreter() -> None:
    with pytest.raises(Unsupported, match="at_once is a formula for each of 672 choices of its parameters"):
        checked(Formulas, Engine.NATIVE)
    found = {p.name: p.verdict for p in checked(Formulas, Engine.REFERENCE).properties}
    assert found["at_once"] is not Verdict.VIOLATED


# Names


class Shadowing(Model):
    """Names that are used twice, also as those of variables."""

    default = {"Node": 2}
    check_deadlock = False
    p: Set[Node]

    @action
    def add(self, p: Node) -> None:
        self.p.add(p)

    @invariant
    def inner(self, p: Set[Node]) -> bool:
        return any(p == s for s in values_of(Set[Node])) and all(p[0] != p[1] for p in values_of(Perm[Node]))

    @invariant
    def helped(self, some: Set[Node]) -> bool:
        return self.misses(some) == (not some <= self.p)

    def misses(self, p: Set[Node]) -> bool:
        return any(s == p for s in values_of(Set[Node]) if not s <= self.p)


def test_names_of_quantified_containers_may_hide_others() -> None:
    assert counted(Shadowing) == 4
    assert {p.verdict for p in checked(Shadowing, Engine.NATIVE).properties} == {Verdict.HOLDS}


# Proofs


class Flood(Model):
    """Marks go along edges: whatever set contains the root and no edge leaves, contains all marks."""

    default = {"Node": 3}
    smoke = {"Node": 2}
    check_deadlock = False
    edge: Relation[Node, Node]
    root: Parameter[Node]
    marked: Set[Node]

    @initial
    def start(self) -> None:
        self.marked = {self.root}

    @action
    def mark(self, a: Node, b: Node) -> None:
        require(a in self.marked, self.edge(a, b))
        self.marked.add(b)

    @invariant
    def only_reachable(self, closed: Set[Node]) -> bool:
        leaves = any(self.edge(a, b) and b not in closed for a in closed for b in Node)
        return self.root not in closed or leaves or self.marked <= closed

    @invariant
    def only_reachable_in_a_formula(self) -> bool:
        return all(
            self.marked <= s
            for s in values_of(Set[Node])
            if self.root in s and all(b in s for a in s for b in Node if self.edge(a, b))
        )


class Leaps(Flood):
    """Broken: a mark may leap to any node."""

    @action
    def leap(self, n: Node) -> None:
        self.marked.add(n)


def test_a_property_of_every_closed_set_is_proved_for_any_number_of_nodes() -> None:
    assert proved(Flood)
    # the marked sets that hold the root and are connected to it, in each of the graphs
    assert counted(Flood, Node=2) == sum(_floods(edges, root) for edges in _graphs(2) for root in range(2))


def _graphs(size: int) -> Iterable[frozenset[tuple[int, int]]]:
    pairs = list(itertools.product(range(size), repeat=2))
    return (frozenset(kept) for k in range(len(pairs) + 1) for kept in itertools.combinations(pairs, k))


def _floods(edges: frozenset[tuple[int, int]], root: int) -> int:
    found, pending = set[frozenset[int]](), [frozenset({root})]
    while pending:
        marked = pending.pop()
        if marked not in found:
            found.add(marked)
            pending += [marked | {b} for a, b in edges if a in marked]
    return len(found)


def test_lemmas_of_a_model_about_all_sets_are_not_inferred() -> None:
    with pytest.raises(ModelError, match=r"lemmas of Flood are not inferred: it is about all values of Set\[Node\]"):
        infer(specify(Flood), ProofOptions(workers=1))


def test_a_property_of_every_closed_set_is_refuted_with_the_set() -> None:
    assert refuted(Leaps) == {"only_reachable": "leap", "only_reachable_in_a_formula": "leap"}
    assert {p.name for p in checked(Leaps, Engine.NATIVE, Node=2).properties if p.verdict is Verdict.VIOLATED} == {
        "only_reachable",
        "only_reachable_in_a_formula",
    }


class Descent(Model):
    """A token goes along the edges of a relation in which every set has a node without an edge into the set."""

    default = {"Node": 3}
    check_deadlock = False
    edge: Relation[Node, Node]
    at: Node
    gone: Set[Node]

    @axiom
    def well_founded(self, some: Set[Node]) -> bool:
        return not some or any(all(not self.edge(n, m) for m in some) for n in some)

    @initial
    def start(self, n: Node) -> None:
        self.at = n

    @action
    def move(self, n: Node) -> None:
        require(self.edge(self.at, n))
        self.gone.add(self.at)
        self.at = n

    @invariant
    def no_loop(self) -> bool:
        return all(not self.edge(n, n) for n in Node)

    @invariant
    def never_back(self) -> bool:
        return self.at not in self.gone


def test_an_axiom_about_every_set_keeps_the_structures_that_it_allows() -> None:
    acyclic = [edges for edges in _graphs(3) if _is_acyclic(edges)]
    assert len(acyclic) == 25  # labelled acyclic digraphs with three nodes, OEIS A003024
    instance = instantiate(specify(Descent))
    with instance.active():
        assert len(Interpreter(instance).structures) == len(acyclic)
    counted(Descent)
    assert {p.verdict for p in checked(Descent, Engine.NATIVE).properties} == {Verdict.HOLDS}


def _is_acyclic(edges: frozenset[tuple[int, int]]) -> bool:
    left = set(range(3))
    while any(not any((n, m) in edges for m in left) for n in left):
        left -= {n for n in left if not any((n, m) in edges for m in left)}
    return not left


def test_what_needs_a_set_that_nothing_makes_is_left_open_and_not_refuted() -> None:
    """A solver finds a loop in a structure without the set of its node; the axiom is false of that set."""
    result = prove_model(specify(Descent), ProofOptions(timeout=20.0, search=0.0))
    assert result.verdict is Verdict.UNKNOWN
    open_ = {o.claim.name: o.decision.note for o in result.obligations if o.proved is None}
    assert open_ == {
        "no_loop: initially": "the solver's counterexample lacks a container for which well_founded is false"
    }
    # The state in which a node was left that the token comes to is no mistake: a lemma would have to exclude it.
    refuted = [o for o in result.obligations if o.proved is False]
    assert [o.claim.name for o in refuted] == ["never_back: preserved move"]
    counterexample = refuted[0].counterexample
    assert counterexample is not None
    with counterexample.instance.active():
        edges = counterexample.before[0]
        assert not any((n, m) in edges and (m, n) in edges for n in Node for m in Node)


class Contradiction(Descent):
    """Broken: no structure satisfies the axiom, though one does that has no sets with a node in them."""

    @axiom
    def well_founded(self, some: Set[Node]) -> bool:
        return not some


def test_axioms_that_only_a_structure_without_sets_satisfies_are_not_called_consistent() -> None:
    result = prove_model(specify(Contradiction), ProofOptions(timeout=20.0, search=0.0))
    assert result.verdict is not Verdict.HOLDS
    assert {o.claim.name for o in result.obligations if o.guard and o.proved} == {
        "no_loop: not by the axioms alone",
        "never_back: not by the axioms alone",
    }


class Line(Model):
    """A line in which no node stands twice is the beginning of some permutation."""

    default = {"Node": 3}
    check_deadlock = False
    line: Seq[Node, 3]

    @action
    def join(self, n: Node) -> None:
        require(n not in self.line, len(self.line) < 3)
        self.line.append(n)

    @lemma
    def different(self, i: Range[0, 2], j: Range[0, 2]) -> bool:
        return i == j or i >= len(self.line) or j >= len(self.line) or self.line[i] != self.line[j]

    @invariant
    def begins_a_permutation(self) -> bool:
        return any(all(self.line[i] == p[i] for i in range(len(self.line))) for p in values_of(Perm[Node]))


class Twice(Line):
    """Broken: a node may stand in the line twice."""

    @action
    def join(self, n: Node) -> None:
        require(len(self.line) < 3)
        self.line.append(n)


def test_that_there_is_a_permutation_is_proved_for_stated_sizes() -> None:
    result = prove_model(specify(Line), ProofOptions(timeout=30.0, search=0.0))
    assert result.verdict is Verdict.HOLDS
    assert result.instance is not None


def test_a_line_that_begins_no_permutation_is_refuted() -> None:
    assert [p.name for p in checked(Twice, Engine.NATIVE).properties if p.verdict is Verdict.VIOLATED] == [
        "different",
        "begins_a_permutation",
    ]
    result = prove_model(specify(Twice), ProofOptions(timeout=30.0))
    assert result.verdict is Verdict.VIOLATED


class Compared(Model):
    """Broken: tuples of extremes are compared, of which the formula around them says what they are."""

    default = {"Node": 2}
    check_deadlock = False
    x: Range[0, 2] = 0
    y: Range[0, 2] = 0

    @action
    def rise(self) -> None:
        require(self.x < 2)
        self.x += 1

    @invariant
    def below(self) -> bool:
        return (max((self.y for n in Node), default=0), self.x) <= (self.y, max((self.y for n in Node), default=0))


def test_a_comparison_of_extremes_is_explained_as_a_whole() -> None:
    result = prove_model(specify(Compared), ProofOptions(timeout=20.0))
    assert result.verdict is Verdict.VIOLATED
