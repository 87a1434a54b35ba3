"""Refinement as formulas: every step maps to a step of the other model, or to no change at all.

The mapping is executed as a method that assigns to copies of the other model's variables. So each symbol of the other
model becomes a term over the symbols of this one, before the step and after it. The other model's initial states and
actions are formulas over its own symbols, into which these terms are substituted.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from assay.checker.errors import Unsupported
from assay.checker.immutable import immutable
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.frontend.mappings import compile_mapping
from assay.checker.language.introspection.specification import Method, Specification, specify
from assay.proofs.encoding.execution import Transition, transition
from assay.proofs.encoding.initial_states import initial_states
from assay.proofs.encoding.symbols.bounds import keeps
from assay.proofs.encoding.symbols.mattering import Matters, mattering
from assay.proofs.encoding.symbols.theory import Theory, primed
from assay.proofs.encoding.symbols.unencodable import Unencodable
from assay.proofs.encoding.symbols.vocabulary import Nowhere
from assay.proofs.logic import connectives as logic
from assay.proofs.logic.binders import Definition, exists, for_all, replace_symbols
from assay.proofs.logic.terms import BOOL, Symbol, Term, constant, variable

__all__ = ["Alternative", "refinement"]

_Definitions = dict[Symbol, Definition]
_Mattering = dict[Symbol, Matters]
_MOST_CHOICES = 16
"""The number of choices of containers that are tried for one action of the other model. Each becomes one more
alternative in the claim about every step."""


@immutable
class Alternative:
    """One of the ways in which a step may be seen, with names for what may be chosen.

    Attributes
    ----------
    names : tuple of Term
        The variables that are free in the formula.
    formula : Term
        The formula that must be true for some values of them.
    exact : bool
        Whether the formula covers everything that the other model allows in this way. It does not if the other model
        chooses a container, of which only some are tried.
    """

    names: tuple[Term, ...]
    formula: Term
    exact: bool = True

    @property
    def closed(self) -> Term:
        """That the formula is true for some values."""
        return exists(self.names, self.formula)


def refinement(theory: Theory, method: Method) -> tuple[Term, tuple[Alternative, ...]]:
    """Return the claim about initial states, and the ways in which a step may be seen, of which one must be true.

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
    """Return the other model, which may use only sorts, quorum systems and parameters that this one has as well."""
    assert method.refines is not None
    specification = specify(method.refines)
    own = theory.specification
    known = {constant.name for constant in own.constants}
    missing = [sort.__name__ for sort in specification.sorts if sort not in own.sorts]
    missing += [quorum.cls.__name__ for quorum in specification.quorums if quorum not in own.quorums]
    missing += [constant.name for constant in specification.constants if constant.name not in known]
    if missing:
        raise Unencodable(f"the refinement of a model with {missing[0]}, which this one has not,", method.location)
    for variable_ in specification.structure:
        raise Unencodable(f"the refinement of a model with structure, such as {variable_.name},", method.location)
    return specification


# How a state is seen


def _seen(theory: Theory, abstract: Theory, method: Method) -> _Definitions:
    """Return each symbol of the other model in terms of the symbols of this one."""
    try:
        mapping = compile_mapping(theory.specification, method)
    except Unsupported as error:
        raise Unencodable(error.message, error.location) from None
    extended = Theory(mapping.specification, theory.fixed, theory.instance)
    held = [extended.layouts[copy] for copy in mapping.copies.values() if copy in extended.layouts]
    nothing = {symbol: _nowhere(symbol) for layout in held for symbol in layout.leaves()}
    ways = list(transition(extended, mapping.action, nothing))
    if len(ways) != 1 or ways[0].failures:
        raise Unencodable("a mapping that may raise", method.location)
    found: _Definitions = {}
    for name, copy in mapping.copies.items():
        pairs = zip(abstract.layouts[name].leaves(), extended.layouts[copy].leaves(), strict=True)
        found.update({symbol: ways[0].definitions[image] for symbol, image in pairs})
    return found


def _nowhere(symbol: Symbol) -> Definition:
    """Return what a symbol is before it is given a value; it keeps it where it means nothing, past a sequence's end."""
    return Definition(tuple(variable(sort) for sort in symbol.arguments), constant(Nowhere(), symbol.result))


def _afterwards(theory: Theory) -> _Definitions:
    """Return each symbol of this model as it is after a step."""
    found = {}
    for symbol in theory.state_symbols:
        formals = tuple(variable(sort) for sort in symbol.arguments)
        found[symbol] = Definition(formals, primed(symbol)(*formals))
    return found


# What the other model allows


def _begun(abstract: Theory) -> Term:
    """Return the formula that a state is an initial one of the other model, over the other model's symbols."""
    matters = _mattering_symbols(abstract)
    starts = initial_states(abstract, compile_model(abstract.specification))
    return logic.disjunction(_initial_state(made, matters, _kept(abstract, made)) for made in starts)


