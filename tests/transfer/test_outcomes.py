"""The report: every record once, counts that add up, JSON for machines."""

import json

import pytest

from portal.transfer.outcomes import (
    EntityCount,
    Outcome,
    OutcomeCode,
    OutcomeKind,
    RecordWarning,
    WarningCode,
    report_of,
)


def _outcome(record: int, kind: OutcomeKind, code: OutcomeCode | None = None) -> Outcome:
    return Outcome(record=record, kind=kind, external_id=str(record), code=code)


def test_the_report_counts_every_record_once() -> None:
    report = report_of(
        "greenhouse",
        settled=[
            _outcome(2, OutcomeKind.FAILED, OutcomeCode.TOO_LONG),
            _outcome(0, OutcomeKind.SKIPPED, OutcomeCode.DUPLICATE_RECORD),
        ],
        written=[_outcome(1, OutcomeKind.CREATED), _outcome(3, OutcomeKind.UNCHANGED)],
        warnings=[RecordWarning(code=WarningCode.SHORTENED, field="title", message="Cut.", record=1)],
        entities=[EntityCount(entity="posting", created=1, unchanged=1)],
        is_dry_run=True,
    )

    assert report.has_failures
    assert json.loads(json.dumps(report.to_json())) == {
        "source": "greenhouse",
        "dryRun": True,
        "records": 4,
        "counts": {"created": 1, "updated": 0, "unchanged": 1, "skipped": 1, "failed": 1},
        "codes": {"DUPLICATE_RECORD": 1, "TOO_LONG": 1},
        "entities": [{"entity": "posting", "created": 1, "updated": 0, "unchanged": 1}],
        "outcomes": [
            {
                "record": 0,
                "outcome": "skipped",
                "externalId": "0",
                "label": None,
                "code": "DUPLICATE_RECORD",
                "message": None,
            },
            {"record": 1, "outcome": "created", "externalId": "1", "label": None, "code": None, "message": None},
            {"record": 2, "outcome": "failed", "externalId": "2", "label": None, "code": "TOO_LONG", "message": None},
            {"record": 3, "outcome": "unchanged", "externalId": "3", "label": None, "code": None, "message": None},
        ],
        "warnings": [{"record": 1, "code": "SHORTENED", "field": "title", "message": "Cut."}],
    }


@pytest.mark.parametrize("records", [(0, 0), (0, 2), (1,)])
def test_a_record_with_two_outcomes_or_none_is_a_bug(records: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="exactly one outcome"):
        report_of("x", settled=[], written=[_outcome(at, OutcomeKind.CREATED) for at in records], warnings=[])


@pytest.mark.parametrize(
    ("kind", "code"),
    [(OutcomeKind.FAILED, None), (OutcomeKind.SKIPPED, None), (OutcomeKind.CREATED, OutcomeCode.NO_ID)],
)
def test_exactly_skipped_and_failed_records_have_a_code(kind: OutcomeKind, code: OutcomeCode | None) -> None:
    with pytest.raises(ValueError, match="don't go together"):
        _outcome(0, kind, code)
