"""Read a codebook: YAML text -> Codebook, with messages that name the line and say what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from whipcount.errors import InputError
from whipcount.model import Codebook, Condition, Member, Option

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}\Z")
LIMIT = 2_000_000
"""Longest codebook read, in characters; a codebook is written by hand."""

ROOT_KEYS = ("schema_version", "name", "title", "stances", "options", "conditions", "cast", "actors", "notes")
OPTION_KEYS = (
    "id", "label", "definition", "include", "exclude", "paraphrases", "decision_body", "institution", "tier", "notes",
)  # fmt: skip
MEMBER_KEYS = ("name", "kind", "forms", "also", "people", "members", "notes")
CONDITION_KEYS = ("id", "label", "brought_about_by", "notes")
STANCES = ("support", "oppose", "conditional", "undecided", "neutral-report")

Place = tuple[int, str]
"""A line number, counted from 1, and what is wrong there."""


class _Reading:
    """One pass over the nodes of a YAML text, which gathers what is wrong instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Place] = []
        self.unread: list[Place] = []
        """Fields of the cast that are somebody's own notes, or misspelt: `check` tells, reading goes on."""

    def fault(self, node: yaml.Node, message: str) -> None:
        self.faults.append((node.start_mark.line + 1, message))

    def text(self, node: yaml.Node, what: str) -> str:
        """A scalar as written (`no` stays `no`), blanks folded."""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what} is not a text: write one line of words")
            return ""
        if node.value.startswith("<") and node.value.endswith(">"):
            self.fault(node, f"{what} is still the template's example: put your own words there, or remove the line")
        return " ".join(node.value.split())

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        if isinstance(node, yaml.ScalarNode):
            value = self.text(node, what)
            return (value,) if value else ()
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{what} is not a list: write one item a line, each after '- '")
            return ()
        return tuple(filter(None, (self.text(item, f"an item of {what}") for item in node.value)))

    def fields(
        self, node: yaml.Node, what: str, known: tuple[str, ...], unknown: list[Place] | None = None
    ) -> dict[str, yaml.Node]:
        """The fields of a mapping by name; faults for repeated ones and, unless `unknown` gathers them, for unknown ones."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what} has no fields: write 'id: ...' and 'label: ...' under it")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.text(key, "a field's name")
            if name not in known:
                place = key.start_mark.line + 1, f"{what} has the unknown field '{name}': use one of {', '.join(known)}"
                (self.faults if unknown is None else unknown).append(place)
            elif name in found:
                self.fault(key, f"{what} has the field '{name}' twice: keep one")
            else:
                found[name] = value
        return found

    def items(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"'{what}' is not a list: write one entry each after '- '")
            return []
        return list(node.value)

    def identity(
        self, node: yaml.Node, fields: dict[str, yaml.Node], what: str, seen: dict[str, int]
    ) -> tuple[str, str]:
        """The id and label that every entry must have; ids are unique."""
        values = []
        for name in ("id", "label"):
            value = self.text(fields[name], f"{name} of {what}") if name in fields else ""
            if fields and not value:
                self.fault(fields.get(name, node), f"{what} has no {name}: write '{name}: ...'")
            values.append(value)
        id, label = values
        if id and not ID.match(id):
            self.fault(fields["id"], f"'{id[:40]}' is not an id: write letters, digits and hyphens, no blanks")
        elif id in seen:
            self.fault(fields["id"], f"the id '{id}' is taken by line {seen[id]}: choose another")
        elif id:
            seen[id] = fields["id"].start_mark.line + 1
        return id, label

    def options(self, node: yaml.Node) -> Iterator[Option]:
        seen: dict[str, int] = {}
        for item in self.items(node, "options"):
            fields = self.fields(item, "an option", OPTION_KEYS)
            id, label = self.identity(item, fields, "an option", seen)

            def one(name: str, default: str = "", fields: dict[str, yaml.Node] = fields, id: str = id) -> str:
                return self.text(fields[name], f"{name} of option '{id}'") if name in fields else default

            def many(name: str, fields: dict[str, yaml.Node] = fields, id: str = id) -> tuple[str, ...]:
                return self.texts(fields[name], f"{name} of option '{id}'") if name in fields else ()

            yield Option(
                id, label, one("definition"), many("include"), many("exclude"), many("paraphrases"),
                many("decision_body"), one("institution") or None, one("tier", "core") or "core",
            )  # fmt: skip

    def conditions(self, node: yaml.Node | None, options: Iterable[Option]) -> Iterator[Condition]:
        known = {"fact", "event", *(option.id for option in options)}
        seen: dict[str, int] = {}
        for item in self.items(node, "conditions"):
            fields = self.fields(item, "a condition", CONDITION_KEYS)
            id, label = self.identity(item, fields, "a condition", seen)
            by = self.text(fields["brought_about_by"], "brought_about_by") if "brought_about_by" in fields else "fact"
            if ID.match(by) and by not in known:
                self.fault(
                    fields["brought_about_by"],
                    f"'{by}' brings condition '{id}' about but is no option: write 'fact', 'event', the id of an option, "
                    "or say in several words what would bring it about",
                )
            yield Condition(id, label, by or "fact")

    def cast(self, node: yaml.Node | None) -> Iterator[Member]:
        """The actors; one without further fields may be its name alone."""
        seen: dict[str, int] = {}
        for item in self.items(node, "cast"):
            if isinstance(item, yaml.ScalarNode):
                yield Member(self.text(item, "an actor of the cast"))
                continue
            fields = self.fields(item, "an actor of the cast", MEMBER_KEYS, self.unread)
            name = self.text(fields["name"], "name of an actor") if "name" in fields else ""
            if fields and not name:
                self.fault(fields.get("name", item), "an actor of the cast has no name: write 'name: ...'")
            elif name in seen:
                self.fault(fields["name"], f"the actor '{name[:40]}' is listed in line {seen[name]}: keep one")
            elif name:
                seen[name] = fields["name"].start_mark.line + 1

            def many(field: str, fields: dict[str, yaml.Node] = fields, name: str = name) -> tuple[str, ...]:
                return self.texts(fields[field], f"{field} of '{name}'") if field in fields else ()

            kind = self.text(fields["kind"], f"kind of '{name}'") if "kind" in fields else ""
            yield Member(name, kind or "state", (*many("forms"), *many("also")), many("people"), many("members"))

    def codebook(self, root: yaml.Node) -> Codebook:
        fields = self.fields(root, "the codebook", ROOT_KEYS)
        name = self.text(fields["name"], "name") if "name" in fields else ""
        if fields and not name:
            self.fault(fields.get("name", root), "the codebook has no name: write 'name: my-debate'")
        elif name and not ID.match(name):
            self.fault(fields["name"], f"'{name[:40]}' is not a name: write letters, digits and hyphens, no blanks")
        title = self.text(fields["title"], "title") if "title" in fields else name
        options: tuple[Option, ...] = ()
        if "options" in fields:
            options = tuple(self.options(fields["options"]))
        if fields and not options:
            self.fault(fields.get("options", root), "the codebook has no options: write 'options:' and one entry each")
        stances: dict[str, str] = {}
        if "stances" in fields:
            for stance, node in self.fields(fields["stances"], "'stances'", STANCES).items():
                stances[stance] = self.text(node, f"stance '{stance}'")
        conditions, cast = tuple(self.conditions(fields.get("conditions"), options)), tuple(self.cast(fields.get("cast", fields.get("actors"))))
        return Codebook(name, title, options, conditions, stances, cast)


def _read(text: str, *, strict: bool = False) -> tuple[Codebook | None, list[Place]]:
    if len(text) > LIMIT:
        return None, [(1, f"longer than {LIMIT:,} characters: a codebook is a page or two; check the file")]
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                return None, [(line, "refers to an anchor ('*'): write the text out, in quotes")]
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "is not YAML"
        return None, [(mark.line + 1 if mark else 1, f"{problem}: check indentation, colons and quotes there")]
    except yaml.YAMLError as error:
        return None, [(1, f"{' '.join(str(error).split())}: save the file as UTF-8 text")]
    except RecursionError:
        return None, [(1, "is nested too deeply: a codebook has lists of options and conditions, no more")]
    if root is None:
        return None, [(1, "is empty: write 'name:', 'title:' and 'options:'")]
    reading = _Reading()
    codebook = reading.codebook(root)
    return codebook, sorted([*reading.faults, *reading.unread] if strict else reading.faults)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): name a codebook file (.yaml)") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}: save the codebook as UTF-8 text") from None


def parse(text: str, origin: str) -> Codebook:
    """The codebook in YAML `text`; InputError names `origin`, the line of the first fault, and what to write."""
    codebook, faults = _read(text)
    if codebook is None or faults:
        line, message = faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise InputError(f"{origin}, line {line}: {message}{more}")
    return codebook


def load(path: Path) -> Codebook:
    """The codebook in the file `path`; InputError as in `parse`, or if the file cannot be read."""
    return parse(_text(path), str(path))


def check(path: Path) -> list[str]:
    """Every fault of the codebook in `path`, one line each, `path, line N: what to do`; empty when it is sound."""
    try:
        text = _text(path)
    except InputError as error:
        return [str(error)]
    return [f"{path}, line {line}: {message}" for line, message in _read(text, strict=True)[1]]


def written(codebook: Codebook) -> str:
    """The codebook as YAML text; `parse` reads the same codebook from it."""

    def fields(value: Option | Condition | Member, defaults: Option | Condition | Member) -> dict[str, Any]:
        every = {name: getattr(value, name) for name in type(value).__slots__}
        return {
            name: list(held) if isinstance(held, tuple) else held
            for name, held in every.items()
            if name in ("id", "label", "name") or held != getattr(defaults, name)
        }

    content: dict[str, Any] = {"name": codebook.name, "title": codebook.title}
    if codebook.stances:
        content["stances"] = dict(codebook.stances)
    content["options"] = [fields(option, Option("", "")) for option in codebook.options]
    if codebook.conditions:
        content["conditions"] = [fields(condition, Condition("", "")) for condition in codebook.conditions]
    if codebook.cast:
        content["cast"] = [fields(member, Member("")) for member in codebook.cast]
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
