"""Résumés: candidates, whatever version of the format and whoever bent it."""

import json
from datetime import date
from pathlib import Path

import pytest

from portal.candidates.enums import ContactKind, DatePrecision, LinkKind
from portal.candidates.rules import profiles
from portal.candidates.rules.profiles import Education, Employment, Names, PartialDate
from portal.transfer.files import UnusableFile
from portal.transfer.json_resume import read_resume_files, resumes_of
from portal.transfer.outcomes import OutcomeCode, OutcomeKind, WarningCode
from portal.transfer.resume import ImportedCandidate, ImportedSkill
from portal.transfer.resume_contacts import name_parts
from tests.transfer.resumes import Resume, a_resume

DATA = Path(__file__).parent.parent / "data" / "json-resume"


def _one(resume: Resume) -> ImportedCandidate:
    imported = resumes_of([resume])
    assert imported.settled == ()
    (candidate,) = imported.candidates
    return candidate


def _warned(*resumes: Resume) -> list[tuple[WarningCode, str, int | None]]:
    return [(warning.code, warning.field, warning.record) for warning in resumes_of(resumes).warnings]


def test_the_published_resumes_are_imported_without_a_warning() -> None:
    names = ("resume-sample.json", "sample.resume.json", "senior-engineer.resume.json")

    imported = read_resume_files([DATA / name for name in names])

    assert [candidate.names.name for candidate in imported.candidates] == [
        "Jane Developer",
        "Richard Hendriks",
        "Dr. Lena Vasquez",
    ]
    assert (imported.records, imported.settled, imported.warnings) == (3, (), ())


def test_a_published_resume_is_read_into_every_field() -> None:
    (richard,) = read_resume_files([DATA / "sample.resume.json"]).candidates

    assert richard.names == Names("Richard Hendriks", "Richard", "Hendriks")
    assert (richard.headline, richard.location) == ("Programmer", "San Francisco, California, US")
    assert [(contact.kind, contact.value_normalised, contact.is_primary) for contact in richard.contacts] == [
        (ContactKind.EMAIL, "richard.hendriks@mail.com", True),
        (ContactKind.PHONE, "+19125554321", True),
    ]
    assert [(link.kind, link.url_normalised) for link in richard.links] == [
        (LinkKind.WEBSITE, "richardhendricks.example.com"),
        (LinkKind.TWITTER, "twitter.com/neutralthoughts"),
        (LinkKind.OTHER, "soundcloud.example.com/dandymusicnl"),
    ]
    (employment,) = richard.employments
    assert (employment.company, employment.title, employment.location) == (
        "Pied Piper",
        "CEO/President",
        "Palo Alto, CA",
    )
    assert employment.started == PartialDate(date(2013, 12, 1), DatePrecision.DAY)
    assert (len(employment.highlights), employment.is_current) == (3, False)
    (education,) = richard.educations
    assert (education.institution, education.degree, education.score) == ("University of Oklahoma", "Bachelor", "4.0")
    assert richard.skills[0] == ImportedSkill(
        name="Web Development", level="Master", keywords=("HTML", "CSS", "Javascript")
    )
    assert richard.raw["work"] == [{"description": "Awesome compression company"}]
    assert richard.raw["basics"] == {"location": {"address": "2712 Broadway St", "postalCode": "CA 94115"}}
    assert {"volunteer", "awards", "publications", "languages", "references", "projects", "meta"} <= richard.raw.keys()


def test_everything_is_as_the_candidates_rules_want_it() -> None:
    for candidate in read_resume_files(sorted(DATA.glob("*resume*.json"))).candidates:
        assert profiles.names(candidate.names) == candidate.names
        assert [profiles.employment(entry) for entry in candidate.employments] == list(candidate.employments)
        assert [profiles.education(entry) for entry in candidate.educations] == list(candidate.educations)


