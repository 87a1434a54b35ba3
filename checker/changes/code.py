"""Write ordinary Python in canonical form: functions, the values they close over, and everything that they call.

Whatever can change what a function returns changes its text: the code of functions that it calls, defaults, constants
of modules and classes, the state of objects, the functions inside of partial applications. Layout, comments,
annotations and the names of local variables, functions and methods do not. Code of Python and of assay is written as
its name, since their versions identify it.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from types import (
    BuiltinMethodType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

from assay.checker.changes.renaming import ANY_KEYWORD, Canonical, closed_over, globals_of, keywords_in, tree_of
from assay.checker.errors import ModelError
from assay.checker.language.introspection.source import parse
from assay.checker.standard_library import is_of_python

__all__ = ["Writer"]

_LITERALS = (type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented))

_MADE_BY_PYTHON = {
    "__abstractmethods__",
    "__annotate__",
    "__annotate_func__",
    "__annotations__",
    "__annotations_cache__",
    "__conditional_annotations__",
    "__dataclass_fields__",
    "__dataclass_params__",
    "__dict__",
    "__doc__",
    "__firstlineno__",
    "__module__",
    "__orig_bases__",
    "__parameters__",
    "__qualname__",
    "__slotnames__",
    "__slots__",
    "__static_attributes__",
    "__weakref__",
    "_abc_impl",
}
"""Entries of a class's namespace that Python makes."""

_OF_MAKING = {"__format__", "__init__", "__init_subclass__", "__match_args__", "__new__", "__post_init__", "__repr__"}
"""Special attributes that matter where a value is made, taken apart or printed, not where it is looked at."""

_LONG = 200
"""Strings of more characters are no names."""


