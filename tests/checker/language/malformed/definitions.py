"""Definitions of which one would replace another, and names that mean something else."""

# ruff: noqa
# mypy: ignore-errors

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from assay.checker.language import *


class Node(Sort):
    """A sort."""


class Base(Model):
    default = {"Node": 2}
    limit: Parameter[int] = 3
    flag: bool
    seen: Set[Node]
    LEAST: ClassVar[int] = 2

    @action
    def toggle(self) -> None:
        self.flag = not self.flag

    @invariant
    def safe(self) -> bool:
        return True

    @reachable
    def seen_one(self) -> bool:
        return self.helper()

    def helper(self) -> bool:
        return self.flag

    @property
    def quiet(self) -> bool:
        return not self.flag


class TwoInvariants(Base):
    @invariant
    def steady(self) -> bool:
        return False

    @invariant
    def steady(self) -> bool:
#   ^ TwoInvariants defines steady twice: the definition in line 46 is lost
#     help: give one of them another name, or delete it
#     instead: def steadily(self) -> bool:
        return True


class TwoActions(Base):
    @action
    def act(self) -> None:
        self.flag = True

    @action
    def act(self, n: Node) -> None:
#   ^ TwoActions defines act twice: the definition in line 59 is lost
#     help: give one of them another name, or delete it
        self.flag = False


class AnActionAndAHelper(Base):
    @action
    def act(self) -> None:
        self.flag = True

    def act(self) -> bool:
#   ^ AnActionAndAHelper defines act twice: the definition in line 71 is lost
#     help: give one of them another name, or delete it
        return True


class TwoVariables(Base):
    more: bool = False
    more: Set[Node]
#   ^ TwoVariables defines more twice: the definition in line 81 is lost
#     help: give one of them another name, or delete it


class TwoSettings(Base):
    default = {"Node": 1}
    default = {"Node": 2}
#   ^ TwoSettings defines default twice: the definition in line 88 is lost
#     help: give one of them another name, or delete it


class AVariableAndAnAction(Base):
    act: bool

    @action
    def act(self) -> None:
#   ^ AVariableAndAnAction defines act twice: the definition in line 95 is lost
#     help: give one of them another name, or delete it
        self.flag = True


class ATupleAgain(Base):
    ONE, TWO = 1, 2
    TWO = 3
#   ^ ATupleAgain defines TWO twice: the definition in line 105 is lost
#     help: give one of them another name, or delete it


class InABranch(Base):
    if True:
        @invariant
        def steady(self) -> bool:
            return True

    @invariant
    def steady(self) -> bool:
#   ^ InABranch defines steady twice: the definition in line 114 is lost
#     help: give one of them another name, or delete it
        return True


class InvariantAsAction(Base):
    @action
    def safe(self) -> None:
#   ^ safe is an invariant in Base (definitions.py:29), and an action here
#     help: choose another name
        self.flag = True


class InvariantAsReachable(Base):
    @reachable
    def safe(self) -> bool:
#   ^ safe is an invariant in Base (definitions.py:29), and a reachable here
#     help: choose another name
#     instead: def safely(self) -> bool:
        return True


class InvariantAsVariable(Base):
    safe: bool
#   ^ safe is an invariant in Base (definitions.py:29), and a state variable here
#     help: choose another name


class VariableAsMethod(Base):
    def flag(self) -> bool:
#   ^ flag is a state variable in Base (definitions.py:20), and a helper here
#     help: choose another name
        return True


class VariableAsProperty(Base):
    @property
    def flag(self) -> bool:
#   ^ flag is a state variable in Base (definitions.py:20), and a property here
#     help: choose another name
        return True


class VariableAsClass(Base):
    class seen(Sort):
#   ^ seen is a state variable in Base (definitions.py:21), and a class here
#     help: choose another name
        """A sort."""


class PropertyAsVariable(Base):
    quiet: bool
#   ^ quiet is a property in Base (definitions.py:40), and a state variable here
#     help: choose another name
#     instead: calm: bool


class HelperAsVariable(Base):
    helper: bool = True
#   ^ helper is a helper in Base (definitions.py:36), and a state variable here
#     help: choose another name
#     instead: helps: bool = True


class ParameterAsVariable(Base):
    limit: Range[0, 3] = 0
