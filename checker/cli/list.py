"""``assay list``: the protocols, their variants, their instances, and what is expected of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from assay.checker.cli.form import deliver
from assay.checker.cli.output import destination, source_of
from assay.checker.implementations.listing import Standing, standings
from assay.checker.language.execution.instantiate import instantiate
from assay.checker.language.execution.settings import INSTANCES
from assay.checker.language.loader import NamedModel, library, load_all
from assay.checker.outputs import JSON_VERSION, as_json
from assay.checker.report.parts import Cell, Table, columns
from assay.checker.verdicts import ExitStatus
from cyclopts import Parameter
from rich.text import Text

__all__ = ["list"]


def list(
    model: str | None = None,
    /,
    *,
    format_: Annotated[Literal["text", "json", "markdown"], Parameter(name="--format")] = "text",
    output: str | None = None,
) -> int:
    """Show the protocols, their variants and instances, and what is expected of them.

    Parameters
    ----------
    model
        A library name or a file, to show only its models.
    format_
        The form of the list.
    output
        Write the list to this file instead of standard output.
    """
    models = library() if model is None else load_all(model)
    with destination(output, *map(source_of, models)) as file:
        match format_:
            case "text":
                deliver([*_lines(models), *(_implementations() if model is None else ())], file)
            case "markdown":
                deliver(_page(models), file)
            case "json":
                listed: dict[str, Any] = {"version": JSON_VERSION, "models": [*map(_record, models)]}
                implemented = {"implementations": [*map(_standing, standings())]} if model is None else {}
                deliver(as_json(listed | implemented), file)
    return ExitStatus.AS_CLAIMED


def _lines(models: Sequence[NamedModel]) -> Iterator[Text]:
    rows = [(Text(m.name, style="" if m.variant else "bold"), Text(str(m.specification.expected))) for m in models]
    for model, line in zip(models, columns(rows), strict=True):
        if not model.variant and model is not models[0]:
            yield Text()
        yield line
        if model.doc:
            yield Text(f"    {model.doc}", style="dim")
        shown = [f"{name} {settings}" for name, settings in _readable(model).items()]
        yield Text(f"    {'; '.join(shown)}")


def _implementations() -> Iterator[Text]:
    """Return, for each implemented protocol, its model, proof, mutants and ways to run."""
    yield Text()
    yield Text("implementations, and the sizes at which tests explore all their worlds", style="bold")
    listed = [*standings()]
    for standing, row in zip(listed, columns([_cells(standing) for standing in listed]), strict=True):
        yield Text("  ") + row
        yield Text(f"    {standing.doc}", style="dim")


def _cells(standing: Standing) -> tuple[Text, ...]:
    model = standing.model
    claims = [] if model is None else [f"refines {model.name}"]
    claims += [f"linearizable {standing.object}"] * (standing.object is not None)
    proof = f"proof by {standing.lemmas} lemmas" if standing.is_provable else "no proof"
    cells = (
        ", ".join(claims),
        f"{len(standing.variants)} broken variants" if model is not None else "",
        proof if model is not None else "",
        f"{len(standing.mutants)} mutants",
        " ".join(f"{name}={size}" for name, size in standing.explored.items()),
        "runs" if standing.runs else "",
    )
    return (Text(standing.name), *map(Text, cells))


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "implementation": standing.name,
        "doc": standing.doc,
        "refines": None if standing.model is None else standing.model.name,
        "broken_variants": [*standing.variants],
        "lemmas": standing.lemmas,
        "provable": standing.is_provable,
        "linearizable": standing.object,
        "mutants": [*standing.mutants],
        "explored": dict(standing.explored),
        "runs": standing.runs,
    }


def _readable(model: NamedModel) -> dict[str, str]:
    """Return the default instance, and those other instances that differ from it."""
    instances = _instances(model)
    return {
        name: " ".join(f"{key}={value}" for key, value in settings.items()) or "without parameters"
        for name, settings in instances.items()
        if name == "default" or settings != instances["default"]
    }


def _instances(model: NamedModel) -> dict[str, dict[str, Any]]:
    return {name: instantiate(model.specification, name=name).settings() for name in INSTANCES}


def _page(models: Sequence[NamedModel]) -> str:
    heads = ("model", "expected", "default instance", "what it is")
    rows = (
        (
            Cell(model.name, is_code=True),
            Cell(str(model.specification.expected)),
            Cell(_readable(model)["default"], is_code=True),
            Cell(model.doc),
        )
        for model in models
    )
    return "\n".join(Table(heads, tuple(rows)).markdown()) + "\n"


def _record(model: NamedModel) -> dict[str, Any]:
    specification = model.specification
    return {
        "model": model.name,
        "class": model.cls.__name__,
        "variant": model.variant,
        "doc": model.doc,
        "expected": str(specification.expected),
        "instances": _instances(model),
        "actions": [method.name for method in specification.actions],
        "properties": [{"name": p.name, "kind": p.kind.value, "doc": p.doc} for p in specification.properties],
    }
