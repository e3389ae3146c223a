"""The idiomatic server's queries."""

from uuid import UUID

import strawberry
from sqlalchemy import select

from benchmarks.idiomatic_types import Candidate, Info, Membership, Opening, node_id
from portal.database.ids import parse_public_id
from portal.openings.enums import OpeningStatus
from portal.openings.models import Opening as OpeningRow
from portal.organizations.models import Organization as OrganizationRow

_NO_ID = UUID(int=0)


@strawberry.input
class StatusFilter:
    eq: OpeningStatus | None = None


@strawberry.input
class OpeningFilter:
    status: StatusFilter | None = None


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class OpeningConnection:
    nodes: list[Opening]
    page_info: PageInfo


@strawberry.type
class Organization:
    id: strawberry.ID
    name: str


@strawberry.type
class Viewer:
    roles: list[str]

    @strawberry.field
    async def membership(self, info: Info) -> Membership | None:
        row = await info.context.loaders.membership.load(info.context.caller.membership_id)
        return None if row is None else Membership.of(row)

    @strawberry.field
    async def organization(self, info: Info) -> Organization:
        tenant = info.context.caller.organization_id
        statement = select(OrganizationRow).where(OrganizationRow.organization_id == tenant)
        row = (await info.context.loaders.rows(statement))[0]
        return Organization(id=node_id("org", row.id), name=row.name)


@strawberry.type
class Query:
    @strawberry.field
    async def opening(self, info: Info, id: strawberry.ID) -> Opening | None:
        row = await info.context.loaders.opening.load(parse_public_id("opn", id) or _NO_ID)
        return None if row is None else Opening.of(row)

    @strawberry.field
    async def openings(self, info: Info, first: int = 20, filter: OpeningFilter | None = None) -> OpeningConnection:
        row, tenant = OpeningRow, info.context.caller.organization_id
        statement = select(row).where(row.organization_id == tenant, row.is_confidential.is_(False))
        if filter and filter.status and filter.status.eq:
            statement = statement.where(row.status == filter.status.eq.value)
        statement = statement.order_by(row.updated_at.desc(), row.id.desc()).limit(first + 1)
        rows = await info.context.loaders.rows(statement)
        nodes = [Opening.of(row) for row in rows[:first]]
        return OpeningConnection(
            nodes=nodes, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=nodes[-1].id if nodes else None)
        )

    @strawberry.field
    async def candidate(self, info: Info, id: strawberry.ID) -> Candidate | None:
        row = await info.context.loaders.candidate.load(parse_public_id("cnd", id) or _NO_ID)
        return None if row is None else Candidate.of(row)

    @strawberry.field
    def viewer(self) -> Viewer:
        return Viewer(roles=["RECRUITER_ALL"])
