"""Explore rolling upgrades of models; run as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay.checker.changes.correspondence import Correspondence, IncomparableError, corresponding
from assay.checker.changes.processes import serve
from assay.checker.changes.side_by_side import load_model
from assay.checker.changes.statements import Vocabulary, written
from assay.checker.engine.limits import Limits
from assay.checker.engine.lookout import Lookout
from assay.checker.errors import UsageError
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.interpreter import Frozen, Interpreter
from assay.checker.language.ir.program import ModelIR, PredicateIR, TemporalIR
from assay.checker.language.kinds import FAILURES, Kind
from assay.checker.language.types import EnumType, QuorumType, RecordType, SortType, Type, subtypes
from assay.checker.upgrades.answers import Phase, Upgrade, UpgradeRequest
from assay.checker.upgrades.attributing import Version, actors, demand_the_same_for_nobody, shared, sort_called
from assay.checker.upgrades.carrying import Carrier
from assay.checker.upgrades.exploring import Explored, explore
from assay.checker.upgrades.judging_models import ModelJudge
from assay.checker.upgrades.mixtures import AFTER, BEFORE, Mixture, Runner
from assay.checker.wording import listed, nearest

__all__ = ["explore_models"]


def explore_models(request: UpgradeRequest) -> Upgrade:
    """Check a rolling upgrade of a model in this process, whose modules it changes.

    Raises
    ------
    AssayError
        If a version is malformed, or the two do not fit together.
    """
    return _Explorer(request).upgrade()


class _Explorer:
    def __init__(self, request: UpgradeRequest) -> None:
        self.request = request
        self.old, self.new = (load_model(s.reference, Path(s.root)) for s in (request.before, request.after))
        self.between = _between(self.old, self.new)
        self.instances = tuple(self._instance(model) for model in (self.old, self.new))
        _demand_one_state(self.between, *self.instances)
        self.sort = sort_called(self.new.specification, request.versions)
        self.versions = self._versions()
        demand_the_same_for_nobody(self.versions, request.versions)
        self._demand_through()
        self._demand_only()

    def _instance(self, model: ModelIR) -> Instance:
        return instantiate(model.specification, dict(self.request.settings), name=self.request.instance)

    def _versions(self) -> tuple[Version, Version]:
        given = self.request.actors
        old, new = self.old.specification, self.new.specification
        known = {action.name for action in (*old.actions, *new.actions)}
        for name in given:
            if name not in known:
                raise UsageError(f"--actors names {name!r}, which is no action{nearest(name, known)}")
        sorts = (sort_called(old, self.request.versions), self.sort)
        vocabulary = Vocabulary.of(self.new)
        bare = (
            Version(self.old, self.instances[BEFORE], {}, vocabulary, self.between),
            Version(self.new, self.instances[AFTER], {}, vocabulary),
        )
        both = shared(bare)
        before, after = (
            replace(version, actors=actors(version.model.specification, sort, given, both))
            for version, sort in zip(bare, sorts, strict=True)
        )
        return before, after

    def _demand_through(self) -> None:
        name = self.request.through
        used = self.versions if self.request.downgrades else self.versions[AFTER:]
        for version in used if name else ():
            known = [action for action, actor in version.actors.items() if actor is not None]
            if name not in known:
                raise UsageError(
                    f"--through {name}: {version.model.specification.name} has no action {name!r} that an element of "
                    f"{self.request.versions} takes{nearest(name, known)}",
                    help=f"it has {listed(known)}",
                )

    def _demand_only(self) -> None:
        specification = self.new.specification
        claims = (*specification.judged(deadlock=True), *specification.impossible)
        known = [*(claim.name for claim in claims), FAILURES.name]
        for name in self.request.only:
            if name not in known:
                raise UsageError(
                    f"--only {name}: {specification.name} claims nothing called {name!r}{nearest(name, known)}",
                    help=f"it claims {listed(known)}",
                )

    def upgrade(self) -> Upgrade:
        moving = self._moving()
        mixed = self._phase("mixed", self._mixture(moving))
        alone = (("before", BEFORE), ("after", AFTER)) if mixed.violated else ()
        return Upgrade(
            "model",
            {name: str(value) for name, value in self.instances[AFTER].settings().items()},
            tuple(self._names[element] for element in moving),
            mixed,
            tuple(self._phase(name, self._mixture((), version)) for name, version in alone),
            tuple(self._warnings()),
        )

    @property
    def _names(self) -> tuple[str, ...]:
        instance = self.instances[AFTER]
        return tuple(map(instance.name_of, instance.elements(self.sort)))

    def _moving(self) -> tuple[int, ...]:
        for name in self.request.moving:
            if name not in self._names:
                raise UsageError(
                    f"there is no {self.request.versions} {name!r}{nearest(name, self._names)}",
                    help=f"there are {listed(self._names)}",
                )
        return tuple(n for n, name in enumerate(self._names) if not self.request.moving or name in self.request.moving)

    def _mixture(self, moving: tuple[int, ...], fixed: int | None = None) -> Mixture:
        request, both = self.request, shared(self.versions)
        there, back = _classes(self.between), _classes(corresponding(self.new.specification, self.old.specification))
        order, to_common, from_common = _order(self.old, self.new), Carrier(there), Carrier(back)
        before = self._runner(
            BEFORE,
            both,
            lambda state: to_common.carried(tuple(state[n] for n in order)),
            lambda state: from_common.carried(tuple(state[order.index(n)] for n in range(len(order)))),
        )
        after = self._runner(AFTER, both, _same, _same)
        together = _running(self.instances[AFTER], lambda name: name in both)
        size = len(self._names)
        return Mixture((before, after), together, size, moving, request.downgrades, request.through, fixed)

    def _runner(
        self,
        version: int,
        both: frozenset[str],
        to_common: Callable[[Frozen], Frozen],
        from_common: Callable[[Frozen], Frozen],
    ) -> Runner:
        instance = self.instances[version]
        own = _running(instance, lambda name: name not in both)
        return Runner(Interpreter(instance), own, self.versions[version].actors, to_common, from_common)

    def _phase(self, name: str, mixture: Mixture) -> Phase:
        request, found = self.request, Explored()
        judge = ModelJudge(mixture, self._names, found, frozenset(request.only), keep_going=mixture.fixed is not None)
        with self.instances[AFTER].active():
            explore(mixture, Lookout(Limits(request.states, None, request.seconds)), judge, found)
            claims = tuple(judge.claims())
        return Phase(name, claims, len(found.parents), found.depth, found.stop)

    def _warnings(self) -> Iterator[str]:
        old, new = self.old.specification, self.new.specification
        known = {method.name for method in new.properties}
        for name in (method.name for method in old.properties if method.name not in known):
            yield f"only the version before claims {name}, which was not checked"
        for name in self._reworded():
            yield f"the version before says something else by {name}, which was not checked"
        if new.of(Kind.CONSTRAINT, Kind.STEP_CONSTRAINT) or old.of(Kind.CONSTRAINT, Kind.STEP_CONSTRAINT):
            yield "what the constraints of the version after keep out was not explored"

    def _reworded(self) -> Iterator[str]:
        """Yield the names of claims of both versions that say another thing in each, or may."""
        claims = {method.name for method in self.old.specification.properties}
        said = {each.name: each for each in _statements(self.new)}
        for old in (each for each in _statements(self.old) if each.name in claims and each.name in said):
            try:
                here = written(self.between.carried(old), Vocabulary.of(self.new))
            except IncomparableError:
                here = ""
            if here != written(said[old.name], Vocabulary.of(self.new)):
                yield old.name


def _statements(model: ModelIR) -> tuple[PredicateIR | TemporalIR, ...]:
    return (*model.predicates, *model.temporals)


def _running(instance: Instance, is_meant: Callable[[str], bool]) -> Interpreter:
    """Return an interpreter for some of a model's actions."""
    specification = instance.specification
    methods = tuple(m for m in specification.methods if m.kind is not Kind.ACTION or is_meant(m.name))
    return Interpreter(instance.about(replace(specification, methods=methods)))


