"""Which candidate records are a member's own: nobody sees theirs (R22), so signing in needs to know them."""

from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, Uuid, bindparam, select

from portal.candidates.models import Candidate


def own_records(membership_id: SQLColumnExpression[UUID | None]) -> Select[UUID]:
    """The ids of a member's own candidate records; binds `organization_id`."""
    return select(Candidate.id).where(
        Candidate.organization_id == bindparam("organization_id", type_=Uuid()),
        Candidate.linked_membership_id == membership_id,
    )
