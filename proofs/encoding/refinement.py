"""That a model implements another one, as formulas: what is seen of a step is a step of the other model, or nothing.

The mapping is executed as a method that assigns to copies of the other model's variables. So what each symbol of the
other model is seen as is a term over this one's, before the step and after it; and the other model's initial states and
actions are formulas over its own symbols, in which these terms are put.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assay.checker.language.frontend.compile import compile_model, opened
from assay.checker.language.frontend.statements.branches import compile_block
from assay.checker.language.introspection.specification import Method, Specification, Variable, specify
from assay.checker.language.ir.program import ActionIR
from assay.checker.language.types import MapType, SetType, Type
from assay.proofs.encoding.execution import Transition, transition
from assay.proofs.encoding.initial_states import initial_states
from assay.proofs.encoding.symbols.theory import Theory, primed
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, exists, for_all, replace_symbols
from assay.proofs.logic.terms import BOOL, Symbol, Term, variable

__all__ = ["Alternative", "refinement"]

_Definitions = dict[Symbol, Definition]


@dataclass(frozen=True)
class Alternative:
    """One of the ways in which a step may be seen, with names for what is to be chosen in it.

    Attributes
    ----------
    names : tuple of Term
        Variables that are free in the formula.
    formula : Term
        What must be true for some values of them.
    """

    names: tuple[Term, ...]
    formula: Term

    @property
    def closed(self) -> Term:
        """That it is true for some values."""
        return exists(self.names, self.formula)


def refinement(theory: Theory, method: Method) -> tuple[Term, tuple[Alternative, ...]]:
    """Return that a state is seen as an initial one, and the ways in which a step may be seen: one must be true.

    Raises
    ------
    Unencodable
        If the mapping, or the other model, has no formulas for any number of elements.
    """
    assert method.refines is not None
    abstract = Theory(_over_same_sorts(theory, method), theory.fixed, theory.instance)
    before = _seen(theory, abstract, method)
    after = {
        primed(symbol): Definition(seen.formals, replace_symbols(seen.body, _afterwards(theory)))
        for symbol, seen in before.items()
    }
    stepped = [replace(way, formula=replace_symbols(way.formula, {**before, **after})) for way in _stepped(abstract)]
    return replace_symbols(_begun(abstract), before), tuple(stepped)


def _over_same_sorts(theory: Theory, method: Method) -> Specification:
    """Return the other model, which may name no sort, quorum system or parameter that this one does not."""
    specification = specify(method.refines)  # type: ignore[arg-type]
    own = theory.specification
    known = {constant.name for constant in own.constants}
    missing = [sort.__name__ for sort in specification.sorts if sort not in own.sorts]
    missing += [quorum.cls.__name__ for quorum in specification.quorums if quorum not in own.quorums]
    missing += [constant.name for constant in specification.constants if constant.name not in known]
    missing += [variable_.name for variable_ in specification.structure]
    if missing:
        raise Unencodable(f"the refinement of a model with {missing[0]}, which this one has not,", method.location)
    return specification


# As what a state is seen


def _seen(theory: Theory, abstract: Theory, method: Method) -> _Definitions:
    """Return what each symbol of the other model is seen as, over the symbols of this one."""
    names = {variable_.name: f"{method.name} as {variable_.name}" for variable_ in abstract.specification.variables}
    copies = tuple(
        Variable(names[v.name], v.type, v.default, method.location) for v in abstract.specification.variables
    )
    own = theory.specification
    extended = Theory(replace(own, variables=(*own.variables, *copies)), theory.fixed, theory.instance)
    ways = list(transition(extended, _assigning(extended.specification, method, names, abstract)))
    if len(ways) != 1 or ways[0].failures:
        raise Unencodable("a mapping that may raise", method.location)
    found: _Definitions = {}
    for name, copy in names.items():
        pairs = zip(abstract.layouts[name].leaves(), extended.layouts[copy].leaves(), strict=True)
        found.update({symbol: ways[0].definitions[image] for symbol, image in pairs})
    return found


def _assigning(specification: Specification, method: Method, names: dict[str, str], abstract: Theory) -> ActionIR:
    """Compile a mapping as assignments to copies of the other model's variables."""
    scope, _ = opened(specification, method, {})
    match scope.code.statements:
        case [ast.Return(value=ast.Dict(keys=keys, values=values))] if all(map(_is_name, keys)):
            pass
        case _:
            raise Unencodable("a mapping that is more than a dictionary written out", method.location)
    given = {str(key.value): value for key, value in zip(keys, values, strict=True) if isinstance(key, ast.Constant)}
    if given.keys() != names.keys():
        raise Unencodable("a mapping that does not name each variable once", method.location)
    owner = scope.code.node.args.args[0].arg
    statements = [_assignment(owner, names[name], value, abstract.type_of(name)) for name, value in given.items()]
    return ActionIR(method.name, (), compile_block(scope, statements, scope.code.node), method.location)


