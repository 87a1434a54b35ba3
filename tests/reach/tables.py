"""The table of forms and places: each way to ask something of a container, in each place where a model asks."""

from __future__ import annotations

import importlib.util
import itertools
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from assay.checker.language import Model

__all__ = ["cells", "model_of", "questions", "source"]

FORMS = {
    "sets": [
        "len(A) > 0",
        "len(A) == len(B) + 1",
        "A",
        "not A",
        "X in A",
        "X not in A",
        "A == B",
        "A != set()",
        "A <= B",
        "A < B",
        "A >= B",
        "A.issubset(B)",
        "A.issuperset(B)",
        "A.isdisjoint(B)",
        "A | B == A",
        "A & B == A",
        "A - B == A",
        "A.union(B) == B",
        "A.intersection(B, A) == B",
        "A.difference(B) == set()",
        "A | {X} == A",
        "set(A) == B",
        "any(e == X for e in A)",
        "all(e == X for e in A)",
        "all(e in B for e in A)",
        "all(e != f or e.stamp == f.stamp for e in A for f in B)",
        "any(e.node == n for e in A)",
        "sum(1 for e in A) > 1",
        "sum(e.stamp for e in A if e in B) > 0",
        "max((e.stamp for e in A), default=0) > min((e.stamp for e in B), default=0)",
        "{e for e in A if e != X} == B",
        "{e.node for e in A} == {n}",
        "len({e.stamp for e in A | B}) > 0",
        "(A if n in {e.node for e in A} else B) == A",
        "{X} <= A",
        "X in A & B",
        "X in {e for e in A if e.stamp > 0}",
        "sorted(e.stamp for e in A) == [1]",
        "(n, 1) in {(e.node, e.stamp) for e in A}",
        "X in set(A)",
        "len(A - {X}) < len(A)",
    ],
    "sequences": [
        "len(A) > 0",
        "A",
        "not A",
        "X in A",
        "A == B",
        "A != []",
        "A == [X]",
        "A[:1] == [X]",
        "A[1:] == B",
        "A[::-1] == B",
        "A + B == B + A",
        "len(A + B) > 1",
        "A.count(X) > 1",
        "X in A and A.index(X) == 0",
        "len(A) > 0 and A[0] == X",
        "len(A) > 0 and A[-1].node == n",
        "list(reversed(A)) == A",
        "[e for e in A if e != X] == B",
        "[e.stamp for e in A] == [1]",
        "[X, *A] == [*A, X]",
        "any(e == X for e in A)",
        "all(e in B for e in A)",
        "any(e == f for e, f in zip(A, B))",
        "any(i > 0 and e == X for i, e in enumerate(A))",
        "all(e == X for e in reversed(A))",
        "sum(e.stamp for e in A) > 1",
        "max((e.stamp for e in A), default=0) == 1",
        "set(A) == set(B)",
        "{e.node for e in A} == {n}",
        "next((e for e in A if e.stamp > 0), X) == X",
        "next((e for e in A), None) is None",
        "sorted(e.stamp for e in A) == [1, 1]",
        "len(A) > 0 and max(A, key=lambda e: e.stamp).node == n",
        "max(A, key=lambda e: e.stamp, default=X).node == n",
        "(A if len(A) > 1 else B) == B",
        "(n, 1) in [(e.node, e.stamp) for e in A]",
        "len([e for e in A if e in B]) == 0",
    ],
    "bags": [
        "len(A) > 0",
        "A",
        "not A",
        "X in A",
        "A == B",
        "A.count(X) > 1",
        "A.count(X) == B.count(X)",
        "sum(1 for e in A) > 1",
        "sum(e.stamp for e in A) > 1",
        "any(e == X for e in A)",
        "all(e in B for e in A)",
        "set(A) == set(B)",
        "{e.node for e in A} == {n}",
        "max((e.stamp for e in A), default=0) == 1",
        "sorted(e.stamp for e in A) == [1, 1]",
        "len({e for e in A if e not in B}) > 0",
        "all(A.count(e) == 1 for e in A)",
    ],
    "maps": [
        "A[n] == X",
        "A[n] is None",
        "A == B",
        "A != B",
        "len(A) > 0",
        "n in A",
        "any(e == X for e in A.values())",
        "all(e is None for e in A.values())",
        "any(k == n and e == X for k, e in A.items())",
        "{k for k in A if A[k] == X} == {n}",
        "{k for k, e in A.items() if e is not None} == set(Node)",
        "X in A.values()",
        "sum(1 for e in A.values() if e is not None) > 1",
        "all(A[k] == B[k] for k in Node)",
        "sum(e.stamp for e in A.values() if e is not None) > 1",
        "A[n] in {X, None}",
        "len({e for e in A.values()}) == 1",
    ],
}
"""What is asked of containers A and B, a node n and an item X."""

