"""Resources of Kubernetes: documents in YAML or JSON with `apiVersion` and `kind`, and the items of a `List`.

Source: Kubernetes API conventions, *Types (Kinds)* and *Metadata*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assay.checker.errors import InputError
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.json_text import looks_like_json
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.formats.texts.yaml_text import parse_yaml

__all__ = ["Resource", "at", "is_of_kubernetes", "resources_of"]

_KIND = re.compile(r"^[ \t-]*[\"']?kind[\"']?[ ]*:[ ]*[\"']?[A-Za-z]\w*", re.MULTILINE)
_VERSION = re.compile(r"^[ \t{-]*[\"']?apiVersion[\"']?[ ]*:[ ]*[\"']?[\w./-]+", re.MULTILINE)

_JSON_KIND, _JSON_VERSION = re.compile(r'"kind"\s*:\s*"[A-Za-z]'), re.compile(r'"apiVersion"\s*:\s*"')


@dataclass(frozen=True)
class Resource:
    """One resource: its kind, its name, and the document."""

    kind: str
    group: str
    name: str
    document: Element


def is_of_kubernetes(source: Source) -> bool:
    """Tell whether the text has resources of Kubernetes."""
    text = source.text
    if looks_like_json(source):
        return _JSON_KIND.search(text) is not None and _JSON_VERSION.search(text) is not None
    return source.process is None and _KIND.search(text) is not None and _VERSION.search(text) is not None


def resources_of(source: Source) -> list[Resource]:
    """Return the resources of a text.

    Raises
    ------
    InputError
        If the text is not YAML.
    """
    return [resource for document in parse_yaml(source) for resource in _resources(document, 0)]


def _resources(document: Element, depth: int) -> Iterator[Resource]:
    if not isinstance(document.value, dict) or "kind" not in document.value:
        return
    kind = document.need("kind").text()
    items = document.get("items")
    if kind.endswith("List") and items is not None and depth < 2:
        for item in items.items():
            yield from _resources(item, depth + 1)
        return
    version, name = document.get("apiVersion"), at(document, "metadata", "name")
    group = version.text().rpartition("/")[0] if version is not None and isinstance(version.value, str) else ""
    yield Resource(kind, group, name.text() if name is not None and isinstance(name.value, str) else "", document)


def at(element: Element, *keys: str) -> Element | None:
    """Return the value at a path of keys; None if a key is missing or null.

    Raises
    ------
    InputError
        If a value on the way is not a mapping.
    """
    found: Element | None = element
    for key in keys:
        if found is None:
            return None
        if not isinstance(found.value, dict):
            raise InputError(f"{found.name} is not a mapping", location=found.location, help=f"Write {key}: below it.")
        found = found.get(key)
    return found
