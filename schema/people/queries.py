"""Where reads of the viewer, members, their groups and service accounts start."""

import strawberry

from schema.people.lists import DirectoryGroupFilter, MembershipFilter, PeopleOrder
from schema.people.types import DirectoryGroup, Membership, ServiceAccount, Viewer
from schema.reading import Connection, pages, root


@strawberry.type
class PeopleQueries:
    viewer: Viewer = root("Who is asking, and what they may do.", "viewer")
    membership: Membership | None = root("A member by id.", "membership", id="The membership's id.")
    memberships: Connection[Membership] = pages(
        "The organization's members.", filter=MembershipFilter, order=PeopleOrder, root="memberships"
    )
    service_account: ServiceAccount | None = root(
        "A service account by id.", "service_account", id="The service account's id."
    )
    service_accounts: Connection[ServiceAccount] = pages(
        "The organization's service accounts. Empty without `token:manage`.", order=PeopleOrder, root="service_accounts"
    )
    directory_group: DirectoryGroup | None = root(
        "A group of the identity provider by id.", "directory_group", id="The group's id."
    )
    directory_groups: Connection[DirectoryGroup] = pages(
        "The groups that the identity provider keeps.",
        filter=DirectoryGroupFilter,
        order=PeopleOrder,
        root="directory_groups",
    )
