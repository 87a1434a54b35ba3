"""Store an unfinished search on disk, so that it can be resumed.

Nothing stored is trusted: lemmas are rebuilt from the grammar, tested on the reachable states, and proved
as any others. A file that is damaged, or of another version of the model, costs time and no more.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.checker.errors import AssayWarning
from assay.checker.language.introspection.specification import Specification
from assay.checker.storage import OwnDirectory, UntrustedError, kept_directory
from assay.proofs.inference.grammar import Grammar
from assay.proofs.inference.levels import Outline, space_of
from assay.proofs.inference.spaces import Clause, Space

__all__ = ["Kept"]

VERSION = "assay inference 1"


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

    def write(self, level: int, clauses: Sequence[Clause]) -> None:
        """Store the current lemmas; failing to is no error."""
        lemmas = [_record(clause) for clause in clauses]
        content = {"version": VERSION, "level": level, "lemmas": [lemma for lemma in lemmas if lemma is not None]}
        self._write(json.dumps(content).encode())

    def clear(self) -> None:
        """Delete it once the proof is found."""
        if self.directory is not None and self.directory.read(self.name):
            self._write(b"{}")

    def _write(self, content: bytes) -> None:
        if self.directory is not None:
            self.directory.write(self.name, content)

    def read(self, grammar: Grammar) -> tuple[int, list[Clause]]:
        """Return the level that was reached, and the lemmas."""
        content = None if self.directory is None else self.directory.read(self.name)
        try:
            found = json.loads(content or b"{}")
            if found.get("version") != VERSION:
                return 0, []
            return int(found["level"]), list(_clauses(found["lemmas"], grammar))
        except (ValueError, KeyError, TypeError, AttributeError):
            return 0, []


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
        "counts": outline.counts, "heaviest": outline.heaviest, "pairs": outline.pairs, "literals": literals,
    }  # fmt: skip


def _clauses(records: Sequence[Any], grammar: Grammar) -> Iterator[Clause]:
    spaces: dict[Outline, Space] = {}
    for record in records:
        outline = Outline(tuple(map(int, record["counts"])), int(record["heaviest"]), bool(record["pairs"]))
        if len(outline.counts) != len(grammar.types) or max(outline.counts, default=0) > 4 or outline.heaviest > 9:
            continue
        space = spaces.setdefault(outline, space_of(grammar, outline))
        atoms = {atom.text: atom for atom in space.atoms}
        if all(text in atoms for text, _ in record["literals"]):
            yield Clause(space, tuple((atoms[text], bool(positive)) for text, positive in record["literals"]))
