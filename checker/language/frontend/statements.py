"""Compiling statements: what actions do."""

from __future__ import annotations

import ast
import types

from assay.checker.language import model as decorators
from assay.checker.language.frontend.calls import is_super
from assay.checker.language.frontend.expressions import Expressions
from assay.checker.language.frontend.loops import demand_unordered
from assay.checker.language.frontend.scope import Binding, Code, SelfBinding, Snapshot, Unbound
from assay.checker.language.frontend.typing import Facts, learned, without
from assay.checker.language.ir.nodes import (
    And,
    Arithmetic,
    Assign,
    AssignCollection,
    AssignLocal,
    AssignMap,
    BagUpdate,
    Block,
    Clear,
    Collection,
    Compare,
    Comparison,
    Expr,
    Field,
    For,
    If,
    Literal,
    Name,
    Place,
    Read,
    Require,
    Root,
    SeqAppend,
    SeqPop,
    SeqStore,
    SetOf,
    SetUpdate,
    Statement,
    walk,
)
from assay.checker.language.types import (
    BOOL,
    INT,
    BagType,
    MapType,
    OptionalType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
)

__all__ = ["Statements"]

_AUGMENTED: dict[type[ast.operator], str] = {ast.BitOr: "add", ast.Sub: "discard", ast.BitAnd: "keep"}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