def test_the_old_version_of_the_format_is_read_too() -> None:
    candidate = _one(
        {
            "basics": {"name": "Ada", "email": "ada@example.com", "website": "ada.example.com", "picture": "x.png"},
            "work": [
                {"company": "Engines", "position": "Engineer", "website": "engines.example.com", "startDate": "1942"}
            ],
            "education": [{"institution": "Home", "gpa": 4.0}],
            "volunteer": None,
            "skills": None,
        }
    )

    assert candidate.links[0].url == "https://ada.example.com"
    assert (candidate.employments[0].company, candidate.employments[0].url) == (
        "Engines",
        "https://engines.example.com",
    )
    assert candidate.educations[0].score == "4.0"
    assert (candidate.skills, candidate.raw) == ((), {"basics": {"picture": "x.png"}})


def test_texts_and_objects_in_place_of_lists_are_read() -> None:
    candidate = _one(
        {
            "basics": {
                "name": "Ada",
                "email": ["ada@example.com", "a.l@example.org"],
                "location": "London",
                "profiles": ["https://github.com/ada", {"network": "LinkedIn", "username": "ada"}],
                "summary": ["One.", "Two."],
            },
            "work": {"name": "Engines", "highlights": "Wrote the first program"},
            "education": ["Home"],
            "skills": "Python, C++; , Python",
        }
    )

    assert [contact.value for contact in candidate.contacts] == ["ada@example.com", "a.l@example.org"]
    assert [link.url for link in candidate.links] == ["https://github.com/ada", "https://www.linkedin.com/in/ada"]
    assert (candidate.location, candidate.summary) == ("London", "One.\nTwo.")
    assert candidate.employments == (Employment(company="Engines", highlights=("Wrote the first program",)),)
    assert candidate.educations == (Education(institution="Home"),)
    assert candidate.skills == (ImportedSkill(name="Python"), ImportedSkill(name="C++"))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Lovelace, Ada", ("Ada", "Lovelace")),
        ("Dr. Lena María Vasquez", ("Lena María", "Vasquez")),
        ("Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
        ("Guido van der Berg Jr.", ("Guido", "van der Berg")),
        ("Martin King, PhD", ("Martin", "King")),
        ("Ada", (None, None)),
        ("山田太郎", (None, None)),
        ("Dr.", (None, None)),
        ("van Gogh", ("van", "Gogh")),
    ],
)
def test_names_have_parts(name: str, parts: tuple[str | None, str | None]) -> None:
    assert name_parts(name) == parts


def test_stated_parts_of_a_name_win() -> None:
    assert _one(a_resume(name=..., firstName="Ada", lastName="King")).names == Names("Ada King", "Ada", "King")
    assert _one(a_resume(firstName="Augusta Ada")).names == Names("Ada Lovelace", "Augusta Ada", None)


@pytest.mark.parametrize(
    ("resume", "code"),
    [
        (a_resume(name=...), OutcomeCode.NO_NAME),
        (a_resume(name=" \u200b"), OutcomeCode.NO_NAME),
        (a_resume(name={"first": "Ada"}), OutcomeCode.NO_NAME),
        ({"basics": None, "work": []}, OutcomeCode.NO_NAME),
        (a_resume(name="x" * 201), OutcomeCode.TOO_LONG),
        (a_resume(summary="\x00"), OutcomeCode.UNSTORABLE_TEXT),
        (a_resume(label="\udc00"), OutcomeCode.UNSTORABLE_TEXT),
    ],
)
def test_one_bad_resume_fails_alone(resume: Resume, code: OutcomeCode) -> None:
    imported = resumes_of([a_resume(), resume])

    assert [(outcome.record, outcome.kind, outcome.code, outcome.label) for outcome in imported.settled] == [
        (1, OutcomeKind.FAILED, code, "The file")
    ]
    assert [candidate.record for candidate in imported.candidates] == [0]
    assert imported.warnings == ()


