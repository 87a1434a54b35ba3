"""Store an unfinished search on disk, so that it can be resumed.

Nothing stored is trusted: lemmas are rebuilt from the grammar, tested on the reachable states, and proved
like any others. A file that is damaged, or of another version of the model, costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.checker.errors import AssayWarning
from assay.checker.language.introspection.specification import Specification
from assay.checker.language.ir.program import ModelIR
from assay.checker.storage import OwnDirectory, UntrustedError, kept_directory
from assay.proofs.inference.atoms import Atom, Bound
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.levels import Outline, levels
from assay.proofs.inference.spaces import Clause, Space

__all__ = ["Kept"]

VERSION = "assay inference 3"


class Kept:
    """The stored search for one model's lemmas.

    Parameters
    ----------
    specification : Specification
        The model.
    fixed : mapping from name to text
        The instance parameters that have a value.
    """

    def __init__(self, specification: Specification, fixed: Mapping[str, str]) -> None:
        cls = specification.cls
        said = json.dumps([VERSION, cls.__module__, cls.__qualname__, sorted(fixed.items())])
        self.name = hashlib.sha256(said.encode()).hexdigest()
        kept = kept_directory()
        self.directory = None if kept is None else _inside(kept)

    def write(self, model: ModelIR, level: int, clauses: Sequence[Clause]) -> None:
        """Store the current lemmas; failing to is no error."""
        lemmas = [_record(clause) for clause in clauses]
        content = {
            "version": VERSION,
            "model": _digest(model),
            "level": level,
            "lemmas": [lemma for lemma in lemmas if lemma is not None],
        }
        self._write(json.dumps(content).encode())

    def clear(self) -> None:
        """Delete it once the proof is found."""
        if self.directory is not None and self.directory.read(self.name):
            self._write(b"{}")

    def _write(self, content: bytes) -> None:
        if self.directory is not None:
            self.directory.write(self.name, content)

    def read(self, model: ModelIR, grammar: Grammar) -> tuple[int, list[Clause]]:
        """Return the level that was reached, and the lemmas.

        If the model has changed since, its lemmas may still be lemmas, but the search begins at the first level.
        """
        content = None if self.directory is None else self.directory.read(self.name)
        try:
            found = json.loads(content or b"{}")
            if found.get("version") != VERSION:
                return 0, []
            level = int(found["level"]) if found["model"] == _digest(model) else 0
            return level, list(_clauses(found["lemmas"], grammar))
        # What is damaged may be any JSON, nested deeply or with infinite numbers.
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            return 0, []


def _digest(model: ModelIR) -> str:
    """Return a digest of a model's actions and properties, hints included, to tell whether they have changed."""
    return hashlib.sha256(repr((model.actions, model.initials, model.predicates)).encode()).hexdigest()


def _inside(kept: OwnDirectory) -> OwnDirectory | None:
    try:
        return kept.inside("inference")
    except UntrustedError as error:
        warnings.warn(f"no lemma is kept for later: {error}", AssayWarning, stacklevel=2)
        return None


def _record(clause: Clause) -> dict[str, Any] | None:
    outline = clause.space.outline
    if not isinstance(outline, Outline):
        return None
    literals = [[atom.text, positive] for atom, positive in clause.literals]
    return {
        "counts": outline.counts, "heaviest": outline.heaviest, "pairs": outline.pairs, "some": outline.some,
        "literals": literals,
    }  # fmt: skip


def _clauses(records: Sequence[Any], grammar: Grammar) -> Iterator[Clause]:
    """Yield the recorded clauses whose atoms the grammar still has, each in a space of its own atoms.

    Only outlines of the levels are looked at: the atoms over ten variables would fill the memory.
    """
    known = frozenset(itertools.chain.from_iterable(level.outlines for level in levels(grammar)))
    vocabularies: dict[Outline, tuple[tuple[Bound, ...], dict[str, Atom]]] = {}
    for record in records:
        counts, heaviest = tuple(map(int, record["counts"])), int(record["heaviest"])
        outline = Outline(counts, heaviest, bool(record["pairs"]), bool(record["some"]))
        if outline not in known:
            continue
        if outline not in vocabularies:
            vocabularies[outline] = _vocabulary(grammar, outline)
        variables, atoms = vocabularies[outline]
        if record["literals"] and all(text in atoms for text, _ in record["literals"]):
            literals = tuple((atoms[text], bool(positive)) for text, positive in record["literals"])
            own = tuple(dict.fromkeys(atom for atom, _ in literals))
            yield Clause(Space(variables, own, outline, joined=outline.pairs or outline.some), literals)


def _vocabulary(grammar: Grammar, outline: Outline) -> tuple[tuple[Bound, ...], dict[str, Atom]]:
    """Return the variables and the atoms of an outline, by their text."""
    variables = grammar.bound(list(zip(grammar.types, outline.counts, strict=True)))
    atoms = grammar.atoms(variables, outline.heaviest, pairs=outline.pairs, some=outline.some)
    return variables, {atom.text: atom for atom in atoms}
