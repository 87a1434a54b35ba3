"""Ranges of numbers whose bounds are sums and products of parameters and sizes: which are the same in every instance.

Bounds are compared as polynomials in these: ``range(self.most + 1)`` runs over all of ``Range[0, "most"]``, however
either is written.
"""

from __future__ import annotations

import re
from collections import Counter

from assay.checker.language.bounds import bound_of
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.ir.nodes import Arithmetic, ArithmeticOperator, ConstantRef, Expr, IntRange, Literal, SizeOf
from assay.checker.language.types import Bound, IntType, SortType

__all__ = ["every_number", "is_all_of"]

Polynomial = dict[tuple[str, ...], int]
"""The coefficient of each product of names; that of the empty product is the constant."""


def is_all_of(numbers: IntRange, type_: IntType) -> bool:
    """Return whether a range has every number of a type, in every instance; false where that is not known."""
    if type_.low is None or type_.high is None:
        return False
    start, stop = _of_expression(numbers.start), _of_expression(numbers.stop)
    if start is None or stop is None:
        return False
    return start == _of_bound(type_.low) and stop == _sum(_of_bound(type_.high), {(): 1}, 1)


def every_number(scope: Scope, type_: IntType) -> str:
    """Return the call of ``range`` that has every number of a type, for messages."""
    assert type_.low is not None
    assert type_.high is not None
    low, high = _in_python(scope, type_.low), _in_python(scope, type_.high)
    if isinstance(type_.high, int):
        stop = str(type_.high + 1)
    else:
        stop = high.removesuffix(" - 1") if high.endswith(" - 1") else f"{high} + 1"
    return f"range({stop})" if type_.low == 0 else f"range({low}, {stop})"


def _in_python(scope: Scope, bound: Bound) -> str:
    """Return a bound as code of a method, where a parameter is one of the model's, and a sort has a size."""
    parameters = {constant.name for constant in scope.specification.constants}

    def as_code(name: re.Match[str]) -> str:
        return f"self.{name.group()}" if name.group() in parameters else f"len({name.group()})"

    return re.sub(r"[^\W\d]\w*", as_code, str(bound).strip())


def _of_bound(bound: Bound) -> Polynomial:
    """Return a bound as a polynomial."""
    return bound_of(bound, _number, lambda name: {(name,): 1}, _computed)


def _of_expression(expr: Expr) -> Polynomial | None:
    """Return an expression as a polynomial, or None if it has other parts than parameters, sizes and numbers."""
    match expr:
        case Literal(value=int(value)):
            return _number(value)
        case ConstantRef(name):
            return {(name,): 1}
        case SizeOf(universe) if isinstance(universe.of, SortType):
            return {(universe.of.cls.__name__,): 1}
        case Arithmetic(operator, left, right):
            one, other = _of_expression(left), _of_expression(right)
            return None if one is None or other is None else _computed(str(operator), one, other)
        case _:
            return None


def _number(value: int) -> Polynomial:
    return {(): value} if value else {}


def _computed(operator: str, left: Polynomial, right: Polynomial) -> Polynomial:
    match ArithmeticOperator(operator):
        case ArithmeticOperator.ADD:
            return _sum(left, right, 1)
        case ArithmeticOperator.SUBTRACT:
            return _sum(left, right, -1)
        case ArithmeticOperator.MULTIPLY:
            return _product(left, right)
        case _:
            # What is divided, and by what, say it all: the result is a name like any other.
            return {(f"{sorted(left.items())} {operator} {sorted(right.items())}",): 1}


def _sum(left: Polynomial, right: Polynomial, sign: int) -> Polynomial:
    names = {*left, *right}
    total = {product: left.get(product, 0) + sign * right.get(product, 0) for product in names}
    return {product: factor for product, factor in total.items() if factor}


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    total: Counter[tuple[str, ...]] = Counter()
    for one, factor in left.items():
        for other, times in right.items():
            total[tuple(sorted(one + other))] += factor * times
    return {product: factor for product, factor in total.items() if factor}
