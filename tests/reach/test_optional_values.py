"""Optional values: what is left of one after a test, `some`, claims for type checkers, and what is not evaluated."""

from __future__ import annotations

import pytest
from assay.checker.errors import ModelError
from assay.checker.language import (
    Map,
    Model,
    Set,
    Sort,
    action,
    everywhere,
    implies,
    invariant,
    record,
    require,
    some,
)
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.introspection.specification import specify
from assay.checker.properties.check import Engine, Options, check
from readings import counted, proved, refuted

from tests.tiers import one_in


class Node(Sort):
    """A sort."""


@record
class Yes:
    to: Node


@record
class No:
    to: Node


@record
class Later:
    to: Node


class Answers(Model):
    """An answer is given once; what is no consent is kept."""

    default = {"Node": 2}
    check_deadlock = False
    answer: Yes | No | Later | None = None
    kept: No | Later | None = None
    no: No | None = None

    @action
    def consent(self, n: Node) -> None:
        require(self.answer is None)
        self.answer = Yes(n)

    @action
    def deny(self, n: Node) -> None:
        require(self.answer is None)
        self.answer = No(n)

    @action
    def put_off(self, n: Node) -> None:
        require(self.answer is None)
        self.answer = Later(n)

    @invariant
    def kept_as_given(self) -> bool:
        return self.kept is None or self.kept == self.answer

    @invariant
    def denied_as_given(self) -> bool:
        no = self.no
        return no is None or no == self.answer


class ByNot(Answers):
    @action
    def keep(self) -> None:
        a = self.answer
        if not isinstance(a, Yes):
            self.kept = a
            if not isinstance(a, Later):
                self.no = a


class ByElse(Answers):
    @action
    def keep(self) -> None:
        if isinstance(self.answer, Yes):
            self.kept = None
        else:
            self.kept = self.answer
        if isinstance(self.answer, (Yes, Later)):
            return
        self.no = self.answer


class ByGuard(Answers):
    @action
    def keep(self) -> None:
        require(not isinstance(self.answer, Yes))
        a = self.answer
        assert not isinstance(a, Yes)
        self.kept = a
        self.no = a if not isinstance(a, Later) else None


class ByExpression(Answers):
    @action
    def keep(self) -> None:
        a = self.answer
        self.kept = None if isinstance(a, Yes) else a
        self.no = a if not isinstance(a, Yes | Later) else None


class ByCase(Answers):
    @action
    def keep(self) -> None:
        a = self.answer
        match a:
            case Yes():
                self.kept = None
            case _:
                self.kept = a
        match self.answer:
            case Yes() | Later():
                self.no = None
            case other:
                self.no = other


class ByHelper(Answers):
    def not_yes(self) -> No | Later | None:
        match self.answer:
            case Yes():
                return None
            case _:
                return self.answer

    def only_no(self, a: No | Later | None) -> No | None:
        return None if isinstance(a, Later) else a

    @action
    def keep(self) -> None:
        self.kept = self.not_yes()
        if not isinstance(self.answer, Yes):
            self.no = self.only_no(self.answer)


class KeptTooLong(ByNot):
    """Broken: a consent may follow."""

    @action
    def consent(self, n: Node) -> None:
        self.answer = Yes(n)


# Nothing is answered, one of two is answered by consent, and of a denial or delay to one of two it is kept or not.
BY_HAND = 1 + 2 + 2 * 2 + 2 * 2


@pytest.mark.parametrize("model", one_in(2, [ByNot, ByElse, ByGuard, ByExpression, ByCase, ByHelper]))
def test_what_is_not_of_a_record_is_one_of_the_others_or_none(model: type[Model]) -> None:
    assert counted(model) == BY_HAND
    assert proved(model)


def test_what_was_kept_of_an_optional_value_may_become_false() -> None:
    assert set(refuted(KeptTooLong).items()) == {("kept_as_given", "consent"), ("denied_as_given", "consent")}


class FieldOfWhatIsLeft(Answers):
    """Broken: no consent may also be no answer."""

    told: Set[Node]

    @action
    def tell(self) -> None:
        if not isinstance(self.answer, Yes):
            self.told.add(self.answer.to)  # type: ignore[union-attr]


