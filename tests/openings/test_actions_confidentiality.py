"""R20: a confidential opening exists only for those with an explicit grant."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, ScopeType
from portal.access.permissions import Permission
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound
from portal.openings.actions.confidentiality import make_opening_confidential, make_opening_public
from portal.openings.actions.copying import copy_opening
from portal.openings.actions.openings import create_opening
from portal.openings.actions.postings import publish_posting
from portal.openings.enums import PostingStatus
from tests.openings.making import (
    a_draft,
    a_posting,
    ada,
    an_open_opening,
    an_opening,
    events,
    olga,
    postings_of,
    refused_whole,
    the_opening,
)
from tests.world import NOON, World, grant


async def _with_their_grants(world: World, actor: Actor) -> Actor:
    """The actor as the next request derives it: with what the database granted meanwhile."""
    rows = await world.rows("SELECT * FROM role_grant WHERE membership_id = $1", actor.id)
    held = [
        grant(
            GrantRole(row["role"]),
            ScopeType(row["scope_type"]),
            row["scope_id"],
            confidential=row["include_confidential"],
        )
        for row in rows
    ]
    assert actor.id is not None
    return world.acting(actor.id, actor.role, *actor.grants, *held)


async def _sees(world: World, actor: Actor, opening_id: UUID) -> bool:
    answer = await world.read(
        actor, "query($id: ID!) { opening(id: $id) { id } openings { totalCount } }", id=f"opn_{opening_id.hex}"
    )
    seen = answer["opening"] is not None
    assert answer["openings"]["totalCount"] == int(seen)
    return seen


async def test_r20_its_creator_keeps_a_confidential_opening_and_nobody_else_sees_it(acme: World) -> None:
    recruiter, administrator = await ada(acme), await olga(acme)
    other = await acme.actor("Rita", OrganizationRole.RECRUITER_ALL)

    opening_id = await an_opening(acme, recruiter, is_confidential=True)

    assert (await the_opening(acme, opening_id))["is_confidential"] is True
    assert await _sees(acme, await _with_their_grants(acme, recruiter), opening_id)
    assert not await _sees(acme, other, opening_id)
    assert not await _sees(acme, administrator, opening_id)
    (row,) = await acme.rows("SELECT * FROM role_grant")
    assert (row["role"], row["scope_type"], row["scope_id"]) == ("RECRUITER", "OPENING", opening_id)
    assert (row["membership_id"], row["include_confidential"]) == (recruiter.id, True)
    assert (row["expires_at"], row["granted_by_id"]) == (None, recruiter.id)


async def test_r20_a_confidential_opening_is_not_found_by_whoever_has_no_grant_on_it(acme: World) -> None:
    opening_id = await an_opening(acme, is_confidential=True)

    for actor in (await ada(acme), await olga(acme)):
        async with refused_whole(acme, NotFound, "No such opening."):
            await acme.perform(actor, make_opening_public, opening_id=opening_id, confirmed=True)
        async with refused_whole(acme, NotFound, "No such opening."):
            await acme.perform(actor, copy_opening, opening_id=opening_id)


async def test_r20_a_department_grant_never_reaches_a_confidential_opening(acme: World) -> None:
    opening_id = await an_opening(acme, is_confidential=True)
    reading = await acme.actor("Rita", OrganizationRole.MEMBER, grant(GrantRole.VIEWER, ScopeType.OPENING, opening_id))
    explicit = await acme.actor(
        "Eve", OrganizationRole.MEMBER, grant(GrantRole.VIEWER, ScopeType.OPENING, opening_id, confidential=True)
    )

    assert not await _sees(acme, reading, opening_id)
    assert await _sees(acme, explicit, opening_id)


async def test_r20_what_becomes_confidential_is_not_posted_any_more(acme: World) -> None:
    recruiter = await ada(acme)
    opening_id = await an_open_opening(acme, recruiter)
    posting_id = await a_posting(acme, opening_id)
    await acme.perform(recruiter, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED)

    await acme.perform(recruiter, make_opening_confidential, opening_id=opening_id)

    assert (await the_opening(acme, opening_id))["is_confidential"] is True
    assert await postings_of(acme, opening_id) == ["UNPUBLISHED"]
    assert (await events(acme))[-2:] == ["posting.unpublished", "opening.updated"]
    keeping = await _with_their_grants(acme, recruiter)
    assert await _sees(acme, keeping, opening_id)
    message = "A confidential opening can't be posted. Make it public first."
    async with refused_whole(acme, InvalidInput, message):
        await acme.perform(keeping, publish_posting, posting_id=posting_id, to=PostingStatus.PUBLISHED)
    async with refused_whole(acme, AlreadyDone, "This opening is already confidential."):
        await acme.perform(keeping, make_opening_confidential, opening_id=opening_id)


async def test_r20_making_it_public_takes_an_explicit_confirmation(acme: World) -> None:
    recruiter = await ada(acme)
    opening_id = await an_opening(acme, recruiter, is_confidential=True)
    keeping = await _with_their_grants(acme, recruiter)

    message = "Everybody who sees openings will see this one, its applications included. Confirm that you want this."
    async with refused_whole(acme, InvalidInput, message, path=("confirmed",)):
        await acme.perform(keeping, make_opening_public, opening_id=opening_id, confirmed=False)

    await acme.perform(keeping, make_opening_public, opening_id=opening_id, confirmed=True)

    assert (await the_opening(acme, opening_id))["is_confidential"] is False
    assert await _sees(acme, await olga(acme), opening_id)


@pytest.mark.parametrize(
    "narrowed",
    [
        {"role": OrganizationRole.ORG_ADMIN},
        {
            "role": OrganizationRole.RECRUITER_ALL,
            "scopes": frozenset({Permission.OPENING_CREATE, Permission.OPENING_SEE}),
        },
    ],
)
async def test_r35_keeping_a_confidential_opening_gives_nobody_more_than_they_have(
    acme: World, narrowed: dict[str, Any]
) -> None:
    member = await acme.member("Olga", narrowed["role"])
    actor = acme.acting(member.id, **narrowed)

    message = "You could not see this opening yourself any more: that takes a recruiter's rights."
    async with refused_whole(acme, Forbidden, message):
        await acme.perform(actor, create_opening, draft=a_draft(is_confidential=True))


async def test_r35_what_is_kept_ends_when_the_rights_do_that_it_comes_from(acme: World) -> None:
    member = await acme.member("Rita")
    recruiter = acme.acting(
        member.id, OrganizationRole.MEMBER, replace(grant(GrantRole.RECRUITER), expires_at=NOON.replace(year=2027))
    )

    await acme.perform(recruiter, create_opening, draft=a_draft(is_confidential=True))

    assert await acme.rows("SELECT expires_at FROM role_grant") == [{"expires_at": NOON.replace(year=2027)}]


async def test_whoever_reaches_all_confidential_openings_needs_no_grant(acme: World) -> None:
    recruiter = await acme.actor("Rita", OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, confidential=True))

    await an_opening(acme, recruiter, is_confidential=True)

    assert await acme.rows("SELECT id FROM role_grant") == []


async def test_automation_keeps_no_confidential_opening(acme: World) -> None:
    nobody = Actor(organization_id=acme.id, kind=ActorKind.AUTOMATION, role=OrganizationRole.RECRUITER_ALL)

    message = "Only a member or a service account can keep a confidential opening."
    async with refused_whole(acme, Forbidden, message):
        await acme.perform(nobody, create_opening, draft=a_draft(is_confidential=True))


async def test_r20_a_copy_of_a_confidential_opening_is_confidential(acme: World) -> None:
    recruiter = await ada(acme)
    original = await an_opening(acme, recruiter, is_confidential=True)
    keeping = await _with_their_grants(acme, recruiter)

    done = await acme.perform(keeping, copy_opening, opening_id=original)

    assert (await the_opening(acme, done.opening_id))["is_confidential"] is True
    assert await _sees_both(acme, await _with_their_grants(acme, recruiter))


async def _sees_both(world: World, actor: Actor) -> bool:
    answer = await world.read(actor, "{ openings { totalCount } }")
    return bool(answer["openings"]["totalCount"] == 2)
