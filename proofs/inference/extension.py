"""Write inferred lemmas as Python, and load the model extended by them like any other model."""

from __future__ import annotations

import itertools
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assay.checker.language.introspection.specification import Specification, specify
from assay.checker.language.model import Kind, Model, lemma, removed
from assay.proofs.inference.spaces import Clause
from assay.proofs.inference.spelling import Names

__all__ = ["extended", "names_of", "removals", "written"]

WIDTH = 120 - 2 * 4
"""Columns that a line of a lemma may take in a method of a class, of 120 in all."""


def names_of(specification: Specification) -> Names:
    """Return the names of a model's classes in its module."""
    return Names(vars(sys.modules[specification.cls.__module__]))


def written(clauses: Sequence[Clause], specification: Specification, names: Names) -> list[str]:
    """Return lemmas as Python methods, the light ones first; `names` collects the imports that they need."""
    taken = set(dir(specification.cls))
    free = (f"inferred_{number}" for number in itertools.count(1) if f"inferred_{number}" not in taken)
    # Not in the order in which they were found: that differs from run to run, where the lemmas do not.
    listed = sorted(clauses, key=lambda clause: (clause.weight, _texts(clause)))
    return [_method(name, clause, names) for name, clause in zip(free, listed, strict=False)]


def _texts(clause: Clause) -> list[str]:
    return [atom.signed(positive=positive)[1] for atom, positive in clause.literals]


def _method(name: str, clause: Clause, names: Names) -> str:
    outside = [bound for bound in clause.used if bound not in clause.within]
    parameters = ["self", *(f"{bound.name}: {names.of(bound.type.cls)}" for bound in outside)]
    line = _hoisted(clause, names) if clause.within else _returned(_texts(clause))
    return f"@{names.of(lemma)}\ndef {name}({', '.join(parameters)}) -> bool:\n    {line}\n"


def _returned(texts: Sequence[str]) -> str:
    line = f"return {' or '.join(texts)}"
    return line if len(line) <= WIDTH else "return (\n        " + "\n        or ".join(texts) + "\n    )"


def _hoisted(clause: Clause, names: Names) -> str:
    """Return the Python source of a clause in which one and the same set serves several variables."""
    (atom, witness), *_ = clause.witnesses
    rest = [one.signed(positive=positive)[1] for one, positive in clause.literals if one is not atom]
    said = [*rest, witness.text]
    every = " ".join(f"for {bound.name} in {names.of(bound.type.cls)}" for bound in clause.within)
    some = f"for {witness.bound.name} in {names.of(witness.bound.type.cls)}"
    line = f"return any(all({' or '.join(said)} {every}) {some})"
    if len(line) <= WIDTH:
        return line
    inner = "\n            or ".join(said)
    return f"return any(\n        all(\n            {inner}\n            {every}\n        )\n        {some}\n    )"


def removals(specification: Specification, names: Names) -> list[str]:
    """Return the source that removes the lemmas of a model's bases, which it would inherit once its own are gone."""
    bases = specification.cls.__mro__[1:]
    inherited = (m.name for m in specification.of(Kind.LEMMA) if any(m.name in vars(base) for base in bases))
    return [f"{name} = {names.of(removed)}" for name in sorted(inherited)]


@contextmanager
def extended(specification: Specification, methods: Sequence[str], names: Names) -> Iterator[Specification]:
    """Yield a model with its lemmas replaced by others, as a class of its own, during the block."""
    with TemporaryDirectory(prefix="assay-inferred-") as directory:
        path = Path(directory) / "inferred.py"
        path.write_text(_source(specification, methods), encoding="utf-8")
        yield specify(_loaded(path, specification.cls, names))


def _source(specification: Specification, methods: Sequence[str]) -> str:
    gone = "".join(f"    {m.name} = assay_removed\n" for m in specification.of(Kind.LEMMA))
    indented = "\n".join("    " + line if line else "" for method in methods for line in method.splitlines())
    head = "from __future__ import annotations\n\n\n"
    return (
        f"{head}class {specification.name}(assay_extended):\n    __doc__ = assay_extended.__doc__\n{gone}\n{indented}\n"
    )


_count = itertools.count()


def _loaded(path: Path, base: type[Model], names: Names) -> type[Model]:
    module = types.ModuleType(f"assay_inferred_{next(_count)}")
    own = {key: value for key, value in names.known.items() if not key.startswith("__")}
    own.update(names.imports, assay_extended=base, assay_removed=removed)
    module.__dict__.update(own, __file__=str(path))
    sys.modules[module.__name__] = module
    exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
    found: type[Model] = module.__dict__[base.__name__]
    return found
