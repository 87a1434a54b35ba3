"""The context of code generation: what is known at a point, and the tables of functions for each form of the IR."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from assay.checker.engine.native.codegen.facts import Facts
from assay.checker.engine.native.codegen.operations.builder import Builder
from assay.checker.engine.native.codegen.operations.instructions import Label, Register, Table
from assay.checker.engine.native.codegen.operations.values import Bool, Mask, Scalar, Word, known
from assay.checker.engine.native.codegen.packing.access import StateView
from assay.checker.engine.native.codegen.packing.codes import Codes
from assay.checker.engine.native.codegen.packing.layout import Layout
from assay.checker.engine.native.signatures import Parameter
from assay.checker.errors import Location, Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.ir.nodes import Collection, Expr, Name, Root, Statement
from assay.checker.language.types import Type

__all__ = [
    "CollectionPlans",
    "ConditionPlans",
    "Context",
    "Evaluation",
    "Expressions",
    "Forms",
    "Loops",
    "MaskPlan",
    "Membership",
    "Over",
    "Statements",
    "located",
]

MaskPlan = Callable[[], Mask]
"""When called, generates code that computes a word of truth values; making a plan generates nothing."""


@immutable
class Over:
    """The elements for which a word of truth values is computed.

    Attributes
    ----------
    variable : Name
        The name that stands for the element; it has no value of its own.
    size : int
        The number of elements, at most 64.
    bound : frozenset of str
        The names that will have a value when the plan is called.
    """

    variable: Name
    size: int
    bound: frozenset[str]


Expressions = Mapping[type[Expr], Callable[[Any, "Context"], Scalar]]
Statements = Mapping[type[Statement], Callable[[Any, "Context"], None]]
Loops = Mapping[type[Collection], Callable[[Any, Name, "Context"], AbstractContextManager[None]]]
Membership = Mapping[type[Collection], Callable[[Any, Scalar, "Context"], Bool]]
Evaluation = Mapping[type[Collection], Callable[[Any, "Context"], None]]
CollectionPlans = Mapping[type[Collection], Callable[[Any, "Context"], MaskPlan | None]]
ConditionPlans = Mapping[type[Expr], Callable[[Any, Over, "Context"], MaskPlan | None]]
"""Tables from a form of the IR to the function that generates code for it."""


@immutable
class Forms:
    """The functions for each form of the IR. The dispatchers of `Context` do nothing but look one up."""

    expressions: Expressions
    statements: Statements
    loops: Loops
    membership: Membership
    evaluation: Evaluation
    collection_plans: CollectionPlans
    condition_plans: ConditionPlans


@dataclass
class Context:
    """What is known at a point of the generation of one function.

    Attributes
    ----------
    codes : Codes
        The numbering of scalars.
    layout : Layout
        How states are packed.
    facts : Facts
        Facts about the IR.
    forms : Forms
        The functions for each form.
    tables : dict
        The tables of constants that the code reads, by what they hold.
    b : Builder
        Where instructions are appended.
    views : dict from Root to StateView
        The state that each root of a place stands for.
    failure : Label
        Where to jump if the model has no meaning, or a number does not fit a word.
    status : Parameter
        Where the function reports how it ended, and the alarm is set.
    asked : Register
        Set before a jump to `failure` that only answers the alarm.
    disabled : Label, optional
        Where to jump if the action is not enabled.
    scratch : StateView, optional
        Where a variable's old value is kept while its new one is computed from it.
    names : dict from str to Scalar or Register
        The values of the names in scope.
    snapshots : dict from str to StateView
        The variables of the state that are read from a copy, by name.
    gathered : dict from int to Mask
        Sets that have already been computed, by the identity of their nodes.
    rounds : int
        How many rounds the loops around this point may have, since one of them last looked at the alarm.
    """

    codes: Codes
    layout: Layout
    facts: Facts
    forms: Forms
    tables: dict[object, Table]
    b: Builder
    views: dict[Root, StateView]
    failure: Label
    status: Parameter
    asked: Register
    disabled: Label | None = None
    scratch: StateView | None = None
    names: dict[str, Scalar | Register] = field(default_factory=dict)
    snapshots: dict[str, StateView] = field(default_factory=dict)
    gathered: dict[int, Mask] = field(default_factory=dict)
    rounds: int = 1
    _fresh: int = 0

    # Dispatch

    def expr(self, node: Expr) -> Scalar:
        """Compute the value of an expression."""
        try:
            return self.forms.expressions[type(node)](node, self)
        except Unsupported as error:
            raise located(error, node.location) from None

    def truth(self, node: Expr) -> Bool:
        """Compute a truth value."""
        value = self.expr(node)
        if not isinstance(value, Bool):
            raise TypeError(f"{node} is no truth value")
        return value

    def word(self, node: Expr) -> Word:
        """Compute a number, or a code."""
        value = self.expr(node)
        if not isinstance(value, Word):
            raise TypeError(f"{node} is no number")
        return value

    def execute(self, node: Statement) -> None:
        """Execute a statement."""
        try:
            self.forms.statements[type(node)](node, self)
        except Unsupported as error:
            raise located(error, node.location) from None

    def each(self, domain: Collection, variable: Name) -> AbstractContextManager[None]:
        """Loop over the elements of a collection, with repeats; the block generates the body for the variable."""
        return self.forms.loops[type(domain)](domain, variable, self)

    def contains(self, collection: Collection, value: Scalar) -> Bool:
        """Compute whether a collection contains a value, evaluating what may fail only if the answer needs it."""
        return self.forms.membership[type(collection)](collection, value, self)

    def evaluate(self, collection: Collection) -> None:
        """Evaluate everything in a collection that may fail, as Python does before it uses a set."""
        if self.facts.can_fail(collection):
            self.forms.evaluation[type(collection)](collection, self)

    # Names

    @contextmanager
    def binding(self, name: Name, value: Scalar | Register) -> Iterator[None]:
        """Bind a name to a value for the block."""
        outer = self.names.get(name.name)
        self.names[name.name] = value
        yield
        if outer is None:
            del self.names[name.name]
        else:
            self.names[name.name] = outer

    def fresh(self, type_: Type) -> Name:
        """Return a name that no model uses, because it is not a Python identifier."""
        self._fresh += 1
        return Name(f"{self._fresh}", type_)

    # Failure

    def fail_if(self, condition: Bool) -> None:
        """Fail if a condition is true: the model has no meaning there, or a number does not fit a word."""
        if known(condition) == 0:
            return
        on = self.b.label()
        self.b.branch(condition, self.failure, on)
        self.b.place(on)

    def fail_unless(self, condition: Bool) -> None:
        """Fail if a condition is false."""
        if known(condition) == 1:
            return
        self.b.unless(condition, self.failure)


def located(error: Unsupported, location: Location | None) -> Unsupported:
    """Return an error with the place of what it is about, unless it has a more exact one."""
    return Unsupported(error.message, location=error.location or location, help=error.help)
