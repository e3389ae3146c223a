"""Reading files: whatever is given, a document or one sentence."""

import json
import os
from pathlib import Path

import pytest

from portal.transfer.files import MAX_FILE_BYTES, UnusableFile, document_from, read_document, shown
from portal.transfer.kinds import Kind, expect, kind_of
from tests.transfer.boards import a_job, a_listing

DATA = Path(__file__).parent.parent / "data"


def _refusal(content: bytes) -> str:
    with pytest.raises(UnusableFile) as refusal:
        document_from(content, "board.json")
    return refusal.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_with_a_byte_order_mark_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "board.json"
    path.write_text('{"jobs": ["é🚀"]}', encoding=encoding)

    assert read_document(path) == {"jobs": ["é🚀"]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "board.json is empty; export it again, or choose another file."),
        (b" \n\t", "board.json is empty; export it again, or choose another file."),
        (b'{"a": "\xff"}', "board.json is not UTF-8 text; save it as UTF-8."),
        (b"<!DOCTYPE html><html>", "board.json is an HTML or XML page, not JSON; export it as JSON."),
        (b"%PDF-1.7", "board.json is a PDF document, not JSON; export it as JSON."),
        (b"PK\x03\x04xx", "board.json is a ZIP archive or an office document, not JSON; export it as JSON."),
        (b"\x1f\x8b\x08", "board.json is a compressed (gzip) file, not JSON; export it as JSON."),
        (b"id,title\n1,x", "board.json is not JSON: Expecting value at line 1, column 1; export it again."),
        (b'{"a": 1,}', "board.json is not JSON: Illegal trailing comma before end of object"),
        (b'{"a": 1', "board.json is not JSON: Expecting ',' delimiter at line 1, column 8; export it again."),
        (b'{"a": NaN}', "board.json contains NaN, which JSON does not allow; correct it, or export it again."),
        (b'{"a": -Infinity}', "board.json contains -Infinity, which JSON does not allow; correct it"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', 'board.json gives the key "c" twice in one object; correct it'),
        (b'{"a": "\x00"}', "board.json is not JSON: Invalid control character"),
        (b"[" * 100_000, "board.json nests deeper than 64 levels, as no board or résumé does; check"),
        (b"[" * 65 + b"]" * 65, "board.json nests deeper than 64 levels"),
        (b"[" + b"[]," * 2_100_000 + b"[]]", "board.json holds more values than any board"),
    ],
)
def test_a_file_that_is_no_document_gets_one_sentence(content: bytes, sentence: str) -> None:
    # Python 3.13 has a sentence of its own for a trailing comma.
    older = sentence.replace("Illegal trailing comma before end of object", "Expecting property name")

    assert _refusal(content).startswith((sentence, older))


def test_depth_of_64_is_read() -> None:
    assert document_from(b"[" * 64 + b"]" * 64, "board.json")


def test_numbers_that_no_machine_holds_are_kept_as_text() -> None:
    assert document_from(b'{"big": 1e999, "long": ' + b"9" * 5000 + b"}", "x") == {"big": "1e999", "long": "9" * 5000}


def test_a_missing_file_a_folder_and_an_odd_name_get_one_sentence(tmp_path: Path) -> None:
    for path, sentence in (
        (tmp_path / "none.json", f"There is no file {tmp_path}/none.json; check its name."),
        (tmp_path, f"{tmp_path} is a folder; name a file in it."),
        (tmp_path / ("x" * 300), f"{tmp_path}/{'x' * 300} can't be read (File name too long); check the path."),
        (Path("a\x00b"), "a\x00b can't be read (embedded null byte); check the path."),
    ):
        with pytest.raises(UnusableFile) as refusal:
            read_document(path)
        assert refusal.value.message == sentence


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_gets_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    path.write_text("{}")
    path.chmod(0)

    with pytest.raises(UnusableFile) as refusal:
        read_document(path)

    assert refusal.value.message == f"{path} may not be read by this user; change its permissions."


def test_a_file_of_100_mb_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)

    with pytest.raises(UnusableFile) as refusal:
        read_document(path)

    assert refusal.value.message == f"{path} is larger than 64 MiB; split it into smaller files."
    assert MAX_FILE_BYTES == 67_108_864


def test_a_name_that_is_no_text_can_be_printed() -> None:
    assert shown(Path(os.fsdecode(b"caf\xe9.json"))) == "caf\\udce9.json"


