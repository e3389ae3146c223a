"""Reading documents from files, as clients' tools make them. Whether they are valid is checked elsewhere.

name.graphql        one document: the whole text of the file, as it is
Apollo's manifest   {"format": "apollo-persisted-query-manifest", "operations": [{"id", "name", "type", "body"}]}
a map of hashes     {"<hash>": "<document>"}, as graphql-codegen and Relay write it
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from portal.errors import InvalidInput
from portal.trusted_documents.rules import DraftDocument

MOST_BYTES = 20 * 1024 * 1024  # a thousand documents of the longest kind

_APOLLO = "apollo-persisted-query-manifest"
_KINDS = f'a .graphql file, a manifest of the format "{_APOLLO}", or a JSON object of hashes with their documents'


def read_documents(files: Iterable[Path]) -> tuple[DraftDocument, ...]:
    """The documents of files, in their order. Raises InvalidInput for a file that holds none, with its name; an OSError
    for one that can't be read.
    """
    return tuple(document for file in files for document in _of_file(file))


def _of_file(file: Path) -> Iterator[DraftDocument]:
    if file.stat().st_size > MOST_BYTES:
        raise InvalidInput(f"{file} is longer than {MOST_BYTES} bytes. Publish it in parts.")
    content = file.read_bytes()
    if file.suffix in {".graphql", ".gql"}:
        yield DraftDocument(text=_text(file, content), called=str(file))
    else:
        yield from _of_json(file, content)


def _text(file: Path, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not UTF-8. Save it as UTF-8.") from None


def _of_json(file: Path, content: bytes) -> Iterator[DraftDocument]:
    try:
        manifest = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        raise InvalidInput(f"{file} is not JSON ({problem}). Give {_KINDS}.") from None
    if not isinstance(manifest, dict) or not manifest:
        raise InvalidInput(f"{file} holds no documents. Give {_KINDS}.")
    if "format" in manifest or "operations" in manifest:
        yield from _of_apollo(file, manifest)
        return
    for claimed, text in manifest.items():
        if not isinstance(text, str):
            raise InvalidInput(f"{file} is no manifest: {claimed[:100]!r} is no document. Give {_KINDS}.")
        yield DraftDocument(text=text, claimed_id=claimed, called=f"{claimed[:100]} in {file}")


def _of_apollo(file: Path, manifest: dict[str, object]) -> Iterator[DraftDocument]:
    if manifest.get("format") != _APOLLO:
        raise InvalidInput(f'{file} has not the format "{_APOLLO}". Give {_KINDS}.')
    operations = manifest.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidInput(f"{file} lists no operations. Have the manifest made anew.")
    for position, operation in enumerate(operations):
        match operation:
            case {"id": str(claimed), "body": str(text), **more}:
                name = more.get("name")
                called = name if isinstance(name, str) and name else f"operation {position + 1}"
                yield DraftDocument(text=text, claimed_id=claimed, called=f"{called} in {file}")
            case _:
                raise InvalidInput(f"Operation {position + 1} in {file} has no id or no body. Have it made anew.")