def _is_name(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _assignment(owner: str, name: str, value: ast.expr, type_: Type) -> ast.stmt:
    """Return the assignment of a value; of a container in the state, a copy."""
    copies = {MapType: "dict", SetType: "set"}
    if isinstance(value, ast.Attribute) and type(type_) in copies:
        value = ast.Call(ast.Name(copies[type(type_)], ast.Load()), [value], [])
    target = ast.Attribute(ast.Name(owner, ast.Load()), name, ast.Store())
    made = ast.Assign([target], value)
    place = value.args[0] if isinstance(value, ast.Call) and not hasattr(value, "lineno") else value
    return ast.fix_missing_locations(ast.copy_location(made, place))


def _afterwards(theory: Theory) -> _Definitions:
    """Return each symbol of this model as what it is after a step."""
    found = {}
    for symbol in theory.state_symbols:
        formals = tuple(variable(sort) for sort in symbol.arguments)
        found[symbol] = Definition(formals, primed(symbol)(*formals))
    return found


# What the other model allows


def _begun(abstract: Theory) -> Term:
    """Return that a state is an initial one of the other model, over its symbols."""
    return logic.disjunction(map(_initial_state, initial_states(abstract, compile_model(abstract.specification))))


def _initial_state(made: Transition) -> Term:
    changed = frozenset(made.definitions)
    spoken = [made.guard, *(definition.body for definition in made.definitions.values())]
    if any(not changed.isdisjoint(term.symbols) for term in spoken):
        raise Unencodable("the refinement of a model whose initial states are chosen step by step", made.location)
    return _possible(made, [_is(symbol, symbol, made.definitions[symbol]) for symbol in made.definitions]).closed


def _stepped(abstract: Theory) -> list[Alternative]:
    """Return the ways to take a step: none, or one of the other model's; symbols after the step are primed."""
    symbols = abstract.state_symbols
    nothing = logic.conjunction(_is(primed(symbol), symbol, None) for symbol in symbols)
    actions = compile_model(abstract.specification).actions
    steps = [_step(made, symbols) for action in actions for made in transition(abstract, action)]
    return [Alternative((), nothing), *steps]


def _step(made: Transition, symbols: Sequence[Symbol]) -> Alternative:
    return _possible(made, [_is(primed(symbol), symbol, made.definitions.get(symbol)) for symbol in symbols])


def _is(symbol: Symbol, before: Symbol, definition: Definition | None) -> Term:
    """Return that a symbol is everywhere what it is defined to be, or what another one is."""
    formals = tuple(variable(sort) for sort in symbol.arguments)
    value = before(*formals) if definition is None else definition(*formals)
    if symbol.result is not BOOL:
        return for_all(formals, logic.equal(symbol(*formals), value))
    # Two directions: of an equivalence with quantifiers inside, solvers see neither.
    return logic.conjunction(
        (
            for_all(formals, logic.implies(symbol(*formals), value)),
            for_all(formals, logic.implies(value, symbol(*formals))),
        )
    )


def _possible(made: Transition, effects: Sequence[Term]) -> Alternative:
    """Return that a transition is enabled with these effects, for arguments that are to be chosen."""
    if any(constant.arguments for constant in made.constants):
        raise Unencodable("the refinement of a model whose actions choose containers", made.location)
    names = {constant: variable(constant.result) for constant in made.constants}
    body = logic.conjunction([made.guard, *effects])
    chosen = replace_symbols(body, {constant: Definition((), name) for constant, name in names.items()})
    return Alternative(tuple(names.values()), chosen)