def _kind_of_file(name: str) -> Kind:
    return kind_of(json.loads((DATA / name).read_text()))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("greenhouse-docs/job-board__jobs__01_list_jobs.json", Kind.GREENHOUSE_BOARD),
        ("greenhouse-docs/job-board__jobs__02_list_jobs.json", Kind.GREENHOUSE_BOARD),
        ("greenhouse-docs/job-board__departments__01_list_departments.json", Kind.BOARD_TREE),
        ("greenhouse-docs/job-board__departments__02_list_departments.json", Kind.BOARD_TREE),
        ("greenhouse-docs/job-board__departments__03_retrieve_a_department.json", Kind.BOARD_TREE),
        ("greenhouse-docs/job-board__offices__01_list_offices.json", Kind.BOARD_TREE),
        ("greenhouse-docs/job-board__offices__03_retrieve_an_office.json", Kind.BOARD_TREE),
        ("greenhouse-docs/job-board__sections__01_list_sections.json", Kind.BOARD_TREE),
        ("greenhouse-docs/job-board__sections__02_retrieve_a_section.json", Kind.BOARD_TREE),
        ("greenhouse-docs/job-board__boards__01_retrieve_job_board.json", Kind.BOARD_ABOUT),
        ("greenhouse-docs/job-board__degrees__01_list_degrees.json", Kind.BOARD_LOOKUP),
        ("greenhouse-docs/harvest__jobs__01_the_job_object.json", Kind.HARVEST),
        ("greenhouse-docs/harvest__job_posts__01_the_job_post_object.json", Kind.HARVEST),
        ("greenhouse-docs/harvest__applications__01_the_application_object.json", Kind.HARVEST),
        ("greenhouse-docs/harvest__candidates__01_the_candidate_object.json", Kind.HARVEST),
        ("greenhouse-docs/webhooks__job_events__05_job_post_created.json", Kind.WEBHOOK),
        ("json-resume/sample.resume.json", Kind.JSON_RESUME),
        ("json-resume/senior-engineer.resume.json", Kind.JSON_RESUME),
        ("json-resume/resume-sample.json", Kind.JSON_RESUME),
        ("json-resume/sample.job.json", Kind.RESUME_JOB),
        ("json-resume/schema.json", Kind.JSON_SCHEMA),
        ("json-resume/job-schema.json", Kind.JSON_SCHEMA),
    ],
)
def test_a_document_is_known_by_its_shape(name: str, kind: Kind) -> None:
    assert _kind_of_file(name) is kind


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (a_listing(), Kind.GREENHOUSE_BOARD),
        (a_listing(None, 5), Kind.GREENHOUSE_BOARD),
        (a_job(), Kind.GREENHOUSE_BOARD),
        ([a_job()], Kind.GREENHOUSE_BOARD),
        ({"basics": None, "work": []}, Kind.JSON_RESUME),
        ({"work": [], "education": []}, Kind.JSON_RESUME),
        ([{"basics": {}}], Kind.JSON_RESUME),
        ({"jobs": [{"id": "x", "title": "y", "jobUrl": "z"}]}, Kind.OTHER_BOARD),
        ({"jobs": [{"name": "x"}]}, Kind.OTHER_BOARD),
        ([{"text": "x", "hostedUrl": "y"}], Kind.OTHER_BOARD),
        ([{"id": 1, "name": "x", "hiring_team": {}}], Kind.HARVEST),
        ({"jobs": [{"id": 1, "title": "x", "is_template": False}]}, Kind.HARVEST),
        ({"status": 404, "error": "Job not found"}, Kind.API_ERROR),
        ({"@context": "https://schema.org/"}, Kind.JSON_LD),
        ([], Kind.UNKNOWN),
        ({}, Kind.UNKNOWN),
        ("jobs", Kind.UNKNOWN),
        (None, Kind.UNKNOWN),
    ],
)
def test_a_stranger_is_known_by_its_shape(document: object, kind: Kind) -> None:
    assert kind_of(document) is kind  # type: ignore[arg-type]  # any JSON


def test_a_resume_given_to_the_board_importer_is_told_where_to_go() -> None:
    with pytest.raises(UnusableFile) as refusal:
        expect({"basics": {}}, Kind.GREENHOUSE_BOARD, "ada.json")

    assert refusal.value.message == (
        "ada.json is a résumé in the JSON Resume format, not a Greenhouse job board; "
        "import it with `portal import json-resume`."
    )


def test_a_board_given_to_the_resume_importer_is_told_where_to_go() -> None:
    with pytest.raises(UnusableFile) as refusal:
        expect(a_listing(), Kind.JSON_RESUME, "board.json")

    assert refusal.value.message == (
        "board.json is a Greenhouse job board, not a résumé in the JSON Resume format; "
        "import it with `portal import greenhouse-board`."
    )


def test_a_department_listing_is_told_what_is_needed_instead() -> None:
    with pytest.raises(UnusableFile) as refusal:
        expect({"departments": []}, Kind.GREENHOUSE_BOARD, "departments.json")

    assert refusal.value.message == (
        "departments.json is a Greenhouse board's list of departments, offices or sections, without what the jobs say, "
        "not a Greenhouse job board; give a Job Board API listing (…/boards/NAME/jobs?content=true) or one of its jobs."
    )
