"""Documents from files, as the tools of clients write them; what is none gets a sentence."""

import hashlib
import json
from pathlib import Path

import pytest

from portal.errors import InvalidInput
from portal.trusted_documents.files import read_documents
from portal.trusted_documents.rules import DraftDocument
from tests.refusals import refused

TEXT = "query A { viewer { id } }"
HASH = hashlib.sha256(TEXT.encode()).hexdigest()
GIVE = (
    'Give a .graphql file, a manifest of the format "apollo-persisted-query-manifest", or a JSON object of hashes with '
    "their documents."
)


def written(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def apollo(*operations: object) -> dict[str, object]:
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [*operations]}


def test_a_graphql_file_is_one_document_to_its_last_character(tmp_path: Path) -> None:
    file = written(tmp_path, "a.graphql", f"# Ω\r\n{TEXT}\n".encode())

    (draft,) = read_documents([file])

    assert draft == DraftDocument(text=f"# Ω\r\n{TEXT}\n", called=str(file))


def test_a_manifest_of_apollo_is_read_in_its_order(tmp_path: Path) -> None:
    operation = {"id": HASH, "name": "A", "type": "query", "body": TEXT}
    file = written(tmp_path, "manifest.json", apollo(operation, {"id": "x", "body": "{ viewer { id } }"}))

    drafts = read_documents([file])

    assert drafts == (
        DraftDocument(text=TEXT, claimed_id=HASH, called=f"A in {file}"),
        DraftDocument(text="{ viewer { id } }", claimed_id="x", called=f"operation 2 in {file}"),
    )


def test_a_map_of_hashes_is_read_as_codegen_and_relay_write_it(tmp_path: Path) -> None:
    file = written(tmp_path, "persisted-documents.json", {HASH: TEXT, f"sha256:{HASH}": TEXT})

    drafts = read_documents([file])

    assert [(draft.text, draft.claimed_id) for draft in drafts] == [(TEXT, HASH), (TEXT, f"sha256:{HASH}")]
    assert drafts[0].called == f"{HASH} in {file}"


def test_files_of_several_kinds_are_read_together(tmp_path: Path) -> None:
    files = [written(tmp_path, "a.gql", TEXT), written(tmp_path, "b.json", {HASH: TEXT})]

    assert [draft.text for draft in read_documents(files)] == [TEXT, TEXT]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.graphql", b"\xff", "{} is not UTF-8. Save it as UTF-8."),
        ("a.json", [], f"{{}} holds no documents. {GIVE}"),
        ("a.json", {}, f"{{}} holds no documents. {GIVE}"),
        ("a.json", {HASH: {"body": TEXT}}, f"{{}} is no manifest: '{HASH}' is no document. {GIVE}"),
        ("a.json", {"format": "relay"}, f'{{}} has not the format "apollo-persisted-query-manifest". {GIVE}'),
        ("a.json", {"operations": [{}]}, f'{{}} has not the format "apollo-persisted-query-manifest". {GIVE}'),
        ("a.json", apollo(), "{} lists no operations. Have the manifest made anew."),
        ("a.json", apollo({"name": "A"}), "Operation 1 in {} has no id or no body. Have it made anew."),
        ("a.json", apollo({"id": 1, "body": TEXT}), "Operation 1 in {} has no id or no body. Have it made anew."),
    ],
)
def test_a_file_that_holds_no_documents_gets_a_sentence(
    tmp_path: Path, name: str, content: object, sentence: str
) -> None:
    file = written(tmp_path, name, content)

    with refused(InvalidInput, sentence.replace("{}", str(file))):
        read_documents([file])


def test_what_is_not_json_is_told_apart_from_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_documents([written(tmp_path, "a.json", "query { a }")])

    assert "a.json is not JSON (" in caught.value.message
    assert caught.value.message.endswith(GIVE)


def test_a_file_that_is_far_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.trusted_documents.files.MOST_BYTES", 10)
    file = written(tmp_path, "a.graphql", TEXT)

    with refused(InvalidInput, f"{file} is longer than 10 bytes. Publish it in parts."):
        read_documents([file])
