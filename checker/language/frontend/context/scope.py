"""The context of a compilation: the names in scope, facts about them, how to compile parts, and how to refuse."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from assay.checker.errors import Location, ModelError
from assay.checker.immutable import immutable
from assay.checker.language.frontend.context import remedies
from assay.checker.language.frontend.context.bindings import (
    Binding,
    Exits,
    GivenAway,
    NamedMap,
    Shared,
    Snapshot,
    Value,
)
from assay.checker.language.frontend.context.code import Code
from assay.checker.language.frontend.context.conversions import coerce, is_narrowed, remedy
from assay.checker.language.frontend.context.facts import Facts, Written, known, together, without
from assay.checker.language.frontend.context.shapes import looked_into
from assay.checker.language.frontend.context.size import DEEPEST, MOST_REPEATED, Size
from assay.checker.language.frontend.context.staleness import snapshot_of
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.nodes import (
    Collection,
    Expr,
    Name,
    Place,
    Read,
    Statement,
    Stored,
)
from assay.checker.language.types import MapType, Type, is_container
from assay.checker.wording import article

__all__ = ["Forms", "Hoisted", "Scope"]

T = TypeVar("T")


@immutable
class Forms:
    """The function that compiles each form of Python's syntax: a table, so that no form imports the others."""

    expressions: Mapping[type[ast.expr], Callable[[Scope, Any, Type | None], Value]]
    statements: Mapping[type[ast.stmt], Callable[[Scope, Any], list[Statement]]]
    refusals: Mapping[type[ast.stmt], Callable[[Scope, Any], NoReturn]]


@dataclass
class Hoisted:
    """The statement being compiled, and the statements that its expressions put before it."""

    node: ast.stmt
    before: list[Statement] = field(default_factory=list)


