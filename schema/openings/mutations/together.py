"""All mutations of openings."""

import strawberry

from schema.openings.mutations.close_reasons import CloseReasonMutations
from schema.openings.mutations.grants import OpeningGrantMutations
from schema.openings.mutations.openings import OpeningPlanMutations
from schema.openings.mutations.pay import PayMutations
from schema.openings.mutations.postings import PostingMutations
from schema.openings.mutations.seats import SeatMutations
from schema.openings.mutations.skills import SkillMutations
from schema.openings.mutations.staffing import StaffingMutations
from schema.openings.mutations.stages import StageMutations
from schema.openings.mutations.states import OpeningStateMutations


@strawberry.type
class OpeningMutations(
    OpeningPlanMutations,
    OpeningStateMutations,
    StaffingMutations,
    OpeningGrantMutations,
    SeatMutations,
    PayMutations,
    PostingMutations,
    SkillMutations,
    StageMutations,
    CloseReasonMutations,
):
    pass
