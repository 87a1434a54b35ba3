"""Parts that random protocols are put together from, and protocols so composed beside the same in one class.

The parts are the networks of the library, and a clock and sessions of our own, which have state and actions themselves.
The class in which everything is written out is made from the source of the parts: whose method counts is decided by
Python's own order of resolution, and a call of ``super()`` becomes one of a method of another name.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from assay.checker.language import Model, networks
from assay.checker.language.loader import load

from tests.generation.choices import Choices

__all__ = ["NOTHING", "OWN", "Composed", "composition", "written_out"]

OWN = '''\
from typing import Generic, TypeVar

from assay.checker.language.networks import *

Owner = TypeVar("Owner")
Item = TypeVar("Item")


class Clock:
    """Time, up to a horizon."""

    horizon: Parameter[int] = 2
    now: Range[0, "horizon"] = 0

    def is_late(self) -> bool:
        return self.now == self.horizon

    @action(fires="maybe")
    def tick(self) -> None:
        require(self.now < self.horizon)
        self.now += 1


class Sessions(Clock, Generic[Owner]):
    """Sessions that end a while after they were last renewed."""

    ends: Map[Owner, Range[0, 2]] = everywhere(0)

    def is_live(self, owner: Owner) -> bool:
        return self.now < self.ends[owner]

    def is_late(self) -> bool:
        return super().is_late() and all(end <= self.now for end in self.ends.values())

    @action(fires="maybe")
    def renew(self, owner: Owner) -> None:
        self.ends[owner] = min(self.now + 1, 2)


class ShortSessions(Sessions[Owner]):
    """Sessions that are renewed only while they live, or at the beginning."""

    @action(fires="maybe")
    def renew(self, owner: Owner) -> None:
        require(self.now == 0 or self.is_live(owner))
        super().renew(owner)


class Counting(BagNetwork[Item]):
    """A network that knows whether anything was sent, and so may be told what is lost."""

    sent: Range[0, 2] = 0

    def send(self, message: Item) -> None:
        self.sent = min(self.sent + 1, 2)
        super().send(message)


class Post(HeadDuplication[Owner, Item], Generic[Item, Owner]):
    """Queues whose parameters stand in another order; who has posted something is kept."""

    posted: Set[Owner]

    def send(self, source: Owner, target: Owner, message: Item) -> None:
        super().send(source, target, message)
        self.posted.add(source)
'''
"""Parts of our own. They stand in front of a protocol that has any part."""

MAIL = "Yes | No"
"""What is sent; whose value stands for the parameters `Message` and `Item` of parts, as Node does for `Owner`."""


@dataclass(frozen=True)
class Composed:
    """What a protocol is composed of: bases, what it says of their members, and the forms that use them."""

    bases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    receive: str = ""
    """What takes a message, `mail`; empty where there is no network."""


NOTHING = Composed()
"""A protocol that is all in one class."""

_SETS = (("SetNetwork",), ("BagNetwork",), ("Loss",), ("Duplication",), ("Loss", "Duplication"), ("Counting",),
         ("Duplication", "Loss"), ("Loss", "Counting"))  # fmt: skip

_QUEUES = (("QueueNetwork",), ("HeadLoss",), ("HeadDuplication",), ("HeadLoss", "HeadDuplication"), ("Post",),
           ("HeadDuplication", "HeadLoss"), ("HeadLoss", "Post"))  # fmt: skip

_CLOCKS = (("Clock",), ("Sessions",), ("ShortSessions",))

_REMOVABLE = {"Loss": "lose", "HeadLoss": "lose", "Duplication": "duplicate", "HeadDuplication": "duplicate",
              "Clock": "tick", "Sessions": "renew", "Partitions": "disconnect"}  # fmt: skip
"""An action of a part, which a model may do without."""

_REPLACED = {
    "Clock": '    @action(fires="maybe")\n    def tick(self) -> None:\n        require(self.now != 1)\n'
    "        super().tick()\n",
    "Sessions": '    @action(fires="maybe")\n    def renew(self, owner: Node) -> None:\n        super().renew(owner)\n'
    "        require(self.ends[owner] < 2)\n",
    "BagNetwork": f"    def receive(self, message: {MAIL}) -> None:\n        require(len(self.messages) < 2)\n"
    "        super().receive(message)\n",
    "Loss": f'    @action(fires="maybe")\n    def lose(self, message: {MAIL}) -> None:\n'
    "        require(message != No())\n        super().lose(message)\n",
    "QueueNetwork": "    def room(self, source: Node, target: Node) -> bool:\n"
    "        return source != target and super().room(source, target)\n",
    "HeadDuplication": '    @action(fires="maybe")\n    def duplicate(self, source: Node, target: Node) -> None:\n'
    "        require(source != target)\n        super().duplicate(source, target)\n",
}
"""Members of a model that replace those of a part, and call them."""


def composition(choices: Choices) -> Composed:
    """Draw what a protocol is composed of."""
    kinds = choices.pick(["set", "queue", "clock", "set and clock", "queue and clock", "clock"])
    names: list[str] = []
    used = NOTHING
    if "set" in kinds:
        names += choices.pick(_SETS)
        used = _of_sets(counted="SetNetwork" not in names)
    elif "queue" in kinds:
        names += choices.pick(_QUEUES)
        # It replaces a method of queues, so it has to stand before them.
        names[:0] = ["Partitions"] if choices.chance(25) else []
        used = _of_queues()
    if "clock" in kinds:
        names.insert(choices.number(0, len(names)), choices.pick(_CLOCKS)[0])
    members = _members(choices, names)
    renewed = "Clock" not in names and not any("renew = " in member for member in members)
    timed = _of_clocks(has_sessions="Clock" not in names, renewed=renewed) if "clock" in kinds else NOTHING
    return Composed(
        tuple(map(_filled, names)),
        tuple(members),
        (*used.guards, *timed.guards),
        (*used.effects, *timed.effects),
        (*used.claims, *timed.claims),
        used.receive,
    )


def _filled(name: str) -> str:
    if name == "Clock":
        return name
    if name in ("Sessions", "ShortSessions", "Partitions"):
        return f"{name}[Node]"
    if name == "Post":
        return f"{name}[{MAIL}, Node]"
    return f"{name}[Node, {MAIL}]" if any(name in bases for bases in _QUEUES) else f"{name}[{MAIL}]"


def _members(choices: Choices, names: list[str]) -> list[str]:
    """Return what a model says of the members of its parts: one is removed, or one is replaced."""
    removable = [_REMOVABLE[name] for name in names if name in _REMOVABLE]
    replaced = [_REPLACED[name] for name in names if name in _REPLACED]
    if removable and choices.chance(30):
        return [f"    {choices.pick(removable)} = removed\n"]
    return [choices.pick(replaced)] if replaced and choices.chance(50) else []


def _of_sets(*, counted: bool) -> Composed:
    room = ("len(self.messages) < 2", "len(self.messages) > 1", "self.messages.count(No()) < 2") if counted else ()
    return Composed(
        guards=("No() not in self.messages", "Yes(n) not in self.messages", *room),
        effects=("self.send(Yes(n))", "self.send(No())", "self.send(Yes(m))", "self.send(mail)"),
        claims=("Yes(n) not in self.messages", "No() not in self.messages", "len(self.messages) < 2"),
        receive="self.receive(mail)",
    )


def _of_queues() -> Composed:
    return Composed(
        guards=("self.room(n, m)", "self.room(n, n)", "self.channels[n][m] == []", "self.connected(n, m)"),
        effects=("self.send(n, m, No())", "self.send(n, m, Yes(n))", "self.send(n, n, Yes(n))", "self.send(n, m, mail)",
                 "if self.room(n, m):\n    self.send(n, m, Yes(m))"),
        claims=("self.channels[n][n] == []", "all(No() not in self.channels[k][n] for k in Node)",
                "all(len(queue) < 2 for queue in self.channels[n].values())"),
        receive="self.receive(m, n, mail)",
    )  # fmt: skip


def _of_clocks(*, has_sessions: bool, renewed: bool) -> Composed:
    sessions = ("self.is_live(n)", "not self.is_live(n)", "self.ends[n] == 0") if has_sessions else ()
    return Composed(
        guards=("self.is_late()", "not self.is_late()", "self.now > 0", *sessions),
        effects=(
            "self.now = 0",
            *(("self.ends[n] = 2",) if has_sessions else ()),
            *(("self.renew(n)",) if renewed else ()),
        ),
        claims=("not self.is_late()", "self.now < self.horizon", *(("self.ends[n] < 2",) if has_sessions else ())),
    )


# Writing out


def written_out(path: Path, name: str) -> str:
    """Return a model of a file as one class ``Flat``, which derives from Model alone."""
    cls = load(f"{path}:{name}").cls
    own, library = (_classes(Path(file)) for file in (path, Path(networks.__file__)))
    line = [own.get(c.__name__, library.get(c.__name__)) for c in cls.__mro__[: cls.__mro__.index(Model)]]
    bodies = [node for node in line if node is not None]
    names = dict.fromkeys(name for node in bodies for name in map(_name, node.body) if name)
    members = [_Filling().visit(member) for name in names for member in _versions(bodies, name)]
    return "\n".join(["class Flat(Model):", *(f"    {line}" for each in members for line in _lines(each)), ""])


def _classes(path: Path) -> dict[str, ast.ClassDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _name(member: ast.stmt) -> str | None:
    match member:
        case (
            ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(name)])
        ):
            return name
    return None


def _versions(bodies: list[ast.ClassDef], name: str) -> list[ast.stmt]:
    """Return the member of a name, and the methods that it replaces, by other names and as helpers."""
    found = [(node.name, member) for node in bodies for member in node.body if _name(member) == name]
    first = found[0][1]
    if not isinstance(first, ast.FunctionDef):
        return [] if ast.unparse(first).endswith("= removed") else [first]
    made: list[ast.stmt] = []
    for at, (owner, member) in enumerate(found):
        assert isinstance(member, ast.FunctionDef)
        if at:
            member.name, member.decorator_list = f"{name}_of_{owner}", []
        following = found[at + 1][0] if at + 1 < len(found) else ""
        made.append(_Calling(f"{name}_of_{following}").visit(member))
    return made


class _Calling(ast.NodeTransformer):
    """Gives calls of ``super()`` the name of what they call."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if ast.unparse(node.value) == "super()":
            return ast.Attribute(ast.Name("self", ast.Load()), self.name, node.ctx)
        return self.generic_visit(node)


class _Filling(ast.NodeTransformer):
    """Puts types in the place of the parameters of generic parts."""

    _TYPES = {"Message": MAIL, "Item": MAIL, "Owner": "Node"}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.parse(self._TYPES[node.id], mode="eval").body if node.id in self._TYPES else node


def _lines(member: ast.stmt) -> list[str]:
    return [*ast.unparse(ast.fix_missing_locations(member)).splitlines(), ""]