class TooWide(Answers):
    @action
    def keep(self) -> None:
        if not isinstance(self.answer, Yes):
            self.no = self.answer  # type: ignore[assignment]


def test_what_is_left_may_still_be_none() -> None:
    for engine in (Engine.REFERENCE, Engine.NATIVE):
        with pytest.raises(ModelError, match="'NoneType' object has no attribute 'to'"):
            check(instantiate(specify(FieldOfWhatIsLeft)), Options(engine))
    assert refuted(FieldOfWhatIsLeft) == {"tell": "tell"}


def test_what_is_left_is_said_where_it_is_too_wide() -> None:
    with pytest.raises(ModelError, match=r"no must be a No \| None, found a No \| Later \| None"):
        counted(TooWide)


@record
class Grant:
    holder: Node
    uses: Node | None


class Grants(Model):
    """A lease, as people ask for it."""

    default = {"Node": 2}
    check_deadlock = False
    lease: Grant | None = None
    holds: Map[Node, bool] = everywhere(False)

    @action
    def grant(self, n: Node) -> None:
        require(self.lease is None)
        self.lease = Grant(n, None)

    @action
    def learn(self) -> None:
        lease = some(self.lease)
        assert lease is not None
        self.holds[lease.holder] = True

    @action
    def use(self, n: Node) -> None:
        require(self.lease is not None and self.lease.holder == n and self.lease.uses is None)
        lease = self.lease
        assert lease is not None
        self.lease = Grant(lease.holder, n)

    @action
    def end(self) -> None:
        require(self.lease is not None)
        lease = self.lease
        assert lease is not None, "it was there a moment ago"
        self.holds[lease.holder] = False
        self.lease = None

    @invariant
    def held_by_one(self, n: Node) -> bool:
        return not self.holds[n] or (self.lease is not None and self.lease.holder == n)

    @invariant
    def used_by_its_holder(self) -> bool:
        lease = self.lease
        if lease is None or lease.uses is None:
            return True
        return lease.uses == lease.holder

    @invariant
    def claimed(self, n: Node) -> bool:
        if self.holds[n]:
            assert self.lease is not None
            return self.lease.holder == n
        return True


class GrantedTwice(Grants):
    @action
    def grant(self, n: Node) -> None:
        self.lease = Grant(n, None)


class NotClaimed(Grants):
    """Broken: the assertion of a property is false once nobody holds the lease any more."""

    @action
    def end(self) -> None:
        require(self.lease is not None)
        self.lease = None


def test_leases_as_people_write_them() -> None:
    assert counted(Grants) == 1 + 2 * 2 * 2
    assert proved(Grants)
    assert refuted(GrantedTwice)["held_by_one"] == "grant"


def test_a_false_assertion_of_a_property_is_shown_and_not_proved() -> None:
    found = {p.name: p for p in check(instantiate(specify(NotClaimed)), Options(keep_going=True)).properties}
    assert found["assertions"].trace is not None
    assert len(found["assertions"].trace) == 4
    assert "held_by_one" in refuted(NotClaimed)


class Eager(Grants):
    @invariant
    def is_used(self, n: Node) -> bool:
        return implies(self.lease is not None, self.lease.holder == n)  # type: ignore[union-attr]


class EagerGuard(Grants):
    @action
    def use(self, n: Node) -> None:
        require(self.lease is not None, self.lease.holder == n)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("model", "spelling"),
    one_in(
        2,
        [
            (Eager, "self.lease is None or self.lease.holder == n"),
            (EagerGuard, "require(self.lease is not None and self.lease.holder == n)"),
        ],
    ),
)
@pytest.mark.parametrize("engine", [Engine.REFERENCE, Engine.NATIVE])
def test_what_is_evaluated_although_it_is_guarded_is_told_with_what_stops(
    model: type[Model], spelling: str, engine: Engine
) -> None:
    with pytest.raises(ModelError) as caught:
        check(instantiate(specify(model)), Options(engine))
    assert spelling in str(caught.value.help)
    assert not proved(model)
