"""Compiling assignments: to places of the state, and to local names."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TypeGuard

from assay.checker.language.frontend import remedies
from assay.checker.language.frontend.expressions import ARITHMETIC
from assay.checker.language.frontend.helpers import is_alias
from assay.checker.language.frontend.scope import GivenAway, SelfBinding, Snapshot, Value
from assay.checker.language.frontend.shapes import described, is_call_of, is_sequence, is_set
from assay.checker.language.frontend.typing import fits, learned
from assay.checker.language.frontend.updates import Updates
from assay.checker.language.ir.nodes import (
    Arithmetic,
    Assign,
    AssignCollection,
    AssignLocal,
    AssignMap,
    Block,
    Cast,
    Collection,
    Expr,
    For,
    If,
    IntRange,
    Literal,
    Name,
    Place,
    Read,
    SeqStore,
    Slice,
    Statement,
    Stored,
    Universe,
    walk,
)
from assay.checker.language.types import (
    INT,
    BagType,
    IntType,
    MapType,
    OptionalType,
    SeqType,
    SetType,
    Type,
    is_container,
)
from assay.checker.language.values import everywhere
from assay.checker.language.wording import article, numbered

__all__ = ["Assignments"]

_SET_OPERATORS: dict[type[ast.operator], str] = {ast.BitOr: "add", ast.Sub: "discard", ast.BitAnd: "keep"}
_Target = Place | tuple[Place, Expr]
"""What is assigned to: a place, or a sequence's place and an index."""


