"""Compiling the patterns of ``match``: records, values, names and ``_``."""

from __future__ import annotations

import ast

from assay.checker.language.frontend.records import Records
from assay.checker.language.frontend.scope import Binding
from assay.checker.language.frontend.typing import known
from assay.checker.language.ir.nodes import TRUE, And, Compare, Comparison, Expr, Field, Literal, Narrow, Not, Or
from assay.checker.language.types import BoolType, OptionalType, RecordType, UnionType
from assay.checker.language.wording import article, listed, nearest, numbered

__all__ = ["Patterns"]


class Patterns(Records):
    """Patterns, each as a test and the names that it binds."""

    def pattern(self, pattern: ast.pattern, subject: Expr) -> tuple[Expr, dict[str, Binding]]:
        """Compile a pattern: the test whether the subject fits, and what the names in it stand for then."""
        match pattern:
            case ast.MatchAs(pattern=None, name=None):
                return TRUE, {}
            case ast.MatchAs(pattern=None, name=str(name)):
                return TRUE, {name: subject}
            case ast.MatchAs(pattern=ast.pattern() as inner, name=str(name)):
                test, bindings = self.pattern(inner, subject)
                return test, {**bindings, name: self._narrowed(inner, subject)}
            case ast.MatchValue(value=value):
                wanted = self.fit(self.expr(value, subject.type), subject.type, value, "the case")
                return Compare(Comparison.EQ, subject, wanted, location=self.at(pattern)), {}
            case ast.MatchSingleton(value=None):
                return self.none_test(subject, pattern), {}
            case ast.MatchSingleton(value=bool() as value):
                return self._is_truth(subject, value, pattern), {}
            case ast.MatchOr(patterns=patterns):
                return self._alternatives(pattern, patterns, subject)
            case ast.MatchClass():
                return self._class_pattern(pattern, subject)
            case _:
                self.fail(
                    pattern, "this pattern is not part of the language", "possible are records, values, names, | and _"
                )

    def _is_truth(self, subject: Expr, value: bool, pattern: ast.pattern) -> Expr:
        inner = subject.type.inner if isinstance(subject.type, OptionalType) else subject.type
        if not isinstance(inner, BoolType):
            self.fail(pattern, f"{article(subject.type)} is never {value}", "compare it with a value of its type")
        if subject.type == inner:
            return subject if value else Not(subject, location=self.at(pattern))
        wanted = self.fit(Literal(value, inner), subject.type, pattern, "the case")
        return Compare(Comparison.EQ, subject, wanted, location=self.at(pattern))

    def _alternatives(
        self, pattern: ast.MatchOr, patterns: list[ast.pattern], subject: Expr
    ) -> tuple[Expr, dict[str, Binding]]:
        tests = []
        for alternative in patterns:
            test, bindings = self.pattern(alternative, subject)
            if bindings:
                self.fail(alternative, "an alternative binds names, which the others do not", "write a case for each")
            tests.append(test)
        return Or(tuple(tests), location=self.at(pattern)), {}

    def _narrowed(self, pattern: ast.pattern, subject: Expr) -> Expr:
        return self._as_kind(subject, self._kind_named(pattern)) if isinstance(pattern, ast.MatchClass) else subject

    def _kind_named(self, pattern: ast.MatchClass) -> RecordType:
        kind = self.kinds(pattern.cls)[0]
        assert isinstance(kind, RecordType)
        return kind

    @staticmethod
    def _as_kind(subject: Expr, kind: RecordType) -> Expr:
        return Narrow(subject, kind, safe=True) if isinstance(subject.type, UnionType | OptionalType) else subject

    def _class_pattern(self, pattern: ast.MatchClass, subject: Expr) -> tuple[Expr, dict[str, Binding]]:
        kind = self._kind_named(pattern)
        test = self.kind_test(subject, [kind], pattern)
        record, fields = self._as_kind(subject, kind), dict(kind.fields)
        if len(pattern.patterns) > len(fields):
            self.fail(pattern, f"{kind} has {numbered(len(fields), 'field')}", f"it has {listed(fields)}")
        inner = dict(zip(fields, pattern.patterns, strict=False))
        inner.update(zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True))
        tests, bindings = [test], {}
        for name, part in inner.items():
            if name not in fields:
                self.fail(part, f"{kind} has no field {name!r}{nearest(name, fields)}", f"it has {listed(fields)}")
            part_test, part_bindings = self.pattern(part, Field(record, name, fields[name], location=self.at(part)))
            tests.append(part_test)
            bindings.update(part_bindings)
        real = [test for test in tests if test != TRUE]
        if len(real) <= 1:
            return (real[0] if real else TRUE), bindings
        return And(tuple(real), location=self.at(pattern)), bindings

    def is_certain(self, pattern: ast.pattern, subject: Expr) -> bool:
        """Return whether a pattern fits whatever is left: it is of the only record that the subject may still be."""
        if not isinstance(pattern, ast.MatchClass) or not all(
            map(_fits_all, [*pattern.patterns, *pattern.kwd_patterns])
        ):
            return False
        return known(subject, self.facts).type == self._kind_named(pattern)


def _fits_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
