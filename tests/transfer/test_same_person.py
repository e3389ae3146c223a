"""Who is the same person, and the ids by which they are found again."""

from typing import Any

import pytest

from portal.transfer.documents import fingerprint
from portal.transfer.json_resume import resumes_of
from portal.transfer.outcomes import OutcomeCode, WarningCode
from portal.transfer.resume import ImportedCandidate, ImportedSkill
from tests.transfer.resumes import Resume, a_resume


def _one(resume: Resume) -> ImportedCandidate:
    imported = resumes_of([resume])
    assert imported.settled == ()
    (candidate,) = imported.candidates
    return candidate


def _warned(*resumes: Resume) -> list[tuple[WarningCode, str, int | None]]:
    return [(warning.code, warning.field, warning.record) for warning in resumes_of(resumes).warnings]


def test_the_same_person_twice_is_one_candidate_that_both_resumes_make() -> None:
    older = a_resume(label=..., phone="+14155550117")
    newer = {
        **a_resume(email="ADA@example.com", summary="New."),
        "meta": {"lastModified": "2026-01-01T00:00:00"},
        "skills": [{"name": "python", "keywords": ["mypy"]}, {"name": "Go"}],
    }

    imported = resumes_of([older, newer])

    (candidate,) = imported.candidates
    assert (candidate.record, candidate.summary, candidate.headline) == (1, "New.", "Programmer")
    assert [contact.value_normalised for contact in candidate.contacts] == ["ada@example.com", "+14155550117"]
    assert candidate.skills == (
        ImportedSkill(name="python", level="Master", keywords=("mypy", "asyncio")),
        ImportedSkill(name="Go"),
    )
    assert len(candidate.employments) == 1
    assert [(outcome.record, outcome.code, outcome.message) for outcome in imported.settled] == [
        (0, OutcomeCode.SAME_PERSON, "The same person as record 1, whose candidate it completes.")
    ]


_GITHUB = [{"url": "https://github.com/ada"}]


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ({"email": "a@x.org"}, {"email": "A@X.org"}, True),
        ({"email": "a@x.org", "profiles": _GITHUB}, {"email": "b@x.org", "profiles": _GITHUB}, False),
        ({"email": "a@x.org", "profiles": _GITHUB}, {"profiles": _GITHUB}, True),
        ({"profiles": _GITHUB, "phone": "+14155550117"}, {"email": "a@x.org", "phone": "+14155550117"}, False),
        ({"phone": "+1 415 555 0117"}, {"email": "a@x.org", "phone": "+14155550117"}, True),
        ({"phone": "415 555 0117"}, {"phone": "415 555 0117", "label": "x"}, False),
        ({"url": "https://acme.com"}, {"url": "https://acme.com", "label": "x"}, False),
        ({}, {}, True),
        ({}, {"label": "Other"}, False),
    ],
)
def test_who_is_the_same_person(one: dict[str, Any], other: dict[str, Any], are_same: bool) -> None:
    resumes = [a_resume(**{"email": ..., **one}), a_resume(**{"email": ..., **other})]

    for order in (resumes, resumes[::-1]):
        assert len(resumes_of(order).candidates) == (1 if are_same else 2)


def test_two_people_with_one_profile_stay_two_when_a_third_resume_has_only_that() -> None:
    resumes = [
        a_resume(email="a@x.org", profiles=_GITHUB),
        a_resume(email="b@x.org", profiles=_GITHUB),
        a_resume(email=..., profiles=_GITHUB),
    ]

    assert [candidate.record for candidate in resumes_of(resumes).candidates] == [0, 1]


def test_external_ids_are_stable_and_belong_to_one_person() -> None:
    alone = _one(a_resume(email="a@x.org", profiles=_GITHUB))
    with_more = _one(a_resume(email="a@x.org, b@x.org", profiles=_GITHUB, phone="+14155550117", label="Changed"))

    assert alone.external_id == with_more.external_id
    assert (len(alone.other_ids), len(alone.weaker_ids)) == (0, 1)
    assert (len(with_more.other_ids), len(with_more.weaker_ids)) == (1, 2)
    assert alone.weaker_ids[0] in with_more.weaker_ids
    assert _one(a_resume(email=..., profiles=_GITHUB)).external_id == alone.weaker_ids[0]


def test_a_person_without_any_address_is_found_again_only_unchanged() -> None:
    resume = a_resume(email=...)

    assert _one(resume).external_id == _one(resume).external_id != _one({**resume, "skills": []}).external_id
    assert [code for code, _, _ in _warned(resume)] == [WarningCode.NO_IDENTITY]


def test_fingerprints_do_not_depend_on_place_or_order() -> None:
    ada, bob = a_resume(), a_resume(name="Bob", email="bob@example.com")

    assert resumes_of([ada, bob]).fingerprint == resumes_of([bob, ada]).fingerprint
    assert resumes_of([ada]).fingerprint != resumes_of([bob]).fingerprint
    assert fingerprint(_one(ada)) == _one(ada).fingerprint
