"""The processes that a unit file of systemd, a shell script or an environment file describes.

Shell scripts are read word by word: quotes, backslashes, comments, `NAME=value` before a command or on a line of its
own, `export`, and `$NAME` if the name was set to a plain value before. Nothing is executed, and whatever depends on
execution (`$(...)`, conditions, loops) stays in the words as it is written.

Source: *Shell Command Language* of POSIX, sections 2.2, 2.3 and 2.6.2; `systemd.syntax(7)`, `systemd.service(5)`
(*Command lines*), `systemd.exec(5)` (*Environment*, *EnvironmentFile*).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from assay.checker.errors import Location
from assay.proofs.quorums.formats.texts.processes import Process, Word
from assay.proofs.quorums.formats.texts.source import Source

__all__ = ["is_unit", "processes_of_shell", "processes_of_unit", "words_of"]

_UNIT = re.compile(r"^\[(?:Unit|Service|Install)\][ \t]*$", re.MULTILINE)
_TOKEN = re.compile(
    r"""
      (?P<blank>(?:[ \t\r]|\\\r?\n)+)
    | (?P<end>\n|;;?|&&?|\|\|?)
    | (?P<comment>\#[^\n]*)
    | (?P<word>(?:[^\s'"\\;&|]|\\(?!\r?\n).|'[^']*'|"[^"\\]*(?:\\.[^"\\]*)*"|\\\r?\n(?=\S))+)
    | (?P<odd>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(
    r"""
      '(?P<single>[^']*)'
    | "(?P<double>[^"\\]*(?:\\.[^"\\]*)*)"
    | \\(?P<escaped>\r?\n|.)
    | (?P<plain>[^'"\\]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)=")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_SECTION = re.compile(r"^[ \t]*\[[^\]\n]*\][ \t]*$", re.MULTILINE)
_ENTRY = re.compile(r"[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=")
_ENTRY_LINE = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>[^\\\n]*(?:\\(?:\r?\n|.)?[^\\\n]*)*)",
    re.MULTILINE,
)
_SETTING = re.compile(
    r"^[ \t]*(?P<key>[A-Za-z]+)[ \t]*=[ \t]*"
    r"(?P<value>[^\\\n]*(?:\\(?:\r?\n(?:[ \t]*[#;][^\n]*\n)*)?[^\\\n]*)*)",
    re.MULTILINE,
)
_COMMENT_INSIDE = re.compile(r"(?<=\n)[ \t]*[#;][^\n]*\n")
_MOST_WORD = 4_000_000
_PREFIXES = "@-:+!"


def is_unit(source: Source) -> bool:
    """Tell whether the text is a unit file of systemd."""
    return _UNIT.search(source.text) is not None


@dataclass
class _Shell:
    """Reads the words of one command at a time; `variables` are those set so far."""

    source: Source
    variables: dict[str, str] = field(default_factory=dict)

    def commands(self, text: str, start: int = 0) -> Iterator[list[tuple[str, Word]]]:
        """Yield each command as pairs of raw and expanded words."""
        command: list[tuple[str, Word]] = []
        for match in _TOKEN.finditer(text):
            if match["end"]:
                if command:
                    yield command
                command = []
            elif match["word"] or match["odd"]:
                raw = match["word"] or match["odd"]
                command.append((raw, Word(self.expanded(raw), self.source.at(start + match.start()))))
        if command:
            yield command

    def expanded(self, raw: str) -> str:
        parts = []
        for piece in _PIECE.finditer(raw):
            if piece["single"] is not None:
                parts.append(piece["single"])
            elif piece["double"] is not None:
                text = self.with_values(piece["double"])
                parts.append(re.sub(r"\\(\r?\n|[$`\"\\])", lambda m: "" if "\n" in m[1] else m[1], text))
            elif piece["escaped"] is not None:
                parts.append("" if "\n" in piece["escaped"] else piece["escaped"])
            else:
                parts.append(self.with_values(piece["plain"]))
        return "".join(parts)[:_MOST_WORD]

    def with_values(self, text: str) -> str:
        """Replace known variables; cut off a result that is longer than any real command."""

        def value(match: re.Match[str]) -> str:
            return self.variables.get(match[1] or match[2], match[0])

        return _VARIABLE.sub(value, text)[:_MOST_WORD] if "$" in text else text


def words_of(source: Source, text: str, start: int, variables: Mapping[str, str] | None = None) -> list[Word]:
    """Return the words of a command inside a text, from an offset on."""
    shell = _Shell(source, dict(variables or {}))
    return [word for command in shell.commands(text, start) for _, word in command]


def processes_of_shell(source: Source) -> list[Process]:
    """Return the commands of a script and, last, an unnamed process that its assignments may be meant for.

    A command has the variables that were exported before it or precede it, and those of `docker run -e`. The
    assignments of an environment file are meant for a process that something else starts.
    """
    shell = _Shell(source)
    text = _SECTION.sub(lambda match: " " * len(match[0]), source.text)
    if _is_environment(text):
        return [_environment_file(source, shell, text)]
    assigned: dict[str, Word] = {}
    exported: dict[str, Word] = {}
    replaced: dict[str, Word] = {}
    processes = []
    for command in shell.commands(text):
        is_export = command[0][0] == "export"
        own, rest = _assignments(command[1:] if is_export else command)
        if is_export or not rest:
            for variable, word in own.items():
                if assigned.get(variable, word).text != word.text:
                    replaced.setdefault(variable, assigned[variable])
            assigned.update(own)
            exported.update(own if is_export else {})
            shell.variables.update({name: word.text for name, word in own.items()})
            continue
        words = tuple(word for _, word in rest)
        name = words[0].text.rpartition("/")[2]
        environment = {**exported, **own, **_given_to_container(words)}
        processes.append(Process(name, words[0].location, words, environment))
    return [*processes, *([Process("", source.line(1), (), assigned, replaced)] if assigned else [])]


def _is_environment(text: str) -> bool:
    """Tell whether every line is an assignment, a comment, or empty; then values extend to the end of their lines."""
    joined = text.replace("\\\r\n", "  ").replace("\\\n", " ")
    lines = [line for line in joined.split("\n") if line.strip() and line.strip()[0] not in "#;"]
    return bool(lines) and all(_ENTRY.match(line) for line in lines)


def _environment_file(source: Source, shell: _Shell, text: str) -> Process:
    """Read an environment file, in which a value without quotes may have blanks."""
    found: dict[str, Word] = {}
    replaced: dict[str, Word] = {}
    for match in _ENTRY_LINE.finditer(text):
        raw = "".join(_until_comment(match["value"])).strip()
        word = Word(shell.expanded(raw), source.at(match.start("name")))
        if found.get(match["name"], word).text != word.text:
            replaced.setdefault(match["name"], found[match["name"]])
        found[match["name"]] = word
        shell.variables[match["name"]] = word.text
    return Process("", source.line(1), (), found, replaced)


def _until_comment(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        if match["comment"]:
            return
        yield match[0]


def _assignments(command: list[tuple[str, Word]]) -> tuple[dict[str, Word], list[tuple[str, Word]]]:
    """Split a command into the assignments in front of it and the rest."""
    found: dict[str, Word] = {}
    for place, (raw, word) in enumerate(command):
        match = _ASSIGNMENT.match(raw)
        if match is None:
            return found, command[place:]
        found[match["name"]] = Word(word.text[match.end() :], word.location)
    return found, []


def _given_to_container(words: tuple[Word, ...]) -> dict[str, Word]:
    found = {}
    for before, word in pairwise(words):
        match = _ASSIGNMENT.match(word.text)
        if match is not None and before.text in ("-e", "--env"):
            found[match["name"]] = Word(word.text[match.end() :], word.location)
    return found


def processes_of_unit(source: Source) -> list[Process]:
    """Return the process that a unit's `ExecStart` starts, with the `Environment` of the unit."""
    environment: dict[str, Word] = {}
    starts: list[tuple[int, str]] = []
    for offset, key, value in _settings(source.text):
        if key == "Environment":
            for word in words_of(source, value, offset):
                match = _ASSIGNMENT.match(word.text)
                if match is not None:
                    environment[match["name"]] = Word(word.text[match.end() :], word.location)
        elif key == "ExecStart":
            starts = [*starts, (offset, value)] if value.strip() else []
    variables = {name: word.text for name, word in environment.items()}
    is_whole = not any(key == "EnvironmentFile" for _, key, _ in _settings(source.text))
    processes = []
    for offset, value in starts:
        bare = value.lstrip(_PREFIXES)
        words = tuple(words_of(source, bare, offset + len(value) - len(bare), variables))
        if words:
            name = words[0].text.rpartition("/")[2]
            processes.append(Process(name, words[0].location, words, environment, is_whole=is_whole))
    return processes or [Process("", Location(source.name, 1), (), environment, is_whole=is_whole)]


def _settings(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each value of a unit file, continuation lines included, with its offset and its key."""
    for match in _SETTING.finditer(text):
        value = _COMMENT_INSIDE.sub(lambda comment: " " * len(comment[0]), match["value"])
        yield match.start("value"), match["key"], value
