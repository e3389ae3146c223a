"""Trees without cycles, locations that make sense, and typed policies."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access.enums import DocumentMode
from portal.archiving import check_archive, check_choosable, check_restore
from portal.errors import AlreadyDone, CycleRefused, InvalidInput
from portal.organizations import policies, rules
from portal.organizations.enums import WorkplaceType
from portal.organizations.policies import Policies, TeamRequiredAt
from portal.organizations.rules import Place
from tests.refusals import refused

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
A, B, C, D = (UUID(int=number) for number in (1, 2, 3, 4))
TREE: dict[UUID, UUID | None] = {A: None, B: A, C: B, D: None}


def test_a_department_is_never_placed_below_itself() -> None:
    for below in (A, B, C):
        with refused(CycleRefused, "It can't be placed below itself.", path=("parentId",)):
            rules.check_parent(A, below, TREE, path="parentId")
    rules.check_parent(A, D, TREE, path="parentId")
    rules.check_parent(C, None, TREE, path="parentId")
    rules.check_parent(UUID(int=9), C, TREE, path="parentId")


def test_trees_have_a_depth() -> None:
    chain: dict[UUID, UUID | None] = {UUID(int=n): UUID(int=n - 1) if n > 1 else None for n in range(1, 10)}
    two: dict[UUID, UUID | None] = {UUID(int=50): None, UUID(int=51): UUID(int=50)}

    rules.check_parent(UUID(int=50), UUID(int=8), {**chain, **two}, path="parentId")
    with refused(InvalidInput, "At most 10 levels are allowed.", path=("parentId",)):
        rules.check_parent(UUID(int=50), UUID(int=9), {**chain, **two}, path="parentId")


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=40))
def test_no_sequence_of_moves_makes_a_cycle(moves: list[tuple[int, int]]) -> None:
    tree: dict[UUID, UUID | None] = {UUID(int=number): None for number in range(1, 9)}

    for row, parent in moves:
        try:
            rules.check_parent(UUID(int=row), UUID(int=parent), tree, path="parentId")
        except CycleRefused:
            continue
        tree[UUID(int=row)] = UUID(int=parent)

    for row_id, parent_id in tree.items():
        step, seen = parent_id, set[UUID]()
        while step is not None:
            assert step not in seen
            assert step != row_id
            seen.add(step)
            step = tree[step]


def test_what_has_others_below_it_is_not_archived() -> None:
    rules.check_no_children("department", [])
    with refused(InvalidInput, "There is still something below this department: Ads, Core. Archive or move it first."):
        rules.check_no_children("department", ["Core", "Ads"])


def test_r33_archived_rows_are_kept_but_not_chosen() -> None:
    check_archive("department", None)
    check_restore("department", NOON)
    check_choosable("department", "Core", None, path="departmentId")
    with refused(AlreadyDone, "This department is already archived."):
        check_archive("department", NOON)
    with refused(AlreadyDone, "This department is not archived."):
        check_restore("department", None)
    with refused(InvalidInput, "The department Core is archived. Choose another one.", path=("departmentId",)):
        check_choosable("department", "Core", NOON, path="departmentId")


def test_a_location_is_stored_with_its_codes() -> None:
    given_place = Place(
        name=" Remote, US ",
        workplace_type=WorkplaceType.REMOTE,
        country="us",
        region=" ",
        city=None,
        timezone="America/New_York",
        remote_regions=("US", "US", ""),
    )

    assert rules.place(given_place) == Place(
        name="Remote, US",
        workplace_type=WorkplaceType.REMOTE,
        country="US",
        timezone="America/New_York",
        remote_regions=("US",),
    )


def test_a_location_that_makes_no_sense_is_refused() -> None:
    with refused(InvalidInput, "Work on site has no remote regions.", path=("remoteRegions",)):
        rules.place(Place(name="Office", workplace_type=WorkplaceType.ONSITE, remote_regions=("US",)))
    with refused(InvalidInput, "This is not a time zone's name, such as America/New_York.", path=("timezone",)):
        rules.place(Place(name="Office", workplace_type=WorkplaceType.ONSITE, timezone="EST5PDT"))
    with refused(InvalidInput, "This must not be empty.", path=("name",)):
        rules.place(Place(name=" ", workplace_type=WorkplaceType.ONSITE))


def test_an_organizations_slug_is_none_of_our_words() -> None:
    assert rules.organization_slug("acme") == "acme"
    for wrong in ("graphql", "a"):
        with refused(InvalidInput, "This name can't be used in addresses. Choose another one.", path=("slug",)):
            rules.organization_slug(wrong)
    with refused(InvalidInput, "Use small letters, digits and single hyphens, at most 63 characters.", path=("slug",)):
        rules.organization_slug("a" * 64)


def test_policies_have_defaults_and_survive_being_stored() -> None:
    chosen = Policies(
        opening_approval=True,
        reapply_after_days=90,
        team_required_at=TeamRequiredAt.NEVER,
        browser_documents=DocumentMode.ONLY,
    )

    assert policies.from_json({}) == Policies()
    assert policies.from_json(chosen.to_json()) == chosen
    assert Policies().to_json() == {
        "require_rejection_reason": True,
        "require_source": False,
        "hired_private_by_default": True,
        "internal_private_by_default": True,
        "opening_approval": False,
        "reapply_after_days": 0,
        "team_required_at": "OFFER",
        "require_second_factor": False,
        "browser_documents": "ALLOW",
    }


def test_policies_that_a_row_does_not_know_keep_their_defaults() -> None:
    assert policies.from_json({"require_source": True, "scorecard_visibility": "ALWAYS"}) == Policies(
        require_source=True
    )


@pytest.mark.parametrize("stored", [{"require_source": 1}, {"reapply_after_days": True}, {"reapply_after_days": "9"}])
def test_a_broken_row_of_policies_is_a_bug(stored: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        policies.from_json(stored)


def test_r5_a_rejection_reason_is_required_whatever_the_policies() -> None:
    with refused(InvalidInput, "A rejection always has a reason.", path=("requireRejectionReason",)):
        Policies(require_rejection_reason=False)


def test_r1_the_cool_down_has_a_bound() -> None:
    for days in (-1, 3_651):
        with refused(InvalidInput, "This must be a whole number from 0 to 3650.", path=("reapplyAfterDays",)):
            Policies(reapply_after_days=days)


def test_r19_the_team_is_required_to_hire_unless_it_never_is() -> None:
    assert Policies().team_required_to_hire
    assert Policies(team_required_at=TeamRequiredAt.HIRE).team_required_to_hire
    assert not Policies(team_required_at=TeamRequiredAt.NEVER).team_required_to_hire
