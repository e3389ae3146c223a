"""A board's custom fields: kept by type, internal, and read for what we have fields for."""

from typing import Any

import pytest

from portal.openings.enums import EmploymentType
from portal.organizations.enums import WorkplaceType
from portal.transfer.board import BoardImport, Metadatum
from portal.transfer.greenhouse_board import board_of
from portal.transfer.outcomes import WarningCode
from portal.transfer.places import Place
from tests.transfer.boards import a_job


def _with_field(value_type: Any, value: Any, name: str = "Field") -> BoardImport:  # Any: JSON
    return board_of(a_job(metadata=[{"id": 9, "name": name, "value_type": value_type, "value": value}]))


@pytest.mark.parametrize(
    ("value_type", "value", "kept"),
    [
        ("short_text", " EMEA ", "EMEA"),
        ("long_text", "a\r\nb", "a\nb"),
        ("single_select", "Engineering", "Engineering"),
        ("multi_select", ["a", "b"], ["a", "b"]),
        ("multi_select", "a", ["a"]),
        ("yes_no", False, False),
        ("yes_no", "Yes", True),
        ("number", "12.50", "12.50"),
        ("number", 3, "3"),
        ("number_range", {"min_value": "1", "max_value": None}, {"min_value": "1", "max_value": None}),
        ("currency", {"amount": "168500.0", "unit": "usd"}, {"amount": "168500.0", "unit": "USD"}),
        ("date", "2026-02-01", "2026-02-01"),
        ("url", "https://example.com", "https://example.com"),
        ("user", {"id": 1, "name": "Ada"}, {"id": 1, "name": "Ada"}),
    ],
)
def test_custom_fields_are_kept_by_type_and_internal(value_type: str, value: object, kept: Any) -> None:
    board = _with_field(value_type, value)

    assert board.postings[0].metadata == (
        Metadatum(external_id="9", name="Field", value_type=value_type, value=kept, is_public=False),
    )
    assert board.warnings == ()


@pytest.mark.parametrize(
    ("value_type", "value", "code"),
    [
        ("sparkle", "x", WarningCode.UNKNOWN_VALUE),
        (None, "x", WarningCode.UNKNOWN_VALUE),
        ("short_text", {"a": 1}, WarningCode.UNREADABLE_VALUE),
        ("multi_select", [{}], WarningCode.UNREADABLE_VALUE),
        ("yes_no", "perhaps", WarningCode.UNREADABLE_VALUE),
        ("number", "many", WarningCode.UNREADABLE_VALUE),
        ("number_range", {"min_value": "x"}, WarningCode.UNREADABLE_VALUE),
        ("currency", "12 USD", WarningCode.UNREADABLE_VALUE),
        ("currency_range", [1, 2], WarningCode.UNREADABLE_VALUE),
        ("date", "2026-02-31", WarningCode.UNREADABLE_VALUE),
        ("url", "javascript:alert(1)", WarningCode.UNREADABLE_VALUE),
    ],
)
def test_a_custom_field_that_is_not_its_type_is_kept_with_a_warning(
    value_type: str, value: Any, code: WarningCode
) -> None:
    board = _with_field(value_type, value)

    assert board.postings[0].metadata[0].value == value
    assert [warning.code for warning in board.warnings] == [code]


def test_only_fields_that_are_known_to_be_public_are() -> None:
    job = a_job(
        metadata=[
            {"name": "Employment Type", "value_type": "single_select", "value": "Regular"},
            {"name": "Level", "value_type": "single_select", "value": "IC15"},
            {"name": "Careers Page Team", "value_type": "single_select", "value": "Core"},
        ]
    )

    (posting,) = board_of(job, public_metadata=["careers page team"]).postings

    assert [(field.name, field.is_public) for field in posting.metadata] == [
        ("Employment Type", True),
        ("Level", False),
        ("Careers Page Team", True),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Full-time", EmploymentType.FULL_TIME),
        ("Regular", EmploymentType.FULL_TIME),
        ("Part time", EmploymentType.PART_TIME),
        ("Internship (full-time)", EmploymentType.INTERN),
        ("Contractor", EmploymentType.CONTRACT),
        ("Fixed-term", EmploymentType.TEMPORARY),
    ],
)
def test_the_employment_type_is_read_from_custom_fields(value: str, expected: EmploymentType) -> None:
    assert _with_field("single_select", value, "Employment Type").openings[0].employment_type is expected


def test_an_unknown_employment_type_is_full_time_with_a_warning() -> None:
    board = _with_field("single_select", "Quantum", "Time Type")

    assert board.openings[0].employment_type is EmploymentType.FULL_TIME
    assert [warning.message for warning in board.warnings] == [
        "Time Type is Quantum, which is no employment type that we know."
    ]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "Workplace Type",
            "Remote",
            Place(name="Canada", workplace_type=WorkplaceType.REMOTE, remote_regions=("CA",), country="CA"),
        ),
        ("Location Type", "Hybrid", Place(name="Canada", workplace_type=WorkplaceType.HYBRID, country="CA")),
        (
            "Remote?",
            True,
            Place(name="Canada", workplace_type=WorkplaceType.REMOTE, remote_regions=("CA",), country="CA"),
        ),
        ("Workplace Type", "On the moon", Place(name="Canada", country="CA")),
    ],
)
def test_the_workplace_type_is_read_from_custom_fields(name: str, value: object, expected: Place) -> None:
    field = {"name": name, "value": value, "value_type": "yes_no" if value is True else "single_select"}

    (posting,) = board_of(a_job(location={"name": "Canada"}, metadata=[field])).postings

    assert posting.places == (expected,)
