"""Contacts, profiles, privacy and search words of candidates."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.candidates.enums import ContactKind, DatePrecision, LinkKind, TermKind
from portal.candidates.rules import contacts, privacy, profiles, search
from portal.candidates.rules.contacts import Contact, DuplicateKey, GivenContact, KeyKind, Link
from portal.candidates.rules.profiles import Education, Employment, Names, PartialDate
from portal.candidates.rules.search import SearchWord, TagName, Term
from portal.errors import AlreadyDone, InvalidInput, NotFound
from portal.organizations.policies import Policies
from tests.refusals import refused

ADA, HUGO = UUID(int=1), UUID(int=2)
EMAIL, PHONE = ContactKind.EMAIL, ContactKind.PHONE


def test_contact_points_are_normalised_and_one_of_each_kind_is_primary() -> None:
    stored = contacts.contact_points(
        [
            GivenContact(EMAIL, "Ada@Acme.example", " work "),
            GivenContact(EMAIL, "ada@home.example", is_primary=True),
            GivenContact(PHONE, "(415) 555-2671"),
        ],
        country="US",
    )

    assert stored == (
        Contact(EMAIL, "Ada@acme.example", "ada@acme.example", "work", is_primary=False),
        Contact(EMAIL, "ada@home.example", "ada@home.example", None, is_primary=True),
        Contact(PHONE, "(415) 555-2671", "+14155552671", None, is_primary=True),
    )
    assert contacts.contact_points([]) == ()


def test_the_same_address_twice_is_refused_however_it_is_spelt() -> None:
    with refused(InvalidInput, "The same one is listed twice.", path=("contactPoints", "1")):
        contacts.contact_points([GivenContact(EMAIL, "ada@acme.example"), GivenContact(EMAIL, "ADA@acme.example")])


def test_two_primary_addresses_are_refused() -> None:
    with refused(InvalidInput, "Only one email can be the primary one.", path=("contactPoints",)):
        contacts.contact_points(
            [
                GivenContact(EMAIL, "ada@acme.example", is_primary=True),
                GivenContact(EMAIL, "ada@home.example", is_primary=True),
            ]
        )


def test_a_bad_contact_point_is_pointed_at() -> None:
    with refused(
        InvalidInput,
        "This is not an e-mail address, such as ada@example.com.",
        path=("contactPoints", "0", "value"),
    ):
        contacts.contact_points([GivenContact(EMAIL, "ada")])
    with refused(InvalidInput, "At most 20 are allowed here, not 21.", path=("contactPoints",)):
        contacts.contact_points([GivenContact(EMAIL, f"ada{number}@acme.example") for number in range(21)])


@pytest.mark.parametrize(
    ("url", "kind", "normalised"),
    [
        ("https://uk.linkedin.com/in/Ada/?trk=1#x", LinkKind.LINKEDIN, "linkedin.com/in/ada"),
        ("http://www.GitHub.com/Ada", LinkKind.GITHUB, "github.com/ada"),
        ("x.com/ada", LinkKind.TWITTER, "twitter.com/ada"),
        ("https://github.com", LinkKind.GITHUB, "github.com"),
        ("https://notgithub.com/Ada", LinkKind.PORTFOLIO, "notgithub.com/Ada"),
    ],
)
def test_profiles_are_recognised_and_compared(url: str, kind: LinkKind, normalised: str) -> None:
    stored = contacts.link(url, LinkKind.PORTFOLIO)

    assert (stored.kind, stored.url_normalised) == (kind, normalised)


def test_a_link_of_an_unknown_kind_is_other() -> None:
    assert contacts.link("ada.dev") == Link(LinkKind.OTHER, "https://ada.dev", "ada.dev")


def test_the_same_page_is_kept_once_as_it_was_first_given() -> None:
    stored = contacts.links([("https://github.com/ada", None), ("ada.dev", None), ("github.com/Ada/", None)])

    assert [link.url for link in stored] == ["https://github.com/ada", "https://ada.dev"]


def test_duplicates_share_an_address_a_number_or_a_profile() -> None:
    points = contacts.contact_points([GivenContact(EMAIL, "ADA@acme.example"), GivenContact(PHONE, "+1 415 555 2671")])
    pages = contacts.links([("github.com/Ada", None), ("https://acme.example", None), ("https://github.com", None)])

    assert contacts.duplicate_keys(points, pages) == {
        DuplicateKey(KeyKind.EMAIL, "ada@acme.example"),
        DuplicateKey(KeyKind.PHONE, "+14155552671"),
        DuplicateKey(KeyKind.PROFILE, "github.com/ada"),
    }


def test_a_name_is_put_together_where_none_is_given() -> None:
    assert profiles.names(Names("", "Ada", " Lovelace ", " ")) == Names("Ada Lovelace", "Ada", "Lovelace", None)
    assert profiles.names(Names("Ada King", "Ada")).name == "Ada King"
    with refused(InvalidInput, "This must not be empty.", path=("name",)):
        profiles.names(Names(" "))


@pytest.mark.parametrize(
    ("text", "starts_on", "precision", "ends_on"),
    [
        ("2014", date(2014, 1, 1), DatePrecision.YEAR, date(2014, 12, 31)),
        ("2016-02", date(2016, 2, 1), DatePrecision.MONTH, date(2016, 2, 29)),
        (" 2014-06-29 ", date(2014, 6, 29), DatePrecision.DAY, date(2014, 6, 29)),
    ],
)
def test_dates_are_kept_as_far_as_they_are_known(
    text: str, starts_on: date, precision: DatePrecision, ends_on: date
) -> None:
    known = profiles.partial_date_of(text, path="startedOn")

    assert known == PartialDate(starts_on, precision)
    assert known.ends_on == ends_on


@pytest.mark.parametrize(
    "text", ["", "14", "2014-6", "2014-13", "20140629", "2014-02-30", "10000-01", "\uff12\uff10\uff11\uff14", "now"]
)
def test_texts_that_are_no_dates_are_refused(text: str) -> None:
    with refused(InvalidInput, "This is not a date such as 2014, 2014-06 or 2014-06-29.", path=("startedOn",)):
        profiles.partial_date_of(text, path="startedOn")


def test_a_partial_date_is_stored_as_its_first_day() -> None:
    for day, precision in ((date(2014, 6, 2), DatePrecision.MONTH), (date(2014, 2, 1), DatePrecision.YEAR)):
        with refused(
            InvalidInput, "A month is given as its first day, a year as its first of January.", path=("date",)
        ):
            PartialDate(day, precision)


def test_an_employment_is_tidied() -> None:
    stored = profiles.employment(
        Employment(company=" Acme ", title=" ", url="acme.example", highlights=(" Built it ", ""))
    )

    assert stored == Employment(company="Acme", url="https://acme.example", highlights=("Built it",))


def test_an_end_before_its_start_is_refused_only_where_it_is_certain() -> None:
    june, year = profiles.partial_date_of("2014-06", path="x"), profiles.partial_date_of("2014", path="x")
    may = profiles.partial_date_of("2014-05-31", path="x")

    profiles.employment(Employment(company="Acme", started=june, ended=year))
    for refuse in (
        lambda: profiles.employment(Employment(company="Acme", started=june, ended=may), path=("employments", "0")),
        lambda: profiles.education(Education(institution="School", started=june, ended=may), path=("employments", "0")),
    ):
        with refused(InvalidInput, "The end must not be before the start.", path=("employments", "0", "endedOn")):
            refuse()


def test_a_current_employment_has_no_end() -> None:
    ended = profiles.partial_date_of("2014", path="x")

    with refused(InvalidInput, "A current employment has no end.", path=("employment", "endedOn")):
        profiles.employment(Employment(company="Acme", ended=ended, is_current=True))


def test_an_education_is_tidied() -> None:
    stored = profiles.education(Education(institution=" School ", url="", score=" 4.0 ", courses=("Maths", "Maths")))

    assert stored == Education(institution="School", score="4.0", courses=("Maths",))


def test_long_profiles_are_refused_before_the_table_would() -> None:
    with refused(InvalidInput, "Together these are longer than 50000 characters.", path=("employment", "highlights")):
        profiles.employment(Employment(company="Acme", highlights=("x" * 2_000,) * 26))


def test_r23_internal_candidates_are_private_by_default() -> None:
    assert privacy.private_from_start(requested=None, is_internal=True, policies=Policies())
    assert not privacy.private_from_start(requested=None, is_internal=False, policies=Policies())
    assert not privacy.private_from_start(requested=False, is_internal=True, policies=Policies())
    assert privacy.private_from_start(requested=True, is_internal=False, policies=Policies())
    assert not privacy.private_from_start(
        requested=None, is_internal=True, policies=Policies(internal_private_by_default=False)
    )


def test_r23_hired_candidates_become_private_by_default() -> None:
    open_policies = Policies(hired_private_by_default=False)

    assert privacy.private_after_hire(is_private=False, policies=Policies())
    assert not privacy.private_after_hire(is_private=False, policies=open_policies)
    assert privacy.private_after_hire(is_private=True, policies=open_policies)


def test_r22_ones_own_record_does_not_exist_for_oneself() -> None:
    privacy.check_not_own(linked_membership_id=ADA, actor_membership_id=HUGO)
    privacy.check_not_own(linked_membership_id=None, actor_membership_id=None)
    with refused(NotFound, "No such candidate."):
        privacy.check_not_own(linked_membership_id=ADA, actor_membership_id=ADA)


def test_r22_nobody_links_themselves_to_a_record() -> None:
    privacy.check_link(linked_membership_id=None, to=ADA, actor_membership_id=HUGO)
    with refused(InvalidInput, "Ask somebody else to link you to your own record.", path=("membershipId",)):
        privacy.check_link(linked_membership_id=None, to=ADA, actor_membership_id=ADA)
    with refused(AlreadyDone, "This candidate is already linked to that member."):
        privacy.check_link(linked_membership_id=ADA, to=ADA, actor_membership_id=HUGO)
    with refused(
        InvalidInput, "This candidate is linked to another member. Unlink them first.", path=("membershipId",)
    ):
        privacy.check_link(linked_membership_id=ADA, to=HUGO, actor_membership_id=None)


def test_a_candidate_is_found_by_name_address_skill_and_tag() -> None:
    found = search.terms(
        names=["Łucja O'Neil", None], emails=["lucja@acme.example"], skills=["C++"], tags=["Top talent"]
    )

    assert found == {
        Term(TermKind.NAME, "lucja"),
        Term(TermKind.NAME, "oneil"),
        Term(TermKind.EMAIL, "lucja@acme.example"),
        Term(TermKind.EMAIL, "lucja"),
        Term(TermKind.EMAIL, "acme"),
        Term(TermKind.EMAIL, "example"),
        Term(TermKind.SKILL, "c++"),
        Term(TermKind.TAG, "top"),
        Term(TermKind.TAG, "talent"),
    }


def test_a_search_is_split_into_words_and_addresses() -> None:
    assert search.search_words(" Łucja  LUCJA@Acme c++ @handle lucja") == (
        SearchWord("lucja"),
        SearchWord("lucja@acme", TermKind.EMAIL),
        SearchWord("c++"),
        SearchWord("handle"),
    )


def test_a_search_that_would_find_everybody_is_refused() -> None:
    with refused(InvalidInput, "Search for at least one letter or digit.", path=("search",)):
        search.search_words("%_*")
    with refused(InvalidInput, "This must not be empty.", path=("search",)):
        search.search_words(" ")
    with refused(InvalidInput, "At most 8 are allowed here, not 9.", path=("search",)):
        search.search_words("a b c d e f g h i")
    with refused(InvalidInput, "This is longer than 200 characters.", path=("search",)):
        search.search_words("x" * 201)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=3))
def test_whoever_types_a_name_finds_it(names: list[str]) -> None:
    stored = {term.term for term in search.terms(names=names, emails=[], skills=[], tags=[])}

    for name in names:
        try:
            words = search.search_words(name)
        except InvalidInput:
            continue
        for word in words:
            assert word.kind is TermKind.EMAIL or any(term.startswith(word.beginning) for term in stored)


def test_tags_have_a_slug_and_an_order() -> None:
    assert search.tag(" Top Talent ") == TagName("Top Talent", "top-talent")
    assert search.tags_shown(["beta", "Zeta", "Älpha", "beta"]) == ["Älpha", "beta", "Zeta"]
    with refused(InvalidInput, "This is longer than 100 characters.", path=("name",)):
        search.tag("x" * 101)
