"""Nobody changes their own rights, nobody gives more than they have, and one administrator always remains."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.errors import AlreadyDone, BeyondOwnRights, InvalidInput, LastAdministrator, OwnGrant, WrongState
from portal.people import rules
from portal.people.enums import MembershipStatus
from portal.people.rules import GrantTerms, MemberState, Rights
from tests.refusals import refused

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
OLGA, ADA, HUGO = UUID(int=1), UUID(int=2), UUID(int=3)
ADMIN, ACTIVE, INVITED, DEACTIVATED = (
    OrganizationRole.ORG_ADMIN,
    MembershipStatus.ACTIVE,
    MembershipStatus.INVITED,
    MembershipStatus.DEACTIVATED,
)
LAST = "This is the organization's last active administrator. Make somebody else one first."
OWN = "Nobody changes their own grants. Ask another administrator."

OLGA_STATE = MemberState(OLGA, ACTIVE, ADMIN)
GRANT = GrantTerms(role=GrantRole.RECRUITER, scope_type=ScopeType.DEPARTMENT, scope_id=UUID(int=9), membership_id=ADA)


def test_r35_the_last_active_administrator_stays() -> None:
    second = MemberState(HUGO, ACTIVE, ADMIN)

    rules.check_administrator_remains([OLGA_STATE, second], without=OLGA)
    with refused(LastAdministrator, LAST):
        rules.check_administrator_remains([OLGA_STATE], without=OLGA)


def test_r35_invited_and_deactivated_administrators_do_not_count() -> None:
    others = [MemberState(HUGO, INVITED, ADMIN), MemberState(ADA, DEACTIVATED, ADMIN)]

    with refused(LastAdministrator, LAST):
        rules.check_administrator_remains([OLGA_STATE, *others], without=OLGA)
    rules.check_administrator_remains([OLGA_STATE, *others], without=HUGO)


@given(st.lists(st.sampled_from(MembershipStatus), min_size=1, max_size=6))
def test_r35_an_active_administrator_remains_whoever_leaves(statuses: list[MembershipStatus]) -> None:
    members = {UUID(int=n): MemberState(UUID(int=n), status, ADMIN) for n, status in enumerate(statuses, start=1)}
    had_one = any(member.status is ACTIVE for member in members.values())

    for member_id in list(members):
        try:
            rules.check_administrator_remains(members.values(), without=member_id)
        except LastAdministrator:
            continue
        members[member_id] = replace(members[member_id], status=DEACTIVATED)

    assert any(member.status is ACTIVE for member in members.values()) == had_one


def test_r35_nobody_changes_their_own_role() -> None:
    with refused(OwnGrant, OWN):
        rules.check_role_change(
            OLGA_STATE, to=OrganizationRole.MEMBER, actor_membership_id=OLGA, administrators=[OLGA_STATE]
        )


def test_r35_the_last_administrator_keeps_the_role() -> None:
    with refused(LastAdministrator, LAST):
        rules.check_role_change(
            OLGA_STATE, to=OrganizationRole.MEMBER, actor_membership_id=None, administrators=[OLGA_STATE]
        )
    with refused(AlreadyDone, "This member already has that role."):
        rules.check_role_change(OLGA_STATE, to=ADMIN, actor_membership_id=HUGO, administrators=[OLGA_STATE])
    ada = MemberState(ADA, ACTIVE, OrganizationRole.MEMBER)
    rules.check_role_change(ada, to=ADMIN, actor_membership_id=OLGA, administrators=[OLGA_STATE])


def test_r35_nobody_changes_their_own_grants() -> None:
    rules.check_not_own_grant(actor_membership_id=OLGA, subject_membership_id=ADA)
    rules.check_not_own_grant(actor_membership_id=None, subject_membership_id=None)
    with refused(OwnGrant, OWN):
        rules.check_not_own_grant(actor_membership_id=OLGA, subject_membership_id=OLGA)


def test_r35_a_grant_cannot_exceed_the_granters() -> None:
    own = Rights(permissions=frozenset({"opening:read", "application:read"}))

    rules.check_within_own_rights(Rights(permissions=frozenset({"opening:read"})), own)
    with refused(
        BeyondOwnRights, "You can't give what you may not do yourself there: application:hire, compensation:read."
    ):
        given_rights = Rights(permissions=frozenset({"opening:read", "compensation:read", "application:hire"}))
        rules.check_within_own_rights(given_rights, own)


def test_r35_confidential_openings_are_opened_up_by_who_sees_them() -> None:
    given_rights = Rights(permissions=frozenset(), include_confidential=True)

    rules.check_within_own_rights(given_rights, Rights(permissions=frozenset(), include_confidential=True))
    with refused(
        BeyondOwnRights,
        "You can't open up confidential openings that you may not see yourself.",
        path=("includeConfidential",),
    ):
        rules.check_within_own_rights(given_rights, Rights(permissions=frozenset()))


def test_r35_a_right_that_ends_is_not_given_for_longer() -> None:
    own = Rights(permissions=frozenset(), until=NOON)

    rules.check_within_own_rights(Rights(permissions=frozenset(), until=NOON), own)
    for until in (None, NOON + timedelta(seconds=1)):
        with refused(
            BeyondOwnRights, "Your own right ends on 2026-03-31; you can't give it for longer.", path=("expiresAt",)
        ):
            rules.check_within_own_rights(Rights(permissions=frozenset(), until=until), own)


@pytest.mark.parametrize(
    ("grant", "message", "field"),
    [
        (replace(GRANT, membership_id=None), "A grant is for one member or one service account.", "membershipId"),
        (
            replace(GRANT, service_account_id=HUGO),
            "A grant is for one member or one service account.",
            "membershipId",
        ),
        (replace(GRANT, scope_id=None), "Name the row of the scope, or none for the whole organization.", "scopeId"),
        (
            replace(GRANT, scope_type=ScopeType.ORG),
            "Name the row of the scope, or none for the whole organization.",
            "scopeId",
        ),
        (
            replace(GRANT, include_confidential=True),
            "Confidential openings are included one by one or for the whole organization.",
            "includeConfidential",
        ),
        (replace(GRANT, expires_at=NOON), "The grant would be over before it began.", "expiresAt"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(grant: GrantTerms, message: str, field: str) -> None:
    with refused(InvalidInput, message, path=(field,)):
        rules.check_grant(grant, at=NOON)


def test_r20_confidential_openings_are_included_by_opening_or_organization() -> None:
    rules.check_grant(GRANT, at=NOON)
    rules.check_grant(replace(GRANT, scope_type=ScopeType.OPENING, include_confidential=True), at=NOON)
    rules.check_grant(replace(GRANT, scope_type=ScopeType.ORG, scope_id=None, include_confidential=True), at=NOON)


@given(st.sampled_from(MembershipStatus), st.sampled_from(MembershipStatus))
def test_a_membership_goes_where_the_table_allows(status: MembershipStatus, to: MembershipStatus) -> None:
    member = MemberState(ADA, status, OrganizationRole.MEMBER)

    if to in rules.TRANSITIONS[status]:
        assert rules.member_status(member, to=to) is to
    else:
        with pytest.raises(AlreadyDone if status is to else WrongState):
            rules.member_status(member, to=to)


def test_a_revoked_grant_is_not_revoked_again() -> None:
    rules.check_revoke(None)
    with refused(AlreadyDone, "This is already revoked."):
        rules.check_revoke(NOON)


def test_a_token_is_narrowed_to_known_permissions() -> None:
    known = {"opening:read", "application:move"}

    assert rules.token_scopes(None, known=known) is None
    assert rules.token_scopes(["opening:read", "application:move"], known=known) == ("application:move", "opening:read")
    with refused(
        InvalidInput, "There is no permission opening:fly. docs/permissions.md lists them.", path=("scopes", "1")
    ):
        rules.token_scopes(["opening:read", "opening:fly"], known=known)
    with refused(InvalidInput, "At least 1 must be given here.", path=("scopes",)):
        rules.token_scopes([], known=known)


def test_a_token_ends_within_a_year() -> None:
    assert rules.token_end(NOON + timedelta(days=365), at=NOON) == NOON + timedelta(days=365)
    for end in (NOON, NOON + timedelta(days=365, seconds=1)):
        with refused(InvalidInput, "A token ends in the future, at most 365 days from now.", path=("expiresAt",)):
            rules.token_end(end, at=NOON)
