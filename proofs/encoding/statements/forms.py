"""The table of forms: which function executes which statement."""

from __future__ import annotations

from assay.checker.language.ir import nodes as ir
from assay.checker.language.types import BagType, SeqType
from assay.proofs.encoding.statements import items, updates
from assay.proofs.encoding.statements.branches import either
from assay.proofs.encoding.statements.effects import Execution
from assay.proofs.encoding.statements.loops import loop
from assay.proofs.encoding.symbols.unencodable import Unencodable

__all__ = ["execute"]


def execute(e: Execution, node: ir.Statement) -> None:
    """Execute a statement: first its expressions, which may raise, then its effect."""
    try:
        _executed(e, node)
    except Unencodable as error:
        if error.location is not None:
            raise
        raise error.at(node.location) from None


def _executed(e: Execution, node: ir.Statement) -> None:
    match node:
        case ir.Block(statements):
            for inner in statements:
                e.statement(inner)
        case ir.Require(condition):
            e.demand_defined(condition)
            e.guards.append(e.context.formula(condition))
        case ir.AssignLocal(name, value):
            e.demand_defined(value)
            e.context.names[name.name] = e.computed(value)
            e.given.add(name.name)
        case ir.If(test, then, otherwise):
            e.demand_defined(test)
            either(e, e.context.formula(test), lambda: e.statement(then), lambda: e.statement(otherwise))
        case ir.For(_, domain, _):
            e.demand_defined(domain)
            loop(e, node)
        case ir.Unchosen():
            pass  # whatever it is, nothing depends on it
        case _:
            e.demand_defined(node)
            _change(e, node)


def _change(e: Execution, node: ir.Statement) -> None:
    match node:
        case ir.Assign():
            updates.assign(e, node)
        case ir.AssignMap():
            updates.assign_map(e, node)
        case ir.AssignCollection(place, value) if isinstance(place.type, SeqType):
            items.assign_sequence(e, place, value)
        case ir.AssignCollection(place, ir.Stored() | ir.Elements() as source) if isinstance(place.type, BagType):
            items.assign_bag(e, place, source)
        case ir.AssignCollection(place, value):
            updates.update_set(e, place, None, value)
        case ir.SetUpdate(change, place, value):
            updates.update_set(e, place, change, value)
        case ir.Clear(place):
            updates.clear(e, place)
        case ir.SeqAppend():
            items.append(e, node)
        case ir.SeqPop():
            items.pop(e, node)
        case ir.SeqStore():
            items.store(e, node)
        case ir.BagUpdate():
            items.update_bag(e, node)
        case _:
            raise Unencodable(f"a {type(node).__name__.lower()}", node.location, finite=True)
