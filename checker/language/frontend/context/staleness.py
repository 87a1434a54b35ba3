"""Whether a named collection is what it was when it was named, although what it is computed from may have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assay.checker.language.frontend.context.bindings import Snapshot
from assay.checker.language.frontend.context.facts import Written, variables_in
from assay.checker.language.ir.nodes import Collection, Node, Place, Root, rewritten

__all__ = ["as_named", "snapshot_of"]


def snapshot_of(collection: Collection, written: Mapping[Written, int], *, alias: bool = False) -> Snapshot:
    """Return a collection as it is now, where variables and names were written so often."""
    early = not alias and not any(isinstance(read, str) and written.get(read) for read in variables_in(collection))
    return Snapshot(collection, _changes(collection, written), alias, early)


def as_named(
    snapshot: Snapshot, written: Mapping[Written, int], changed: Mapping[Written, int] | None = None
) -> Collection | None:
    """Return the collection that was named, in terms of what there is now; None if that cannot be said any more.

    Parameters
    ----------
    snapshot : Snapshot
        The collection.
    written : mapping from names to int
        How often each variable, and each local name, was written so far.
    changed : mapping from names to int, optional
        The same, where it is also after another branch. Of a collection that is early, the variables that have changed
        are read in the state that the action began in.
    """
    collection = snapshot.collection
    if not snapshot.early:
        return collection if _changes(collection, written) == snapshot.changes else None
    names: dict[Written, int] = {name: times for name, times in written.items() if not isinstance(name, str)}
    if _changes(collection, names) != snapshot.changes:
        return None
    return rewritten(collection, lambda part: _before(part, written if changed is None else changed))


def _changes(collection: Collection, written: Mapping[Written, int]) -> int:
    return sum(written.get(read, 0) for read in variables_in(collection))


def _before(part: Node, written: Mapping[Written, int]) -> Node:
    if isinstance(part, Place) and part.root is Root.STATE and written.get(part.variable):
        return replace(part, root=Root.BEFORE)
    return part
