"""``{choose(...) for x in xs if ...}`` in actions: a choice for each element, and the set of what is chosen."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.shapes import is_sequence
from assay.checker.language.frontend.expressions.choices import compile_choice_of_entry, is_choice, place_of_choice
from assay.checker.language.frontend.expressions.iterables.generators import bound_generators, compile_comprehension
from assay.checker.language.frontend.expressions.presence import demand_place
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    And,
    Block,
    Collection,
    Comprehension,
    Expr,
    For,
    Generator,
    If,
    Member,
    Not,
    Or,
    Quantifier,
    Require,
    Unchosen,
    Universe,
    substituted,
)
from assay.checker.language.types import Type

__all__ = ["compile_set"]


def compile_set(scope: Scope, node: ast.SetComp, expected: Type | None) -> Collection:
    """Compile ``{item for ... in ... if ...}``, whose item may be chosen for each element."""
    if not is_choice(node.elt, scope):
        return compile_comprehension(scope, node, expected)
    hoisted = demand_place(scope, node, "choose")
    with bound_generators(scope, node.generators) as generators:
        generator = _only(scope, generators, node)
        with scope.each_round(generator.variable):
            value, among = compile_choice_of_entry(scope, node.elt, expected)
        if expected is not None:
            value = scope.fit(value, expected, node.elt, "the element")
    if can_fail(among) or can_fail(generator):
        scope.fail(node, "what is chosen from for each element must not raise", "guard it: ... for x in xs if ...")
    variable, type_ = generator.variable, generator.variable.type
    key, other = scope.fresh("key", type_, node), scope.fresh("key", type_, node)  # each binder has a name of its own
    left = substituted(_unmade(generator, among), {variable: other})
    hoisted.before += [_made(generator, among), For(other, Universe(type_), Block((left,)), location=scope.at(node))]
    return substituted(Comprehension(value, (generator,), location=scope.at(node)), {variable: key})


def _only(scope: Scope, generators: tuple[Generator, ...], node: ast.SetComp) -> Generator:
    """Return the one generator of a comprehension, which meets each element once."""
    if len(generators) > 1:
        scope.fail(node, "choose chooses for each element of one collection", "write one for, and a loop around it")
    if is_sequence(generators[0].domain):
        scope.fail(
            node, "this may hold an element twice, and a choice is made for each element", "make it a set: set(...)"
        )
    return generators[0]


def _made(generator: Generator, among: Require) -> Require:
    """Return the condition that what is chosen for each element is an option."""
    options = Or((Not(_is_met(generator)), among.condition), location=among.location)
    every = Universe(generator.variable.type, location=among.location)
    return Require(Quantifier(True, generator.variable, every, options), location=among.location)


def _unmade(generator: Generator, among: Require) -> If:
    """Return the statement that nothing is chosen for an element that the comprehension does not meet."""
    assert isinstance(among.condition, Member)
    nothing = Unchosen(place_of_choice(among.condition.element))
    return If(_is_met(generator), Block(()), Block((nothing,)))


def _is_met(generator: Generator) -> Expr:
    inside = Member(generator.variable, generator.domain, location=generator.location)
    if generator.condition is None:
        return inside
    return And((inside, generator.condition), location=generator.location)
