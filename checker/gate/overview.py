"""Compare everything that two versions of a repository gate, class by class, instance by instance."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from assay.checker.changes.comparing import ComparisonOptions, compare
from assay.checker.changes.contents import Held, models_in
from assay.checker.changes.versions import Tree, Version
from assay.checker.errors import AssayError
from assay.checker.findings.finding import Finding
from assay.checker.findings.levels import leveled
from assay.checker.findings.rules import RULES
from assay.checker.findings.subject import subject_of
from assay.checker.gate.compared import Compared, ConfigurationChange
from assay.checker.gate.facts import ItemKind
from assay.checker.gate.instances import parsed
from assay.checker.gate.requests import Request
from assay.checker.gate.sides import Pair, Sides
from assay.checker.gate.verifying.models import expected_of, is_excluded
from assay.checker.language.expectations import Violates
from assay.checker.references import split_reference
from assay.checker.verdicts import ExitStatus

__all__ = ["overview"]


CompareConfigurations = Callable[..., ConfigurationChange]


@dataclass(frozen=True)
class _Run:
    """The parameters that all comparisons share."""

    before: Tree
    after: Tree
    sides: Sides
    given: ComparisonOptions
    is_sized: bool
    configurations: CompareConfigurations

    def version(self, tree: Tree, reference: str) -> Version:
        """Return an item in one of the versions, named so that the name works from the user's directory."""
        words = reference
        if split_reference(reference)[0].endswith(".py") or (tree.top / self.sides.folder / reference).exists():
            words = os.path.relpath(self.sides.folder / reference, tree.inside)
        return Version(f"{tree.revision}:{words}" if tree.revision else words, reference, tree.top / self.sides.folder)


def overview(
    before: Tree,
    after: Tree,
    sides: Sides,
    given: ComparisonOptions,
    configurations: CompareConfigurations,
    *,
    is_sized: bool,
    workers: int,
) -> tuple[Compared, ...]:
    """Compare everything that is gated in two versions of a repository.

    An item that cannot be read is reported, and does not prevent the other comparisons.

    Parameters
    ----------
    before, after : Tree
        The versions.
    sides : Sides
        What is gated.
    given : ComparisonOptions
        What the user asks for; where it says nothing, the settings of what is gated count.
    configurations : callable
        Compares two quorum configurations.
    is_sized : bool
        Whether the user says at which instance; if not, it is each at which the model is gated.
    workers : int
        How many things are compared at a time.
    """
    run = _Run(before, after, sides, given, is_sized, configurations)
    with ThreadPoolExecutor(workers) as pool:
        try:
            found = [one for several in pool.map(lambda pair: [*_compared(run, pair)], sides.pairs) for one in several]
        except BaseException:  # also Ctrl-C: comparisons that have not started are dropped
            pool.shutdown(cancel_futures=True)
            raise
    return tuple(replace(one, findings=leveled(one.findings, sides.levels)) for one in found)


def _compared(run: _Run, pair: Pair) -> Iterator[Compared]:
    if not (_is_there(run, run.before, pair) and _is_there(run, run.after, pair)):
        yield _one_sided(pair, pair.reference, is_gone=pair.after is None)
        return
    if pair.after is None or pair.before is None:
        yield _one_sided(pair, pair.reference, is_gone=pair.after is None)
    try:
        yield from _BY_KIND[pair.kind](run, pair)
    except AssayError as error:
        yield _unread(pair, pair.reference, error)


def _is_there(run: _Run, tree: Tree, pair: Pair) -> bool:
    """Return whether a version has an item, gated or not; a module that it gates is assumed to exist."""
    gated = pair.before if tree is run.before else pair.after
    return gated is not None or (tree.top / run.sides.folder / split_reference(pair.reference)[0]).exists()


def _one_sided(pair: Pair, reference: str, *, is_gone: bool) -> Compared:
    rule, words = ("SET001", "it is no longer gated") if is_gone else ("SET002", "it is newly gated")
    return Compared(pair.kind, reference, findings=(Finding(RULES[rule], subject_of(reference), words),))


def _unread(pair: Pair, reference: str, error: AssayError) -> Compared:
    rule = "CHK003" if error.exit_status is ExitStatus.UNKNOWN else "CHK004"
    subject, remedy = subject_of(reference), error.help or ""
    finding = Finding(RULES[rule], subject, error.message, location=error.location, help=remedy)
    return Compared(pair.kind, reference, findings=(finding,))


