"""Groups of an identity provider as rows, for the scenes of tests of all areas."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from portal.access.enums import GrantRole, ScopeType
from portal.database.base import TenantRow
from portal.people.groups.models import DirectoryGroup, DirectoryGroupMember, DirectoryGroupRole
from portal.people.models import Grant, Membership
from tests.world import NOON


def groups_of(
    members: Iterable[Membership], department_id: UUID, location_id: UUID, team_id: UUID
) -> Iterator[TenantRow]:
    """Three groups with some of the members each, a role in each kind of scope, and grants; one of them is deleted."""
    everybody = list(members)
    for every, name in enumerate(("Recruiting", "engineering", "Gone"), start=2):
        group = DirectoryGroup(
            name=name,
            name_normalised=name.lower(),
            directory_id=None if name == "Recruiting" else f"g-{name}",
            left_directory_at=NOON if name == "Gone" else None,
        )
        yield group
        for member in everybody[::every]:
            yield DirectoryGroupMember(directory_group_id=group.id, membership_id=member.id)
            yield Grant(
                membership_id=member.id,
                role=GrantRole.INTERVIEWER,
                scope_type=ScopeType.ORG,
                directory_group_id=group.id,
            )
        for scope_type, scope_id in (
            (ScopeType.ORG, None),
            (ScopeType.DEPARTMENT, department_id),
            (ScopeType.OFFICE, location_id),
            (ScopeType.TEAM, team_id),
        ):
            yield DirectoryGroupRole(
                directory_group_id=group.id,
                role=GrantRole.INTERVIEWER,
                scope_type=scope_type,
                scope_id=scope_id,
                created_by_id=everybody[0].id if scope_id is None else None,
            )


def a_group_with_a_role(membership_id: UUID) -> dict[str, TenantRow]:
    """A group of one member that gives a role, by the names that attacks call its rows."""
    group = DirectoryGroup(name="Recruiting", name_normalised="recruiting")
    return {
        "directory group": group,
        "directory group member": DirectoryGroupMember(directory_group_id=group.id, membership_id=membership_id),
        "directory group role": DirectoryGroupRole(
            directory_group_id=group.id, role=GrantRole.INTERVIEWER, scope_type=ScopeType.ORG
        ),
    }
