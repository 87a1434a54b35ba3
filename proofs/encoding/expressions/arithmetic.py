"""Arithmetic with Python's rounding."""

from __future__ import annotations

from assay.checker.language.ir.nodes import ArithmeticOperator
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.terms import Op, Term, number

__all__ = ["computed"]


def computed(operator: ArithmeticOperator, left: Term, right: Term) -> Term:
    """Return the sum, difference, product, quotient or remainder of two numbers."""
    match operator:
        case ArithmeticOperator.ADD:
            return logic.add((left, right))
        case ArithmeticOperator.SUBTRACT:
            return logic.subtract(left, right)
        case ArithmeticOperator.MULTIPLY:
            return logic.multiply(left, right)
        case _ if right.op is Op.NUMBER and right.of > 0:
            return (logic.divide if operator is ArithmeticOperator.DIVIDE else logic.modulo)(left, right)
        case _:
            return _divided(operator, left, right)


def _divided(operator: ArithmeticOperator, left: Term, right: Term) -> Term:
    """Return Python's // or %, which round down; for a zero divisor, where the model's own code raises, return 0.

    Terms divide only by positive numbers. To divide by a negative one, both operands are negated.
    """
    minus = [logic.multiply(number(-1), term) for term in (left, right)]
    if operator is ArithmeticOperator.DIVIDE:
        up, down = logic.divide(left, right), logic.divide(*minus)
    else:
        up, down = logic.modulo(left, right), logic.multiply(number(-1), logic.modulo(*minus))
    negative = logic.ite(logic.less(right, number(0)), down, number(0))
    return logic.ite(logic.less(number(0), right), up, negative)