def test_what_is_no_address_stays_raw_with_a_warning() -> None:
    resume = a_resume(
        email="ada at example.com, ada@example.com",
        phone="call me",
        url="javascript:alert(1)",
        profiles=[{"network": "Skype", "username": "ada"}, {"network": "GitHub", "url": "ftp://x"}],
    )

    candidate = _one(resume)

    assert [contact.value for contact in candidate.contacts] == ["ada@example.com"]
    assert candidate.links == ()
    assert candidate.raw["basics"] == {
        "email": "ada at example.com, ada@example.com",
        "phone": "call me",
        "url": "javascript:alert(1)",
        "profiles": [{"network": "Skype", "username": "ada"}, {"network": "GitHub", "url": "ftp://x"}],
    }
    assert sorted(set(_warned(resume))) == [
        (WarningCode.LEFT_OUT, "basics.profiles[0].username", 0),
        (WarningCode.UNREADABLE_VALUE, "basics.email", 0),
        (WarningCode.UNREADABLE_VALUE, "basics.phone", 0),
        (WarningCode.UNREADABLE_VALUE, "basics.profiles[1].url", 0),
        (WarningCode.UNREADABLE_VALUE, "basics.url", 0),
    ]


@pytest.mark.parametrize(
    ("phone", "country", "normalised"),
    [
        ("(415) 555-0117", "US", "+14155550117"),
        ("(415) 555-0117", "United States", "+14155550117"),
        ("+44 20 7946 0958", None, "+442079460958"),
        ("tel:+14155550117", None, "+14155550117"),
        ("(415) 555-0117", None, "4155550117"),
    ],
)
def test_a_phone_number_is_normalised_by_its_country_else_to_its_digits(
    phone: str, country: str | None, normalised: str
) -> None:
    candidate = _one(a_resume(phone=phone, location={"countryCode": country}))

    assert candidate.contacts[1].value_normalised == normalised


def test_entries_without_their_name_stay_raw() -> None:
    resume = {
        **a_resume(),
        "work": [{"position": "Freelancer"}],
        "education": [{"area": "Mathematics"}],
        "skills": [{"keywords": ["Go"]}, {"name": "…"}, {}, None],
    }

    candidate = _one(resume)

    assert (candidate.employments, candidate.educations, candidate.skills) == ((), (), ())
    assert candidate.raw == {
        "work": [{"position": "Freelancer"}],
        "education": [{"area": "Mathematics"}],
        "skills": [{"keywords": ["Go"]}, {"name": "…"}, {}, {}],
    }
    assert [code for code, _, _ in _warned(resume)] == [WarningCode.LEFT_OUT] * 4


def test_a_form_that_nobody_filled_in_is_no_warning() -> None:
    blank = {"name": "", "position": "", "startDate": "", "highlights": [""]}
    resume = {
        **a_resume(phone="", url="", profiles=[{"network": "", "url": ""}]),
        "work": [blank],
        "skills": [{"name": ""}],
    }

    assert _warned(resume) == []


def test_long_lists_and_texts_are_bounded_and_kept_whole_in_raw() -> None:
    resume = {
        **a_resume(summary="s" * 10_001),
        "work": [{"name": f"Job {n}", "startDate": "2014"} for n in range(101)],
        "skills": [{"name": "Python", "keywords": [f"k{n}" for n in range(101)]}],
    }

    candidate = _one(resume)

    assert candidate.summary is not None
    assert (len(candidate.summary), len(candidate.employments), len(candidate.skills[0].keywords)) == (10_000, 100, 100)
    assert len(candidate.raw["work"]) == 101  # type: ignore[arg-type]  # a list in JSON
    assert {code for code, _, _ in _warned(resume)} == {WarningCode.SHORTENED, WarningCode.LEFT_OUT}


def test_of_several_files_an_unusable_one_fails_alone(tmp_path: Path) -> None:
    good, bad = tmp_path / "ada.json", tmp_path / "bad.json"
    good.write_text(json.dumps(a_resume()))
    bad.write_text("<html>")

    imported = read_resume_files([bad, good])

    assert [(outcome.record, outcome.code, outcome.label, outcome.message) for outcome in imported.settled] == [
        (0, OutcomeCode.UNUSABLE_FILE, str(bad), f"{bad} is an HTML or XML page, not JSON; export it as JSON.")
    ]
    assert [candidate.record for candidate in imported.candidates] == [1]
    with pytest.raises(UnusableFile):
        read_resume_files([bad])


def test_a_list_of_resumes_is_several() -> None:
    assert resumes_of([[a_resume(), a_resume(email="b@x.org"), None]]).records == 3
