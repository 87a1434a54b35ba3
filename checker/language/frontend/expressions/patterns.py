"""The patterns of ``match``: each a test, and the names that it binds."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.context.bindings import Binding
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.context.typing import known
from assay.checker.language.frontend.expressions.operands import compile_scalar
from assay.checker.language.frontend.expressions.records import kind_test, kinds_named, none_test
from assay.checker.language.ir.nodes import TRUE, And, Compare, Comparison, Expr, Field, Literal, Narrow, Not, Or
from assay.checker.language.types import BoolType, OptionalType, RecordType, UnionType
from assay.checker.language.wording import article, listed, nearest, numbered

__all__ = ["compile_pattern", "is_certain"]


def compile_pattern(scope: Scope, pattern: ast.pattern, subject: Expr) -> tuple[Expr, dict[str, Binding]]:
    """Compile a pattern: the test whether the subject fits, and what the names in it stand for then."""
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
        case _:
            scope.fail(
                pattern, "this pattern is not part of the language", "possible are records, values, names, | and _"
            )


def _is_truth(scope: Scope, subject: Expr, value: bool, pattern: ast.pattern) -> Expr:
    inner = subject.type.inner if isinstance(subject.type, OptionalType) else subject.type
    if not isinstance(inner, BoolType):
        scope.fail(pattern, f"{article(subject.type)} is never {value}", "compare it with a value of its type")
    if subject.type == inner:
        return subject if value else Not(subject, location=scope.at(pattern))
    wanted = scope.fit(Literal(value, inner), subject.type, pattern, "the case")
    return Compare(Comparison.EQ, subject, wanted, location=scope.at(pattern))


def _compile_alternatives(
    scope: Scope, pattern: ast.MatchOr, patterns: list[ast.pattern], subject: Expr
) -> tuple[Expr, dict[str, Binding]]:
    tests = []
    for alternative in patterns:
        test, bindings = compile_pattern(scope, alternative, subject)
        if bindings:
            scope.fail(alternative, "an alternative binds names, which the others do not", "write a case for each")
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
    tests, bindings = [test], {}
    for name, part in inner.items():
        if name not in fields:
            scope.fail(part, f"{kind} has no field {name!r}{nearest(name, fields)}", f"it has {listed(fields)}")
        part_test, part_bindings = compile_pattern(
            scope, part, Field(record, name, fields[name], location=scope.at(part))
        )
        tests.append(part_test)
        bindings.update(part_bindings)
    real = [test for test in tests if test != TRUE]
    if len(real) <= 1:
        return (real[0] if real else TRUE), bindings
    return And(tuple(real), location=scope.at(pattern)), bindings


def is_certain(scope: Scope, pattern: ast.pattern, subject: Expr) -> bool:
    """Return whether a pattern fits whatever is left: it is of the only record that the subject may still be."""
    if not isinstance(pattern, ast.MatchClass) or not all(map(_fits_all, [*pattern.patterns, *pattern.kwd_patterns])):
        return False
    return known(subject, scope.facts).type == _kind_named(scope, pattern)


def _fits_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