CONTAINERS = {
    "sets": {"variable": ("S.a", "S.b"), "entry": ("S.held[n]", "S.a"), "field": ("S.box.some", "S.a")},
    "sequences": {"variable": ("S.q", "S.r"), "entry": ("S.lines[n]", "S.q"), "field": ("S.box.row", "S.q")},
    "bags": {"variable": ("S.u", "S.v"), "field": ("S.box.copies", "S.u")},
    "maps": {"variable": ("S.m", "S.w"), "field": ("S.box.by", "S.m")},
}
"""Where the containers are, in a state S."""

ITEM = "Item(n, 1)"

HEAD = '''
from __future__ import annotations

from typing import Self

from assay.checker.language import *


class Node(Sort):
    """A sort."""


@record
class Item:
    node: Node
    stamp: Range[0, {most}]


@record
class Box:
    some: Set[Item]
    row: Seq[Item, 2]
    copies: Bag[Item, 2]
    by: Map[Node, Item | None]


class Asked(Model):
    """Fills its containers in two steps, then asks."""

    default = {{"Node": 2}}
    check_deadlock = False
    a: Set[Item]
    b: Set[Item]
    held: Map[Node, Set[Item]]
    q: Seq[Item, 2]
    r: Seq[Item, 2]
    lines: Map[Node, Seq[Item, 2]]
    u: Bag[Item, 2]
    v: Bag[Item, 2]
    m: Map[Node, Item | None]
    w: Map[Node, Item | None]
    box: Box
    steps: Range[0, 2] = 0
    last: Range[0, 199] = 0
    flag: bool
    nodes: Set[Node]
    chosen: Node | None

    @initial
    def empty(self) -> None:
        self.box = Box(set(), [], self.u, self.m)

    def step(self) -> None:
        require(self.steps < 2)
        self.steps += 1
'''

FILLING = {
    "sets": ("a.add(X)", "b.add(X)", "held[n].add(X)", "box = Box({X}, [], self.u, self.m)"),
    "sequences": ("q.append(X)", "r.append(X)", "lines[n].append(X)", "box = Box(set(), [X], self.u, self.m)"),
    "bags": ("u.add(X)", "v.add(X)", "box = Box(set(), [], self.u, self.m)"),
    "maps": ("m[n] = X", "w[n] = X", "box = Box(set(), [], self.u, self.m)"),
}
"""How an action fills the containers of a kind."""