def _models(run: _Run, pair: Pair) -> Iterator[Compared]:
    """Compare the models of a file; broken variants only by whether they exist."""
    asked = _asked(run, pair.request, "default")
    held = [
        models_in(
            pair.reference,
            run.version(tree, pair.reference).root,
            seconds=asked.limits.seconds,
            memory=asked.limits.memory,
        )
        for tree in (run.before, run.after)
    ]
    for name, old, new in _matched(*held):
        if is_excluded(pair.request, name):
            continue
        is_main = any(each is not None and each.is_main for each in (new, old))
        reference = pair.reference if is_main else f"{split_reference(pair.reference)[0]}:{name}"
        if old is None or new is None:
            yield _one_sided(pair, reference, is_gone=new is None)
        elif not (_is_broken(pair.request, old) and _is_broken(pair.request, new)):
            yield from _at_each_instance(run, pair, reference)


def _is_broken(request: Request, held: Held) -> bool:
    """Return whether a model is expected to violate a property: by the gate's settings or, without any, by itself."""
    given = expected_of(request, held.name)
    return held.is_broken if given is None else isinstance(given, Violates)


def _matched(before: Sequence[Held], after: Sequence[Held]) -> Iterator[tuple[str, Held | None, Held | None]]:
    """Match models by name, and the files' main models with each other if neither name exists in the other file."""
    old, new = ({each.name: each for each in held} for held in (before, after))
    mains = before[0].name, after[0].name
    if mains[0] not in new and mains[1] not in old:
        old = {mains[1] if name == mains[0] else name: each for name, each in old.items()}
    for name in {**new, **old}:
        yield name, old.get(name), new.get(name)


def _implementations(run: _Run, pair: Pair) -> Iterator[Compared]:
    yield from _at_each_instance(run, pair, pair.reference)


def _at_each_instance(run: _Run, pair: Pair, reference: str) -> Iterator[Compared]:
    instances = ("default",) if run.is_sized else pair.request.instances
    for instance in instances:
        asked = _asked(run, pair.request, instance)
        old, new = run.version(run.before, reference), run.version(run.after, reference)
        command = shlex.join(["assay", "diff", old.words, new.words, *_words(asked)])
        try:
            found = compare(old, new, asked, command=command, subject=subject_of(reference))
        except AssayError as error:
            yield replace(_unread(pair, reference, error), instance=instance)
        else:
            yield Compared(pair.kind, reference, instance, found)


def _asked(run: _Run, request: Request, words: str) -> ComparisonOptions:
    """Return the options of a comparison: the user's, completed from the gate's settings."""
    given, limits = run.given, run.given.limits
    instance, settings = (given.instance, given.settings) if run.is_sized else parsed(words)
    limits = replace(
        limits,
        states=request.states if limits.states is None else limits.states,
        seconds=request.seconds if limits.seconds is None else limits.seconds,
        memory=request.memory if limits.memory is None else limits.memory,
    )
    return replace(given, instance=instance, settings=settings, limits=limits, levels=run.sides.levels)


def _words(asked: ComparisonOptions) -> Iterator[str]:
    if asked.instance != "default":
        yield from ("--instance", asked.instance)
    if asked.settings:
        yield from ("--set", *(f"{name}={value}" for name, value in asked.settings.items()))


def _quorums(run: _Run, pair: Pair) -> Iterator[Compared]:
    old, new = run.version(run.before, pair.reference), run.version(run.after, pair.reference)
    files = tuple(version.root / version.reference for version in (old, new))
    if _same(*files):
        yield Compared(pair.kind, pair.reference)
        return
    request = pair.request
    change = run.configurations(
        files,
        (old.words, new.words),
        {**request.settings, **run.given.settings},
        as_=request.format,
        seconds=run.given.limits.seconds,
        command=shlex.join(["assay", "diff", old.words, new.words]),
    )
    yield Compared(pair.kind, pair.reference, comparison=change)


def _same(one: Path, other: Path) -> bool:
    """Return whether two configurations are the same, byte by byte: files, or folders of files."""
    if one.is_dir() and other.is_dir():
        names = {path.relative_to(folder) for folder in (one, other) for path in folder.rglob("*")}
        return all(_same(one / name, other / name) for name in names if not (one / name).is_dir())
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


_BY_KIND: Mapping[ItemKind, Callable[[_Run, Pair], Iterator[Compared]]] = {
    ItemKind.MODEL: _models,
    ItemKind.IMPLEMENTATION: _implementations,
    ItemKind.QUORUM: _quorums,
}
