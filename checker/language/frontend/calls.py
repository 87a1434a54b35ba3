"""Compiling calls: built-in functions, methods of collections, records, and helper functions in place."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Iterable
from typing import Any

from assay.checker.language import model as decorators
from assay.checker.language import sorts, values
from assay.checker.language.annotations import hints_of, type_of
from assay.checker.language.frontend.collections import Collections
from assay.checker.language.frontend.scope import Binding, Code, SelfBinding, Value
from assay.checker.language.frontend.typing import common_type, learned
from assay.checker.language.ir.nodes import (
    And,
    BagCount,
    BagTotal,
    Cardinality,
    Collection,
    Compare,
    Comparison,
    Conditional,
    Expr,
    Extreme,
    Generator,
    Implies,
    IsKind,
    LeastOf,
    Let,
    Literal,
    Make,
    Name,
    Narrow,
    Not,
    Or,
    Place,
    Quantifier,
    Root,
    SeqLength,
    SetRelation,
    SizeOf,
    Stored,
    Sum,
    Universe,
)
from assay.checker.language.types import (
    BOOL,
    INT,
    BagType,
    BoolType,
    IntType,
    NoneOnly,
    OptionalType,
    RecordType,
    SeqType,
    SortType,
    Type,
    UnionType,
)

__all__ = ["Calls"]

_LIBRARY_ONLY = (decorators.require, values.everywhere, values.anything)


class Calls(Collections):
    """Calls in expressions; calls as statements are in `statements`."""

    def comprehension(self, node: ast.SetComp | ast.GeneratorExp, expected: Type | None) -> Collection:
        """Compile ``{item for ... in ... if ...}``."""
        raise NotImplementedError

    def call(self, node: ast.Call, expected: Type | None) -> Value:
        """Compile a call whose value is used."""
        if isinstance(node.func, ast.Attribute):
            bound = self._method_call(node, node.func, expected)
            if bound is not None:
                return bound
        found, target = self.resolve(node.func)
        if not found:
            self.fail(node, f"{ast.unparse(node.func)} is not defined")
        return self._called(node, target, expected)

    def resolve(self, node: ast.expr) -> tuple[bool, Any]:
        """Return whether a dotted name denotes something outside the method, and what."""
        match node:
            case ast.Name(id=name) if name not in self.names:
                return self.code.lookup(name)
            case ast.Attribute(value=owner, attr=attr):
                found, thing = self.resolve(owner)
                if found and isinstance(thing, type | types.ModuleType) and hasattr(thing, attr):
                    return True, getattr(thing, attr)
        return False, None

    def _called(self, node: ast.Call, target: Any, expected: Type | None) -> Value:
        built_in = self._builtins().get(target) if _hashable(target) else None
        if built_in is not None:
            return built_in(node, expected)
        if isinstance(target, type):
            return self._constructed(node, target)
        if target in _LIBRARY_ONLY:
            self.fail(node, f"{target.__name__} has no place inside an expression")
        if isinstance(target, types.FunctionType):
            return self.inlined(node, target, None, expected)
        name = ast.unparse(node.func)
        self.fail(
            node,
            f"{name}() is not part of the language",
            f"possible are {', '.join(sorted(_BUILTIN_NAMES))} and your own functions",
        )

    def _builtins(self) -> dict[Any, Callable[[ast.Call, Type | None], Value]]:
        return {
            all: self._quantified,
            any: self._quantified,
            len: self._length,
            sum: self._sum,
            min: self._extreme,
            max: self._extreme,
            set: self._copied,
            frozenset: self._copied,
            list: self._copied,
            range: lambda node, _: self.int_range(node),
            bool: lambda node, _: self.condition(self._only(node)),
            isinstance: self._is_instance,
            values.implies: self._implication,
            sorts.first: self._least,
        }

    def _only(self, node: ast.Call) -> ast.expr:
        if len(node.args) != 1 or node.keywords:
            self.fail(node, f"{ast.unparse(node.func)} takes one argument here")
        return node.args[0]

    # Quantifiers and folds

    def _quantified(self, node: ast.Call, _: Type | None) -> Expr:
        universal = isinstance(node.func, ast.Name) and self.resolve(node.func)[1] is all
        argument = self._only(node)
        if not isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            self.fail(argument, f"{ast.unparse(node.func)} takes a comprehension", "any(... for x in ...)")
        with self.generators(argument.generators) as generators:
            body = self.condition(argument.elt)
        return quantify(universal, generators, body)

    def _sum(self, node: ast.Call, _: Type | None) -> Expr:
        argument = self._only(node)
        if not isinstance(argument, ast.GeneratorExp | ast.ListComp):
            self.fail(argument, "sum takes a comprehension", "sum(... for x in ...)")
        with self.generators(argument.generators) as generators:
            element = self.expr(argument.elt)
        if isinstance(element.type, BoolType):
            element = Conditional(element, Literal(1, INT), Literal(0, INT), location=element.location)
        element = self.fit(element, INT, argument.elt, "what is summed")
        return Sum(element, generators, location=self.at(node))

    def _extreme(self, node: ast.Call, expected: Type | None) -> Expr:
        largest = self.resolve(node.func)[1] is max
        default = self._default(node, expected)
        if len(node.args) > 1:
            return self._extreme_of(node, largest)
        if len(node.args) != 1:
            self.fail(node, "min and max take a comprehension, a collection, or several values")
        element, generators = self._folded(node.args[0])
        self._demand_order(element.type, node)
        if default is not None:
            common = common_type(element.type, default.type)
            if common is None:
                self.fail(node, f"the default is a {default.type}, the elements are {element.type}")
            element, default = (
                self.fit(element, common, node, "the element"),
                self.fit(default, common, node, "the default"),
            )
        return Extreme(largest, element, generators, default, location=self.at(node))

    def _default(self, node: ast.Call, expected: Type | None) -> Expr | None:
        default = None
        for keyword in node.keywords:
            if keyword.arg != "default":
                self.fail(keyword.value, f"{keyword.arg}= is not part of the language", "only default= is")
            default = self.expr(keyword.value, expected)
        return default

    def _folded(self, argument: ast.expr) -> tuple[Expr, tuple[Generator, ...]]:
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            with self.generators(argument.generators) as generators:
                return self.expr(argument.elt), generators
        collection = self.collection(argument)
        variable = self.fresh("item", collection.element, argument)
        return variable, (Generator(variable, collection),)

    def _extreme_of(self, node: ast.Call, largest: bool) -> Expr:
        result = self.expr(node.args[0])
        for argument in node.args[1:]:
            other = self.expr(argument)
            common = common_type(result.type, other.type)
            if common is None:
                self.fail(argument, f"a {other.type} cannot be compared with a {result.type}")
            self._demand_order(common, argument)
            first, second = (
                self.fit(result, common, node, "a value"),
                self.fit(other, common, argument, "a value"),
            )
            ordered = Compare(Comparison.LT, first, second) if largest else Compare(Comparison.LT, second, first)
            result = Conditional(ordered, second, first, location=self.at(node))
        return result

    def _demand_order(self, type_: Type, node: ast.AST) -> None:
        if not (isinstance(type_, IntType) or (isinstance(type_, SortType) and type_.ordered)):
            self.fail(node, f"a {type_} has no order", "numbers and the elements of an Order have one")

    # Measures

    def _length(self, node: ast.Call, _: Type | None) -> Expr:
        argument = self._only(node)
        if isinstance(argument, ast.ListComp):
            with self.generators(argument.generators) as generators:
                self.expr(argument.elt)
            return Sum(Literal(1, INT), generators, location=self.at(node))
        collection = self.collection(argument)
        match collection:
            case Universe():
                return SizeOf(collection, location=self.at(node))
            case Stored(place) if isinstance(place.type, SeqType):
                return SeqLength(place, location=self.at(node))
            case Stored(place) if isinstance(place.type, BagType):
                return BagTotal(place, location=self.at(node))
            case _:
                return Cardinality(collection, location=self.at(node))

    def _copied(self, node: ast.Call, expected: Type | None) -> Collection:
        if not node.args and not node.keywords:
            return self.empty(node, expected)
        argument = self._only(node)
        if isinstance(argument, ast.GeneratorExp):
            if self.resolve(node.func)[1] is list:
                self.fail(argument, "a list has no place here", "write a set: {...}")
            return self.comprehension(argument, expected)
        return self.collection(argument, expected)

    def _least(self, node: ast.Call, _: Type | None) -> Expr:
        universe = self.collection(self._only(node))
        if isinstance(universe, Universe) and isinstance(universe.of, SortType) and universe.of.ordered:
            return LeastOf(universe.of, location=self.at(node))
        self.fail(node, "first takes an Order")

    def _implication(self, node: ast.Call, _: Type | None) -> Expr:
        if len(node.args) != 2 or node.keywords:
            self.fail(node, "implies takes a condition and a conclusion")
        return Implies(self.condition(node.args[0]), self.condition(node.args[1]), location=self.at(node))

    def _is_instance(self, node: ast.Call, _: Type | None) -> Expr:
        if len(node.args) != 2:
            self.fail(node, "isinstance takes a value and a record class")
        value, kinds = self.expr(node.args[0]), self._kinds(node.args[1])
        return self.kind_test(value, kinds, node)

    def _kinds(self, node: ast.expr) -> list[Type]:
        if isinstance(node, ast.Tuple):
            return [kind for element in node.elts for kind in self._kinds(element)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._kinds(node.left) + self._kinds(node.right)
        found, cls = self.resolve(node)
        if not found or not isinstance(cls, type):
            self.fail(node, f"{ast.unparse(node)} is no class")
        return [type_of(cls, self.at(node))]

    def kind_test(self, value: Expr, kinds: list[Type], node: ast.AST) -> Expr:
        """Return the test whether a value is of one of these records."""
        if isinstance(value, Narrow) and value.safe:
            value = value.operand
        wide = value.type.inner if isinstance(value.type, OptionalType) else value.type
        alternatives = wide.alternatives if isinstance(wide, UnionType) else (wide,)
        for kind in kinds:
            if kind not in alternatives:
                self.fail(
                    node,
                    f"a {value.type} is never a {kind}",
                    f"it is one of {', '.join(map(str, alternatives))}",
                )
        if not isinstance(value.type, OptionalType | UnionType):
            return Literal(True, BOOL, location=self.at(node))
        return IsKind(value, tuple(kinds), location=self.at(node))

    # Records

    def _constructed(self, node: ast.Call, cls: type[Any]) -> Expr:
        type_ = type_of(cls, self.at(node))
        if not isinstance(type_, RecordType):
            self.fail(
                node,
                f"{cls.__name__} cannot be made",
                "only records can; a sort's elements come from the instance",
            )
        arguments = self._arranged(node, [name for name, _ in type_.fields], cls.__name__)
        fitted = []
        for (name, wanted), argument in zip(type_.fields, arguments, strict=True):
            fitted.append(self.fit(self.expr(argument, wanted), wanted, argument, f"{cls.__name__}.{name}"))
        return Make(type_, tuple(fitted), location=self.at(node))

    def _arranged(self, node: ast.Call, names: list[str], callee: str) -> list[ast.expr]:
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
            k.arg is None for k in node.keywords
        ):
            self.fail(node, "* and ** are not part of the language")
        given: dict[str, ast.expr] = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg in given or keyword.arg not in names:
                self.fail(keyword.value, f"{callee} has no free parameter {keyword.arg!r}")
            given[str(keyword.arg)] = keyword.value
        if len(node.args) > len(names) or len(given) != len(names):
            self.fail(
                node,
                f"{callee} takes {len(names)} arguments ({', '.join(names) or 'none'}), found {len(node.args) + len(node.keywords)}",
            )
        return [given[name] for name in names]

    # Methods

    def _method_call(self, node: ast.Call, function: ast.Attribute, expected: Type | None) -> Value | None:
        if is_super(function.value):
            return self.inlined(node, self.inherited_method(function), SelfBinding(Root.STATE), expected)
        if isinstance(function.value, ast.Name):
            owner = self.names.get(function.value.id)
            if isinstance(owner, SelfBinding):
                return self.inlined(node, self.own_method(function), owner, expected)
        if self.resolve(function)[0]:
            return None
        return self._collection_method(node, function)

    def own_method(self, function: ast.Attribute) -> types.FunctionType:
        """Return the method of the model that ``self.name`` denotes."""
        method = inspect.getattr_static(self.specification.cls, function.attr, None)
        if isinstance(method, staticmethod):
            method = method.__func__
        if not isinstance(method, types.FunctionType):
            self.fail(function, f"{self.specification.name} has no method {function.attr!r}")
        return method

    def inherited_method(self, function: ast.Attribute) -> types.FunctionType:
        """Return the method that ``super().name`` denotes in the method being compiled."""
        mro = self.specification.cls.__mro__
        owners = [index for index, cls in enumerate(mro) if self.code.function in vars(cls).values()]
        for cls in mro[owners[0] + 1 :] if owners else ():
            method = vars(cls).get(function.attr)
            if isinstance(method, types.FunctionType):
                return method
        self.fail(function, f"no base of this class has a method {function.attr!r}")

    def _collection_method(self, node: ast.Call, function: ast.Attribute) -> Value:
        name, owner = function.attr, self.value(function.value)
        if isinstance(owner, Stored) and isinstance(owner.place.type, BagType) and name == "count":
            element = self.fit(self.expr(self._only(node), owner.element), owner.element, node, "what is counted")
            return BagCount(owner.place, element, location=self.at(node))
        if isinstance(owner, Collection) and name in _SET_METHODS:
            other = self.collection(self._only(node), owner.element)
            return self._set_method(name, owner, other, node)
        if name in _MUTATORS:
            self.fail(node, f".{name}() changes the state; its value cannot be used", "write it as a statement")
        what = owner.type if isinstance(owner, Expr | Place) else "collection"
        self.fail(
            node,
            f"a {what} has no method {name!r} in the language",
            f"sets have {', '.join(sorted(_SET_METHODS))}",
        )

    def _set_method(self, name: str, left: Collection, right: Collection, node: ast.expr) -> Value:
        if name in _SET_OPERATORS:
            return self.combined(_SET_OPERATORS[name], left, right, node)
        left, right = self.alike(left, right, node)
        if name == "isdisjoint":
            variable = self.fresh("item", left.element, node)
            from assay.checker.language.ir.nodes import Member

            return Not(Quantifier(False, variable, left, Member(variable, right)), location=self.at(node))
        if name == "issuperset":
            left, right = right, left
        return SetRelation(Comparison.LE, left, right, location=self.at(node))

    # Helper functions, compiled in place of their call

    def inlined(
        self, node: ast.Call, function: types.FunctionType, owner: SelfBinding | None, expected: Type | None
    ) -> Value:
        """Compile a call of a pure helper: its body in place of the call."""
        code = Code.of(function)
        names, lets = self.bound_arguments(node, code, owner)
        with self.inside(code, names, node):
            value = self.body(code.node.body, code.node, expected)
        if isinstance(value, Expr):
            for name, argument in reversed(lets):
                value = Let(name, argument, value, location=self.at(node))
        return value

    def bound_arguments(
        self, node: ast.Call, code: Code, owner: SelfBinding | None
    ) -> tuple[dict[str, Binding], list[tuple[Name, Expr]]]:
        """Return what the parameters of a helper stand for, and the names to give values to before."""
        names = [argument.arg for argument in (*code.node.args.posonlyargs, *code.node.args.args)]
        if code.node.args.vararg or code.node.args.kwarg or code.node.args.kwonlyargs or code.node.args.defaults:
            self.fail(node, f"{code.node.name} has parameters that are not plain", "no defaults, no * and **")
        bindings: dict[str, Binding] = {}
        is_static = isinstance(inspect.getattr_static(self.specification.cls, code.node.name, None), staticmethod)
        if owner is not None and not is_static:
            bindings[names.pop(0)] = owner
        lets: list[tuple[Name, Expr]] = []
        hints = hints_of(code.function, self.at(node))
        for name, argument in zip(names, self._arranged(node, names, code.node.name), strict=True):
            bindings[name] = self._bound_argument(name, argument, hints.get(name), lets)
        return bindings, lets

    def _bound_argument(self, name: str, node: ast.expr, hint: Any, lets: list[tuple[Name, Expr]]) -> Binding:
        if isinstance(node, ast.Name) and isinstance(self.names.get(node.id), SelfBinding):
            return self.names[node.id]
        wanted = _scalar_hint(hint)
        value = self.value(node, wanted)
        if isinstance(value, Collection):
            return self.snapshot(value)
        if isinstance(value, Place):
            self.fail(node, "a map cannot be passed to a helper", "let the helper read it from self")
        if wanted is not None:
            value = self.fit(value, wanted, node, f"the argument {name}")
        if isinstance(value, Name | Literal):
            return value
        variable = self.fresh(name, value.type, node)
        lets.append((variable, value))
        return variable

    def body(self, statements: Iterable[ast.stmt], function: ast.AST, expected: Type | None) -> Value:
        """Compile the body of a pure helper: names, branches and returns, as one expression."""
        remaining = list(statements)
        while remaining:
            statement = remaining.pop(0)
            match statement:
                case ast.Expr(value=ast.Constant()) | ast.Pass():
                    continue
                case ast.Return(value=ast.expr() as value):
                    return self.value(value, expected)
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    return self._with_name(name, value, remaining, function, expected)
                case ast.If(test=test, body=then, orelse=otherwise):
                    return self._branched(
                        statement, test, [*then, *remaining], [*otherwise, *remaining], function, expected
                    )
                case _:
                    self.fail(
                        statement,
                        "a helper whose value is used must be a plain expression",
                        "possible are local names, if/else and return; use any, all or a comprehension for loops",
                    )
        self.fail(function, "this helper does not return a value on every path")

    def _with_name(
        self, name: str, node: ast.expr, remaining: list[ast.stmt], function: ast.AST, expected: Type | None
    ) -> Value:
        value = self.value(node)
        if isinstance(value, Place):
            self.fail(node, "a map has no name of its own", "index it where it is used")
        if isinstance(value, Collection):
            self.names[name] = self.snapshot(value)
            return self.body(remaining, function, expected)
        variable = self.names[name] = self.fresh(name, value.type, node)
        result = self.body(remaining, function, expected)
        if not isinstance(result, Expr):
            self.fail(
                node,
                "a helper that returns a set cannot name scalars on the way",
                "write them where they are used",
            )
        return Let(variable, value, result, location=self.at(node))

    def _branched(
        self,
        node: ast.stmt,
        test: ast.expr,
        then: list[ast.stmt],
        otherwise: list[ast.stmt],
        function: ast.AST,
        expected: Type | None,
    ) -> Value:
        condition = self.condition(test)
        with self.nested(), self.knowing(learned(condition, True)):
            first = self.body(then, function, expected)
        with self.nested(), self.knowing(learned(condition, False)):
            second = self.body(otherwise, function, expected)
        if not isinstance(first, Expr) or not isinstance(second, Expr):
            self.fail(node, "a helper that returns a set cannot branch", "return a if test else b")
        return self.conditional(condition, first, second, node)

    def conditional(self, test: Expr, then: Expr, otherwise: Expr, node: ast.AST) -> Expr:
        """Return ``then if test else otherwise``, both as their common type."""
        common = common_type(then.type, otherwise.type)
        if common is None:
            self.fail(node, f"one branch is a {then.type}, the other a {otherwise.type}")
        return Conditional(
            test,
            self.fit(then, common, node, "the branch"),
            self.fit(otherwise, common, node, "the branch"),
            location=self.at(node),
        )


def is_super(node: ast.expr) -> bool:
    """Return whether an expression is ``super()``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args