class Writer:
    """Writes values in canonical form, each function, class and object once, numbered in the order of first use.

    Parameters
    ----------
    entity : type
        The base of the classes whose instances the code looks at: nodes, or models. They are told apart by their names,
        and what they are is read only where it is used.
    owners : sequence of type
        The classes of all values that the code looks at. An attribute may be that of any of them.
    places : mapping from name to text
        Canonical names of attributes that are state.
    home : str
        The module whose name depends on where its file is, and is left out.
    hear : callable, optional
        Is told of each reference: what refers (a function, class or object; None for what was asked for), and to what.
    """

    def __init__(
        self,
        entity: type[Any],
        owners: Sequence[type[Any]],
        places: Mapping[str, str],
        home: str,
        hear: Callable[[object, object], None] = lambda referrer, value: None,  # noqa: ARG005
    ) -> None:
        self.entity, self.owners, self.places, self.home, self.hear = entity, owners, places, home, hear
        self.bases = tuple(dict.fromkeys(base for cls in owners for base in cls.__mro__ if is_read(base.__module__)))
        self._met: list[tuple[str, Any]] = []
        self._numbers: dict[tuple[str, int], int] = {}
        self._open: list[object] = []
        self._apart: tuple[object, ...] = ()
        self._referrer: object = None

    def text(self, *values: object) -> str:
        """Return the text of some values, and of all that they refer to."""
        lines = [*map(self.value, values), *self._special()]
        for how, thing in self._met:  # a queue: it grows during the iteration
            self._referrer = thing
            lines.append("\n".join(_WAYS[how](self, thing)))
        return "\n".join([*lines, *self._parameters()])

    def _parameters(self) -> Iterator[str]:
        """Yield the names of parameters that arguments may be for: by themselves, parameters are numbered only."""
        functions = [(number, thing) for number, (how, thing) in enumerate(self._met) if how == "function"]
        partial = {name for _, thing in self._met if isinstance(thing, functools.partial) for name in thing.keywords}
        used = partial.union(*(keywords_in(each) for _, each in functions if is_read(_module_of(each))))
        for number, function in functions:
            code = function.__code__
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            said = [f"{name} {place}" for place, name in enumerate(names) if name in used or ANY_KEYWORD in used]
            if said:
                yield f"{number} takes {', '.join(said)}"

    # What a glossary tells; see `assay.checker.changes.renaming.Glossary`

    def value(self, value: object) -> str:
        """Return the text of a value; a number stands for whatever has a text of its own."""
        self.hear(self._referrer, value)
        match value:
            case Enum():
                return f"{self.value(type(value))}.{value.name}"
            case _ if type(value) in _LITERALS:
                return repr(value)
            case ModuleType():
                return self._number("module", value) if is_read(value.__name__) else value.__name__
            case FunctionType():
                return self._number("function", value)
            case type() if value in self.bases and issubclass(value, self.entity):
                return self.identity(value)
            case type():
                return self.whole(value)
            case tuple() | list() | set() | frozenset() | dict() | MappingProxyType() if type(value) in _COLLECTIONS:
                return self._collection(value)
        return self._number("object", value)

    def identity(self, cls: type[Any]) -> str:
        """Return the text of a class that values are only asked to belong to."""
        below = sorted(self._named(each) for each in self.owners if issubclass(each, cls) and each is not cls)
        return f"<{' '.join([self._named(cls), *below])}>"

    def whole(self, cls: type[Any]) -> str:
        """Return the text of a class whose namespace counts, too."""
        self.hear(self._referrer, cls)
        return self._number("class", cls) if is_read(cls.__module__) else self._named(cls)

    def attribute(self, name: str) -> str:
        """Return the text of an attribute: what it may be in the classes of the values that are looked at."""
        place = self.places.get(name)
        found = [vars(base)[name] for base in self.bases if name in vars(base) and not self._is_field(base, name)]
        texts = dict.fromkeys(self.value(item) for item in found if not _is_slot(item))
        return "".join([*([] if place is None else [place]), *texts]) or name

    def named(self, text: str) -> list[str]:
        """Return the texts of the attributes that a string may name, as the argument of `getattr` does."""
        parts = text.split(".") if len(text) < _LONG else []
        return [self.attribute(part) for part in parts if any(part in vars(base) for base in self.bases)]

    def source(self, module: ModuleType) -> str:
        """Return the text of a module, for code that looks names up by their text."""
        self.hear(self._referrer, module)
        return self._number("module", module)

    def _is_field(self, cls: type[Any], name: str) -> bool:
        """Return whether the value in a class is only the default of its instances' own."""
        is_state = name in self.places and name in vars(cls).get("__annotations__", ())
        return is_state or name in vars(cls).get("__dataclass_fields__", ())

    def _named(self, thing: Any) -> str:
        module = getattr(thing, "__module__", None) or ""
        name = getattr(thing, "__qualname__", None) or type(thing).__qualname__
        return name if module == self.home else f"{module}.{name}"

    def _number(self, how: str, thing: object) -> str:
        key = (how, id(thing))
        if key not in self._numbers:
            self._numbers[key] = len(self._met)
            self._met.append((how, thing))  # which also keeps it alive, so that no other thing gets its identity
        return f"@{self._numbers[key]}"

    # Texts

    def _special(self) -> Iterator[str]:
        """Yield what operators do with the values that are looked at."""
        for number, cls in enumerate(self.bases):
            found = [
                f"{name} {self.value(item)}"
                for name, item in _namespace(cls)
                if name.startswith("__") and name not in _OF_MAKING
            ]
            if issubclass(cls, Enum) and any(issubclass(cls, data) for data in (int, str, float, tuple)):
                found.append(self.whole(cls))  # its members are compared as the numbers or texts that they are
            found += _comparisons(cls)
            if found:
                yield f"{number} {' '.join(found)}"

    def _of_function(self, function: FunctionType) -> Iterator[str]:
        cells = dict(closed_over(function))
        registry = getattr(function, "registry", None)
        if isinstance(registry, MappingProxyType):  # of `functools.singledispatch`, beside which it keeps caches
            yield from sorted(f"for {self._named(cls)} {self.apart(each)}" for cls, each in registry.items())
            return
        if not is_read(_module_of(function)):
            yield f"{_module_of(function)}.{function.__qualname__}"
            yield from (f"{name} {self.value(cell)}" for name, cell in cells.items())
            return
        yield from self._of_code(function, {**function.__globals__, **cells})
        yield from (f"default {self.value(default)}" for default in function.__defaults__ or ())
        yield from (f"default {name} {self.value(each)}" for name, each in (function.__kwdefaults__ or {}).items())
        yield from (f".{name} {self.value(each)}" for name, each in vars(function).items() if not name.startswith("__"))

    def _of_code(self, function: FunctionType, around: Mapping[str, Any]) -> Iterator[str]:
        used = sorted(name for name in globals_of(function.__code__) if name in around)
        canonical = Canonical(self, function, around)
        try:
            trees = [canonical.visit(tree) for tree in tree_of(function)]
            yield "\n".join(ast.unparse(ast.fix_missing_locations(tree)) for tree in trees)
        except (ModelError, RecursionError):  # typed at a prompt, a coroutine, nested too deep
            yield from self._compiled(function.__code__)
            yield from (f"{name} {self.value(around[name])}" for name in used)
            return
        yield from dict.fromkeys(canonical.notes)
        # A name may be local in one function, and global in another one around or inside it.
        yield from (f"{name} {self.value(around[name])}" for name in used if name in canonical.own)

    def _compiled(self, code: CodeType) -> Iterator[str]:
        yield f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {code.co_freevars} {code.co_cellvars}"
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from self._compiled(constant)
            else:
                yield self.value(constant)
        yield from (f".{name} {self.attribute(name)}" for name in code.co_names)

    def _of_class(self, cls: type[Any]) -> Iterator[str]:
        metaclass = [type(cls)] if is_read(type(cls).__module__) else []
        bases = [self.whole(base) for base in (*cls.__bases__, *metaclass) if base is not object]
        yield f"{cls.__qualname__} {' '.join(bases)}"
        if issubclass(cls, Enum):
            yield from (f"{name}={self.value(member.value)}" for name, member in cls.__members__.items())
        if dataclasses.is_dataclass(cls):
            yield from (f"{part.name} {self._default(part)}" for part in dataclasses.fields(cls))
        yield from _comparisons(cls)
        yield from (f"{name} {self.value(item)}" for name, item in _namespace(cls))

    def _default(self, part: dataclasses.Field[Any]) -> str:
        default = part.default_factory if part.default is dataclasses.MISSING else part.default
        given = "" if default is dataclasses.MISSING else self.value(default)
        return f"{part.init} {part.kw_only} {given}"

    def _of_module(self, module: ModuleType) -> Iterator[str]:
        path = getattr(module, "__file__", None)
        try:
            yield module.__name__ if path is None else ast.unparse(parse(path))
        except (ModelError, RecursionError):
            yield module.__name__

    def _of_object(self, thing: Any) -> Iterator[str]:
        match thing:
            case functools.partial() | functools.partialmethod():
                yield f"partial {self.value((thing.func, thing.args, thing.keywords))}"
            case MethodType():
                yield f"method {self.value(thing.__func__)} {self.value(thing.__self__)}"
            case property():
                yield f"property {self.value((thing.fget, thing.fset))}"
            case functools.cached_property():
                yield f"property {self.value(thing.func)}"
            case staticmethod() | classmethod():
                yield f"{type(thing).__name__} {self.value(thing.__func__)}"
            case BuiltinMethodType() if not isinstance(thing.__self__, ModuleType | None):
                yield f"method {thing.__name__} {self.value(thing.__self__)}"
            case BuiltinMethodType():
                yield self._named(thing)
            case _ if callable(thing) and hasattr(thing, "__wrapped__"):  # what `functools.cache` returns
                yield f"{type(thing).__qualname__} {self.value(thing.__wrapped__)}"
            case _:
                yield from self._state(thing)

    def _state(self, thing: Any) -> Iterator[str]:
        """Yield the class of an object, and its state as it would be pickled."""
        cls = type(thing)
        yield self.whole(cls)
        reduced: Any
        try:
            reduced = object.__reduce_ex__(thing, 4) if is_read(cls.__module__) else thing.__reduce_ex__(4)
        except Exception:  # a lock, a generator: it has no state that could be told
            yield self._named(thing)
            return
        if isinstance(reduced, str):
            yield reduced
            return
        parts: list[Any] = [*reduced, None, None, None]
        made, arguments, state, items, entries = parts[:5]
        yield self.value(made)
        yield from (text for each in arguments if isinstance(each, str) for text in self.named(each))  # of `attrgetter`
        yield self.value((tuple(arguments), state, [*(items or ())], [*(entries or ())]))

    def _collection(self, value: Any) -> str:
        """Return the text of a collection; of one inside of itself, how far out it is."""
        around = next((depth for depth, each in enumerate(reversed(self._open)) if each is value), None)
        if around is not None:
            return f"({around} around)"
        self._open.append(value)
        try:
            return f"({type(value).__name__} {', '.join(self._items(value))})"
        finally:
            self._open.pop()

    def _items(self, value: Any) -> Iterator[str]:
        match value:
            case set() | frozenset():  # the order of whose elements depends on the process
                return iter(sorted(map(self.apart, value)))
            case dict() | MappingProxyType():  # in order: a loop over it may return something else in another one
                return (f"{self.value(key)}: {self.value(each)}" for key, each in value.items())
        return map(self.value, value)

    def apart(self, value: object) -> str:
        """Return a text that does not depend on what was met before, so that texts can be sorted."""
        around = next((depth for depth, each in enumerate(self._apart) if each is value), None)
        if around is not None:
            return f"({around} around)"
        if type(value) in _LITERALS:
            return repr(value)
        writer = type(self)(self.entity, self.owners, self.places, self.home, self.hear)
        writer._apart, writer._referrer = (value, *self._apart), self._referrer
        return writer.text(value)


