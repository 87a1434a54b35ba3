"""Random small models with all that explorers must agree on: errors, constraints, ends, several initial states.

States are numbers, so that much happens in few of them: an action, a property or a constraint that raises in one
state, a violation beside it, a state outside the constraint, a deadlock that is violated too, names that clash.
"""

from __future__ import annotations

from hypothesis import strategies as st

NUMBERS = st.integers(0, 7)
_KINDS = ("invariant", "lemma", "reachable", "step_invariant", "terminal", "constraint")
_NAMES = ("deadlock", "initial", "action", "safe", "stop", "x_", "found", "state")

_HEAD = """from typing import Self

from assay.checker.language import *
from assay.checker.language import initial as start


class Rank(Order):
    \"\"\"Something to get ahead in.\"\"\"
"""


@st.composite
def conditions(draw: st.DrawFn, state: str = "self") -> str:
    """Draw a condition on a state, which may raise in one state."""
    number, x = draw(NUMBERS), f"{state}.x"
    return draw(
        st.sampled_from(
            [
                f"{x} != {number}",
                f"{x} == {number}",
                f"{x} <= {number}",
                f"{x} > {number}",
                f"{x} in {{{number}, {draw(NUMBERS)}}}",
                f"8 // ({x} - {number}) >= 0",
                f"{state}.top is None",
                "True",
            ]
        )
    )


@st.composite
def assignments(draw: st.DrawFn) -> str:
    """Draw an assignment, which may raise in some states, or leave the range."""
    number = draw(NUMBERS)
    return draw(
        st.sampled_from(
            [
                f"self.x = (self.x + {number}) % 8",
                f"self.x = (self.x * 3 + {number}) % 8",
                f"self.x = {number}",
                f"self.x += {number % 3}",
                f"self.x = 7 // (self.x - {number}) % 8",
                "self.x = (self.x + step) % 8",
                "self.top = rank",
            ]
        )
    )


@st.composite
def actions(draw: st.DrawFn, name: str) -> str:
    """Draw an action."""
    body = draw(assignments())
    parameters = [
        *(["step: Range[0, 2]"] if "step" in body else []),
        *(["rank: Rank"] if "rank" in body else []),
        *(["other: bool"] if draw(st.booleans()) else []),
    ]
    guards = draw(st.lists(conditions(), max_size=2))
    lines = [f"def {name}({', '.join(['self', *parameters])}) -> None:"]
    lines += [f"    require({guard})" for guard in guards] + [f"    {body}"]
    return "\n".join(["    @action", *(f"    {line}" for line in lines)])


@st.composite
def predicates(draw: st.DrawFn, name: str) -> str:
    """Draw a property, a constraint or a terminal predicate."""
    kind = draw(st.sampled_from(_KINDS))
    if kind == "step_invariant":
        body = f"{draw(conditions())} or {draw(conditions(state='after'))}"
        return f"    @step_invariant\n    def {name}(self, after: Self) -> bool:\n        return {body}"
    parameter = ", step: Range[0, 2]" if kind not in ("terminal", "constraint") and draw(st.booleans()) else ""
    body = f"{draw(conditions())}{' or self.x == step' if parameter else ''}"
    return f"    @{kind}\n    def {name}(self{parameter}) -> bool:\n        return {body}"


@st.composite
def small_models(draw: st.DrawFn) -> str:
    """Draw the source of a module with a model ``Small``, which may inherit some of what it says."""
    initial = draw(st.sampled_from(["anything()", *map(str, range(8))]))
    lines = [_HEAD, "", "class Base(Model):", '    default = {"Rank": 2}']
    lines += [f"    x: Range[0, 7] = {initial}", "    top: Rank | None = None"]
    lines += ["", draw(actions("first"))]
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=5))
    inherited = draw(st.integers(0, len(names)))
    for name in names[:inherited]:
        lines += ["", draw(predicates(name))]
    if draw(st.booleans()):
        lines += ["", "    @start", "    def begin(self) -> None:", f"        require({draw(conditions())})"]
    lines += ["", "", "class Small(Base):", '    """Drawn at random."""']
    for number in range(draw(st.integers(0, 2))):
        lines += ["", draw(actions(f"act_{number}"))]
    for name in names[inherited:]:
        lines += ["", draw(predicates(name))]
    return "\n".join(lines) + "\n"
