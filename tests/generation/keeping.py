"""Statements of invented models that keep a copy of a container, change one of the two, and write it back or ask."""

from __future__ import annotations

from tests.generation.building import Building
from tests.generation.idioms import Statement
from tests.generation.types import BOOL, SeqOf, SetOf
from tests.generation.vocabulary import Variable

__all__ = ["Keeping"]


class Keeping(Building):
    """Draws local copies, which change while the variable does not, or do not while it does."""

    @property
    def keeping(self) -> list[Statement]:
        """What draws them."""
        return [self._changed_copy, self._kept_copy]

    def _changed_copy(self, depth: int, indent: str) -> list[str]:
        """A copy that is changed, and becomes a variable, or is only asked about."""
        found = self._of(SetOf, SeqOf)
        if not found:
            return self.counted(depth, indent)
        target = self.choices.pick(found)
        name, lines = self._copy(target, indent)
        for _ in range(self.choices.number(1, 3)):
            step = self._of_copy(name, target)
            if self.choices.chance(30):
                lines += [f"{indent}if {self.expr(BOOL, depth - 1)}:", f"{indent}    {step}"]
            else:
                lines.append(f"{indent}{step}")
        bound = f"[:{target.type.capacity}]" if isinstance(target.type, SeqOf) else ""
        given = self.choices.pick([f"{name}{bound}", f"{self._copying(target)}({name}){bound}"])
        return [*lines, *self._asked(name, target, indent), *self._written_back(target, given, depth, indent)]

    def _kept_copy(self, depth: int, indent: str) -> list[str]:
        """A copy that is what the variable was before it changed."""
        found = self._of(SetOf, SeqOf)
        if not found:
            return self.counted(depth, indent)
        target = self.choices.pick(found)
        name, lines = self._copy(target, indent)
        place = f"self.{target.name}"
        if isinstance(target.type, SetOf):
            change = [f"{place}.{self.choices.pick(['add', 'discard'])}({self._kept(target.type.element)})"]
        else:
            assert isinstance(target.type, SeqOf)
            item = self._kept(target.type.element)
            few = f"if len({place}) < {target.type.capacity}:"
            change = self.choices.pick(
                [
                    [f"if {place}:", f"    {place}[0] = {item}"],
                    [f"if {place}:", f"    {place}.pop({self.choices.pick(['0', ''])})"],
                    [few, f"    {place}.append({item})"],
                    [f"{place}.clear()"],
                ]
            )
        lines += [f"{indent}{line}" for line in change]
        return [*lines, *self._asked(name, target, indent), *self._written_back(target, name, depth, indent)]

    def _copy(self, target: Variable, indent: str) -> tuple[str, list[str]]:
        self._bound += 1
        name, place, copying = f"copy{self._bound}", f"self.{target.name}", self._copying(target)
        forms = [f"{copying}({place})", f"{copying}({place})"]
        if isinstance(target.type, SeqOf):
            forms += [f"{place}[:]", f"[*{place}]", f"[item for item in {place}]", f"[*{place}, *{place}]"]
        else:
            forms += [f"{{item for item in {place}}}", f"{place} | {place}"]
        return name, [f"{indent}{name} = {self.choices.pick(forms)}"]

    @staticmethod
    def _copying(target: Variable) -> str:
        return "list" if isinstance(target.type, SeqOf) else "set"

    def _of_copy(self, name: str, target: Variable) -> str:
        """Return a statement that changes a copy."""
        assert isinstance(target.type, SetOf | SeqOf)
        item = self._kept(target.type.element)
        if isinstance(target.type, SetOf):
            steps = [f"{name}.add({item})", f"{name}.discard({item})", f"{name}.update({{{item}}})"]
            return self.choices.pick([*steps, f"{name} |= {{{item}}}", f"{name} = {name} - {{{item}}}"])
        steps = [f"{name}.append({item})", f"{name}.insert(0, {item})", f"{name} += [{item}]", f"{name} = {name}[1:]"]
        return self.choices.pick([*steps, f"{name}.extend(self.{target.name})", f"{name} = [{item}, *{name}[1:]]"])

    def _asked(self, name: str, target: Variable, indent: str) -> list[str]:
        """Return a statement that shows what a copy is beside its variable."""
        flags = [v.name for v in self.changing if v.type == BOOL and v.name not in self.scope.hidden]
        claims = [f"{name} == self.{target.name}", f"len({name}) > len(self.{target.name})", f"not {name}"]
        claim = self.choices.pick(claims)
        if flags and self.choices.chance(60):
            return [f"{indent}self.{self.choices.pick(flags)} = {claim}"]
        return [f"{indent}require({claim})"] if self.choices.chance(20) else []

    def _written_back(self, target: Variable, given: str, depth: int, indent: str) -> list[str]:
        """Return the assignment of a copy to its variable or to another one, maybe on some paths only."""
        others = [v.name for v in self._of(type(target.type)) if v.type == target.type]
        place = f"self.{self.choices.pick([target.name, *others])}"
        if self.choices.chance(30):
            return [f"{indent}if {self.expr(BOOL, depth - 1)}:", f"{indent}    {place} = {given}"]
        return [f"{indent}{place} = {given}"] if self.choices.chance(80) else []
