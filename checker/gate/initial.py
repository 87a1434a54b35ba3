"""Write settings for a repository that has none. Its files are parsed, but never imported."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.checker.errors import InputError
from assay.checker.gate.lock_file import quoted

__all__ = ["Found", "look_at", "settings"]

TESTS = {"test", "tests"}
"""Folders whose models are usually wrong on purpose."""

LARGEST = 1 << 20
"""Size in bytes up to which files are examined."""

LANGUAGE = "assay.checker.language"
NODES = "assay.impl.node"


@dataclass(frozen=True)
class Found:
    """What can be gated in a folder.

    Attributes
    ----------
    models, implementations : tuple of str
        Python files.
    quorums : tuple of str
        Quorum configurations.
    left_out : tuple of (str, str)
        Files that look like one of them but are not gated, each with the reason.
    """

    models: tuple[str, ...]
    implementations: tuple[str, ...]
    quorums: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def look_at(root: Path, refused: Callable[[Path], str | None] | None = None) -> Found:
    """Search a folder recursively for what can be gated.

    Parameters
    ----------
    root : Path
        The folder.
    refused : callable, optional
        Recognises quorum configurations: returns None for any other file, an empty text for one that can be read, and
        otherwise the reason why it cannot.
    """
    of_kind: dict[str, list[str]] = {"model": [], "implementation": [], "quorum": []}
    left_out: list[tuple[str, str]] = []
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        kinds, why = _looked_into(path, refused)
        if kinds and TESTS & {*path.relative_to(root).parts[:-1]}:
            left_out.append((name, "it is among tests"))
        elif why:
            left_out.append((name, why))
        else:
            for kind in kinds:
                of_kind[kind].append(name)
    models, implementations, quorums = map(tuple, of_kind.values())
    return Found(models, implementations, quorums, tuple(left_out))


def _looked_into(path: Path, refused: Callable[[Path], str | None] | None) -> tuple[set[str], str]:
    """Return the kinds of items in a file, and the reason if it cannot be gated."""
    if path.suffix == ".py":
        return _kinds(path), ""
    why = None if refused is None else refused(path)
    return (set(), "") if why is None else ({"quorum"}, why)


def settings(found: Found) -> str:
    """Return the text of an assay.toml that gates what was found.

    Raises
    ------
    InputError
        If nothing was found.
    """
    parts = ["# What `assay gate` verifies; `assay help gate` tells what can stand here.\n"]
    for key in ("models", "implementations", "quorums"):
        files = getattr(found, key)
        if files:
            lines = "".join(f"    {quoted(file)},\n" for file in files)
            parts.append(f"[[{key}]]\nfiles = [\n{lines}]\n")
    if len(parts) == 1:
        raise InputError(
            "there is nothing here to gate: no models, implementations or quorum configurations",
            help="a model is a class that derives from Model, in a file that imports assay.checker.language",
        )
    return "\n".join(parts)


def _files(root: Path) -> Iterator[Path]:
    """Yield the files below a folder, except hidden, installed and built ones."""
    for folder, inner, files in os.walk(root):
        inner[:] = sorted(name for name in inner if not _is_passed_over(Path(folder) / name))
        for name in sorted(files):
            path = Path(folder) / name
            if not name.startswith(".") and path.is_file() and path.stat().st_size <= LARGEST and _is_spelled(path):
                yield path


def _is_passed_over(folder: Path) -> bool:
    installed = folder.name.startswith((".", "__")) or folder.name in ("node_modules", "site-packages", "build", "dist")
    return installed or (folder / "pyvenv.cfg").exists()


def _is_spelled(path: Path) -> bool:
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _kinds(path: Path) -> set[str]:
    """Return the kinds of items that a Python file appears to define."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    imported = {*_imported(tree.body)}
    classes = any(isinstance(part, ast.ClassDef) and part.bases for part in tree.body)
    makes_cluster = any(isinstance(part, ast.FunctionDef) and part.name == "cluster" for part in tree.body)
    found = set()
    if classes and any(name == LANGUAGE or name.startswith(f"{LANGUAGE}.") for name in imported):
        found |= {"model"} if any(map(_is_model, tree.body)) else set()
    if makes_cluster and any(name == NODES or name.startswith(f"{NODES}.") for name in imported):
        found.add("implementation")
    return found


def _imported(body: Iterable[ast.stmt]) -> Iterator[str]:
    for part in body:
        match part:
            case ast.ImportFrom(module=str() as name):
                yield name
            case ast.Import(names=names):
                yield from (alias.name for alias in names)


def _is_model(part: ast.stmt) -> bool:
    """Return whether a class has an action; having bases is not enough, since sorts and mixins have them too."""
    if not isinstance(part, ast.ClassDef):
        return False
    return any(
        isinstance(method, ast.FunctionDef) and any(_name(d) == "action" for d in method.decorator_list)
        for method in part.body
    )


def _name(decorator: ast.expr) -> str:
    match decorator:
        case ast.Call(func=function):
            return _name(function)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