class Assignments(Updates):
    """Assignments of every form."""

    def assign(self, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
        """Compile ``target = value``."""
        match target:
            case ast.Name(id=name):
                return self._assign_name(name, value, node)
            case ast.Tuple(elts=targets):
                return self._assign_tuple(targets, value, node)
            case ast.Attribute() | ast.Subscript() if is_pop(value):
                # Python takes the item before it looks where to put it.
                popped = self.pop(value, "popped")
                item = self.names.pop("popped")
                assert isinstance(item, Name)
                return [popped, self._store(self._target(target), item, node)]
            case ast.Attribute() | ast.Subscript():
                return self._assign_place(target, value, node)
            case _:
                self.fail(target, "this cannot be assigned to", _ASSIGNABLE)

    # Local names

    def _assign_name(self, name: str, value: ast.expr, node: ast.stmt) -> list[Statement]:
        self._demand_assignable(name, node)
        if is_pop(value):
            return [self.pop(value, name)]
        compiled = self.value(value)
        if isinstance(compiled, Collection):
            if is_alias(value, compiled):
                self.fail(
                    value, "this name would be the container in the state itself, not a copy", "copy it: set(...)"
                )
            self.names[name] = self.snapshot(compiled)
            return []
        if isinstance(compiled, Place):
            self.fail(value, "a map has no name of its own", "index it where it is used")
        return [self._local(name, compiled, node)]

    def _demand_assignable(self, name: str, node: ast.AST) -> None:
        if isinstance(self.names.get(name), SelfBinding):
            self.fail(node, f"{name} is the state", "assign to its variables")
        if name in self.parameters:
            self.fail(
                node, f"{name} is a parameter or the variable of a loop, which is not assigned to", "use another name"
            )

    def _local(self, name: str, value: Expr, node: ast.AST) -> AssignLocal:
        old = self.names.get(name)
        if isinstance(old, Name) and _keeps(old.type, value.type):
            variable, value = old, self.fit(value, old.type, node, "the value")
            self.wrote_local(old)
        elif isinstance(old, Name | Snapshot):
            was = str(old.type) if isinstance(old, Name) else described(old.collection)
            self.fail(node, f"{name} is {article(was)} so far, this makes it {article(value.type)}", "use another name")
        else:
            variable = self.fresh(name, self._type_of_local(name, value.type), node)
        self.names[name] = variable
        return AssignLocal(variable, value, location=self.at(node))

    def _type_of_local(self, name: str, first: Type) -> Type:
        """Return the type of a local name by its first value: any number, if it is a number and changes later."""
        if not isinstance(first, IntType):
            return first
        return INT if self.code.times_stored[name] > 1 else first

    def _assign_tuple(self, targets: list[ast.expr], value: ast.expr, node: ast.stmt) -> list[Statement]:
        for target in targets:
            if isinstance(target, ast.Starred):
                self.fail(target, "* is not part of the language", "name each item")
            if isinstance(target, ast.Name):
                self._demand_assignable(target.id, target)
        if not isinstance(value, ast.Tuple):
            return self._unpack(targets, self.expr(value), node)
        if len(value.elts) != len(targets):
            found = numbered(len(value.elts), "value")
            self.fail(node, f"{found} for {numbered(len(targets), 'target')}", "name each value")
        statements: list[Statement] = []
        temporaries = []
        for element in value.elts:
            compiled = self.expr(element)
            temporaries.append(self.fresh("value", compiled.type, element))
            statements.append(AssignLocal(temporaries[-1], compiled, location=self.at(element)))
        for target, temporary in zip(targets, temporaries, strict=True):
            if isinstance(target, ast.Name):
                statements.append(self._local(target.id, temporary, node))
            else:
                statements.append(self._store(self._target(target), temporary, node))
        return statements

    def _unpack(self, targets: list[ast.expr], value: Expr, node: ast.stmt) -> list[Statement]:
        """Give the names of a tuple target the items of a value that is read once, now."""
        variable = self.fresh("value", value.type, node)
        statements: list[Statement] = [AssignLocal(variable, value, location=self.at(node))]
        pattern = ast.copy_location(ast.Tuple(elts=targets, ctx=ast.Store()), node)
        for name, item in self.unpacked(pattern, variable).items():
            assert isinstance(item, Expr)
            statements.append(self._local(name, item, node))
        return statements

    # Places

    def _target(self, node: ast.expr) -> _Target:
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                binding = self.names.get(name)
                if isinstance(binding, SelfBinding):
                    return self._own_variable(binding, attribute, node)
            case ast.Attribute(value=owner):
                value = self.value(owner)
                if isinstance(value, Expr):
                    self.fail(node, f"{article(value.type)} does not change", "make a new one, and assign that")
            case ast.Subscript(value=owner, slice=index):
                return self._entry(node, self.value(owner), owner, index)
        self.fail(node, "this cannot be assigned to", _ASSIGNABLE)

    def _entry(self, node: ast.Subscript, value: Value, owner: ast.expr, index: ast.expr) -> _Target:
        if isinstance(value, Place) and isinstance(value.type, MapType):
            key = self.fit(self.expr(index, value.type.key), value.type.key, index, "the key")
            keys, type_ = (*value.keys, key), value.type.value
            return self.writable(Place(value.root, value.variable, keys, type_, location=self.at(node)), node)
        if isinstance(value, Stored):
            place = self.writable(self.stored(owner, SeqType, "sequence"), node)
            return place, self.fit(self.expr(index), INT, index, "the index")
        self.fail(node, f"{article(described(value))} has no entries to assign to", _ASSIGNABLE)

    def _own_variable(self, owner: SelfBinding, name: str, node: ast.expr) -> Place:
        for variable in self.specification.variables:
            if variable.name == name:
                return self.writable(Place(owner.root, name, (), variable.type, location=self.at(node)), node)
        if any(constant.name == name for constant in self.specification.constants):
            self.fail(
                node,
                f"{name} is a parameter of the instance; it does not change",
                "make it a variable: leave out Parameter",
            )
        self.no_variable(name, node)

    def _assign_place(self, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
        place = self._target(target)
        if isinstance(place, tuple):
            assert isinstance(place[0].type, SeqType)
            return [self._store(place, self.expr(value, place[0].type.element), node)]
        if isinstance(place.type, MapType) and not place.keys and self._is_everywhere(value):
            return self._assign_everywhere(place, value, node)
        return [self._assign_container(place, value, node)]

    def _assign_container(self, place: Place, value: ast.expr, node: ast.stmt) -> Statement:
        match place.type:
            case MapType():
                return self._assign_map(place, place.type, value, node)
            case SeqType(element, _) if isinstance(value, ast.IfExp):
                return self._choose_sequence(place, element, value, node)
            case SetType(element) | SeqType(element, _):
                return self._assign_collection(place, element, value, node)
            case BagType():
                self.fail(value, "a bag is not assigned as a whole", "use add, remove and clear")
            case _:
                return self._store(place, self.expr(value, place.type), node)

    def _store(self, target: _Target, value: Expr, node: ast.AST) -> Statement:
        if isinstance(target, tuple):
            place, index = target
            assert isinstance(place.type, SeqType)
            value = self.fit(value, place.type.element, node, f"an item of {place.variable}")
            self.wrote(place.variable)
            return SeqStore(place, index, value, location=self.at(node))
        value = self.fit(value, target.type, node, target.variable)
        self.wrote(target.variable)
        if isinstance(target.type, OptionalType) and isinstance(value, Cast) and not target.keys:
            self.facts[Read(target)] = target.type.inner
        return Assign(target, value, location=self.at(node))

    def _assign_map(self, place: Place, type_: MapType, node: ast.expr, statement: ast.stmt) -> Statement:
        if self._is_everywhere(node):
            self.fail(node, "everywhere is the value of a whole variable", _every_key(place.type))
        match node:
            case ast.DictComp(key=ast.Name(id=key), value=value, generators=[ast.comprehension(ifs=[]) as clause]) if (
                isinstance(clause.target, ast.Name) and clause.target.id == key
            ):
                variable, domain, bindings = self.binder(clause.target, clause.iter)
            case _:
                self.fail(node, "a map is assigned by a comprehension over all its keys", _every_key(place.type))
        if not self._is_all_of(domain, type_.key):
            self.fail(
                clause.iter,
                f"this is not all of {type_.key}, and a map has a value at every key",
                f"for {key} in {type_.key}",
            )
        if isinstance(domain, IntRange):
            variable = self.fresh(key, type_.key, clause.target)
            bindings = {key: variable}
        with self.nested(**bindings), self.comprehension_scope():
            return self._entry_assigned(place, type_, variable, value, statement)

    def _is_all_of(self, domain: Collection, key: Type) -> bool:
        """Return whether a collection is all of a type, each value once."""
        if isinstance(domain, IntRange) and isinstance(key, IntType) and isinstance(key.high, int):
            bounds = Literal(key.low, INT), Literal(key.high + 1, INT)
            return (domain.start, domain.stop) == bounds
        return isinstance(domain, Universe) and domain.of == key

    def _entry_assigned(
        self, place: Place, type_: MapType, variable: Name, value: ast.expr, statement: ast.stmt
    ) -> Statement:
        """Compile what a comprehension says of the entry of each key, and the assignment of them all."""
        if not is_container(type_.value):
            item = self.fit(self.expr(value, type_.value), type_.value, value, "the value")
            self.wrote(place.variable)
            return AssignMap(place, variable, item, location=self.at(statement))
        if isinstance(value, ast.Name):
            self.fail(value, "every key would share one container", "copy it for each: set(...)")
        entry = Place(place.root, place.variable, (*place.keys, variable), type_.value, location=self.at(value))
        inner = self._assign_container(entry, value, statement)
        self._demand_unread(inner, place.variable, value)
        return For(variable, Universe(type_.key), Block((inner,)), location=self.at(statement))

    def _demand_unread(self, statement: Statement, variable: str, node: ast.expr) -> None:
        """Refuse entries that are computed from the map that they replace: Python reads it all before it changes."""
        places = [part for part in walk(statement) if isinstance(part, Place) and part.variable == variable]
        if len(places) > 1:
            self.fail(
                node,
                f"the entries of {variable} are computed from {variable} itself, which changes meanwhile",
                "assign the entries in loops, or keep what they need in another variable",
            )

    def _assign_everywhere(self, place: Place, node: ast.expr, statement: ast.stmt) -> list[Statement]:
        """Compile ``self.m = everywhere(value)``, also nested: the value is computed once, before the map changes."""
        type_: Type = place.type
        while isinstance(type_, MapType) and self._is_everywhere(node):
            type_, node = type_.value, self.only(node)
        if is_container(type_):
            self.fail(node, f"everywhere takes a single value here, not {article(type_)}", _every_key(place.type))
        value = self.fit(self.expr(node, type_), type_, node, "the value")
        variable = self.fresh("value", type_, node)
        self.wrote(place.variable)
        return [AssignLocal(variable, value, location=self.at(node)), self._filled(place, variable, statement)]

    def _is_everywhere(self, node: ast.expr) -> TypeGuard[ast.Call]:
        return isinstance(node, ast.Call) and self.resolve(node.func)[1] is everywhere

    def _filled(self, place: Place, value: Name, statement: ast.stmt) -> Statement:
        """Return the assignment of one value to all entries of a map, whose entries may be maps."""
        assert isinstance(place.type, MapType)
        variable, type_ = self.fresh("key", place.type.key, statement), place.type.value
        if not isinstance(type_, MapType):
            return AssignMap(place, variable, value, location=self.at(statement))
        entry = Place(place.root, place.variable, (*place.keys, variable), type_, location=place.location)
        body = Block((self._filled(entry, value, statement),))
        return For(variable, Universe(place.type.key), body, location=self.at(statement))

    def _choose_sequence(self, place: Place, element: Type, node: ast.IfExp, statement: ast.stmt) -> If:
        """Compile ``self.queue = a if test else b`` as a branch."""
        test = self.condition(node.test)
        with self.knowing(learned(test, True)):
            then = self._assign_collection(place, element, node.body, statement)
        with self.knowing(learned(test, False)):
            otherwise = self._assign_collection(place, element, node.orelse, statement)
        return If(test, Block((then,)), Block((otherwise,)), location=self.at(statement))

    def _assign_collection(self, place: Place, element: Type, node: ast.expr, statement: ast.stmt) -> AssignCollection:
        value = self.value(node, element)
        wanted = is_sequence if isinstance(place.type, SeqType) else is_set
        if not isinstance(value, Collection) or not wanted(value):
            what = "a set" if isinstance(place.type, SetType) else "a list written out, a slice or a copy"
            self.fail(
                node, f"expected {what}, found {article(described(value))}", _CONTAINER_REMEDIES[type(place.type)]
            )
        if is_alias(node, value) and not _is_local(node, self.names):
            self.fail(node, "this would make two variables share one container", "copy it: set(...) or list(...)")
        if is_call_of(node, "frozenset") or isinstance(self.resolve(node)[1], frozenset):
            self.fail(node, "a frozenset cannot be changed later", "copy it: set(...)")
        if isinstance(node, ast.Name):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            self.names[node.id] = GivenAway(ast.unparse(target) if target else f"self.{place.variable}")
        value = self._as_elements(value, element, node)
        self.wrote(place.variable)
        return AssignCollection(place, value, location=self.at(statement))

    def _as_elements(self, value: Collection, element: Type, node: ast.expr) -> Collection:
        """Return a collection with the elements that are wanted; a sequence keeps its order and repeats."""
        if isinstance(value, Stored | Slice) and is_sequence(value) and value.element != element:
            self.fail(node, f"the elements are {value.element}, expected {element}", "append them one by one")
        return self.widened(value, element, node)

    # Updates in place

    def augmented(self, node: ast.AugAssign) -> Statement:
        """Compile ``target += value`` and its like."""
        if isinstance(node.target, ast.Name):
            return self._augmented_local(node, node.target)
        target = self._target(node.target)
        if isinstance(target, tuple):
            self.fail(node, "an item of a sequence is not changed in place", "assign it: self.q[i] = self.q[i] + 1")
        if isinstance(target.type, SetType):
            operator = _SET_OPERATORS.get(type(node.op))
            if operator is None:
                self.fail(node, "this operator does not change a set", "possible are |=, -= and &=")
            return self.set_update(operator, target, self.as_set(node.value, target.type.element), node)
        if isinstance(target.type, SeqType | BagType | MapType):
            self.fail(
                node, f"{article(target.type)} is not changed by an operator", "use its methods, or assign its entries"
            )
        return self._store(target, self._computed(node, Read(target, location=target.location)), node)

    def _computed(self, node: ast.AugAssign, current: Expr) -> Expr:
        operator = ARITHMETIC.get(type(node.op))
        if operator is None:
            self.fail(
                node,
                f"{remedies.operator(node.op)}= is not part of the language",
                f"possible are {', '.join(f'{sign}=' for sign in ARITHMETIC.values())}",
            )
        left = self.fit(current, INT, node.target, "what is changed")
        right = self.fit(self.expr(node.value), INT, node.value, "the operand")
        return Arithmetic(operator, left, right, location=self.at(node))

    def _augmented_local(self, node: ast.AugAssign, target: ast.Name) -> Statement:
        self._demand_assignable(target.id, node)
        if target.id not in self.names:
            self.no_name(target.id, target)
        current = self.look_up(target)
        if not isinstance(current, Expr):
            self.fail(node, "a local set or sequence is not changed in place", "compute it at once: {...} | {...}")
        return self._local(target.id, self._computed(node, current), node)


def is_pop(node: ast.expr) -> TypeGuard[ast.Call]:
    """Return whether an expression takes an item out of a sequence."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop"


def _is_local(node: ast.expr, names: Mapping[str, object]) -> bool:
    """Return whether an expression is the name of a local copy."""
    binding = names.get(node.id) if isinstance(node, ast.Name) else None
    return isinstance(binding, Snapshot) and not binding.alias


def _every_key(type_: Type) -> str:
    """Return how a whole map is written."""
    if not isinstance(type_, MapType):
        return "..."
    names = "kmn"
    depth, text = 0, "..."
    keys = []
    while isinstance(type_, MapType):
        keys.append(type_.key)
        type_ = type_.value
    for depth, key in reversed(list(enumerate(keys))):
        name = names[depth] if depth < len(names) else f"k{depth}"
        text = f"{{{name}: {text} for {name} in {key}}}"
    return text


_ASSIGNABLE = "possible are self.x, self.x[k] and local names"
_CONTAINER_REMEDIES: dict[type[Type], str] = {
    SetType: "what can be run over becomes a set by set(...)",
    SeqType: "a set has no order; append items, or write [a, b] or self.queue[1:]",
}


def _keeps(old: Type, new: Type) -> bool:
    """Return whether a local name of one type may be given a value of another."""
    if isinstance(old, IntType):
        return old == new or (old == INT and isinstance(new, IntType))
    return fits(new, old)
