"""Compiling the mapping of a refinement: assignments to copies of the other model's variables."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace

from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.frontend.compile import opened
from assay.checker.language.frontend.context.scope import Scope
from assay.checker.language.frontend.statements.branches import compile_block
from assay.checker.language.introspection.specification import Method, Specification, Variable, specify
from assay.checker.language.ir.nodes import AssignCollection, Place, Root, Stored
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import MapType, SeqType, SetType, Type, is_container

__all__ = ["MappingIR", "compile_mapping"]

_COPIES = {MapType: "dict", SetType: "set", SeqType: "list"}
"""The functions that copy a container: a variable gets a container of its own, never one that another has."""


@immutable
class MappingIR:
    """A mapping as a step that gives values to copies of the other model's variables, and changes nothing else.

    Attributes
    ----------
    specification : Specification
        This model, with the copies as variables of its own.
    copies : mapping from str to str
        From the name of each of the other model's variables to that of its copy.
    action : ActionIR
        The step.
    """

    specification: Specification
    copies: Mapping[str, str]
    action: ActionIR


@functools.cache
def compile_mapping(specification: Specification, method: Method, *, whole: bool = False) -> MappingIR:
    """Compile the mapping of a refinement.

    Parameters
    ----------
    specification : Specification
        This model.
    method : Method
        The refinement.
    whole : bool
        Whether a variable that is mapped to a variable of the same type is copied whole, whatever its type. Machine
        code just copies its words. Formulas are built from the statements of actions, and these cannot copy a bag or a
        map of containers.

    Raises
    ------
    Unsupported
        If it is not a dictionary display, or does not name each variable of the other model once.
    ModelError
        If it uses something that is not part of the language.
    """
    assert method.refines is not None
    abstract = specify(method.refines)
    copies = {variable.name: f"{method.name} as {variable.name}" for variable in abstract.variables}
    added = tuple(Variable(copies[v.name], v.type, v.default, method.location) for v in abstract.variables)
    extended = replace(specification, variables=(*specification.variables, *added))
    types = {variable.name: variable.type for variable in abstract.variables}
    scope, _ = opened(extended, method, {})
    owner, given = scope.code.node.args.args[0].arg, _written_out(scope, method, copies)
    kept = _seen_as_they_are(owner, specification, given, types) if whole else {}
    statements = [
        _assignment(owner, copies[name], value, types[name]) for name, value in given.items() if name not in kept
    ]
    block = compile_block(scope, statements, scope.code.node)
    copied = (_copy(copies[name], own, types[name]) for name, own in kept.items())
    body = replace(block, statements=(*block.statements, *copied))
    return MappingIR(extended, copies, ActionIR(method.name, (), body, method.location))


def _copy(target: str, source: str, type_: Type) -> AssignCollection:
    return AssignCollection(Place(Root.STATE, target, (), type_), Stored(Place(Root.STATE, source, (), type_)))


def _written_out(scope: Scope, method: Method, variables: Iterable[str]) -> dict[str, ast.expr]:
    """Return the expression for each of the other model's variables."""
    match scope.code.statements:
        case [ast.Return(value=ast.Dict(keys=keys, values=values))] if all(map(_is_name, keys)):
            pass
        case _:
            raise Unsupported("a mapping that is more than a dictionary written out", location=method.location)
    names = [str(key.value) for key in keys if isinstance(key, ast.Constant)]
    if sorted(names) != sorted(variables):
        raise Unsupported("a mapping that does not name each variable once", location=method.location)
    return dict(zip(names, values, strict=True))


def _seen_as_they_are(
    owner: str, specification: Specification, given: Mapping[str, ast.expr], types: Mapping[str, Type]
) -> dict[str, str]:
    """Return the other model's containers that are mapped to a variable of the same type here, with that one's name."""
    own = {variable.name: variable.type for variable in specification.variables}
    found = {}
    for name, value in given.items():
        match value:
            case ast.Attribute(ast.Name(id=id), attr) if id == owner and is_container(types[name]):
                if own.get(attr) == types[name]:
                    found[name] = attr
    return found


def _is_name(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _assignment(owner: str, name: str, value: ast.expr, type_: Type) -> ast.stmt:
    """Return the assignment of a value; of a container in the state, a copy."""
    if isinstance(value, ast.Attribute) and type(type_) in _COPIES:
        value = ast.Call(ast.Name(_COPIES[type(type_)], ast.Load()), [value], [])
    target = ast.Attribute(ast.Name(owner, ast.Load()), name, ast.Store())
    made = ast.Assign([target], value)
    # A call that was put in above to copy a container has no line of its own: errors point at what it copies.
    place = value.args[0] if isinstance(value, ast.Call) and not hasattr(value, "lineno") else value
    return ast.fix_missing_locations(ast.copy_location(made, place))