def _same(state: Frozen) -> Frozen:
    return state


def _order(old: ModelIR, new: ModelIR) -> tuple[int, ...]:
    """Return, for each variable of the version after, its index in the version before."""
    names = [variable.name for variable in old.specification.variables]
    return tuple(names.index(variable.name) for variable in new.specification.variables)


def _between(old: ModelIR, new: ModelIR) -> Correspondence:
    said = ((model.actions, model.predicates, model.temporals) for model in (old, new))
    return corresponding(old.specification, new.specification, *said)


def _classes(between: Correspondence) -> dict[type[Any], type[Any]]:
    """Return the counterpart of each class that occurs in the types of variables."""
    found: dict[type[Any], type[Any]] = {}
    for variable in between.before.variables:
        for part in subtypes(variable.type):
            if isinstance(part, EnumType | SortType | QuorumType | RecordType):
                other = between.type_for(part)
                assert isinstance(other, EnumType | SortType | QuorumType | RecordType)
                found[part.cls] = other.cls
    return found


def _demand_one_state(between: Correspondence, before: Instance, after: Instance) -> None:
    """Refuse versions whose states are incompatible.

    Raises
    ------
    UsageError
        If their variables or sizes differ.
    """
    old = {variable.name: variable for variable in between.before.variables}
    new = {variable.name: variable for variable in between.after.variables}
    for name in dict.fromkeys((*old, *new)):
        if name not in new or name not in old:
            where = "before" if name in old else "after"
            raise UsageError(
                f"only the version {where} has a variable {name}: the other one cannot work on its states",
                help=f"give both versions a variable {name}, with the value that it is to have where nobody sets it",
            )
        _demand_one_type(between, name, old[name].type, new[name].type)
    sizes = {between.counterpart(sort): size for sort, size in before.sizes.items()}
    for sort, size in after.sizes.items():
        if sizes.get(sort, size) != size:
            words = f"{sort.__name__} is {sizes[sort]} in the version before, and {size} after"
            raise UsageError(f"{words}: they share one system", help=f"--set {sort.__name__}={size} says it for both")
    _demand_one_meaning_of_quorums(between, before, after)


def _demand_one_type(between: Correspondence, name: str, old: Type, new: Type) -> None:
    try:
        is_the_same = between.carried(old) == new
    except IncomparableError as error:
        raise UsageError(
            f"{name} cannot be shared by both versions: {error}", help="give it one type in both"
        ) from None
    if not is_the_same:
        raise UsageError(
            f"{name} is {old} in the version before, and {new} after: they share one system",
            help="give it one type in both, which holds the values of either",
        )


def _demand_one_meaning_of_quorums(between: Correspondence, before: Instance, after: Instance) -> None:
    """Refuse quorums stored in the state that mean different sets in the two versions."""
    parts = (part for variable in between.after.variables for part in subtypes(variable.type))
    for name in dict.fromkeys(part.cls.__name__ for part in parts if isinstance(part, QuorumType)):
        if before.settings()[name] != after.settings()[name]:
            raise UsageError(
                f"the state holds elements of {name}, which has other quorums in the two versions",
                help="hold the members of a quorum in the state instead of the quorum",
            )


if __name__ == "__main__":
    serve(UpgradeRequest, explore_models, imports=False)
