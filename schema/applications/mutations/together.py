"""All mutations of the applications area."""

import strawberry

from schema.applications.mutations.batches import BatchMutations
from schema.applications.mutations.closings import ClosingMutations
from schema.applications.mutations.moves import MoveMutations
from schema.applications.mutations.outcomes import OutcomeMutations
from schema.applications.mutations.people import PeopleOfApplicationMutations
from schema.applications.mutations.reasons import ReasonMutations


@strawberry.type
class ApplicationMutations(
    MoveMutations, OutcomeMutations, BatchMutations, ClosingMutations, PeopleOfApplicationMutations, ReasonMutations
):
    pass
