"""All mutations of people, their rights and their tokens."""

import strawberry

from schema.people.mutations.directory_groups import DirectoryGroupMutations
from schema.people.mutations.grants import GrantMutations
from schema.people.mutations.members import MemberMutations
from schema.people.mutations.service_accounts import ServiceAccountMutations
from schema.people.mutations.sessions import SessionMutations
from schema.people.mutations.tokens import TokenMutations


@strawberry.type
class PeopleMutations(
    MemberMutations,
    GrantMutations,
    DirectoryGroupMutations,
    ServiceAccountMutations,
    SessionMutations,
    TokenMutations,
):
    pass