_COLLECTIONS = (tuple, list, set, frozenset, dict, MappingProxyType)

_WAYS: Mapping[str, Callable[[Writer, Any], Iterator[str]]] = {
    "function": Writer._of_function,
    "class": Writer._of_class,
    "module": Writer._of_module,
    "object": Writer._of_object,
}


def is_read(module: Any) -> bool:
    """Return whether to read the code of a module: not Python's and assay's, except its models and implementations.

    A class that is not written in Python may have something else for the name of its module, and no code.
    """
    if not isinstance(module, str):
        return False
    if module.partition(".")[0] == "assay":
        return module.startswith(("assay.impl.", "assay.models.")) and not module.startswith(_RUNTIME)
    return not is_of_python(module)


_RUNTIME = ("assay.impl.node", "assay.impl.runtime")


def _module_of(function: FunctionType) -> str:
    """Return the module that the code of a function is in, whatever `functools.wraps` says."""
    return str(function.__globals__.get("__name__"))


def _namespace(cls: type[Any]) -> list[tuple[str, Any]]:
    """Return what a class defines, without what Python and decorators make of it."""
    skipped = {*_MADE_BY_PYTHON, *vars(cls).get("__dataclass_fields__", ())}
    is_made = issubclass(cls, Enum) or dataclasses.is_dataclass(cls) or hasattr(cls, "_fields")
    found = ((name, item) for name, item in vars(cls).items() if name not in skipped and not _is_slot(item))
    return sorted(
        (name, item)
        for name, item in found
        if not (name == "__hash__" and item is None) and not (is_made and _is_generated(cls, name, item))
    )


def _is_generated(cls: type[Any], name: str, item: Any) -> bool:
    item = item.__func__ if isinstance(item, staticmethod | classmethod) else item
    if isinstance(item, FunctionType):
        return item.__code__.co_filename.startswith("<") or not is_read(_module_of(item))
    return issubclass(cls, Enum) and (name.startswith("_") or name in cls.__members__)


def _is_slot(item: object) -> bool:
    return isinstance(item, MemberDescriptorType | GetSetDescriptorType) or type(item).__name__ == "_tuplegetter"


def _comparisons(cls: type[Any]) -> list[str]:
    """Return how instances of a dataclass are compared, if not by all of their fields and for equality only."""
    parameters = vars(cls).get("__dataclass_params__")
    if parameters is None:
        return []
    fields = dataclasses.fields(cls)
    own = [f"{part.name} {part.compare} {part.hash}" for part in fields if not part.compare or part.hash is not None]
    ordered = [part.name for part in fields if part.compare] if parameters.order else []
    return [*([] if parameters.eq else ["by identity"]), *own, *ordered]
