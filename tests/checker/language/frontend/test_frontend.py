"""From source to the typed IR."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.frontend.context.conversions import common_type, fits
from assay.checker.language.frontend.context.facts import learned, together
from assay.checker.language.introspection.specification import specify
from assay.checker.language.ir.nodes import (
    TRUE,
    And,
    Assign,
    AssignLocal,
    Cast,
    Compare,
    Comparison,
    Comprehension,
    Conditional,
    Expr,
    For,
    If,
    IsKind,
    Let,
    Literal,
    Member,
    Name,
    Narrow,
    Node,
    Not,
    Or,
    Place,
    Quantifier,
    Read,
    Require,
    Root,
    SetOf,
    SetRelation,
    SetUpdate,
    SizeOf,
    Statement,
    Stored,
    Universe,
    walk,
)
from assay.checker.language.ir.program import ModelIR
from assay.checker.language.types import BOOL, INT, NoneOnly, OptionalType, RecordType, SetType, SortType, UnionType

HEADER = """\
from __future__ import annotations
from assay.checker.language import *

class Node(Sort): "A sort."
class Ballot(Order): "An order."
class Color(Enum):
    RED, GREEN = range(2)
@record
class Vote:
    ballot: Ballot
    node: Node
@record
class Note:
    color: Color

class Base(Model):
    default = {"Node": 2, "Ballot": 2}
    flag: bool
    leader: Node | None
    last: Vote | Note | None
    nodes: Set[Node]
    up: Map[Node, bool]
    best: Map[Node, Ballot | None]
    pair: tuple[Node | None, bool] = (None, False)

    @action
    def act(self, n: Node, m: Node) -> None:
        self.nodes.add(n)

    def is_up(self, k: Node) -> bool:
        return self.up[k]

