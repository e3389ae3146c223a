"""JSON documents as they came from a file, and the canonical form by which two records are the same.

Nothing here knows any format; `files` makes documents, the format modules take them apart.
"""

import dataclasses
import enum
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

# Documents nest a dozen levels; a pipeline of parsers and Postgres' jsonb must be able to walk them by recursion.
MAX_DEPTH = 64

# Beside `fields` in a dataclass: says that a field is bookkeeping and does not make a record another one.
NOT_CONTENT = {"content": False}


def is_too_deep(document: Json, deepest: int = MAX_DEPTH) -> bool:
    """Whether the document nests deeper than its readers can go. Walks level by level, not by recursion."""
    level: list[Json] = [document]
    for _ in range(deepest):
        level = [child for node in level for child in _children(node) if isinstance(child, (Mapping, list, tuple))]
        if not level:
            return False
    return True


def strings_in(document: Json) -> Iterator[str]:
    """Every string of a document, keys included, in no particular order."""
    waiting: list[Json] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, Mapping):
            yield from node
            waiting.extend(node.values())
        elif isinstance(node, (list, tuple)):
            waiting.extend(node)


def is_storable(text: str) -> bool:
    """Whether Postgres can hold the text: it has no NUL, and no half of a surrogate pair, which UTF-8 can't spell."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def canonical(value: object) -> Json:
    """The value as plain JSON in which equal content is spelt equally: dataclasses as objects."""
    match value:
        case enum.Enum():
            return canonical(value.value)
        case None | bool() | int() | float() | str():
            return value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): canonical(item) for key, item in value.items()}
        case list() | tuple():
            return [canonical(item) for item in value]
        case _:
            return {
                field.name: canonical(getattr(value, field.name))
                for field in dataclasses.fields(value)  # type: ignore[arg-type]  # nothing but dataclasses is left
                if field.metadata.get("content", True)
            }


def fingerprint(value: object) -> str:
    """The SHA-256, as 64 hex digits, of a value's canonical form: the same on every machine and in every run."""
    text = json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def size_of(document: Json) -> int:
    """The document's size in bytes as JSON text."""
    return len(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _children(node: Json) -> Sequence[Json]:
    if isinstance(node, Mapping):
        return list(node.values())
    return node if isinstance(node, (list, tuple)) else ()
