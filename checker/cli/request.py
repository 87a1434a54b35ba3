"""What a command line asks to check, and how to write that command line again."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from assay.checker.cli import units
from assay.checker.cli.configured import Configured
from assay.checker.cli.progress import watching
from assay.checker.engine.limits import Limits
from assay.checker.errors import UsageError
from assay.checker.immutable import immutable
from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.settings import settable
from assay.checker.language.frontend.compile import compile_model
from assay.checker.language.loader import NamedModel
from assay.checker.properties.check import Engine, Options
from assay.checker.properties.check import check as explore_and_judge
from assay.checker.report.run import CheckRun

__all__ = [
    "CheckRequest",
    "assignments",
    "instance_words",
    "limit_words",
    "limits_given",
    "model_among",
    "setting_words",
    "whole_numbers",
]


@immutable
class CheckRequest:
    """How to check, whatever the model.

    Attributes
    ----------
    options : Options
        Engine, limits, and what to look for.
    instance : str
        The instance of the model to start from.
    settings : mapping from name to text
        What to change in it.
    configured : Configured, optional
        The quorums that a configuration gives it.
    """

    options: Options
    instance: str = "default"
    settings: Mapping[str, str] = field(default_factory=dict)
    configured: Configured | None = None

    def instantiate(self, model: NamedModel) -> Instance:
        """Make the requested instance of a model.

        The model is compiled first, although the reference explorer could run some models that the language
        excludes: a model that passes while it is small must not fail once it needs the native explorer.
        """
        if self.configured is None:
            instance = instantiate(model.specification, self.settings, name=self.instance)
        else:
            settings = {**self._own(model), **self.configured.settings}
            instance = instantiate(model.specification, settings, name=self.instance, names=self.configured.names)
        compile_model(model.specification)
        return instance

    def _own(self, model: NamedModel) -> dict[str, str]:
        """Return the settings that apply to the model, not to the configuration."""
        known = settable(model.specification)
        return {name: value for name, value in self.settings.items() if name in known}

    def run(self, model: NamedModel) -> CheckRun:
        """Check a model; show a progress line on a terminal."""
        instance = self.instantiate(model)
        started = time.perf_counter()
        with watching(model.name, self.options.limits, logged=self.instance == "deep") as watch:
            result = explore_and_judge(instance, self.options, watch)
        elapsed = time.perf_counter() - started
        standard = not self.settings and self.configured is None
        given = {} if self.configured is None else self.configured.words
        return CheckRun(model, result, self.options, self.command(model), standard, elapsed, given)

    def command(self, model: NamedModel) -> str:
        """Return the command line that repeats this check, quoted for a shell."""
        return shlex.join(["assay", "check", model.name, *self._words()])

    def _words(self) -> Iterator[str]:
        if self.configured is not None:
            yield from self.configured.options
        yield from instance_words(self.instance, self.settings)
        if self.options.engine is not Engine.AUTO:
            yield from ("--engine", self.options.engine.value)
        yield from limit_words(self.options.limits)
        if self.options.keep_going:
            yield "--keep-going"
        if not self.options.deadlock:
            yield "--no-deadlock"


def instance_words(instance: str, settings: Mapping[str, str]) -> Iterator[str]:
    """Yield the words of a command line that name an instance and change its settings."""
    if instance != "default":
        yield from ("--instance", instance)
    yield from setting_words(settings)


def setting_words(settings: Mapping[str, str]) -> Iterator[str]:
    """Yield the words of a command line that change settings; none without settings."""
    if settings:
        yield "--set"
        yield from (f"{name}={value}" for name, value in settings.items())


def limits_given(
    *,
    max_states: str | None = None,
    max_depth: str | None = None,
    time_limit: str | None = None,
    memory_limit: str | None = None,
) -> Limits:
    """Return the limits that the options with these names set.

    Raises
    ------
    UsageError
        If a limit is not an amount.
    """
    return Limits(
        None if max_states is None else units.count("--max-states", max_states),
        None if max_depth is None else units.count("--max-depth", max_depth),
        None if time_limit is None else units.duration("--time-limit", time_limit),
        None if memory_limit is None else units.memory("--memory-limit", memory_limit),
    )


def limit_words(limits: Limits) -> Iterator[str]:
    """Yield the words of a command line that set these limits."""
    if limits.states is not None:
        yield from ("--max-states", str(limits.states))
    if limits.depth is not None:
        yield from ("--max-depth", str(limits.depth))
    if limits.seconds is not None:
        yield from ("--time-limit", f"{limits.seconds:g}s")
    if limits.memory is not None:
        yield from ("--memory-limit", str(limits.memory))


def model_among(model: str | None, settings: Sequence[str]) -> tuple[str | None, list[str]]:
    """Separate the model from the settings: in ``--set A=3 MODEL`` the parser takes the model for a setting."""
    strays = [setting for setting in settings if "=" not in setting]
    if model is None and len(strays) == 1:
        return strays[0], [setting for setting in settings if "=" in setting]
    return model, list(settings)


def assignments(settings: Sequence[str], option: str = "--set", example: str = "Participant=3") -> dict[str, str]:
    """Return what ``--set`` sets, or another option of the same form.

    Raises
    ------
    UsageError
        If a setting is not of the form ``NAME=VALUE``, or a name is given two values.
    """
    found: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{option} {setting}: expected NAME=VALUE, such as {option} {example}")
        if found.setdefault(name.strip(), value.strip()) != value.strip():
            raise UsageError(f"{option} {setting}: {name.strip()} is set twice")
    return found


def whole_numbers(settings: Mapping[str, str]) -> dict[str, int]:
    """Return settings as whole numbers.

    Raises
    ------
    UsageError
        If a setting is not a whole number.
    """
    for name, text in settings.items():
        if not text.removeprefix("-").isdecimal() or len(text) > 9:
            raise UsageError(f"--set {name}={text}: expected a whole number", help=f"for example {name}=3")
    return {name: int(text) for name, text in settings.items()}
