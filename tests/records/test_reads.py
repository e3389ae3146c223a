"""The audit log and the feed of events: who reads them, and how they name what they are about."""

from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.applications.enums import TeamMatchStatus
from portal.applications.models import TeamMatch
from portal.applications.reads import BATCH_PREFIX
from portal.database.ids import new_id, public_id
from portal.records.enums import Origin
from portal.records.models import AuditEvent, DomainEvent
from portal.records.reads import BATCH
from tests.applications.making import a_pipeline, a_team, an_application
from tests.world import NOON, World, grant

AUDIT = """query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { totalCount nodes {
    id occurredAt actorKind actorId onBehalfOfId requestId operation entityType entityId openingId before after
} } }"""
EVENTS = """query ($filter: DomainEventFilter) { domainEvents(filter: $filter) { totalCount nodes {
    id type subjectType subjectId openingId occurredAt recordedAt actorKind actorId origin batchId sequence
    payloadVersion changes data
} } }"""


def an_entry(entity_type: str = "Candidate", entity_id: UUID | None = None, **more: Any) -> AuditEvent:
    values: dict[str, Any] = {"actor_kind": ActorKind.SYSTEM, "request_id": "r1", "operation": "create_candidate"}
    return AuditEvent(occurred_at=NOON, entity_type=entity_type, entity_id=entity_id or new_id(), **(values | more))


def an_event(subject_type: str = "Candidate", subject_id: UUID | None = None, **more: Any) -> DomainEvent:
    values: dict[str, Any] = {"actor_kind": ActorKind.SYSTEM, "request_id": "r1", "origin": Origin.API}
    return DomainEvent(
        type="candidate.created",
        subject_type=subject_type,
        subject_id=subject_id or new_id(),
        occurred_at=NOON,
        recorded_at=NOON,
        **(values | more),
    )


async def carl(world: World) -> Actor:
    """The compliance officer, who reads the audit log."""
    return await world.actor("Carl", OrganizationRole.COMPLIANCE_OFFICER)


async def ada(world: World) -> Actor:
    """A recruiter, who reads the feed."""
    return await world.actor("Ada", OrganizationRole.RECRUITER_ALL)


async def entries(world: World, viewer: Actor, **filter: object) -> list[dict[str, Any]]:
    answer = (await world.read(viewer, AUDIT, filter=filter))["auditEvents"]
    assert answer["totalCount"] == len(answer["nodes"])
    return list(answer["nodes"])


async def events(world: World, viewer: Actor, **filter: object) -> list[dict[str, Any]]:
    answer = (await world.read(viewer, EVENTS, filter=filter))["domainEvents"]
    assert answer["totalCount"] == len(answer["nodes"])
    return list(answer["nodes"])


async def test_an_entry_names_its_actor_and_entity_by_public_ids(acme: World) -> None:
    officer = await carl(acme)
    member, candidate = new_id(), new_id()
    entry = an_entry(
        entity_id=candidate,
        actor_kind=ActorKind.USER,
        actor_id=member,
        on_behalf_of_id=member,
        before={"headline": "[redacted]"},
        after={"headline": None, "can_email": True},
    )
    await acme.plant(entry)

    (shown,) = await entries(acme, officer)

    assert shown == {
        "id": public_id("aud", entry.id),
        "occurredAt": "2026-11-23T12:00:00+00:00",
        "actorKind": "USER",
        "actorId": public_id("mem", member),
        "onBehalfOfId": public_id("mem", member),
        "requestId": "r1",
        "operation": "create_candidate",
        "entityType": "Candidate",
        "entityId": public_id("cnd", candidate),
        "openingId": None,
        "before": {"headline": "[redacted]"},
        "after": {"headline": None, "can_email": True},
    }


async def test_an_event_names_its_subject_and_batch_by_public_ids(acme: World) -> None:
    recruiter = await ada(acme)
    account, subject, batch = new_id(), new_id(), new_id()
    event = an_event(
        "Application",
        subject,
        actor_kind=ActorKind.SERVICE,
        actor_id=account,
        batch_id=batch,
        changes={"can_email": [True, False]},
        data={"stages": 3},
    )
    await acme.plant(event)

    (shown,) = await events(acme, recruiter)

    assert (shown["id"], shown["type"]) == (public_id("evt", event.id), "candidate.created")
    assert (shown["actorKind"], shown["actorId"]) == ("SERVICE", public_id("svc", account))
    assert (shown["subjectType"], shown["subjectId"]) == ("Application", public_id("app", subject))
    assert shown["batchId"] == public_id("bat", batch)
    assert (shown["changes"], shown["data"]) == ({"can_email": [True, False]}, {"stages": 3})
    assert (shown["origin"], shown["sequence"], shown["payloadVersion"]) == ("API", None, 1)


def test_a_batch_has_the_same_id_here_and_in_an_applications_history() -> None:
    assert BATCH == BATCH_PREFIX


async def test_what_has_no_public_id_is_null(acme: World) -> None:
    officer = await carl(acme)
    await acme.plant(an_entry("SomethingOfOld"))

    (shown,) = await entries(acme, officer)

    assert (shown["entityType"], shown["entityId"], shown["actorId"]) == ("SomethingOfOld", None, None)