GIVEN = """
class Given(Model):
    \"\"\"Containers that an instance is given; it may choose the numbers of what is true of them.\"\"\"

    default = {{
        "Node": 2, "a": "{{Item(n1, 1)}}", "b": "{{Item(n1, 1), Item(n2, 0)}}",
        "held": "{{n1: {{Item(n1, 1)}}, n2: {{}}}}",
        "q": "[Item(n1, 1)]", "r": "[Item(n2, 1), Item(n1, 1)]", "lines": "{{n1: [Item(n1, 1)], n2: []}}",
        "m": "{{n1: Item(n1, 1), n2: None}}", "w": "{{n1: Item(n1, 1), n2: Item(n1, 0)}}",
    }}
    check_deadlock = False
    a: Parameter[Set[Item]]
    b: Parameter[Set[Item]]
    held: Parameter[Map[Node, Set[Item]]]
    q: Parameter[Seq[Item, 2]]
    r: Parameter[Seq[Item, 2]]
    lines: Parameter[Map[Node, Seq[Item, 2]]]
    m: Parameter[Map[Node, Item | None]]
    w: Parameter[Map[Node, Item | None]]
    number: Parameter[Range[0, 199]]
    flag: bool

    @action
    def toggle(self) -> None:
        self.flag = not self.flag
"""

SIMPLER = """
class Simpler(Model):
    \"\"\"What turns on, and never off again.\"\"\"

    check_deadlock = False
    on: bool

    @action(fires="maybe")
    def turn_on(self) -> None:
        require(not self.on)
        self.on = True
"""

Place = Callable[[int, str], str]
"""Makes the methods that ask something, which has a number, in some place."""


def _method(head: str, *body: str) -> str:
    lines = [*(f"    {line}" for line in head.split("\n")), *(f"        {line}" for line in body)]
    return "\n".join(["", *lines, ""])


def _action(*body: str, of_a_node: bool = True) -> Place:
    """Return an action that asks where the containers are filled; `?` is the question, `#` its number."""

    def place(number: int, form: str) -> str:
        return _method(
            f'@action(fires="maybe")\ndef act{number}(self{", n: Node" if of_a_node else ""}) -> None:',
            "require(self.steps == 2, self.last == 0)",
            *(line.replace("?", form).replace("S.", "self.") for line in body),
            f"self.last = {number}",
        )

    return place


def _property(decorator: str, *body: str, given: str = ", n: Node", result: str = "bool") -> Place:
    """Return a property that asks."""

    def place(number: int, form: str) -> str:
        asked = (line.replace("after?", form.replace("S.", "after.")).replace("?", form) for line in body)
        lines = (line.replace("S.", "self.").replace("#", str(number)) for line in asked)
        return _method(f"@{decorator}\ndef claim{number}(self{given}) -> {result}:", *lines)

    return place


def _with_a_step(place: Place) -> Place:
    """Return a place together with an action that makes its number the last one."""
    return lambda number, form: _action()(number, "") + place(number, form)


def _by_a_helper(number: int, form: str) -> str:
    helper = _method(f"def helper{number}(self, n: Node) -> bool:", f"return bool({form})".replace("S.", "self."))
    return helper + _property("invariant", f"return self.helper{number}(n)")(number, form)


ANY = "any(? for n in Node)"

PLACES: dict[str, Place] = {
    "guard": _action("require(?)"),
    "update": _action("self.flag = bool(?)"),
    "branch": _action("if ?:", "    self.nodes.add(n)", "else:", "    self.flag = True"),
    "conditional": _action("self.chosen = n if ? else None"),
    "local name": _action("found = bool(?)", "self.flag = found"),
    "assertion": _action("assert bool(?) or not self.flag"),
    "comprehension": _action("self.nodes = {n for n in Node if ?}", of_a_node=False),
    "choice": _action("self.chosen = choose(n for n in Node if ?)", of_a_node=False),
    "loop": _action("for n in Node:", "    if ?:", "        self.nodes.add(n)", of_a_node=False),
    "invariant": _property("invariant", "return bool(?)"),
    "reachable": _property("reachable", "return bool(?)"),
    "quantifier": _property("invariant", "return all(? for n in Node)", given=""),
    "count": _property("invariant", "return sum(1 for n in Node if ?) == 1", given=""),
    "helper": _by_a_helper,
    "search": _property("invariant", "for n in Node:", "    if ?:", "        return False", "return True", given=""),
    "terminal": _with_a_step(_property("terminal", f"return self.last == # and {ANY}", given="")),
    "constraint": _with_a_step(_property("constraint", f"return self.last != # or {ANY}", given="")),
    "step invariant": _property("step_invariant", "return bool(?) == bool(after?)", given=", after: Self, n: Node"),
    "step constraint": _property(
        "step_constraint", "return bool(?) or not bool(after?)", given=", after: Self, n: Node"
    ),
    "eventually": _property("eventually", "return bool(?)"),
    "always eventually": _property("always_eventually", "return bool(?)"),
    "formula": _property("temporal", "return leads_to(bool(?), self.flag)", result="Formula"),
    "mapping": _property("refines(Simpler)", f'return {{"on": {ANY}}}', given="", result="dict[str, object]"),
    "axiom": _property("axiom", f"return self.number != # or {ANY}", given=""),
    "initial state": _property(
        "initial",
        *("self.a = {X}", "self.b = {X, Item(n, 0)}", "self.held = {k: {X} for k in Node}", "self.nodes = set()"),
        *("self.q = [X]", "self.r = [Item(n, 0), X]", "self.lines = {k: [X] for k in Node}", "self.chosen = None"),
        *("self.m = everywhere(X)", "self.w = {k: X if k == n else None for k in Node}", "self.steps = 2"),
        *("self.flag = bool(?)", "self.last = #"),
        result="None",
    ),
}
"""Where a model asks."""


