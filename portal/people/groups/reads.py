"""What can be read of an identity provider's groups: as members are, and what groups give as grants are."""

from portal.access.permissions import Permission
from portal.organizations.reads import DEPARTMENT, LOCATION, TEAM
from portal.people.groups.models import DirectoryGroup, DirectoryGroupMember, DirectoryGroupRole
from portal.people.models import Grant
from portal.people.reads import GRANT, MEMBERSHIP
from portal.reading import filters
from portal.reading.entity import Connection, Entity, Many, One, Order, columns, organization_wide
from portal.reading.roots import ById, Root

DIRECTORY_GROUP: Entity[DirectoryGroup] = Entity(
    "DirectoryGroup",
    DirectoryGroup,
    "dgr",
    Permission.MEMBER_READ,
    organization_wide,
    {
        **columns(
            DirectoryGroup.name,
            DirectoryGroup.directory_id,
            DirectoryGroup.left_directory_at,
            DirectoryGroup.created_at,
            DirectoryGroup.updated_at,
            DirectoryGroup.version,
        ),
        "members": Connection(
            lambda: DIRECTORY_GROUP_MEMBER,
            orders={"CREATED_AT": Order(DirectoryGroupMember.created_at)},
            default_order="CREATED_AT",
            foreign_key=DirectoryGroupMember.directory_group_id,
        ),
        "roles": Many(
            lambda: DIRECTORY_GROUP_ROLE,
            DirectoryGroupRole.directory_group_id,
            order=(DirectoryGroupRole.created_at,),
            usual=3,
        ),
    },
)

DIRECTORY_GROUP_MEMBER: Entity[DirectoryGroupMember] = Entity(
    "DirectoryGroupMember",
    DirectoryGroupMember,
    "dgm",
    Permission.MEMBER_READ,
    organization_wide,
    {
        **columns(DirectoryGroupMember.created_at, DirectoryGroupMember.updated_at, DirectoryGroupMember.version),
        "directory_group": One(lambda: DIRECTORY_GROUP, DirectoryGroupMember.directory_group_id),
        "membership": One(lambda: MEMBERSHIP, DirectoryGroupMember.membership_id),
    },
)

DIRECTORY_GROUP_ROLE: Entity[DirectoryGroupRole] = Entity(
    "DirectoryGroupRole",
    DirectoryGroupRole,
    "dro",
    Permission.GRANT_MANAGE,
    organization_wide,
    {
        **columns(
            DirectoryGroupRole.role,
            DirectoryGroupRole.scope_type,
            DirectoryGroupRole.include_confidential,
            DirectoryGroupRole.privileges,
            DirectoryGroupRole.created_at,
            DirectoryGroupRole.updated_at,
            DirectoryGroupRole.version,
        ),
        "directory_group": One(lambda: DIRECTORY_GROUP, DirectoryGroupRole.directory_group_id),
        # A scope's id is of one kind only, so at most one of these finds its row.
        "department": One(lambda: DEPARTMENT, DirectoryGroupRole.scope_id),
        "location": One(lambda: LOCATION, DirectoryGroupRole.scope_id),
        "team": One(lambda: TEAM, DirectoryGroupRole.scope_id),
        "created_by": One(lambda: MEMBERSHIP, DirectoryGroupRole.created_by_id),
    },
)

MEMBERSHIP.extend(
    {
        "directory_groups": Many(
            lambda: DIRECTORY_GROUP_MEMBER,
            DirectoryGroupMember.membership_id,
            order=(DirectoryGroupMember.created_at,),
            usual=3,
        )
    }
)
GRANT.extend({"directory_group": One(lambda: DIRECTORY_GROUP, Grant.directory_group_id)})

ENTITIES = (DIRECTORY_GROUP, DIRECTORY_GROUP_MEMBER, DIRECTORY_GROUP_ROLE)

ROOTS: dict[str, Root] = {
    "directory_group": ById(DIRECTORY_GROUP),
    "directory_groups": Connection(
        lambda: DIRECTORY_GROUP,
        orders={"NAME": Order(DirectoryGroup.name), "CREATED_AT": Order(DirectoryGroup.created_at)},
        default_order="NAME",
        filters={
            "name": filters.text(DirectoryGroup.name_normalised),
            "directoryId": filters.text(DirectoryGroup.directory_id),
            "leftDirectoryAt": filters.instant(DirectoryGroup.left_directory_at),
        },
    ),
}