async def test_records_are_found_by_what_and_who_they_are_about(acme: World) -> None:
    officer, recruiter = await carl(acme), await ada(acme)
    candidate, member = new_id(), new_id()
    await acme.plant(
        an_entry(entity_id=candidate, request_id="r1"),
        an_entry("Opening", request_id="r2", actor_kind=ActorKind.USER, actor_id=member),
        an_event(subject_id=candidate),
        an_event("Tag", actor_kind=ActorKind.USER, actor_id=member, origin=Origin.IMPORT),
    )

    async def requests(**filter: object) -> list[str]:
        return sorted(entry["requestId"] for entry in await entries(acme, officer, **filter))

    async def subjects(**filter: object) -> list[str]:
        return sorted(event["subjectType"] for event in await events(acme, recruiter, **filter))

    named = public_id("cnd", candidate)
    assert await requests(entity={"eq": named}) == ["r1"]
    assert await requests(entity={"in": [named, "nonsense"]}) == ["r1"]
    assert await requests(entity={"eq": public_id("opn", candidate)}) == []
    assert await requests(entity={"eq": f"xyz_{candidate.hex}"}) == []
    assert await requests(actor={"eq": public_id("mem", member)}) == ["r2"]
    assert await requests(actor={"isNull": True}) == ["r1"]
    assert await requests(actorKind={"eq": "USER"}) == ["r2"]
    assert await requests(requestId={"eq": "r2"}) == ["r2"]
    assert await requests(opening={"isNull": True}) == ["r1", "r2"]
    assert await subjects(subject={"eq": named}) == ["Candidate"]
    assert await subjects(origin={"eq": "IMPORT"}) == ["Tag"]
    assert await subjects(actor={"in": [public_id("mem", member)]}) == ["Tag"]
    assert await subjects(occurredAt={"gt": NOON.isoformat()}) == []


@pytest.mark.parametrize("role", [role for role in OrganizationRole if role is not OrganizationRole.COMPLIANCE_OFFICER])
async def test_only_those_with_audit_read_read_the_audit_log(acme: World, role: OrganizationRole) -> None:
    await acme.plant(an_entry())

    assert await entries(acme, await acme.actor("Olga", role)) == []


async def test_the_audit_log_is_a_privilege_of_a_grant_too(acme: World) -> None:
    privileged = grant(GrantRole.VIEWER, privileges=frozenset({Privilege.AUDIT_LOG}))
    await acme.plant(an_entry())

    assert len(await entries(acme, await acme.actor("Vera", OrganizationRole.MEMBER, privileged))) == 1


async def test_records_of_another_organization_are_not_there(acme: World, globex: World) -> None:
    officer, recruiter = await carl(acme), await ada(acme)
    entry, event = an_entry(), an_event()
    await globex.plant(entry, event)

    assert await entries(acme, officer) == []
    assert await events(acme, recruiter) == []
    nodes = await acme.read(
        officer,
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        ids=[public_id("aud", entry.id), public_id("evt", event.id)],
    )
    assert nodes == {"nodes": [None, None]}


async def test_records_of_a_confidential_opening_are_read_by_its_own_people_only_r20(acme: World) -> None:
    recruiter = await ada(acme)
    open_, secret = await a_pipeline(acme), await a_pipeline(acme, confidential=True)
    await acme.plant(
        an_event("Opening", open_.id, opening_id=open_.id), an_event("Opening", secret.id, opening_id=secret.id)
    )
    explicit = grant(GrantRole.RECRUITER, ScopeType.OPENING, secret.id, confidential=True)
    trusted = await acme.actor("Tess", OrganizationRole.MEMBER, explicit)

    assert [event["openingId"] for event in await events(acme, recruiter)] == [public_id("opn", open_.id)]
    assert [event["openingId"] for event in await events(acme, trusted)] == [public_id("opn", secret.id)]


async def test_the_feed_hides_what_was_done_to_ones_own_record_and_applications_r22(acme: World) -> None:
    member = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)
    pipeline = await a_pipeline(acme)
    own = await an_application(acme, pipeline)
    other = await an_application(acme, pipeline, name="Otto Other")
    match = TeamMatch(application_id=own.id, team_id=await a_team(acme, pipeline), status=TeamMatchStatus.PROPOSED)
    subjects = [("Candidate", own.candidate_id), ("Application", own.id), ("TeamMatch", match.id)]
    await acme.plant(
        match,
        *(an_event(type_, subject_id, opening_id=pipeline.id) for type_, subject_id in subjects),
        an_event("Candidate", other.candidate_id),
        an_event("Application", other.id, opening_id=pipeline.id),
    )
    herself = acme.acting(member.id, OrganizationRole.RECRUITER_ALL, own_candidate_ids=frozenset({own.candidate_id}))

    shown = [event["subjectId"] for event in await events(acme, herself)]

    assert sorted(shown) == sorted([public_id("app", other.id), public_id("cnd", other.candidate_id)])
    assert await events(acme, herself, subject={"eq": public_id("app", own.id)}) == []
    assert len(await events(acme, await acme.actor("Rita", OrganizationRole.RECRUITER_ALL))) == 5
