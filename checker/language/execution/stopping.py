"""Where a run of an action on undecided values may leave something out: where what is left out cannot raise.

Python evaluates every element of a quantifier and every condition of ``require(a, b)``, even where one of them
decides. Whoever looks for the arguments that guards exclude need not, unless the rest may raise: then the action is not
disabled.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator
from contextlib import suppress

from assay.checker.errors import Location
from assay.checker.language.execution.open_values import Undetermined
from assay.checker.language.introspection.eagerness import eager_call_at
from assay.checker.language.ir.definedness import can_fail, is_partial
from assay.checker.language.ir.nodes import Node, Quantifier, Require, walk
from assay.checker.language.model import require

__all__ = ["Stops"]

_Code = types.CodeType


class Stops:
    """The quantifiers and guards of an action that may be left as soon as something in them decides.

    Parameters
    ----------
    body : Node
        The compiled action. Its quantifiers and guards are known in the running code by their places.
    """

    def __init__(self, body: Node) -> None:
        self._everywhere = not can_fail(body)
        self._fails: dict[Location, bool] = {}
        self._partial: set[tuple[str, int]] = set()
        for node in () if self._everywhere else walk(body):
            place = node.location
            if place is not None and isinstance(node, Quantifier | Require):
                self._fails[place] = self._fails.get(place, False) or can_fail(node)
            if place is not None and is_partial(node):
                self._partial.add((place.file, place.line))
        # Each code object is kept beside what is known of it, because it is looked up by its identity: its hash is
        # computed from all of its instructions.
        self._quantifiers: dict[int, tuple[_Code, bool]] = {}
        self._conditions: dict[tuple[int, int], tuple[_Code, tuple[_Code, ...]]] = {}

    def at(self, code: _Code) -> bool:
        """Return whether a quantifier over the values of a generator with this code may stop early."""
        if self._everywhere:
            return True
        if id(code) not in self._quantifiers:
            self._quantifiers[id(code)] = code, self._is_safe(code.co_filename, list(_positions(code)))
        return self._quantifiers[id(code)][1]

    def _is_safe(self, path: str, positions: list[tuple[int, int]]) -> bool:
        """Return whether a quantifier or guard is at one of some positions, and nothing there may raise."""
        # A helper is written out for each of its calls, so that a place may have several nodes. And what is evaluated
        # there may stand before them: hence the lines.
        fails = [self._fails[place] for at in positions if (place := Location(path, *at)) in self._fails]
        return bool(fails) and not any(fails) and not any((path, line) in self._partial for line, _ in positions)

    def excludes(self, asked: Undetermined) -> bool:
        """Return whether a `require` is false by what Python evaluates in it before the condition that asks."""
        trace = asked.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            for condition in self._conditions_before(frame, trace.tb_lasti):
                with suppress(Exception, Undetermined):
                    if not eval(condition, {**frame.f_globals, **frame.f_locals}):
                        return True
            trace = trace.tb_next
        return False

    def _conditions_before(self, frame: types.FrameType, instruction: int) -> tuple[_Code, ...]:
        code, key = frame.f_code, (id(frame.f_code), instruction)
        if key not in self._conditions:
            self._conditions[key] = code, tuple(self._found_before(frame, instruction))
        return self._conditions[key][1]

    def _found_before(self, frame: types.FrameType, instruction: int) -> Iterator[_Code]:
        code = frame.f_code
        line, _, column, _ = list(code.co_positions())[instruction // 2]
        found = eager_call_at(code.co_filename, line or 0, column or 0, frame.f_globals)
        if found is None or found.function is not require:
            return
        call = found.call
        lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
        if self._everywhere or self._is_safe(code.co_filename, [(line, call.col_offset + 1) for line in lines]):
            for condition in call.args[: found.argument]:
                yield compile(ast.Expression(condition), code.co_filename, "eval")


def _positions(code: _Code) -> Iterator[tuple[int, int]]:
    """Yield the line and column of each instruction, both counted from 1."""
    for line, _, column, _ in code.co_positions():
        if line is not None and column is not None:
            yield line, column + 1
