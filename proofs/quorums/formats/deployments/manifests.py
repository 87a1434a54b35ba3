"""The parts of a manifest: the processes that Compose files and Kubernetes resources start, and the files in them.

A Compose file has `services` with `command` and `environment`, and `configs` with `content`; a resource of Kubernetes
has containers with `command`, `args` and `env`, or is a `ConfigMap` whose `data` are files. Each part is read like a
file of its own, and errors refer to its lines in the manifest. Values that only a running cluster knows (`valueFrom`,
`$(POD_NAME)`, `${VARIABLE}`) are left as they are written; a parser that needs them refuses the part. Helm templates
are not YAML until they are rendered.

Source: *Compose Specification*, services and configs; Kubernetes API reference, PodSpec, Container and ConfigMap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assay.checker.errors import InputError
from assay.proofs.quorums.formats.deployments.kubernetes import Resource, at, is_of_kubernetes, resources_of
from assay.proofs.quorums.formats.format import NodeFile
from assay.proofs.quorums.formats.texts.commands import processes_of_shell, words_of
from assay.proofs.quorums.formats.texts.element import Element
from assay.proofs.quorums.formats.texts.processes import Process, Word
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.formats.texts.yaml_text import parse_yaml

__all__ = ["is_manifest", "parts_of"]

_SERVICES = re.compile(r"^services[ ]*:[ ]*(?:#.*)?$", re.MULTILINE)
_SERVICE_KEYS = re.compile(r"^[ ]+(?:image|build|command|environment|container_name|extends)[ ]*:", re.MULTILINE)
_CONFIGURATION = re.compile(r"conf|\.cfg|\.ya?ml|\.env|\.properties|etc/", re.IGNORECASE)
_SHELLS = frozenset(("sh", "bash", "ash", "dash"))
_INITIATE = re.compile(r"\brs\s*\.\s*(?:initiate|reconfig)\s*\(")


def is_manifest(source: Source) -> bool:
    """Tell whether the text is a Compose file or has resources of Kubernetes."""
    return _is_compose(source) or is_of_kubernetes(source)


def _is_compose(source: Source) -> bool:
    is_text = source.process is None
    return is_text and _SERVICES.search(source.text) is not None and _SERVICE_KEYS.search(source.text) is not None


def _template_in(text: str) -> int | None:
    """Return the offset of the first line with ``{{ ... }}`` outside comments; None if there is none."""
    start = 0
    for line in text.split("\n"):
        opened = line.partition("#")[0].find("{{")
        if opened >= 0 and "}}" in line[opened:]:
            return start
        start += len(line) + 1
    return None


def parts_of(source: Source) -> list[NodeFile]:
    """Return the processes and files of a manifest, each as a source of its own.

    Raises
    ------
    InputError
        If the text is not YAML, or a template.
    """
    template = _template_in(source.text)
    if template is not None:
        help = "Render it first: helm template"
        raise InputError("this is a Helm template", location=source.at(template), help=help)
    if is_of_kubernetes(source):
        return [part for resource in resources_of(source) for part in _of_resource(source, resource)]
    return [part for document in parse_yaml(source) for part in _of_compose(source, document)]


def _of_compose(source: Source, document: Element) -> Iterator[NodeFile]:
    services = at(document, "services")
    for name, service in services.table().items() if services is not None else ():
        if not isinstance(service.value, dict):
            continue
        words = (*_words(source, service.get("entrypoint")), *_words(source, service.get("command")))
        environment = _environment(service.get("environment"))
        image, is_whole = _image(service.get("image")), not _has_more_elsewhere(service)
        started = Process(name, service.location, words, environment, image=image, is_whole=is_whole)
        yield from _started(source, started)
        yield from _scripts(source, name, service)
    configs = at(document, "configs")
    for name, config in configs.table().items() if configs is not None else ():
        content = config.get("content") if isinstance(config.value, dict) else None
        if content is not None and isinstance(content.value, str):
            yield _embedded(source, name, content)


def _of_resource(source: Source, resource: Resource) -> Iterator[NodeFile]:
    document = resource.document
    if resource.kind in ("ConfigMap", "Secret"):
        data = document.get("data") if resource.kind == "ConfigMap" else document.get("stringData")
        for key, content in data.table().items() if data is not None else ():
            if isinstance(content.value, str):
                yield _embedded(source, key, content)
        return
    pod = at(document, "spec") if resource.kind == "Pod" else _pod_of(document)
    containers = pod.get("containers") if pod is not None and isinstance(pod.value, dict) else None
    for container in containers.items() if containers is not None else ():
        words = (*_words(source, container.get("command")), *_words(source, container.get("args")))
        name = resource.name or "container"
        variables, image = _variables(container.get("env")), _image(container.get("image"))
        is_whole = not _has_more_elsewhere(container)
        started = Process(name, container.location, words, variables, image=image, is_whole=is_whole)
        yield from _started(source, started)
        yield from _scripts(source, name, container)


def _pod_of(document: Element) -> Element | None:
    spec = document.get("spec")
    template = spec.get("template") if spec is not None and isinstance(spec.value, dict) else None
    return template.get("spec") if template is not None and isinstance(template.value, dict) else None


def _started(source: Source, process: Process) -> Iterator[NodeFile]:
    """Yield a process or, if its command is a shell script, the processes of the script."""
    words = process.arguments
    if len(words) > 2 and process.program in _SHELLS and words[1].text.startswith("-"):
        script = Source(source.name, words[2].text, words[2].location.line)
        for one in processes_of_shell(script):
            merged = replace(one, name=process.name, environment={**process.environment, **one.environment})
            yield NodeFile(Source(source.name, "", process=merged), process.name)
        return
    yield NodeFile(Source(source.name, "", process=process), process.name)


def _has_more_elsewhere(element: Element) -> bool:
    """Tell whether a service or container reads variables or configuration from outside its own description."""
    if any(key in element for key in ("env_file", "envFrom", "extends", "configs", "secrets")):
        return True
    mounts = [element.get("volumes"), element.get("volumeMounts")]
    texts = [inner.value for mount in mounts if mount is not None for inner in mount.walk()]
    variables = element.get("env")
    listed = variables.items() if variables is not None and isinstance(variables.value, list) else []
    return any(isinstance(text, str) and _CONFIGURATION.search(text) for text in texts) or any(
        "valueFrom" in variable for variable in listed
    )


def _image(element: Element | None) -> str:
    """Return the last part of an image's name, without its tag and digest."""
    if element is None or not isinstance(element.value, str):
        return ""
    return re.split(r"[:@]", element.value.rpartition("/")[2])[0]


