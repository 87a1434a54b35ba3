"""What the tests of the models ask of a check, in one word each."""

import functools

from assay.checker.language.execution.instance import Instance
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.expectations import Violates
from assay.checker.language.introspection.specification import specify
from assay.checker.language.model import Model
from assay.checker.properties.check import Engine, Options, check
from assay.checker.properties.result import CheckResult

REFERENCE = Options(engine=Engine.REFERENCE)
NATIVE = Options(engine=Engine.NATIVE)
EVERYTHING = Options(engine=Engine.REFERENCE, keep_going=True)
AUTO = Options()


def instance_of(cls: type[Model], instance: str = "default", **settings: object) -> Instance:
    """Make an instance of a model."""
    return instantiate(specify(cls), settings, name=instance)


@functools.cache
def examine(cls: type[Model], instance: str = "default", options: Options = AUTO, **settings: object) -> CheckResult:
    """Check a model; once, however many tests ask."""
    return check(instance_of(cls, instance, **settings), options)


def catches(cls: type[Model], name: str, instance: str = "default", **settings: object) -> bool:
    """Return whether a mutant violates a property, whatever it violates before."""
    namespace = {"__module__": cls.__module__, "__doc__": cls.__doc__, "expected": Violates(name)}
    sought = type(cls.__name__, (cls,), namespace)
    return name in examine(sought, instance, **settings).violated


def counts(result: CheckResult) -> tuple[int, int, int]:
    """Return the distinct states, the generated ones, and the depth."""
    return result.exploration.distinct, result.exploration.generated, result.exploration.depth


def counterexample(result: CheckResult, name: str) -> list[str]:
    """Return the actions of the trace on which a property was decided."""
    trace = next(p.trace for p in result.properties if p.name == name)
    assert trace is not None
    return [step.call[0] for step in trace if step.call is not None]
