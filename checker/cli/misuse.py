"""Turn the parser's complaints into one clear line: what was wrong, and the nearest thing that exists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from assay.checker.errors import UsageError
from assay.checker.wording import nearest
from cyclopts import CoercionError, CycloptsError, MissingArgumentError, Token, UnknownOptionError, UnusedCliTokensError
from cyclopts.exceptions import UnknownCommandError

__all__ = ["explain"]


def explain(error: CycloptsError, commands: Iterable[str]) -> UsageError:
    """Translate an error of the command-line parser into one of assay's."""
    if isinstance(error, UnknownCommandError):
        return _unknown_command((error.unused_tokens or [""])[0], list(commands))
    if isinstance(error, UnknownOptionError):
        return _unknown_option(error)
    if isinstance(error, UnusedCliTokensError):
        extra = " ".join(error.unused_tokens or [])
        return UsageError(f"unexpected argument {extra!r}", help=_help_of(error))
    if isinstance(error, CoercionError) and error.token is not None:
        return _misfit(error, error.token)
    if isinstance(error, MissingArgumentError):
        name = error.keyword or (error.argument.name if error.argument else "an argument")
        return UsageError(f"{name} needs a value", help=_help_of(error))
    error.verbose = False
    message = str(error).strip().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], help=_help_of(error))


def _unknown_command(token: str, commands: list[str]) -> UsageError:
    kind = "option" if token.startswith("-") else "command"
    near = nearest(token, commands) if kind == "command" else ""
    return UsageError(f"there is no {kind} {token!r}{near}", help=f"the commands are {', '.join(commands)}")


def _unknown_option(error: UnknownOptionError) -> UsageError:
    token = error.token.keyword or error.token.value
    arguments = (argument for argument in error.argument_collection if argument.parse)
    known = [name for argument in arguments for name in argument.names if name.startswith("--")]
    return UsageError(f"there is no option {token!r}{nearest(token.partition('=')[0], known)}", help=_help_of(error))


def _misfit(error: CoercionError, token: Token) -> UsageError:
    name = (token.keyword or (error.argument.name if error.argument else "")).strip("[]")
    source = "" if token.source in ("", "cli") else f" in {token.source}"
    choices = [str(choice) for choice in _choices(error.target_type)]
    if not choices:
        return UsageError(f"{name} {token.value}{source}: expected {_kind(error.target_type)}", help=_help_of(error))
    possible = " or ".join(filter(None, (", ".join(choices[:-1]), choices[-1])))
    return UsageError(f"{name} {token.value}{source}: expected {possible}{nearest(token.value, choices)}")


def _choices(type_: Any) -> list[Any]:
    """Return the values that a choice has, or a union of choices."""
    return [found for part in get_args(type_) for found in (_choices(part) if get_args(part) else [part])]


def _kind(type_: Any) -> str:
    return {int: "a whole number", bool: "true or false", float: "a number"}.get(type_, "a value that fits")


def _help_of(error: CycloptsError) -> str:
    chain = " ".join(error.command_chain or ())
    return f"assay {chain} --help lists what there is" if chain else "assay --help lists what there is"
