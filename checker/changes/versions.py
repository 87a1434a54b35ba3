"""Versions of files: in the working tree, or in a revision of the git repository."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.checker.errors import InputError
from assay.checker.references import split_reference

__all__ = ["Tree", "Version", "as_it_was", "checked_out", "is_revision", "tree_of", "working_tree"]


@dataclass(frozen=True)
class Version:
    """A model or another file, in one version.

    Attributes
    ----------
    words : str
        The version as the user wrote it.
    reference : str
        Reference for the loader.
    root : Path
        The working directory in which the reference is valid.
    """

    words: str
    reference: str
    root: Path


@dataclass(frozen=True)
class Tree:
    """All files of a version of a repository.

    Attributes
    ----------
    revision : str
        The revision as the user wrote it; empty for the working tree.
    top : Path
        Root of the files.
    inside : Path
        The user's working directory, relative to `top`.
    """

    revision: str
    top: Path
    inside: Path

    @property
    def words(self) -> str:
        """Its name in reports."""
        return self.revision or "the working tree"


def is_revision(words: str) -> bool:
    """Return whether words name a revision of the current repository rather than a file."""
    try:
        return not Path(words).exists() and _asked(Path.cwd(), *_naming(words)) is not None
    except (InputError, OSError, ValueError):  # git is missing, or there is a null character
        return False


def as_it_was(before: str, after: str) -> str:
    """Complete `before`: a revision alone stands for the file `after` in that revision."""
    is_alone = is_revision(before) and Path(split_reference(after)[0]).exists()
    return f"{before}:{after}" if is_alone else before


def working_tree() -> Tree:
    """Return the working tree.

    Raises
    ------
    InputError
        If the working directory is not in a repository.
    """
    top = Path(_git(Path.cwd(), "rev-parse", "--show-toplevel").decode().strip())
    return Tree("", top, Path.cwd().resolve().relative_to(top.resolve()))


@contextlib.contextmanager
def tree_of(revision: str) -> Iterator[Tree]:
    """Check out a whole revision into a temporary folder.

    Raises
    ------
    InputError
        If there is no such revision.
    """
    here = working_tree()
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        top = Path(folder) / "tree"
        _write_files(here.top, _commit(here.top, revision), top)
        yield Tree(revision, top, here.inside)


@contextlib.contextmanager
def checked_out(words: str) -> Iterator[Version]:
    """Yield the version that ``REVISION:path/to/file[:Class]``, or a plain reference, stands for.

    The revision is written into a temporary folder; the repository, its working tree and its index are not touched.
    Modules beside the file, and below the root and its ``src``, come from the revision; installed ones stay as they
    are.

    Raises
    ------
    InputError
        If there is no such revision, or no such file in it.
    """
    revision, colon, path = words.partition(":")
    if not colon or not _is_file(path.partition(":")[0]) or revision.endswith(".py") or Path(words).exists():
        yield Version(words, words, Path.cwd())
        return
    file, _, name = path.partition(":")
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        root = Path(folder) / "tree"
        top, inside = _place(Path.cwd(), file)
        commit = _commit(top, revision)
        _demand_file(top, revision, commit, inside)
        _write_files(top, commit, root)
        yield Version(words, f"{inside}:{name}" if name else str(inside), root)


def _is_file(path: str) -> bool:
    """Return whether the text after a colon is a path rather than a class name."""
    return "." in path or "/" in path


def _place(where: Path, file: str) -> tuple[Path, Path]:
    """Return the root of the repository, and the file's path relative to it."""
    inside = Path(file) if file.startswith("/") else where / file
    # Ask from the file's own folder, as it may be in a submodule; that folder may no longer exist.
    there = next(folder for folder in (*inside.parents, where) if folder.is_dir())
    found = _asked(there, "rev-parse", "--show-toplevel")
    top = Path(_git(where, "rev-parse", "--show-toplevel").decode().strip() if found is None else found)
    try:
        return top, inside.resolve().relative_to(top.resolve())
    except ValueError:
        raise InputError(f"{file} is not in the repository {top}") from None


def _write_files(top: Path, commit: str, root: Path) -> None:
    """Write the files of a commit below a folder, through a temporary index that leaves the repository's alone."""
    index = {"GIT_INDEX_FILE": str(root.with_suffix(".index"))}
    _git(top, "read-tree", commit, **index)
    _git(top, "checkout-index", "--all", f"--prefix={root}/", **index)


def _naming(revision: str) -> tuple[str, ...]:
    """Return git's arguments for resolving a revision to a commit."""
    return ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")


def _commit(top: Path, revision: str) -> str:
    """Return the hash of the commit that a revision names."""
    commit = _asked(top, *_naming(revision))
    if commit is None:
        shallow = _git(top, "rev-parse", "--is-shallow-repository").strip() == b"true"
        raise InputError(
            f"there is no revision {revision} in {top}",
            help="the clone is shallow: git fetch --unshallow brings its history" if shallow else "git log --oneline",
        )
    return commit


def _demand_file(top: Path, revision: str, commit: str, inside: Path) -> None:
    if _asked(top, "cat-file", "-e", f"{commit}:{inside}") is None:
        raise InputError(f"there is no {inside} in revision {revision}", help=f"git ls-tree -r --name-only {revision}")


def _asked(top: Path, *arguments: str) -> str | None:
    """Return git's output, or None if it fails."""
    ran = _run(top, *arguments)
    return None if ran.returncode else os.fsdecode(ran.stdout).strip()


def _git(where: Path, *arguments: str, **variables: str) -> bytes:
    ran = _run(where, *arguments, **variables)
    if ran.returncode:
        raise InputError(f"git {arguments[0]}: {ran.stderr.decode(errors='replace').strip().splitlines()[-1]}")
    return ran.stdout


def _run(where: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    command, environment = ["git", *arguments], {**os.environ, **variables}
    try:
        return subprocess.run(command, cwd=where, capture_output=True, env=environment, check=False)
    except FileNotFoundError:
        raise InputError("git is not installed, and REVISION:FILE needs it") from None