def questions(kind: str, place: str, sparse: bool) -> Iterator[str]:
    """Yield all that is asked of the containers of a kind in a place."""
    made = place in ("axiom", "initial state")
    for where, (first, second) in CONTAINERS[kind].items():
        if (where == "field" and (made or sparse)) or (kind == "bags" and made):
            continue  # no box or bag is given or written out, and a machine word holds no set of so many items
        for form in FORMS[kind]:
            if "sorted" in form and (place == "initial state" or (sparse and kind == "sets")):
                continue  # numbers that were just assigned are not sorted; nor are many, by machine code
            if place == "search" and re.search(r"\bX\b|A\[-?[01]\]|key=|, e.stamp\)", form):
                continue  # a search may not raise, as making an item does whose stamp is out of range
            yield re.sub(r"\bA\b", first, re.sub(r"\bB\b", second, form))


def cells() -> list[tuple[str, str, bool]]:
    """Return the kinds of containers, with the places that ask, for few and for many possible items."""
    found = itertools.product(FORMS, PLACES, (False, True))
    return [(kind, place, sparse) for kind, place, sparse in found if any(questions(kind, place, sparse))]


def source(kind: str, place: str, sparse: bool, asked: Iterable[str]) -> str:
    """Return a model that asks something of a kind of containers in a place."""
    head = _head(kind, place, 999 if sparse else 1)
    if sparse or place == "initial state":
        head = re.sub(
            r"@record\nclass Box.*?\n\n\n|    box: .*?\n|    @initial\n    def empty.*?\n\n", "", head, flags=re.DOTALL
        )
    return head + "".join(PLACES[place](number, form) for number, form in enumerate(asked, 1)).replace("X", ITEM)


def _head(kind: str, place: str, most: int) -> str:
    head = HEAD.format(most=most)
    if place == "axiom":
        return head[: head.index("@record\nclass Box")] + GIVEN.format()
    if place == "mapping":
        head = head.replace("class Asked", SIMPLER.strip() + "\n\n\nclass Asked")
    return head + "".join(
        _method(
            f'@action(fires="maybe")\ndef fill{number}(self, n: Node) -> None:',
            *("self.step()", f"self.{filling}".replace("X", ITEM)),
        )
        for number, filling in enumerate(FILLING[kind])
        if not filling.startswith("box") or (most == 1 and place != "initial state")
    )


_numbers = itertools.count()


def model_of(text: str, folder: Path) -> type[Model]:
    """Import a model from its source, as from a file of its own."""
    path = folder / f"table{next(_numbers)}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = vars(module).get("Asked") or vars(module)["Given"]
    assert issubclass(found, Model)
    return found