"""
_numbers = itertools.count()
Compile = Callable[[str], ModelIR]


@pytest.fixture
def compiled(tmp_path: Path) -> Compile:
    """Return a function that compiles a subclass of Base with these methods."""

    def run(methods: str) -> ModelIR:
        name = f"frontend_model_{next(_numbers)}"
        path = tmp_path / f"{name}.py"
        path.write_text(HEADER + "class It(Base):\n" + textwrap.indent(textwrap.dedent(methods), "    "))
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return compile_model(specify(module.It))

    return run


def body(compile_: Compile, statements: str) -> tuple[Statement, ...]:
    source = "@action\ndef act(self, n: Node, m: Node) -> None:\n" + textwrap.indent(
        textwrap.dedent(statements), "    "
    )
    return compile_(source).actions[0].body.statements


def claim(compile_: Compile, expression: str) -> Expr:
    return compile_(f"@invariant\ndef claim(self) -> bool:\n    return {expression}\n").predicates[0].body


def sort_of(ir: Node) -> SortType:
    return next(part.type for part in walk(ir) if isinstance(part, Name) and isinstance(part.type, SortType))


def state(name: str, ir: Node, *keys: Expr) -> Place:
    """Return the place of a variable as it occurs in some IR."""
    found = [part for part in walk(ir) if isinstance(part, Place) and part.variable == name and part.keys == keys]
    assert found, f"{name} does not occur"
    return found[0]


# What is known


def test_a_requirement_narrows_what_follows(compiled: Compile) -> None:
    require, assign = body(compiled, "require(self.leader is not None)\nself.up[self.leader] = True\n")
    assert isinstance(require, Require)
    assert isinstance(require.condition, Not)
    assert isinstance(require.condition.operand, IsKind)
    assert isinstance(assign, Assign)
    leader = Read(state("leader", require))
    assert assign.place.keys == (Narrow(leader, leader.type.inner, safe=True),)  # type: ignore[union-attr]


def test_without_a_requirement_narrowing_may_fail(compiled: Compile) -> None:
    (required,) = body(compiled, "require(self.up[self.leader])\n")
    assert isinstance(required, Require)
    assert isinstance(required.condition, Read)
    (key,) = required.condition.place.keys
    assert isinstance(key, Narrow)
    assert not key.safe


def test_an_assignment_forgets_what_was_known(compiled: Compile) -> None:
    *_, last = body(
        compiled, "require(self.leader is not None)\nself.leader = self.pair[0]\nrequire(self.up[self.leader])\n"
    )
    assert isinstance(last, Require)
    assert isinstance(last.condition, Read)
    (key,) = last.condition.place.keys
    assert isinstance(key, Narrow)
    assert not key.safe


def test_facts_add_up() -> None:
    vote, note, tick = (
        RecordType(cls, ()) for cls in (type("Vote", (), {}), type("Note", (), {}), type("Tick", (), {}))
    )
    subject = Name("m", OptionalType(UnionType((vote, note, tick))))
    no_vote, no_note = learned(IsKind(subject, (vote,)), False), learned(IsKind(subject, (note,)), False)
    present = learned(IsKind(subject, (NoneOnly(),)), False)
    assert present == {subject: UnionType((vote, note, tick))}
    assert together(together(present, no_vote), no_note) == {subject: tick}
    assert learned(And((IsKind(subject, (vote, note)), Not(IsKind(subject, (vote,))))), True) == {subject: note}


def test_types_have_what_is_common() -> None:
    node = SortType(type("Node", (), {}))
    assert fits(node, OptionalType(node))
    assert not fits(OptionalType(node), node)
    assert common_type(node, NoneOnly()) == OptionalType(node)
    assert common_type(node, BOOL) is None


# Helpers


def test_a_helper_stands_in_place_of_its_call(compiled: Compile) -> None:
    (require,) = body(compiled, "require(self.is_up(n))\n")
    assert isinstance(require, Require)
    assert isinstance(require.condition, Read)
    assert require.condition.place.keys == (Name("n", sort_of(require)),)


def test_an_argument_that_is_no_name_gets_one(compiled: Compile) -> None:
    both = claim(compiled, "self.leader is None or self.is_up(self.leader)")
    assert isinstance(both, Or)
    value = both.parts[1]
    assert isinstance(value, Let)
    assert value.variable == Name("k", value.value.type)
    assert isinstance(value.body, Read)


def test_super_is_what_was_replaced(compiled: Compile) -> None:
    (update, again) = body(compiled, "super().act(n, m)\nself.nodes.add(m)\n")
    assert isinstance(update, SetUpdate)
    assert isinstance(again, SetUpdate)
    assert update.value == SetOf((Name("n", sort_of(update)),), sort_of(update))
    assert again.value == SetOf((Name("m", sort_of(update)),), sort_of(update))


def test_super_is_about_the_state_of_the_method_it_stands_in(compiled: Compile) -> None:
    ir = compiled("""
        def is_up(self, k: Node) -> bool:
            return super().is_up(k)

        @step_invariant
        def claim(self, after: It) -> bool:
            return all(self.is_up(k) or after.is_up(k) for k in Node)
    """)
    places = [part for part in walk(ir.predicates[0].body) if isinstance(part, Place)]
    assert [place.root for place in places] == [Root.STATE, Root.AFTER]


def test_a_match_is_a_chain_of_conditions_without_a_last_one(compiled: Compile) -> None:
    ir = compiled("""
        @invariant
        def claim(self) -> bool:
            return self.last is None or self.weigh(self.last)

        def weigh(self, message: Vote | Note) -> bool:
            match message:
                case Vote(_, node):
                    return self.up[node]
                case Note():
                    return True
    """)
    chain = next(part for part in walk(ir.predicates[0].body) if isinstance(part, Conditional))
    assert isinstance(chain.test, IsKind)
    assert isinstance(chain.then, Read)
    assert chain.otherwise == TRUE


# Statements


def test_a_return_in_the_middle_splits_the_rest(compiled: Compile) -> None:
    (branch,) = body(compiled, "if self.flag:\n    return\nself.nodes.add(n)\n")
    assert isinstance(branch, If)
    assert branch.then.statements == ()
    assert isinstance(branch.otherwise.statements[0], SetUpdate)


def test_a_tuple_is_assigned_after_all_its_items_are_read(compiled: Compile) -> None:
    statements = body(compiled, "self.up[n], self.up[m] = self.up[m], self.up[n]\n")
    assert [type(statement) for statement in statements] == [AssignLocal, AssignLocal, Assign, Assign]
    assert [statement.value for statement in statements[2:]] == [s.variable for s in statements[:2]]  # type: ignore[attr-defined]


def test_unpacking_reads_the_tuple_once(compiled: Compile) -> None:
    first, *rest = body(compiled, "who, flag = self.pair\nself.pair = (n, not flag)\nself.leader = who\n")
    assert isinstance(first, AssignLocal)
    assert isinstance(first.value, Read)
    assert not any(isinstance(part, Read) for statement in rest for part in walk(statement))


def test_the_items_of_a_map_are_read_when_the_round_begins(compiled: Compile) -> None:
    (loop,) = body(compiled, "for k, b in self.best.items():\n    if b is not None:\n        self.up[k] = True\n")
    assert isinstance(loop, For)
    assert isinstance(loop.domain, Universe)
    first, second = loop.body.statements
    assert isinstance(first, AssignLocal)
    assert first.value == Read(state("best", loop, loop.variable))
    assert isinstance(second, If)


def test_all_conditions_of_a_requirement_are_evaluated(compiled: Compile) -> None:
    (require,) = body(compiled, "require(self.flag, self.up[n])\n")
    assert isinstance(require, Require)
    assert isinstance(require.condition, And)
    assert require.condition.eager


def test_a_local_name_is_one_variable_on_all_paths(compiled: Compile) -> None:
    first, branch, last = body(compiled, "x = n\nif self.flag:\n    x = m\nself.leader = x\n")
    assert isinstance(first, AssignLocal)
    assert isinstance(branch, If)
    inner = branch.then.statements[0]
    assert isinstance(inner, AssignLocal)
    assert inner.variable == first.variable
    assert isinstance(last, Assign)
    assert last.value == Cast(first.variable, OptionalType(first.variable.type))


# Expressions


def test_a_quantifier_guards_its_body(compiled: Compile) -> None:
    value = claim(compiled, "all(self.up[a] for a in Node if a in self.nodes for b in Ballot)")
    assert isinstance(value, Quantifier)
    assert value.universal
    body_ = value.body
    assert str(body_).startswith("Or(")
    assert isinstance(body_.parts[1], Quantifier)  # type: ignore[attr-defined]


def test_names_are_unique_within_a_method(compiled: Compile) -> None:
    value = claim(
        compiled,
        "any(self.up[a] for a in Node) and any(self.up[a] for a in Node) and {a for a in Node} == {a for a in Node}",
    )
    bound = [
        part.variable.name for part in walk(value) if hasattr(part, "variable") and isinstance(part.variable, Name)
    ]
    assert len(bound) == len(set(bound)) == 4


def test_not_equal_is_not_equal(compiled: Compile) -> None:
    value = claim(compiled, "len(Node) != 3")
    assert isinstance(value, Not)
    assert value.operand == Compare(Comparison.EQ, SizeOf(Universe(value.operand.left.universe.of)), Literal(3, INT))  # type: ignore[attr-defined]


def test_a_chain_compares_neighbours(compiled: Compile) -> None:
    value = claim(compiled, "0 < len(self.nodes) <= 2")
    assert isinstance(value, And)
    assert [part.operator for part in value.parts] == [Comparison.LT, Comparison.LE]  # type: ignore[attr-defined]


def test_an_optional_is_in_a_set_if_it_is_there(compiled: Compile) -> None:
    value = claim(compiled, "self.leader in self.nodes")
    assert isinstance(value, And)
    present, member = value.parts
    assert isinstance(present, Not)
    assert isinstance(member, Member)
    assert isinstance(member.collection, Stored)


def test_a_sort_is_a_set_only_by_a_copy(compiled: Compile) -> None:
    value = claim(compiled, "self.nodes == set(Node)")
    assert isinstance(value, SetRelation)
    assert isinstance(value.left, Stored)
    assert isinstance(value.left.place.type, SetType)
    assert isinstance(value.right, Comprehension)


def test_the_state_after_a_step_is_another_root(compiled: Compile) -> None:
    ir = compiled("@step_invariant\ndef claim(self, after: It) -> bool:\n    return self.flag or after.flag\n")
    assert [part.root for part in walk(ir.predicates[0].body) if isinstance(part, Place)] == [Root.STATE, Root.AFTER]