def _initial_state(made: Transition, matters: _Mattering, kept: Term) -> Term:
    if any(constant.arguments for constant in made.constants):
        raise Unencodable("the refinement of a model whose initial states choose containers", made.location)
    changed = frozenset(made.definitions)
    spoken = [made.guard, *(definition.body for definition in made.definitions.values())]
    if any(not changed.isdisjoint(term.mentioned) for term in spoken):
        raise Unencodable("the refinement of a model whose initial states are chosen step by step", made.location)
    effects = _effects(matters, made.definitions, lambda symbol: symbol, only=True)
    return _possible(made, logic.conjunction([made.guard, *effects, kept])).closed


def _stepped(abstract: Theory) -> list[Alternative]:
    """Return the ways to take a step: a stutter, or a step of the other model; symbols after the step are primed."""
    matters = _mattering_symbols(abstract)
    nothing = logic.conjunction(_effects(matters, {}))
    actions = compile_model(abstract.specification).actions
    afterwards = _afterwards(abstract)
    steps = [
        way
        for action in actions
        for made in transition(abstract, action)
        for way in _step(made, matters, replace_symbols(_kept(abstract, made), afterwards))
    ]
    return [Alternative((), nothing), *steps]


def _kept(abstract: Theory, made: Transition) -> Term:
    """Return that whatever a transition changes keeps to its bounds; one that does not is an error, and no step."""
    changed = [
        variable_
        for variable_ in abstract.specification.variables
        if not made.definitions.keys().isdisjoint(abstract.layouts[variable_.name].leaves())
    ]
    return logic.conjunction(keeps(abstract, variable_) for variable_ in changed)


def _step(made: Transition, matters: _Mattering, kept: Term) -> Iterator[Alternative]:
    """Yield the ways to take a transition, one for each choice of containers that is tried.

    Trying only some choices is sound: with fewer ways to match a step, the claim is stronger.
    """
    body = logic.conjunction([made.guard, *_effects(matters, made.definitions), kept])
    containers = [constant for constant in made.constants if constant.arguments]
    candidates = [_candidates(container, list(matters)) for container in containers]
    if not all(candidates):
        raise Unencodable(
            "the refinement of a model whose actions choose containers like none of the state", made.location
        )
    for choice in itertools.islice(itertools.product(*candidates), _MOST_CHOICES):
        tried = replace_symbols(body, dict(zip(containers, choice, strict=True)))
        yield replace(_possible(made, tried), exact=not containers)


def _candidates(container: Symbol, symbols: Sequence[Symbol]) -> list[Definition]:
    """Return the candidates for a chosen container: each container of the state, before the step and after it."""
    formals = tuple(variable(sort) for sort in container.arguments)
    alike = [s for s in symbols if (s.arguments, s.result) == (container.arguments, container.result)]
    return [Definition(formals, symbol(*formals)) for s in alike for symbol in (primed(s), s)]


def _mattering_symbols(abstract: Theory) -> _Mattering:
    """Return the condition under which each symbol of the state matters."""
    layouts = [abstract.layouts[variable_.name] for variable_ in abstract.specification.variables]
    return {symbol: matters for layout in layouts for symbol, matters in mattering(layout)}


def _effects(
    matters: _Mattering,
    definitions: Mapping[Symbol, Definition],
    after: Callable[[Symbol], Symbol] = primed,
    *,
    only: bool = False,
) -> list[Term]:
    """Return the formula that each symbol, where it matters, is what it is defined to be, or else what it was."""
    return [
        _is(symbol, matters[symbol], definitions.get(symbol), after)
        for symbol in matters
        if not only or symbol in definitions
    ]


def _is(symbol: Symbol, matters: Matters, definition: Definition | None, after: Callable[[Symbol], Symbol]) -> Term:
    formals = tuple(variable(sort) for sort in symbol.arguments)
    asked = matters(after, formals)
    value = symbol(*formals) if definition is None else definition(*formals)
    reached = after(symbol)(*formals)
    if symbol.result is not BOOL:
        return for_all(formals, logic.implies(asked, logic.equal(reached, value)))
    # Two implications, since solvers make nothing of an equivalence with quantifiers inside.
    return logic.conjunction(
        (
            for_all(formals, logic.implies(logic.conjunction((asked, reached)), value)),
            for_all(formals, logic.implies(logic.conjunction((asked, value)), reached)),
        )
    )


def _possible(made: Transition, body: Term) -> Alternative:
    """Return the way in which something is true for some arguments of a transition."""
    names = {constant: variable(constant.result) for constant in made.constants if not constant.arguments}
    chosen = replace_symbols(body, {constant: Definition((), name) for constant, name in names.items()})
    return Alternative(tuple(names.values()), chosen)