def _words(source: Source, command: Element | None) -> tuple[Word, ...]:
    if command is None:
        return ()
    if isinstance(command.value, list):
        return tuple(Word(_text(item), item.location) for item in command.value)
    text = _text(command)
    return tuple(Word(word.text, command.location) for word in words_of(Source(source.name, text), text, 0))


def _text(element: Element) -> str:
    value = element.value
    if isinstance(value, bool):
        return str(value).lower()
    return element.text() if isinstance(value, str | dict | list) or value is None else str(value)


def _environment(listed: Element | None) -> dict[str, Word]:
    """Read the environment of a service: a mapping, or a list of `NAME=value`."""
    if listed is None:
        return {}
    if isinstance(listed.value, list):
        pairs = ((*_text(item).partition("="), item) for item in listed.value)
        return {name: Word(value, item.location) for name, equals, value, item in pairs if equals}
    values = listed.table().items()
    return {name: Word(_text(value), value.location) for name, value in values if value.value is not None}


def _variables(listed: Element | None) -> dict[str, Word]:
    """Read the environment of a container: a list of names with values, without those that come from elsewhere."""
    found = {}
    for item in listed.items() if listed is not None else ():
        name, value = item.get("name"), item.get("value")
        if name is not None and value is not None:
            found[name.text()] = Word(_text(value), value.location)
    return found


def _scripts(source: Source, name: str, element: Element) -> Iterator[NodeFile]:
    """Yield the scripts for a database shell that a command or a check contains."""
    for inner in element.walk():
        if isinstance(inner.value, str) and _INITIATE.search(inner.value):
            yield _embedded(source, name, inner)


def _embedded(source: Source, name: str, element: Element) -> NodeFile:
    """Return a text within a text as a source; its line numbers are those of the file if it is a literal block."""
    place = element.location
    is_block = isinstance(element.place, tuple) and element.place[0].text[element.place[1]] == "|"
    text = element.text()
    return NodeFile(Source(source.name, text, place.line + (1 if is_block else 0)), name.partition(".")[0])
