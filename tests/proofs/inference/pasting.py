"""Paste inferred lemmas into a model, as a user would: into the source of its class, in place of its own lemmas."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from assay.checker.language.introspection.specification import Specification
from assay.checker.language.model import Kind
from assay.proofs.inference.results import Inference
from assay.proofs.reports.inference import imports_of

__all__ = ["pasted"]


def pasted(specification: Specification, found: Inference, path: Path) -> str:
    """Write the module of a model to a file, with inferred lemmas; return what names the model there.

    Classes after the model are left out: they may derive from it, and replace lemmas that it no longer has.
    """
    source = Path(inspect.getfile(specification.cls)).read_text(encoding="utf-8")
    lines = source.splitlines()
    nodes = ast.parse(source).body
    cls = next(n for n in nodes if isinstance(n, ast.ClassDef) and n.name == specification.cls.__name__)
    own = {method.name for method in specification.of(Kind.LEMMA)}
    here = [node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name in own]
    gone = {line for node in here for line in range(node.decorator_list[0].lineno, (node.end_lineno or 0) + 1)}
    kept = [line for number, line in enumerate(lines[: cls.end_lineno], start=1) if number not in gone]
    inherited = [f"    {line}" for line in found.removals]
    fresh = [f"    {line}" if line else "" for method in found.methods for line in ["", *method.splitlines()]]
    first = next(number for number, line in enumerate(lines) if line.startswith(("from assay.", "import ")))
    head = [*kept[:first], *imports_of(found)]
    path.write_text("\n".join([*head, *kept[first:], *inherited, *fresh]) + "\n", encoding="utf-8")
    return f"{path}:{cls.name}"
