"""The plans themselves: each mutation has one, and it works for somebody who may do everything."""

from portal.database.connection import Database
from tests.security.asking import called
from tests.security.cast import owner
from tests.security.plans import PLACES, PLANS
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Scene, Where
from tests.security.walking import mutations

# What the scene has no place for, with why that is.
REFUSED_BY_THE_SCENE = {"addDefaultRejectionReasons"}  # the scene has reasons


def test_every_mutation_has_a_plan() -> None:
    assert PLANS.keys() == mutations().keys()


async def test_every_plan_works(scene: Scene, database: Database) -> None:
    """Otherwise what is attacked below would be refused for another reason than the attack."""
    rehearsal = rehearsal_of(database)
    outcomes = {}

    async with untouched(scene.world, "A rehearsal"):
        for name, plan in PLANS.items():
            place = scene.places[PLACES.get(name, Where.INSIDE)]
            outcomes[name] = await called(rehearsal, owner(scene), name, plan.input(scene, place))

    refused = {name: outcome.answer for name, outcome in outcomes.items() if not outcome.is_done}
    assert refused.keys() == REFUSED_BY_THE_SCENE, refused