def quantify(universal: bool, generators: tuple[Generator, ...], body: Expr) -> Expr:
    """Return the quantification of ``body`` over generators, the first one outermost."""
    for generator in reversed(generators):
        if generator.condition is not None:
            guarded = (Not(generator.condition), body) if universal else (generator.condition, body)
            body = Or(guarded, location=body.location) if universal else And(guarded, location=body.location)
        body = Quantifier(universal, generator.variable, generator.domain, body, location=generator.location)
    return body


def _scalar_hint(hint: Any) -> Type | None:
    if hint is None or hint in (int, bool):
        return INT if hint is int else BOOL if hint is bool else None
    try:
        type_ = type_of(hint)
    except Exception:
        return None
    return None if isinstance(type_, NoneOnly) else _unless_container(type_)


def _unless_container(type_: Type) -> Type | None:
    from assay.checker.language.types import is_container

    return None if is_container(type_) else type_


def _hashable(thing: Any) -> bool:
    try:
        hash(thing)
    except TypeError:
        return False
    return True


_SET_OPERATORS = {"union": "|", "intersection": "&", "difference": "-"}
_SET_METHODS = {*_SET_OPERATORS, "issubset", "issuperset", "isdisjoint"}
_MUTATORS = {"add", "discard", "remove", "append", "pop", "clear", "update", "insert", "extend"}
_BUILTIN_NAMES = [
    "all",
    "any",
    "len",
    "sum",
    "min",
    "max",
    "set",
    "list",
    "range",
    "isinstance",
    "implies",
    "first",
]