class Statements(Expressions):
    """Statements of every form. The same names mean the same places in all statements of an action."""

    def block(self, statements: list[ast.stmt], node: ast.AST) -> Block:
        """Compile statements in sequence; those after a branch that returns belong to the other branch."""
        compiled: list[Statement] = []
        remaining = list(statements)
        while remaining:
            statement = remaining.pop(0)
            if isinstance(statement, ast.Return):
                self._demand_bare(statement)
                break
            if isinstance(statement, ast.If) and _returns(statement):
                compiled.append(self._split(statement, remaining))
                break
            compiled += self.statement(statement)
        return Block(tuple(compiled), location=self.at(node))

    def _demand_bare(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.fail(node, "an action returns nothing; what it does is change the state")

    def _split(self, node: ast.If, rest: list[ast.stmt]) -> If:
        then = [*node.body, *([] if _ends(node.body) else rest)]
        otherwise = [*node.orelse, *([] if _ends(node.orelse) else rest)]
        return self._if(node, self.condition(node.test), then, otherwise)

    def statement(self, node: ast.stmt) -> list[Statement]:
        """Compile one statement."""
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return []
            case ast.Expr(value=ast.Call() as call):
                return self._call_statement(call)
            case ast.Assign(targets=[target], value=value):
                return self._assign(target, value, node)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self._assign(target, value, node)
            case ast.AugAssign():
                return [self._augmented(node)]
            case ast.If():
                return [self._if(node, self.condition(node.test), node.body, node.orelse)]
            case ast.For():
                return [self._for(node)]
            case ast.Match():
                return self._match(node)
            case _:
                self.fail(node, f"{_described(node)} is not part of the language", _REMEDIES.get(type(node)))

    # Branches and loops

    def _if(self, node: ast.AST, test: Expr, then: list[ast.stmt], otherwise: list[ast.stmt]) -> If:
        before = dict(self.names)
        first, first_names, first_facts = self._branch(then, learned(test, True), node)
        self.names = dict(before)
        second, second_names, second_facts = self._branch(otherwise, learned(test, False), node)
        self.names = _merged(before, first_names, second_names)
        self.facts = {e: t for e, t in first_facts.items() if second_facts.get(e) == t}
        return If(test, first, second, location=self.at(node))

    def _branch(
        self, statements: list[ast.stmt], facts: Facts, node: ast.AST
    ) -> tuple[Block, dict[str, Binding], Facts]:
        saved = dict(self.facts)
        self.facts = {**self.facts, **facts}
        block = self.block(statements, node)
        result = block, self.names, self.facts
        self.facts = {e: t for e, t in saved.items() if self.facts.get(e) == t}
        return result

    def _for(self, node: ast.For) -> For:
        if node.orelse:
            self.fail(node, "else after a loop is not part of the language")
        if any(isinstance(inner, ast.Return | ast.Break | ast.Continue) for inner in ast.walk(node)):
            self.fail(node, "a loop cannot be left early", "put the rest of its body into an if")
        variable, domain, bindings = self.binder(node.target, node.iter)
        before = dict(self.names)
        entries = self._entries(bindings, node)
        self.names.update(bindings)
        self._forget_what_changes(node)
        body = self.block(node.body, node)
        body = Block((*entries, *body.statements), location=body.location)
        self.names = {name: before.get(name, Unbound()) for name in self.names}
        loop = For(variable, domain, body, location=self.at(node))
        demand_unordered(loop)
        self._demand_unchanged(loop)
        return loop

    def _entries(self, bindings: dict[str, Binding], node: ast.For) -> list[Statement]:
        """Read the entries of a map that the target names once, when the round begins."""
        statements: list[Statement] = []
        for name, binding in bindings.items():
            if isinstance(binding, Read):
                variable = self.fresh(name, binding.type, node.target)
                statements.append(AssignLocal(variable, binding, location=self.at(node.target)))
                bindings[name] = variable
        return statements

    def _forget_what_changes(self, node: ast.For) -> None:
        """Drop what is known of whatever the body may change: a later round must not rely on it."""
        written = self._written_in(node)
        for variable in written:
            self.wrote(variable)

    def _written_in(self, node: ast.For) -> set[str]:
        saved = dict(self.used), dict(self.written), dict(self.names), dict(self.facts)
        before = dict(self.written)
        try:
            self.block(node.body, node)
            return {name for name, count in self.written.items() if before.get(name, 0) != count}
        finally:
            self.used, self.written, self.names, self.facts = saved

    def _demand_unchanged(self, loop: For) -> None:
        read = {part.variable for part in walk(loop.domain) if isinstance(part, Place)}
        written = {
            part.place.variable for part in walk(loop.body) if hasattr(part, "place") and isinstance(part, Statement)
        }
        if read & written:
            from assay.checker.errors import ModelError

            raise ModelError(
                f"the loop changes {', '.join(sorted(read & written))} while it runs over it",
                location=loop.location,
                help="loop over the sort and ask for membership, or update the whole set at once",
            )

    # Assignment

    def _assign(self, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[Statement]:
        match target:
            case ast.Name(id=name):
                return self._assign_name(name, value, node)
            case ast.Tuple(elts=targets):
                return self._assign_tuple(targets, value, node)
            case ast.Attribute() | ast.Subscript():
                return [self._assign_place(target, value, node)]
            case _:
                self.fail(target, "this cannot be assigned to")

    def _assign_name(self, name: str, value: ast.expr, node: ast.stmt) -> list[Statement]:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "pop":
            return [self._pop(value, name)]
        compiled = self.value(value)
        if isinstance(compiled, Collection):
            if _is_alias(value, compiled):
                self.fail(value, "this name would be the set in the state itself, not a copy", "copy it: set(...)")
            self.names[name] = self.snapshot(compiled)
            return []
        if isinstance(compiled, Place):
            self.fail(value, "a map has no name of its own", "index it where it is used")
        return [self._local(name, compiled, node)]

    def _local(self, name: str, value: Expr, node: ast.AST) -> AssignLocal:
        old = self.names.get(name)
        if isinstance(old, Name) and old.type == value.type:
            variable = old
            self.facts = without(self.facts, old.name)
        elif isinstance(old, Name | Snapshot) and not isinstance(old, Unbound):
            self.fail(node, f"{name} changes its type, to {value.type}", "use another name")
        else:
            variable = self.fresh(name, value.type, node)
        self.names[name] = variable
        return AssignLocal(variable, value, location=self.at(node))

    def _assign_tuple(self, targets: list[ast.expr], value: ast.expr, node: ast.stmt) -> list[Statement]:
        if not isinstance(value, ast.Tuple):
            compiled = self.expr(value)
            self.names.update(
                self.unpacked(ast.Tuple(elts=targets, lineno=node.lineno, col_offset=node.col_offset), compiled)
            )
            return []
        if len(value.elts) != len(targets):
            self.fail(node, f"{len(value.elts)} values for {len(targets)} targets")
        statements: list[Statement] = []
        temporaries = []
        for element in value.elts:
            compiled = self.expr(element)
            temporaries.append(self.fresh("value", compiled.type, element))
            statements.append(AssignLocal(temporaries[-1], compiled, location=self.at(element)))
        for target, temporary in zip(targets, temporaries, strict=True):
            if isinstance(target, ast.Name):
                statements.append(self._local(target.id, temporary, node))
            else:
                statements.append(self._store(self._target(target), temporary, node))
        return statements

    def _target(self, node: ast.expr) -> Place | tuple[Place, Expr]:
        """Compile what is assigned to: a place, or a sequence's place and an index."""
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if isinstance(
                self.names.get(name), SelfBinding
            ):
                return self._own_variable(attribute, node)
            case ast.Subscript(value=owner, slice=index):
                value = self.value(owner)
                if isinstance(value, Place) and isinstance(value.type, MapType):
                    key = self.fit(self.expr(index, value.type.key), value.type.key, index, "the key")
                    keys = (*value.keys, key)
                    return self._writable(
                        Place(value.root, value.variable, keys, value.type.value, location=self.at(node)), node
                    )
                if isinstance(value, Collection):
                    place = self._writable(self.stored(owner, SeqType, "sequence"), node)
                    return place, self.fit(self.expr(index), INT, index, "the index")
        self.fail(node, "this cannot be assigned to", "possible are self.x, self.x[k] and local names")

    def _own_variable(self, name: str, node: ast.expr) -> Place:
        for variable in self.specification.variables:
            if variable.name == name:
                owner = node.value if isinstance(node, ast.Attribute) else node
                binding = self.names[owner.id] if isinstance(owner, ast.Name) else None
                root = binding.root if isinstance(binding, SelfBinding) else Root.STATE
                return self._writable(Place(root, name, (), variable.type, location=self.at(node)), node)
        if any(constant.name == name for constant in self.specification.constants):
            self.fail(node, f"{name} is a parameter of the instance; it does not change")
        names = ", ".join(variable.name for variable in self.specification.variables)
        self.fail(
            node, f"{self.specification.name} has no variable {name!r}", f"annotate it in the class; there is {names}"
        )

    def _writable(self, place: Place, node: ast.AST) -> Place:
        if place.root is not Root.STATE:
            self.fail(node, "a property cannot change the state")
        return place

    def _assign_place(self, target: ast.expr, value: ast.expr, node: ast.stmt) -> Statement:
        place = self._target(target)
        if isinstance(place, tuple):
            item = self.expr(value, place[0].type.element)  # type: ignore[union-attr]
            return self._store(place, item, node)
        match place.type:
            case MapType():
                return self._assign_map(place, place.type, value, node)
            case SetType(element) | SeqType(element, _):
                return self._assign_collection(place, element, value, node)
            case BagType():
                self.fail(value, "a bag is not assigned as a whole", "use add, remove and clear")
            case _:
                return self._store(place, self.expr(value, place.type), node)

    def _store(self, target: Place | tuple[Place, Expr], value: Expr, node: ast.AST) -> Statement:
        if isinstance(target, tuple):
            place, index = target
            assert isinstance(place.type, SeqType)
            value = self.fit(value, place.type.element, node, f"an item of {place.variable}")
            self.wrote(place.variable)
            return SeqStore(place, index, value, location=self.at(node))
        value = self.fit(value, target.type, node, target.variable)
        self.wrote(target.variable)
        if isinstance(target.type, OptionalType) and not isinstance(value, Literal) and not target.keys:
            self._learn_present(target, value)
        return Assign(target, value, location=self.at(node))

    def _learn_present(self, target: Place, value: Expr) -> None:
        from assay.checker.language.ir.nodes import Cast

        if isinstance(value, Cast) and isinstance(target.type, OptionalType):
            self.facts[Read(target)] = target.type.inner

    def _assign_map(self, place: Place, type_: MapType, node: ast.expr, statement: ast.AST) -> AssignMap:
        match node:
            case ast.DictComp(key=ast.Name(id=key), value=value, generators=[ast.comprehension(ifs=[]) as clause]) if (
                isinstance(clause.target, ast.Name) and clause.target.id == key
            ):
                variable, domain, bindings = self.binder(clause.target, clause.iter)
            case _:
                self.fail(node, "a map is assigned by a comprehension over all its keys", "{k: ... for k in K}")
        from assay.checker.language.ir.nodes import Universe

        if not isinstance(domain, Universe) or domain.of != type_.key:
            self.fail(clause.iter, f"the map is over {type_.key}; the comprehension must run over all of it")
        with self.nested(**bindings):
            item = self.fit(self.expr(value, type_.value), type_.value, value, "the value")
        self.wrote(place.variable)
        return AssignMap(place, variable, item, location=self.at(statement))

    def _assign_collection(self, place: Place, element: Type, node: ast.expr, statement: ast.AST) -> AssignCollection:
        value = self.collection(node, element)
        if _is_alias(node, value):
            self.fail(node, "this would make two variables share one container", "copy it: set(...) or list(...)")
        value = self.widened(value, element, node)
        self.wrote(place.variable)
        return AssignCollection(place, value, location=self.at(statement))

    def _augmented(self, node: ast.AugAssign) -> Statement:
        if isinstance(node.target, ast.Name):
            return self._augmented_local(node, node.target)
        target = self._target(node.target)
        if isinstance(target, Place) and isinstance(target.type, SetType):
            operator = _AUGMENTED.get(type(node.op))
            if operator is None:
                self.fail(node, "this operator does not change a set", "possible are |=, -= and &=")
            return self._set_update(operator, target, self.collection(node.value, target.type.element), node)
        if isinstance(target, Place):
            current: Expr = Read(target, location=target.location)
            return self._store(target, self._computed(node, current), node)
        self.fail(node, "an item of a sequence is not changed in place", "assign it: self.q[i] = self.q[i] + 1")

    def _computed(self, node: ast.AugAssign, current: Expr) -> Expr:
        operator = _ARITHMETIC.get(type(node.op))
        if operator is None:
            self.fail(
                node, f"{_described(node.op)}= is not part of the language", "possible are +=, -=, *=, //= and %="
            )
        left = self.fit(current, INT, node.target, "what is changed")
        right = self.fit(self.expr(node.value), INT, node.value, "the operand")
        return Arithmetic(operator, left, right, location=self.at(node))

    def _augmented_local(self, node: ast.AugAssign, target: ast.Name) -> Statement:
        current = self.look_up(target)
        if not isinstance(current, Expr):
            self.fail(node, "a local set is not changed in place", "compute it at once, with a comprehension")
        return self._local(target.id, self._computed(node, current), node)

    # Calls that change the state

    def _call_statement(self, node: ast.Call) -> list[Statement]:
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if is_super(owner):
                return self._procedure(node, self.inherited_method(node.func), SelfBinding(Root.STATE))
            if isinstance(owner, ast.Name) and isinstance(self.names.get(owner.id), SelfBinding):
                return self._procedure(node, self.own_method(node.func), self.names[owner.id])
            if not self.resolve(node.func)[0]:
                return [self._update(node, node.func)]
        found, target = self.resolve(node.func)
        if target is decorators.require:
            return [self._require(node)]
        if found and isinstance(target, types.FunctionType):
            return self._procedure(node, target, None)
        self.fail(node, f"{ast.unparse(node.func)}() as a statement does nothing")

    def _require(self, node: ast.Call) -> Require:
        if not node.args or node.keywords:
            self.fail(node, "require takes one or more conditions")
        conditions = [self.condition(argument) for argument in node.args]
        for condition in conditions:
            self.facts = {**self.facts, **learned(condition, True)}
        condition = conditions[0] if len(conditions) == 1 else _all_evaluated(conditions)
        return Require(condition, location=self.at(node))

    def _procedure(self, node: ast.Call, function: types.FunctionType, owner: Binding | None) -> list[Statement]:
        code = Code.of(function)
        names, lets = self.bound_arguments(node, code, owner if isinstance(owner, SelfBinding) else None)
        statements: list[Statement] = [AssignLocal(name, value, location=self.at(node)) for name, value in lets]
        with self.inside(code, names, node):
            body = self.block(code.node.body, code.node)
            facts = self.facts
        self.facts = {e: t for e, t in self.facts.items() if facts.get(e) == t}
        return [*statements, *body.statements]

    def _update(self, node: ast.Call, function: ast.Attribute) -> Statement:
        value = self.value(function.value)
        place = getattr(value, "place", None)
        if not isinstance(value, Collection) or not isinstance(place, Place):
            self.fail(node, f"this has no method {function.attr!r} that changes the state")
        self._writable(place, node)
        match place.type:
            case SetType(element):
                return self._change_set(node, function.attr, place, element)
            case SeqType(element, _):
                return self._change_seq(node, function.attr, place, element)
            case BagType(element, _):
                return self._change_bag(node, function.attr, place, element)
        self.fail(node, f"this has no method {function.attr!r}")

    def _change_set(self, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
        match name:
            case "add" | "discard":
                item = self._argument(node, element)
                return self._set_update(name, place, SetOf((item,), element, location=self.at(node)), node)
            case "update" | "difference_update" | "intersection_update":
                operator = {"update": "add", "difference_update": "discard", "intersection_update": "keep"}[name]
                return self._set_update(operator, place, self.collection(self._only(node), element), node)
            case "clear" if not node.args:
                return self._cleared(place, node)
            case _:
                self.fail(
                    node,
                    f"a set has no method {name!r} in the language",
                    "possible are add, discard, update, clear and |=, -=, &=",
                )

    def _set_update(self, operator: str, place: Place, value: Collection, node: ast.expr | ast.stmt) -> SetUpdate:
        assert isinstance(place.type, SetType)
        widened = self.widened(value, place.type.element, node)  # type: ignore[arg-type]
        self.wrote(place.variable)
        return SetUpdate(operator, place, widened, location=self.at(node))

    def _change_seq(self, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
        match name:
            case "append":
                item = self._argument(node, element)
                self.wrote(place.variable)
                return SeqAppend(place, item, location=self.at(node))
            case "pop":
                return self._pop(node, None)
            case "clear" if not node.args:
                return self._cleared(place, node)
            case _:
                self.fail(
                    node,
                    f"a sequence has no method {name!r} in the language",
                    "possible are append, pop, pop(0) and clear",
                )

    def _pop(self, node: ast.Call, name: str | None) -> SeqPop:
        assert isinstance(node.func, ast.Attribute)
        place = self._writable(self.stored(node.func.value, SeqType, "sequence"), node)
        match node.args:
            case []:
                first = False
            case [ast.Constant(value=0)]:
                first = True
            case _:
                self.fail(node, "pop takes no argument, or 0")
        assert isinstance(place.type, SeqType)
        self.wrote(place.variable)
        into = None
        if name is not None:
            into = self.fresh(name, place.type.element, node)
            self.names[name] = into
        return SeqPop(place, first, into, location=self.at(node))

    def _change_bag(self, node: ast.Call, name: str, place: Place, element: Type) -> Statement:
        match name:
            case "add" | "remove":
                item = self._argument(node, element)
                self.wrote(place.variable)
                return BagUpdate(name == "add", place, item, location=self.at(node))
            case "clear" if not node.args:
                return self._cleared(place, node)
            case _:
                self.fail(node, f"a bag has no method {name!r} in the language", "possible are add, remove and clear")

    def _argument(self, node: ast.Call, wanted: Type) -> Expr:
        argument = self._only(node)
        return self.fit(self.expr(argument, wanted), wanted, argument, "the element")

    def _cleared(self, place: Place, node: ast.AST) -> Clear:
        self.wrote(place.variable)
        return Clear(place, location=self.at(node))

    # match

    def _match(self, node: ast.Match) -> list[Statement]:
        subject = self.expr(node.subject)
        variable = self.fresh("subject", subject.type, node)
        chain = self._cases(list(node.cases), variable, node)
        return [AssignLocal(variable, subject, location=self.at(node)), *chain]

    def _cases(self, cases: list[ast.match_case], subject: Name, node: ast.Match) -> list[Statement]:
        if not cases:
            return []
        case = cases[0]
        test, bindings = self._pattern(case.pattern, subject)
        before, facts = dict(self.names), dict(self.facts)
        self.names.update(bindings)
        self.facts = {**facts, **learned(test, True)}
        if case.guard is not None:
            test = And((test, self.condition(case.guard)), location=self.at(case.pattern))
        body = self.block(case.body, node)
        first_names = {name: binding for name, binding in self.names.items() if name not in bindings}
        self.names, self.facts = dict(before), dict(facts)
        rest = Block(tuple(self._cases(cases[1:], subject, node)))
        self.names = _merged(before, {**before, **first_names}, self.names)
        return [If(test, body, rest, location=self.at(case.pattern))]

    def _pattern(self, pattern: ast.pattern, subject: Expr) -> tuple[Expr, dict[str, Binding]]:
        match pattern:
            case ast.MatchAs(pattern=None, name=None):
                return Literal(True, BOOL), {}
            case ast.MatchAs(pattern=None, name=str(name)):
                return Literal(True, BOOL), {name: subject}
            case ast.MatchValue(value=value):
                wanted = self.expr(value, subject.type)
                return Compare(Comparison.EQ, subject, self.fit(wanted, subject.type, value, "the case")), {}
            case ast.MatchSingleton(value=None):
                return self._none_test(subject, pattern), {}
            case ast.MatchClass():
                return self._class_pattern(pattern, subject)
            case _:
                self.fail(
                    pattern, "this pattern is not part of the language", "possible are records, values, names and _"
                )

    def _class_pattern(self, pattern: ast.MatchClass, subject: Expr) -> tuple[Expr, dict[str, Binding]]:
        kind = self._kinds(pattern.cls)[0]
        assert isinstance(kind, RecordType)
        test = self.kind_test(subject, [kind], pattern)
        from assay.checker.language.ir.nodes import Narrow

        record = Narrow(subject, kind, safe=True) if isinstance(subject.type, UnionType | OptionalType) else subject
        names = [name for name, _ in kind.fields]
        if len(pattern.patterns) > len(names):
            self.fail(pattern, f"{kind} has {len(names)} fields")
        inner = dict(zip(names, pattern.patterns, strict=False))
        inner.update(zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True))
        tests, bindings = [test], {}
        for name, part in inner.items():
            if name not in names:
                self.fail(part, f"{kind} has no field {name!r}")
            part_test, part_bindings = self._pattern(part, Field(record, name, dict(kind.fields)[name]))
            tests.append(part_test)
            bindings.update(part_bindings)
        real = [t for t in tests if t != Literal(True, BOOL)]
        if len(real) <= 1:
            return (real[0] if real else Literal(True, BOOL)), bindings
        return And(tuple(real), location=self.at(pattern)), bindings


def _all_evaluated(conditions: list[Expr]) -> Expr:
    """Return the conjunction of conditions that Python evaluates all before the first is looked at."""
    return And(tuple(conditions), eager=True, location=conditions[0].location)


def _merged(before: dict[str, Binding], first: dict[str, Binding], second: dict[str, Binding]) -> dict[str, Binding]:
    names: dict[str, Binding] = {}
    for name in {**first, **second}:
        if name in first and name in second and first[name] == second[name]:
            names[name] = first[name]
        elif name in before and name in first and name in second and isinstance(before[name], Name):
            names[name] = before[name]
        else:
            names[name] = Unbound()
    return names


def _ends(statements: list[ast.stmt]) -> bool:
    if not statements:
        return False
    last = statements[-1]
    if isinstance(last, ast.If):
        return _ends(last.body) and _ends(last.orelse)
    return isinstance(last, ast.Return)


def _returns(node: ast.If) -> bool:
    return any(isinstance(inner, ast.Return) for inner in ast.walk(node))


def _is_alias(node: ast.expr, value: Collection) -> bool:
    from assay.checker.language.ir.nodes import Stored

    return isinstance(value, Stored) and isinstance(node, ast.Attribute | ast.Subscript | ast.Name)


_REMEDIES: dict[type[ast.stmt], str] = {
    ast.While: "loop over a sort, a set or range(...)",
    ast.Try: "say with require when an action can happen",
    ast.Assert: "use require, or an invariant",
    ast.Raise: "use require",
    ast.Delete: "use discard, or assign None",
    ast.Import: "import at the top of the module",
    ast.ImportFrom: "import at the top of the module",
    ast.FunctionDef: "define functions at the top of the module or in the class",
    ast.Global: "all state is in the variables of the model",
}


def _described(node: ast.AST) -> str:
    return f"`{type(node).__name__.lower()}`"
