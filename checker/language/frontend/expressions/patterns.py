"""The patterns of ``match``: each becomes a test, and bindings of names."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from dataclasses import replace

from assay.checker.immutable import immutable
from assay.checker.language.frontend.context.bindings import Binding
from assay.checker.language.frontend.context.conversions import widened
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.expressions.records import kind_test, kinds_named, none_test
from assay.checker.language.ir.nodes import (
    TRUE,
    And,
    Cast,
    Compare,
    Comparison,
    Expr,
    Field,
    IsKind,
    Item,
    Literal,
    Narrow,
    Not,
    Or,
)
from assay.checker.language.types import (
    BoolType,
    EnumType,
    NoneOnly,
    OptionalType,
    RecordType,
    TupleType,
    Type,
    UnionType,
)
from assay.checker.wording import article, listed, nearest, numbered

__all__ = ["Covered", "compile_pattern", "separated"]


def separated(cases: Sequence[ast.match_case]) -> list[ast.match_case]:
    """Return cases with one for each alternative of those whose alternatives bind names, ``Ask(n) | Answer(n)``.

    Python does not go on to the next alternative where a guard is false, and neither does this: alternatives of
    different classes never match both.
    """
    return [one for case in cases for one in _alternatives(case)]


def _alternatives(case: ast.match_case) -> list[ast.match_case]:
    match case.pattern:
        case ast.MatchOr(patterns=patterns) if any(map(_binds, patterns)):
            classes = [ast.dump(part.cls) for part in patterns if isinstance(part, ast.MatchClass)]
            if case.guard is None or len(set(classes)) == len(patterns):
                return [ast.match_case(part, case.guard, case.body) for part in patterns]
    return [case]


def _binds(pattern: ast.pattern) -> bool:
    return any(isinstance(node, ast.MatchAs) and node.name is not None for node in ast.walk(pattern))


def compile_pattern(scope: Scope, pattern: ast.pattern, subject: Expr) -> tuple[Expr, dict[str, Binding]]:
    """Compile a pattern: the test whether the subject matches, and the bindings of its names."""
    match pattern:
        case ast.MatchAs(pattern=None, name=None):
            return TRUE, {}
        case ast.MatchAs(pattern=None, name=str(name)):
            return TRUE, {name: subject}
        case ast.MatchAs(pattern=ast.pattern() as inner, name=str(name)):
            test, bindings = compile_pattern(scope, inner, subject)
            return test, {**bindings, name: _narrowed(scope, inner, subject)}
        case ast.MatchValue(value=value):
            wanted = scope.fit(compile_scalar(scope, value, subject.type), subject.type, value, "the case")
            return Compare(Comparison.EQ, subject, wanted, location=scope.at(pattern)), {}
        case ast.MatchSingleton(value=None):
            return none_test(scope, subject, pattern), {}
        case ast.MatchSingleton(value=bool() as value):
            return _is_truth(scope, subject, value, pattern), {}
        case ast.MatchOr(patterns=patterns):
            return _compile_alternatives(scope, pattern, patterns, subject)
        case ast.MatchClass():
            return _compile_class_pattern(scope, pattern, subject)
        case ast.MatchSequence(patterns=patterns):
            return _compile_tuple_pattern(scope, pattern, patterns, subject)
        case _:
            scope.fail(
                pattern,
                "this pattern is not part of the language",
                "possible are records, tuples, values, names, | and _",
            )


def _is_truth(scope: Scope, subject: Expr, value: bool, pattern: ast.pattern) -> Expr:
    inner = subject.type.inner if isinstance(subject.type, OptionalType) else subject.type
    if not isinstance(inner, BoolType):
        scope.fail(pattern, f"{article(subject.type)} is never {value}", "compare it with a value of its type")
    if subject.type == inner:
        return subject if value else Not(subject, location=scope.at(pattern))
    wanted = widened(Literal(value, inner), subject.type)
    return Compare(Comparison.EQ, subject, wanted, location=scope.at(pattern))


def _compile_alternatives(
    scope: Scope, pattern: ast.MatchOr, patterns: list[ast.pattern], subject: Expr
) -> tuple[Expr, dict[str, Binding]]:
    tests = []
    for alternative in patterns:
        test, bindings = compile_pattern(scope, alternative, subject)
        if bindings:  # what a name is bound to would depend on the alternative that matched
            scope.fail(
                alternative,
                "an alternative binds a name inside another pattern, or under a guard",
                "write a case for each",
            )
        tests.append(test)
    return Or(tuple(tests), location=scope.at(pattern)), {}


def _narrowed(scope: Scope, pattern: ast.pattern, subject: Expr) -> Expr:
    return _as_kind(subject, _kind_named(scope, pattern)) if isinstance(pattern, ast.MatchClass) else subject


def _kind_named(scope: Scope, pattern: ast.MatchClass) -> RecordType:
    kind = kinds_named(scope, pattern.cls)[0]
    assert isinstance(kind, RecordType)
    return kind


def _as_kind(subject: Expr, kind: RecordType) -> Expr:
    return Narrow(subject, kind, safe=True) if isinstance(subject.type, UnionType | OptionalType) else subject


def _compile_class_pattern(scope: Scope, pattern: ast.MatchClass, subject: Expr) -> tuple[Expr, dict[str, Binding]]:
    kind = _kind_named(scope, pattern)
    test = kind_test(scope, subject, [kind], pattern)
    record, fields = _as_kind(subject, kind), dict(kind.fields)
    if len(pattern.patterns) > len(fields):
        scope.fail(pattern, f"{kind} has {numbered(len(fields), 'field')}", f"it has {listed(fields)}")
    inner = dict(zip(fields, pattern.patterns, strict=False))
    inner.update(zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True))
    tests, bindings = [test], dict[str, Binding]()
    for name, part in inner.items():
        if name not in fields:
            scope.fail(part, f"{kind} has no field {name!r}{nearest(name, fields)}", f"it has {listed(fields)}")
        part_test, part_bindings = compile_pattern(
            scope, part, Field(record, name, fields[name], location=scope.at(part))
        )
        tests.append(part_test)
        bindings.update(part_bindings)
    return _all_of(scope, tests, pattern), bindings


def _compile_tuple_pattern(
    scope: Scope, pattern: ast.MatchSequence, patterns: list[ast.pattern], subject: Expr
) -> tuple[Expr, dict[str, Binding]]:
    if not isinstance(subject.type, TupleType):
        scope.fail(pattern, f"{article(subject.type)} is no tuple", "possible are the patterns of its own values")
    if len(patterns) != len(subject.type.items) or any(isinstance(part, ast.MatchStar) for part in patterns):
        found = f"a {subject.type} has {numbered(len(subject.type.items), 'item')}"
        scope.fail(pattern, found, "write a pattern for each; _ fits any")
    tests, bindings = list[Expr](), dict[str, Binding]()
    for index, (part, type_) in enumerate(zip(patterns, subject.type.items, strict=True)):
        item = Item(subject, index, type_, location=scope.at(part))
        part_test, part_bindings = compile_pattern(scope, part, item)
        tests.append(part_test)
        bindings.update(part_bindings)
    return _all_of(scope, tests, pattern), bindings


def _all_of(scope: Scope, tests: Sequence[Expr], pattern: ast.pattern) -> Expr:
    real = tuple(test for test in tests if test != TRUE)
    return real[0] if len(real) == 1 else And(real, location=scope.at(pattern)) if real else TRUE


@immutable
class Covered:
    """What the cases of a ``match`` cover so far: values, kinds of records, None.

    Only what a case is certain to cover is noted: a complete match may count as incomplete, never the other way round.
    """

    parts: frozenset[object] = frozenset()
    everything: bool = False

    def by(self, test: Expr, subject: Expr) -> Covered:
        """Return what is covered after another case, which matches where a test is true."""
        match test:
            case Literal(True):
                return replace(self, everything=True)
            case Or(parts):
                return functools.reduce(lambda covered, part: covered.by(part, subject), parts, self)
            case IsKind(operand, kinds) if operand == subject:
                return self._with(*kinds)
            case Compare(Comparison.EQ, left, right) if left == subject:
                value = right.operand if isinstance(right, Cast) else right
                return self._with(value.value) if isinstance(value, Literal) else self
            case Not(operand) if operand == subject:
                return self._with(False)
            case _:
                return self._with(True) if test == subject else self

    def _with(self, *parts: object) -> Covered:
        return replace(self, parts=self.parts.union(parts))

    def is_all(self, type_: Type) -> bool:
        """Return whether every value of a type is covered."""
        parts = _parts_of(type_)
        return self.everything or (parts is not None and self.parts.issuperset(parts))


def _parts_of(type_: Type) -> frozenset[object] | None:
    match type_:
        case BoolType():
            return frozenset({True, False})
        case EnumType(cls):
            return frozenset(cls)
        case NoneOnly() | RecordType():
            return frozenset({type_})
        case UnionType(alternatives):
            return frozenset(alternatives)
        case OptionalType(inner):
            parts = _parts_of(inner)
            return None if parts is None else parts | {NoneOnly()}
        case _:
            return None