#   ^ limit is a parameter in Base (definitions.py:19), and a state variable here
#     help: choose another name
#     instead: least: Range[0, 3] = 0


class ConstantAsVariable(Base):
    LEAST: Range[0, 3] = 0
#   ^ LEAST is a constant in Base (definitions.py:22), and a state variable here
#     help: choose another name


class HelperAsInvariant(Base):
    @invariant
    def helper(self) -> bool:
#   ^ helper is a helper in Base (definitions.py:36), and an invariant here
#     help: choose another name
        return True


class SpecialMethod(Base):
    @action
    def __setattr__(self, n: Node) -> None:
#   ^ __setattr__ is a special method of Python, by which a state would no longer be its variables
#     help: choose another name
        self.flag = True


class SpecialHelper(Base):
    def __dict__(self) -> bool:
#   ^ __dict__ is a special method of Python, by which a state would no longer be its variables
#     help: choose another name
        return True


class ActionAsSetting(Base):
    @action
    def smoke(self) -> None:
#   ^ 'smoke' is reserved for the settings of a model
#     help: choose another name
        self.flag = True


class ParameterAsSort(Base):
    Node: Parameter[int] = 2
#   ^ Node is both a parameter and a sort, and --set Node=... would set both
#     help: choose another name for one of them


class RemovesNothing(Base):
    stop = removed
#   ^ stop is removed, but no base of RemovesNothing has a decorated method of that name
#     help: only actions, properties and the like can be taken away
#     instead: safe = removed


class RemovesAVariable(Base):
    flag = removed
#   ^ flag is removed, but no base of RemovesAVariable has a decorated method of that name
#     help: only actions, properties and the like can be taken away
#     instead: safe = removed


class RemovesTwice(Base):
    safe = removed
    safe = removed
#   ^ RemovesTwice defines safe twice: the definition in line 248 is lost
#     help: give one of them another name, or delete it


class RemovesAMisspelledName(Base):
    safee = removed
#   ^ safee is removed, but no base of RemovesAMisspelledName has a decorated method of that name; did you mean 'safe'?
#     help: only actions, properties and the like can be taken away
#     instead: safe = removed


class WithoutToggle(Base):
    toggle = removed

    @action
    def see(self, n: Node) -> None:
        self.seen.add(n)
        self.toggle()
#       ^ self.toggle is removed in this class or in a base of it
#         help: name the class whose method is meant: Base.toggle(self, ...)
#         instead: Base.toggle(self)


class CallsWhatWasRemoved(WithoutToggle):
    @action
    def toggle(self) -> None:
        super().toggle()
#       ^ super().toggle is removed in this class or in a base of it
#         help: name the class whose method is meant: Base.toggle(self, ...)
#         instead: Base.toggle(self)


class _Clock:
    """A part with assumptions of its own."""

    now: bool
    fairness = (weak("tick"),)

    @action
    def tick(self) -> None:
        self.now = not self.now


class _Sessions:
    """Another."""

    live: bool
    fairness = (weak("renew"),)

    @action
    def renew(self) -> None:
        self.live = not self.live


class LosesWhatAPartAssumes(_Clock, _Sessions, Base):
#< LosesWhatAPartAssumes inherits fairness from _Clock and from _Sessions, of which neither derives from the other (definitions.py:297): one would be lost
#     help: define fairness here
    """Two parts, each with its fairness."""


class ModelBeforeAPart(Model, _Clock):
#< ModelBeforeAPart inherits fairness from Model and from _Clock, of which neither derives from the other (definitions.py:286): one would be lost
#     help: define fairness here, or name Model as the last base
    """What a model states by default hides what the part states."""


_Item = TypeVar("_Item")


class _Box(Generic[_Item]):
    """A part that is open in a type."""

    boxed: Set[_Item]


class _OfNodes(_Box[Node]):
    """Fills it in."""


class _OfFlags(_Box[bool]):
    """Fills it in with something else."""


class OneBoxForTwoTypes(_OfNodes, _OfFlags, Base):
#< _Item of _Box stands for Node in one base of OneBoxForTwoTypes, and for bool in another; it has the members of _Box once
#  help: derive from it with one type only, and write the other part as a class of its own
    """Which would be lost?"""
