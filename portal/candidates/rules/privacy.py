"""Who stays out of sight: private candidates (R23) and one's own record (R22)."""

from uuid import UUID

from portal.errors import AlreadyDone, InvalidInput, NotFound
from portal.organizations.policies import Policies


def private_from_start(*, requested: bool | None, is_internal: bool, policies: Policies) -> bool:
    """Whether a new candidate is private: as asked for, else for those who work here already by policy (R23)."""
    if requested is not None:
        return requested
    return is_internal and policies.internal_private_by_default


def private_after_hire(*, is_private: bool, policies: Policies) -> bool:
    """Whether a candidate is private once hired (R23); nobody becomes public by being hired."""
    return is_private or policies.hired_private_by_default


def check_not_own(*, linked_membership_id: UUID | None, actor_membership_id: UUID | None) -> None:
    """Refuses to touch the record that is linked to oneself, as if it did not exist (R22)."""
    if actor_membership_id is not None and linked_membership_id == actor_membership_id:
        raise NotFound("candidate")


def check_link(*, linked_membership_id: UUID | None, to: UUID, actor_membership_id: UUID | None) -> None:
    """Refuses to link a candidate to a second member, or to oneself (R22)."""
    if linked_membership_id == to:
        raise AlreadyDone("This candidate is already linked to that member.")
    if linked_membership_id is not None:
        raise InvalidInput("This candidate is linked to another member. Unlink them first.", path=("membershipId",))
    if to == actor_membership_id:
        raise InvalidInput("Ask somebody else to link you to your own record.", path=("membershipId",))
