"""One action in generated code: loops over its parameters, its guards as far outside as may be, and its body."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from assay.checker.engine.native.codegen.access import View
from assay.checker.engine.native.codegen.analysis import conjuncts, has_require
from assay.checker.engine.native.codegen.layout import Layout
from assay.checker.engine.native.codegen.statements import Statements
from assay.checker.engine.native.codegen.writer import Writer
from assay.checker.language.ir.definedness import can_fail
from assay.checker.language.ir.nodes import (
    AssignLocal,
    Block,
    Comprehension,
    Expr,
    Generator,
    Let,
    Name,
    Quantifier,
    Require,
    Root,
    Statement,
    Universe,
    free_names,
    walk,
)
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import BoolType, IntType

__all__ = ["Action"]

_Item = Require | AssignLocal


class Action:
    """One action within ``expand``: loops over its parameters, with each guard as far outside as it may be."""

    def __init__(self, layout: Layout, out: Writer, index: int, action: ActionIR) -> None:
        self.out = out
        self.index = index
        self.action = action
        self.layout = layout
        self.before = View("w", "states", "at")
        self.working = View("t", "out", "to")
        self.emitter = Statements(layout.codes, layout, out, {Root.STATE: self.before}, self._failed)
        self.emitter.scratch = View("s", "out", f"to + {self.layout.words}")
        self.guards, self.rest = _guards(action.body)
        self.parameters = _in_order_of_use(action.parameters, self.guards)

    def _failed(self) -> list[str]:
        return ["status[0] = 2", "status[1] = i", f"status[2] = {self.index}", "return before"]

    def write(self) -> None:
        """Write the action."""
        self.out.line(f"# {self.action.name}")
        levels = _levels(self.guards, self.parameters)
        self._loop(0, levels, set())

    def _loop(self, depth: int, levels: list[list[_Item]], done: set[int]) -> None:
        """Write the guards at a depth, then the loop over the next parameter with those it can absorb."""
        remaining = [item for item in levels[depth] if id(item) not in done]
        self._guarded(remaining, lambda: self._inner(depth, levels))

    def _guarded(self, items: list[_Item], inner: Callable[[], None]) -> None:
        if not items:
            inner()
            return
        item, rest = items[0], items[1:]
        if isinstance(item, AssignLocal):
            self.emitter.statement(item)
            self._guarded(rest, inner)
            return
        known = dict(self.emitter.known_masks)
        self._compute_sets(item.condition)
        test = self.emitter.expr(item.condition)
        with self.out.block(f"if {test}:"):
            self._guarded(rest, inner)
        self.emitter.known_masks = known

    def _compute_sets(self, condition: Expr) -> None:
        """Compute once, before a guard, the sets in it that do not depend on what it quantifies over."""
        for part in walk(condition):
            if isinstance(part, Comprehension) and part not in self.emitter.known_masks and self._is_closed(part):
                mask = self.emitter.collection_mask(part)
                if mask is not None:
                    self.emitter.known_masks[part] = self.out.named("set", mask)

    def _is_closed(self, part: Comprehension) -> bool:
        bound = {inner.variable.name for inner in walk(part) if isinstance(inner, Generator | Quantifier | Let)}
        return free_names(part) - bound <= self.emitter.names.keys() and not can_fail(part)

    def _inner(self, depth: int, levels: list[list[_Item]]) -> None:
        if depth == len(self.parameters):
            self._body()
            return
        parameter = self.parameters[depth]
        absorbed, mask = self._absorbed(parameter, levels[depth + 1])
        with ExitStack() as stack:
            if mask is not None:
                self.emitter.bits(stack, mask, parameter, None)
            else:
                stack.enter_context(self.emitter.iterate(Universe(parameter.type), parameter))
                if _by_code(parameter):
                    code = self.emitter.names[parameter.name]
                    self.emitter.bind(parameter, self.emitter.value_of(parameter.type, code))
            self._loop(depth + 1, levels, absorbed)

    def _absorbed(self, parameter: Name, items: list[_Item]) -> tuple[set[int], str | None]:
        """Return the guards that a word can express for all values of a parameter at once, and that word."""
        masks, absorbed = [], set()
        for item in items:
            if not isinstance(item, Require):
                break
            mask = self.emitter.mask(item.condition, parameter)
            if mask is not None:
                masks.append(mask)
                absorbed.add(id(item))
            elif can_fail(item.condition):
                break
        if not masks:
            return set(), None
        domain = self.emitter.collection_mask(Universe(parameter.type))
        return absorbed, f"({' & '.join([*masks, str(domain)])})"

    def _body(self) -> None:
        out, words = self.out, self.layout.words
        with out.block("if n + 2 > capacity:"):
            for line in ("status[0] = 1", "status[1] = i", "return before"):
                out.line(line)
        out.line(f"to = n * {words}")
        for index in self.layout.registers:
            out.line(f"{self.working.word(index)} = {self.before.word(index)}")
        for index in self.layout.memory:
            out.line(f"{self.working.cell(str(index))} = {self.before.cell(str(index))}")
        self.emitter.views[Root.STATE] = self.working
        known, self.emitter.known_masks = self.emitter.known_masks, {}
        if has_require(Block(self.rest)):
            self._tentative()
        else:
            self.emitter.block(Block(self.rest))
            self._emit()
        self.emitter.views[Root.STATE] = self.before
        self.emitter.known_masks = known

    def _tentative(self) -> None:
        """Write a body that may find on the way that the action is not enabled."""
        enabled = self.emitter.enabled = self.out.fresh("enabled")
        self.out.line(f"{enabled} = True")
        with self.out.block("while True:"):
            self.emitter.block(Block(self.rest))
            self.out.line("break")
        with self.out.block(f"if {enabled}:"):
            self._emit()

    def _emit(self) -> None:
        for index in self.layout.registers:
            self.out.line(f"{self.working.cell(str(index))} = {self.working.word(index)}")
        self.out.line(f"actions[n] = {self.index}")
        self.out.line("n += 1")


def _by_code(parameter: Name) -> bool:
    return isinstance(parameter.type, BoolType | IntType)


def _in_order_of_use(parameters: tuple[Name, ...], guards: list[_Item]) -> tuple[Name, ...]:
    """Return the parameters in the order in which guards first need them, each guard as far out as can be."""
    needed: dict[str, None] = {}
    for guard in guards:
        names = free_names(guard)
        needed.update(dict.fromkeys(parameter.name for parameter in parameters if parameter.name in names))
    rank = {name: index for index, name in enumerate(needed)}
    return tuple(sorted(parameters, key=lambda parameter: rank.get(parameter.name, len(rank))))


def _guards(body: Block) -> tuple[list[_Item], tuple[Statement, ...]]:
    """Split a body into what comes before the first other statement, conjunctions in parts, and the rest."""
    guards: list[_Item] = []
    for position, statement in enumerate(body.statements):
        match statement:
            case Require(condition):
                guards += [Require(part, location=part.location) for part in conjuncts(condition)]
            case AssignLocal(variable, _) if not _assigned_again(variable, body, position):
                guards.append(statement)
            case _:
                return guards, body.statements[position:]
    return guards, ()


def _assigned_again(variable: Name, body: Block, position: int) -> bool:
    others = body.statements[:position] + body.statements[position + 1 :]
    return any(
        isinstance(part, AssignLocal) and part.variable.name == variable.name
        for other in others
        for part in walk(other)
    )


def _levels(guards: list[_Item], parameters: tuple[Name, ...]) -> list[list[_Item]]:
    """Say for each guard after how many parameters it can be evaluated.

    A guard that cannot fail moves outwards as far as its names allow; nothing moves before one that can.
    """
    known = {parameter.name: depth + 1 for depth, parameter in enumerate(parameters)}
    levels: list[list[_Item]] = [[] for _ in range(len(parameters) + 1)]
    barrier = latest = 0
    for guard in guards:
        expression = guard.condition if isinstance(guard, Require) else guard.value
        depth = max([barrier, *(known.get(name, 0) for name in free_names(expression))])
        if can_fail(expression):
            depth = barrier = max(depth, latest)
        latest = max(latest, depth)
        if isinstance(guard, AssignLocal):
            known[guard.variable.name] = depth
        levels[depth].append(guard)
    return levels
