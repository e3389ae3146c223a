"""Who may apply, who may apply again, and who may be carried over to another opening."""

from datetime import timedelta
from uuid import UUID

import pytest

from portal.applications.enums import ApplicationOrigin, ApplicationStatus
from portal.applications.models import Application
from portal.applications.rules import submission
from portal.applications.rules.submission import EarlierApplication
from portal.errors import AlreadyDone, DuplicateActiveApplication, Forbidden, InvalidInput, WrongState
from portal.openings.enums import OpeningKind, OpeningStatus, PostingStatus
from portal.openings.rules.postings import PostingState
from portal.openings.rules.states import OpeningState
from tests.applications.states import NOON, OPENING, OTHER_OPENING, an_application, an_opening
from tests.refusals import refused

ELSEWHERE = an_opening(id=OTHER_OPENING)
TOO_SOON = (
    "This candidate's last application for this opening ended on 2026-03-21. A new one is possible from 2026-04-20."
)


def earlier(status: ApplicationStatus, *, days_ago: int | None = None) -> EarlierApplication:
    ended_at = None if days_ago is None else NOON - timedelta(days=days_ago)
    return EarlierApplication(UUID(int=60), status, ended_at)


def submit(
    *before: EarlierApplication,
    opening: OpeningState | None = None,
    origin: ApplicationOrigin = ApplicationOrigin.APPLIED,
    posting: PostingState | None = None,
    reapply_after_days: int = 30,
) -> None:
    submission.check_submission(
        opening or an_opening(),
        before,
        origin=origin,
        posting=posting,
        at=NOON,
        reapply_after_days=reapply_after_days,
    )


def test_a_first_application_is_taken() -> None:
    submit()


def test_r1_a_candidate_has_at_most_one_active_application_for_an_opening() -> None:
    active = earlier(ApplicationStatus.ACTIVE)

    with pytest.raises(DuplicateActiveApplication) as caught:
        submit(earlier(ApplicationStatus.TRANSFERRED), active)

    assert caught.value.message == "This candidate already has an active application for this opening."
    assert caught.value.application_id == active.id


def test_r1_reapplying_waits_for_the_cool_down() -> None:
    with refused(InvalidInput, TOO_SOON):
        submit(earlier(ApplicationStatus.REJECTED, days_ago=10))
    with refused(InvalidInput, TOO_SOON):
        submit(earlier(ApplicationStatus.WITHDRAWN, days_ago=10), earlier(ApplicationStatus.REJECTED, days_ago=90))
    submit(earlier(ApplicationStatus.REJECTED, days_ago=30))


def test_r1_no_cool_down_binds_without_a_policy_or_by_the_organizations_own_doing() -> None:
    rejected = earlier(ApplicationStatus.REJECTED, days_ago=1)

    submit(rejected, reapply_after_days=0)
    submit(rejected, origin=ApplicationOrigin.INVITED)
    submit(rejected, origin=ApplicationOrigin.IMPORTED)
    submit(earlier(ApplicationStatus.TRANSFERRED))


def test_r1_the_hired_do_not_apply_for_the_same_opening_again() -> None:
    with refused(AlreadyDone, "This candidate was hired for this opening."):
        submit(earlier(ApplicationStatus.HIRED))


def test_r17_an_opening_that_is_not_open_takes_no_applications() -> None:
    for status, words in ((OpeningStatus.CLOSED, "closed"), (OpeningStatus.ON_HOLD, "on hold")):
        with refused(WrongState, f"This opening is {words}; it takes no applications."):
            submit(opening=an_opening(status))
    with refused(WrongState, "A template takes no applications."):
        submit(opening=an_opening(OpeningStatus.DRAFT, OpeningKind.TEMPLATE))


def test_r17_applying_through_an_old_link_is_refused() -> None:
    old = PostingState(UUID(int=8), OPENING, PostingStatus.UNPUBLISHED)

    with refused(WrongState, "This posting is not published; nobody can apply through it."):
        submit(posting=old)


def test_an_import_tells_what_happened_in_openings_that_are_closed() -> None:
    old = PostingState(UUID(int=8), OPENING, PostingStatus.UNPUBLISHED)

    submit(opening=an_opening(OpeningStatus.CLOSED), origin=ApplicationOrigin.IMPORTED, posting=old)
    with pytest.raises(DuplicateActiveApplication):
        submit(earlier(ApplicationStatus.ACTIVE), origin=ApplicationOrigin.IMPORTED)


def test_an_organization_may_ask_for_the_source() -> None:
    submission.check_source(is_given=False, is_required=False)
    submission.check_source(is_given=True, is_required=True)
    with refused(InvalidInput, "Say through what source the candidate came.", path=("sourceId",)):
        submission.check_source(is_given=False, is_required=True)


def transfer(
    *at_target: EarlierApplication,
    status: ApplicationStatus = ApplicationStatus.ACTIVE,
    target: OpeningState = ELSEWHERE,
    here: frozenset[str] = frozenset({"application:read", "application:move"}),
    there: frozenset[str] = frozenset({"application:read"}),
) -> None:
    submission.check_transfer(an_application(status), target, at_target, rights_here=here, rights_there=there)


def test_r7_an_active_application_is_transferred_to_another_open_opening() -> None:
    transfer()
    transfer(earlier(ApplicationStatus.REJECTED, days_ago=1))
    with refused(AlreadyDone, "The application is already for this opening."):
        transfer(target=an_opening())
    with refused(WrongState, "This opening is closed; it takes no applications."):
        transfer(target=an_opening(OpeningStatus.CLOSED, id=OTHER_OPENING))


def test_r7_whoever_may_do_more_there_carries_nobody_over() -> None:
    with refused(
        Forbidden,
        "You may do more on the other opening than on this one, so you can't carry a candidate over."
        " Ask somebody who has the same rights on both.",
    ):
        transfer(there=frozenset({"application:read", "compensation:read"}))


def test_r7_a_transfer_makes_no_second_active_application() -> None:
    with pytest.raises(DuplicateActiveApplication):
        transfer(earlier(ApplicationStatus.ACTIVE))


def test_r7_a_transfer_carries_the_candidates_part_and_leaves_the_openings() -> None:
    columns = {column.name for column in Application.__table__.columns}

    assert set(submission.CARRIED_BY_TRANSFER) <= columns
    assert not {"posting_id", "recruiter_id", "coordinator_id", "stage_id"} & set(submission.CARRIED_BY_TRANSFER)


def test_r4_only_an_active_application_can_be_transferred() -> None:
    with refused(WrongState, "Only an active application can be transferred; this one is hired."):
        transfer(status=ApplicationStatus.HIRED)
    with refused(AlreadyDone, "This application is already transferred."):
        transfer(status=ApplicationStatus.TRANSFERRED)
