"""What becomes of active applications when their opening closes, and which come back."""

from uuid import UUID

import pytest

from portal.applications.enums import ApplicationStatus
from portal.applications.rules import closing
from portal.applications.rules.closing import ClosedApplication, Disposition
from portal.applications.rules.outcomes import ReasonState
from portal.errors import DispositionRequired, InvalidInput, ReasonRequired, WrongState
from portal.openings.enums import OpeningStatus
from portal.openings.rules.states import OpeningState
from tests.applications.states import OTHER_OFFER, OTHER_OPENING, UNSUITABLE, an_opening
from tests.refusals import refused

CLOSING, LATER = UUID(int=70), UUID(int=71)


def close(
    disposition: Disposition | None,
    *,
    active: int = 2,
    reason: ReasonState | None = None,
    target: OpeningState | None = None,
) -> OpeningStatus:
    return closing.close_opening(
        an_opening(), active_applications=active, disposition=disposition, reason=reason, target=target
    )


def test_r17_closing_with_active_applications_demands_to_say_what_becomes_of_them() -> None:
    with pytest.raises(DispositionRequired) as caught:
        close(None, active=3)

    assert caught.value.active_applications == 3
    assert close(None, active=0) is OpeningStatus.CLOSED


def test_r17_they_can_be_rejected_with_a_reason() -> None:
    assert close(Disposition.REJECT, reason=UNSUITABLE) is OpeningStatus.CLOSED
    with refused(ReasonRequired, "Say why the application is rejected.", path=("reasonId",)):
        close(Disposition.REJECT)
    with refused(
        InvalidInput,
        "Took another offer says that the candidate withdrew. Withdraw the application instead.",
        path=("reasonId",),
    ):
        close(Disposition.REJECT, reason=OTHER_OFFER)


def test_r17_they_can_be_kept() -> None:
    assert close(Disposition.KEEP) is OpeningStatus.CLOSED


def test_r17_they_can_be_transferred_to_another_open_opening() -> None:
    assert close(Disposition.TRANSFER, target=an_opening(id=OTHER_OPENING)) is OpeningStatus.CLOSED
    for nowhere in (None, an_opening()):
        with refused(InvalidInput, "Name another opening to transfer the applications to.", path=("targetOpeningId",)):
            close(Disposition.TRANSFER, target=nowhere)
    with refused(WrongState, "This opening is draft; it takes no applications."):
        close(Disposition.TRANSFER, target=an_opening(OpeningStatus.DRAFT, id=OTHER_OPENING))


def test_r17_only_what_is_open_or_on_hold_closes() -> None:
    with refused(WrongState, "This opening is draft; it can't be closed."):
        closing.close_opening(an_opening(OpeningStatus.DRAFT), active_applications=1, disposition=None)


def test_r17_reopening_restores_exactly_what_the_closing_rejected() -> None:
    by_closing = ClosedApplication(UUID(int=1), ApplicationStatus.REJECTED, CLOSING)
    rejected_before = ClosedApplication(UUID(int=2), ApplicationStatus.REJECTED, None)
    rejected_by_another_batch = ClosedApplication(UUID(int=3), ApplicationStatus.REJECTED, LATER)
    taken_up_since = ClosedApplication(UUID(int=4), ApplicationStatus.ACTIVE, CLOSING)
    also_by_closing = ClosedApplication(UUID(int=5), ApplicationStatus.REJECTED, CLOSING)

    restored = closing.to_restore(
        [by_closing, rejected_before, rejected_by_another_batch, taken_up_since, also_by_closing],
        closing_batch_id=CLOSING,
    )

    assert restored == (by_closing.id, also_by_closing.id)