@dataclass
class Scope:
    """The names, types and facts that are known at the point that the compilation of a method has reached.

    Attributes
    ----------
    specification : Specification
        The model.
    code : Code
        The function being compiled: the method, or a helper that is inlined.
    forms : Forms
        The functions that compile each form of syntax.
    names : dict
        The binding of each local name at this point.
    facts : dict
        Expressions that are known to have a narrower type at this point, with that type.
    used : dict
        How often each name was taken, so that the names of the IR are unique within a method.
    written : dict
        How often each variable of the state, and each local name, was written so far.
    stack : tuple of functions
        The functions being compiled, from the method to the innermost helper.
    parameters : frozenset of str
        The names that may not be assigned to: parameters, and the variables of loops.
    in_comprehension : bool
        Whether this is inside a comprehension, which Python compiles as a function of its own.
    size : Size
        How deep this is nested, and how much was compiled more than once.
    call : ast.AST, optional
        The call that the helper being compiled replaces.
    inlining : int
        The number of that call; 0 in the method itself.
    loops : dict
        For each loop, in each call in which it is inlined, the variables that it writes.
    hoisted : Hoisted, optional
        The statement of the action being compiled; None in a property, and in a helper whose value is used.
    remarks : dict of str
        Remarks on the source for the user, each once.
    choices : list of Name
        The action's hidden parameters: what it chooses by `choose` and `anything`.
    given : dict from str to GivenAway
        The maps that the action chose and then assigned to a place, itself or in a helper.
    shared : dict from str to Shared
        The variables to which, or to an entry of which, part of a value was assigned uncopied.
    maps : list of NamedMap
        The maps in the state that the action has named.
    replaced : list of Place
        The places to which the action has assigned whole maps, which statements may do entry by entry.
    rounds : tuple of Name
        The variables of the enclosing loops, outermost first.
    exits : Exits
        How the innermost loop of this function says that it was left.
    passed_on : dict from AST node to str
        For each call of a helper that may return an argument uncopied, the name of that argument's container.
    """

    specification: Specification
    code: Code
    forms: Forms
    names: dict[str, Binding] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    written: dict[Written, int] = field(default_factory=dict)
    stack: tuple[Callable[..., Any], ...] = ()
    parameters: frozenset[str] = frozenset()
    in_comprehension: bool = False
    size: Size = field(default_factory=Size)
    call: ast.AST | None = None
    inlining: int = 0
    loops: dict[tuple[int, int], set[Written]] = field(default_factory=dict)
    inlinings: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    hoisted: Hoisted | None = None
    remarks: dict[str, None] = field(default_factory=dict)
    choices: list[Name] = field(default_factory=list)
    given: dict[str, GivenAway] = field(default_factory=dict)
    shared: dict[str, Shared] = field(default_factory=dict)
    maps: list[NamedMap] = field(default_factory=list)
    replaced: list[Place] = field(default_factory=list)
    rounds: tuple[Name, ...] = ()
    exits: Exits = field(default_factory=Exits)
    passed_on: dict[ast.AST, str] = field(default_factory=dict)

    # Parts of a form

    def value(self, node: ast.expr, expected: Type | None = None) -> Value:
        """Compile an expression of any form; ``expected`` is the type, or element type, that would suit."""
        form = self.forms.expressions.get(type(node))
        if form is None:
            self.fail(node, *remedies.unknown(node))
        with self.deeper(node):
            return looked_into(form(self, node, expected))

    def statement(self, node: ast.stmt) -> list[Statement]:
        """Compile one statement."""
        form = self.forms.statements.get(type(node)) or self.forms.refusals.get(type(node))
        if form is None:
            self.fail(node, *remedies.refused(node))
        return form(self, node)

    @contextmanager
    def hoisting(self, node: ast.stmt) -> Iterator[list[Statement]]:
        """Compile a statement of an action within the block; yield what its expressions hoist before it."""
        saved, self.hoisted = self.hoisted, Hoisted(node)
        try:
            yield self.hoisted.before
        finally:
            self.hoisted = saved

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """Compile within the block for information only: all that it changes is undone, except the count of repeats."""
        saved = dict(self.used), dict(self.written), dict(self.names), dict(self.facts), self.size, self.hoisted
        choices, given = list(self.choices), dict(self.given)
        self.size = Size(self.size.depth, self.size.repeated)
        self.hoisted = None if self.hoisted is None else Hoisted(self.hoisted.node)
        try:
            yield
        finally:
            repeated = self.size.repeated
            self.used, self.written, self.names, self.facts, self.size, self.hoisted = saved
            self.choices, self.given = choices, given
            self.size.repeated = repeated

    # Size

    @contextmanager
    def deeper(self, node: ast.AST) -> Iterator[None]:
        """Compile a part of the source within the block; refuse what is nested too deep, or repeated too often."""
        if self.size.is_repeated(node):
            self.fail(
                node,
                f"helpers in place of their calls, and what follows branches, repeat more than {MOST_REPEATED:,} parts",
                "call a helper once and name its value, or end branches with return",
            )
        if self.size.depth >= DEEPEST:
            self.fail(node, f"this is nested more than {DEEPEST} levels deep", "give a part of it a name, or a helper")
        self.size.depth += 1
        try:
            yield
        finally:
            self.size.depth -= 1

    # Errors and remarks

    def at(self, node: ast.AST) -> Location:
        """Return the place of a syntax node."""
        return Location(self.code.path, getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1)

    def fail(self, node: ast.AST, message: str, help: str | None = None) -> NoReturn:
        """Refuse a piece of source."""
        raise ModelError(message, location=self.at(node), help=help)

    def remark(self, node: ast.AST, message: str) -> None:
        """Note something about a piece of source that is no error."""
        self.remarks[f"{self.at(node)}: {message}"] = None

    # Names

    def fresh(self, name: str, type_: Type, node: ast.AST) -> Name:
        """Return a name that is unique within the method."""
        count = self.used.get(name, 0) + 1
        unique = name if count == 1 else f"{name}_{count}"
        while unique in self.used:  # a model may itself have an x_2 beside its x
            count += 1
            unique = f"{name}_{count}"
        self.used[name] = count
        self.used.setdefault(unique, 1)
        return Name(unique, type_, location=self.at(node))

    @contextmanager
    def nested(self, **names: Binding) -> Iterator[None]:
        """Bind names within the block only; facts learned in the block are forgotten after it."""
        saved_names, saved_facts = dict(self.names), dict(self.facts)
        self.names.update(names)
        try:
            yield
        finally:
            self.names, self.facts = saved_names, saved_facts

    @contextmanager
    def inside(self, code: Code, names: dict[str, Binding], node: ast.AST) -> Iterator[None]:
        """Compile a called function in place of its call."""
        if code.function in self.stack:
            self.fail(
                node,
                f"{code.node.name} calls itself; recursion has no bound",
                "use any, all or a comprehension",
            )
        saved = self.code, self.names, self.facts, self.stack, self.parameters, self.in_comprehension, self.inlining
        caller, self.call = self.call, node
        self.passed_on.pop(node, None)
        outer, self.hoisted = self.hoisted, None
        exits, self.exits = self.exits, Exits()
        self.inlining = next(self.inlinings)
        self.code, self.names, self.facts = code, names, dict(self.facts)
        self.stack, self.parameters, self.in_comprehension = (*self.stack, code.function), frozenset(names), False
        try:
            yield
        finally:
            self.code, self.names, self.facts, self.stack, self.parameters, self.in_comprehension, self.inlining = saved
            self.hoisted, self.call, self.exits = outer, caller, exits

    def unless_too_much_is_known(self, compiled: Callable[[], T]) -> T:
        """Compile a helper with the facts known at its call, or else without them.

        A helper may itself test what its caller has tested already, and a test of what is known is refused.
        """
        saved = dict(self.used), dict(self.written)
        try:
            return compiled()
        except ModelError:
            if not self.facts:
                raise
        facts, self.facts = self.facts, {}
        self.used, self.written = saved
        try:
            return compiled()
        finally:
            self.facts = facts

    @contextmanager
    def comprehension_scope(self) -> Iterator[None]:
        """Compile within the block as in a comprehension, which is a function of its own to Python."""
        saved = self.in_comprehension
        self.in_comprehension = True
        try:
            yield
        finally:
            self.in_comprehension = saved

    @contextmanager
    def knowing(self, facts: Facts) -> Iterator[None]:
        """Use facts within the block only."""
        saved = self.facts
        self.facts = together(saved, facts)
        try:
            yield
        finally:
            self.facts = saved

    def snapshot(self, collection: Collection, *, alias: bool = False) -> Snapshot:
        """Bind a collection as it is now."""
        return snapshot_of(collection, self.written, alias=alias)

    def wrote(self, variable: str) -> None:
        """Record that a state variable changed: facts about it no longer hold."""
        self.written[variable] = self.written.get(variable, 0) + 1
        self.facts = without(self.facts, variable)

    def wrote_local(self, name: Name) -> None:
        """Note that a local name got another value."""
        self.written[name] = self.written.get(name, 0) + 1
        self.facts = without(self.facts, name)

    def choice(self, type_: Type, node: ast.AST) -> Name:
        """Return the name of a new hidden parameter of the action; it has a blank, so no variable can have it."""
        name = self.fresh(f"choice {len(self.choices) + 1}", type_, node)
        self.choices.append(name)
        return name

    @contextmanager
    def each_round(self, variable: Name) -> Iterator[None]:
        """Compile within the block the body of a loop."""
        saved, self.rounds = self.rounds, (*self.rounds, variable)
        try:
            yield
        finally:
            self.rounds = saved

    @contextmanager
    def left_by(self, exits: Exits) -> Iterator[None]:
        """Compile within the block a loop that is left in these ways."""
        saved, self.exits = self.exits, exits
        try:
            yield
        finally:
            self.exits = saved

    # State

    def read(self, place: Place) -> Value:
        """Return the value read at a place: a scalar, a collection, or the place itself if it is a map."""
        if isinstance(place.type, MapType):
            return place
        if is_container(place.type):
            return Stored(place, location=place.location)
        return known(Read(place, location=place.location), self.facts)

    # Types

    def fit(self, value: Expr, wanted: Type, node: ast.AST, what: str, *, raising: bool = False) -> Expr:
        """Return a value as one of the wanted type, or refuse.

        A value of a wider type is refused, too, unless ``raising`` says that Python itself raises here where the value
        does not fit: where it is only passed on, Python would carry on with it, and the backends would not.
        """
        fitted = coerce(value, wanted)
        if fitted is None or (not raising and is_narrowed(fitted, value)):
            self.fail(
                node, f"{what} must be {article(wanted)}, found {article(value.type)}", remedy(value.type, wanted)
            )
        return fitted
