"""Loops: round by round if their order matters or they count, otherwise all rounds at once."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from assay.checker.errors import ModelError
from assay.checker.language.frontend.context.shapes import has_order, is_sequence
from assay.checker.language.frontend.statements.loops import demand_unordered
from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType, SeqType
from assay.proofs.encoding.expressions.counting import one_by_one
from assay.proofs.encoding.expressions.places import type_of
from assay.proofs.encoding.statements.branches import either
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.statements.reductions import reduction_in, reduction_of
from assay.proofs.encoding.statements.rounds import all_rounds
from assay.proofs.encoding.symbols.cases import cases
from assay.proofs.encoding.symbols.values import Value, mapped
from assay.proofs.logic.terms import Term

__all__ = ["loop"]


def loop(e: Execution, node: ir.For) -> None:
    """Execute a loop."""
    rounds = _rounds(e, node)
    if rounds is None:
        all_rounds(e, node)
        return
    before = set(e.context.names)
    for there, value in rounds:
        e.context.names[node.variable.name] = value
        either(e, there, lambda: e.statement(node.body), lambda: None)
    # What a round assigns has no value behind the loop; another loop may use the name for something else.
    e.context.names = {name: value for name, value in e.context.names.items() if name in before}


def _rounds(e: Execution, node: ir.For) -> list[tuple[Term, Value]] | None:
    """Return the rounds of a loop that has to be executed round by round; None if all can be executed at once.

    Raises
    ------
    Unencodable
        If they have to be executed one by one, and have no known end.
    """
    names = e.context.names
    if has_order(node.domain) and _is_in_order(node, names):
        what = "a loop in the order of its elements"
    elif _accumulates(node, names):
        what = "a loop that accumulates"
    elif _repeats(node):
        what = "a loop over what may hold an element twice"
    elif _counts(node):
        what = "a loop that changes sequences or bags"
    else:
        return None
    found, settle = e.choosing(lambda: list(one_by_one(e.context, node.domain, what, node.location)))
    return [(settle(there), mapped(value, settle)) for there, value in found]


def _repeats(node: ir.For) -> bool:
    """Return whether a loop may meet an element more than once, so that all rounds at once are not the same."""
    domain = node.domain
    if isinstance(domain, ir.Stored | ir.Elements) and isinstance(type_of(domain), BagType):
        return True
    return is_sequence(domain) and not _is_idempotent(node.body)


_IDEMPOTENT = ir.SetUpdate, ir.Assign, ir.AssignCollection, ir.AssignMap, ir.Clear, ir.SeqStore
"""Statements that change nothing when they are executed again, unless they read what has changed meanwhile."""


def _is_idempotent(body: ir.Block) -> bool:
    """Return whether a round does the same if it runs twice: it replaces, adds or takes, and reads nothing of that."""
    changes = [part for part in ir.walk(body) if isinstance(part, ir.Statement) and hasattr(part, "place")]
    if not all(isinstance(part, _IDEMPOTENT) for part in changes):
        return False
    changed = {part.place.variable for part in changes}
    return not any(place.variable in changed and place.root is ir.Root.STATE for place in _read(body))


def _read(node: ir.Node) -> Iterator[ir.Place]:
    """Yield the places that a node reads: not those that its statements change, but the keys of those."""
    if isinstance(node, ir.Place):
        yield node
    # A place that is changed and read, as by +=, may be one and the same object.
    target = getattr(node, "place", None) if isinstance(node, ir.Statement) else None
    for part in ir.children(node):
        for inner in ir.children(part) if part is target else (part,):
            yield from _read(inner)


def _is_in_order(node: ir.For, names: Iterable[str]) -> bool:
    """Return whether the outcome of a loop depends on its order, as far as the front end can tell."""
    # Ask the front end as if the domain were a set: what it would refuse there depends on the order.
    try:
        demand_unordered(ir.For(node.variable, ir.SetOf((), node.domain.element), node.body), names)
    except ModelError:
        return True
    return False


def _accumulates(node: ir.For, known: Container[str]) -> bool:
    """Return whether a loop carries something from one round to the next: in a local name, or in the state.

    What a reduction tells of all rounds at once is left to it: a set afterwards also holds what some round adds, a name
    that keeps the largest holds the largest of all.
    """
    # Lists and ranges are short: one by one, their rounds raise a flag by a formula without a quantifier.
    is_short = has_order(node.domain) and not isinstance(node.domain, ir.Universe)
    for part in ir.walk(node.body):
        match part:
            case ir.SetUpdate():
                continue
            case ir.AssignLocal(name) if name.name in known:
                if is_short or reduction_in(name, node) is None:
                    return True
            case ir.Statement() if hasattr(part, "place") and node.variable not in part.place.keys:
                if is_short or reduction_of(part, node) is None:
                    return True
    return False


def _counts(node: ir.For) -> bool:
    """Return whether a loop changes a length or a count that its rounds share.

    A sequence or bag that only one round changes, since the loop's variable selects it, is left to all rounds at once.
    """
    places = [part.place for part in ir.walk(node.body) if isinstance(part, ir.Statement) and hasattr(part, "place")]
    return any(isinstance(place.type, SeqType | BagType) and not _is_own(place, node) for place in places)


def _is_own(place: ir.Place, node: ir.For) -> bool:
    """Return whether the loop's variable selects a place, and belongs to a fixed position among its arguments."""
    if node.variable not in place.keys:
        return False
    keys = place.keys[: place.keys.index(node.variable) + 1]
    return all(len(cases(key.type)) == 1 for key in keys)
