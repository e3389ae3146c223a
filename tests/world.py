"""The cast and how tests set their scene: rows planted as they are, actors with given rights, calls at a given time."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from pwdlib.hashers.argon2 import Argon2Hasher

from portal.access.actions import Action, WriteDoor, action
from portal.access.actor import Actor, HeldGrant
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege, ScopeType
from portal.access.permissions import Permission
from portal.access.standing import Standing
from portal.access.work import Call, Work
from portal.catalog import CATALOG, STREAMS
from portal.database.base import TenantRow
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.organizations.models import Organization
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
from portal.reading.door import ReadDoor
from portal.reading.plans import PlanCache
from portal.records.feed import Feed
from portal.sign_in.hashing import Hashing
from portal.sign_in.mail import OutgoingMail
from portal.sign_in.passwords import Delivery, Passwords
from portal.sign_in.sealing import Sealing
from portal.trusted_documents.published import PublishedDocuments
from portal.web.callers import SignedIn
from portal.web.costs.budget import Budget, Points
from portal.web.costs.metering import CostLimits, Meter
from portal.web.documents.document import Document
from portal.web.documents.limits import Limits
from portal.web.documents.publishing import DocumentCheck
from portal.web.documents.store import DocumentStore
from portal.web.execution import Answer, Presented, RequestFacts
from portal.web.live.subscribing import Subscriptions
from portal.web.operations import Doors, Operations
from portal.web.sign_in.attempts import Attempts
from schema.root import COSTS, GRAPHQL_SCHEMA

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@action(Permission.ORGANIZATION_MANAGE, may_record_nothing=True)
async def plant(work: Work, *, rows: Sequence[TenantRow]) -> None:
    """Insert rows as they are, for a scene that no action of the test is about."""
    for row in rows:
        work.add(row)


@dataclass(frozen=True)
class World:
    """One organization in the shared database, and whoever acts in it."""

    database: Database
    id: UUID

    @property
    def door(self) -> WriteDoor:
        return WriteDoor(self.database)

    @property
    def system(self) -> Actor:
        return Actor(organization_id=self.id, kind=ActorKind.SYSTEM)

    async def plant(self, *rows: TenantRow) -> None:
        await self.door.perform(call(self.system), plant, rows=rows)

    async def member(self, name: str, role: OrganizationRole = OrganizationRole.MEMBER) -> Membership:
        email = f"{name.lower()}@example.com"
        row = Membership(
            name=name, email=email, email_normalised=email, status=MembershipStatus.ACTIVE, role=role, activated_at=NOON
        )
        await self.plant(row)
        return row

    async def actor(self, name: str, role: OrganizationRole = OrganizationRole.MEMBER, *grants: HeldGrant) -> Actor:
        """A member as an actor, with rights given directly instead of by grants in the database."""
        row = await self.member(name, role)
        return self.acting(row.id, role, *grants)

    def acting(self, membership_id: UUID, role: OrganizationRole | None, *grants: HeldGrant, **more: Any) -> Actor:
        return Actor(
            organization_id=self.id,
            kind=ActorKind.USER,
            id=membership_id,
            role=role,
            grants=grants,
            access_version=None,
            **more,
        )

    async def perform(self, actor: Actor, what: Action[Any, Any], **arguments: Any) -> Any:
        """One call of an action; among the arguments may be its time as `at` and an idempotency key as `key`."""
        at, key = arguments.pop("at", NOON), arguments.pop("key", None)
        return await self.door.perform(call(actor, at=at, key=key), what, **arguments)

    async def ask(self, actor: Actor, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to a GraphQL operation, as a client with these rights gets it from the edge's inside."""
        answer = await answer_of(self.database, actor, query, variables)
        whole: dict[str, Any] = {} if answer.data_json is None else {"data": orjson.loads(answer.data_json)}
        return whole | ({"errors": answer.errors} if answer.errors else {})

    async def read(self, actor: Actor, query: str, **variables: Any) -> Any:
        """The data of an operation that must have no errors."""
        answer = await self.ask(actor, query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """What a table of this organization holds now."""
        async with self.database.reading(self.id, None) as connection:
            return [dict(row) for row in await connection.rows(sql, values)]


@functools.cache
def store() -> DocumentStore:
    return DocumentStore(GRAPHQL_SCHEMA)


# A hash of what a test is not about takes next to nothing.
HASHING = Hashing(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
_DIRECTORY = Path(tempfile.mkdtemp(prefix="portal-data-"))
atexit.register(shutil.rmtree, _DIRECTORY, ignore_errors=True)
DELIVERY = Delivery(OutgoingMail(_DIRECTORY, "http://portal.test"), Sealing(_DIRECTORY))

# What a test of something else asks for may cost what it likes.
UNLIMITED = Meter(COSTS, Budget(Points(None, None, None)), CostLimits(10**9, 10**9))


def operations(database: Database, plans: PlanCache | None = None) -> Operations:
    """The inside of the edge on a database."""
    reads = ReadDoor(database, CATALOG, plans)
    subscriptions = Subscriptions(Feed(database, STREAMS, _bug), reads, STREAMS, lambda: NOON)
    passwords = Passwords(Attempts(), HASHING, DELIVERY, is_on=True)
    published, check = PublishedDocuments(database), DocumentCheck(GRAPHQL_SCHEMA, Limits())
    doors = Doors(reads, WriteDoor(database), subscriptions, passwords, published, check)
    return Operations(GRAPHQL_SCHEMA, doors, _nobody, UNLIMITED, _bug, lambda: NOON)


async def _nobody(presented: Presented) -> SignedIn:
    raise AssertionError("A test says who acts.")


async def _never() -> Actor:
    raise AssertionError("A test's actor needs no credential, and nothing about it goes stale.")


def _bug(request_id: str, problem: Exception) -> None:
    raise problem


async def answer_of(database: Database, actor: Actor, query: str, variables: dict[str, Any]) -> Answer:
    document = store().get(query)
    assert isinstance(document, Document), document
    (operation,) = document.operations.values()
    facts = RequestFacts("test", NOON, "POST", None)
    return await operations(database).execute(document, operation, variables, SignedIn(Standing(actor, _never)), facts)


def call(actor: Actor, *, at: datetime = NOON, key: str | None = None, origin: str = "API") -> Call:
    return Call(actor=actor, now=at, request_id="test", origin=origin, idempotency_key=key)


def grant(
    role: GrantRole,
    scope_type: ScopeType = ScopeType.ORG,
    *scope_ids: UUID,
    confidential: bool = False,
    privileges: frozenset[Privilege] = frozenset(),
) -> HeldGrant:
    return HeldGrant(role, scope_type, frozenset(scope_ids), confidential, privileges)


async def an_organization(database: Database, name: str = "Acme") -> World:
    """A new organization, alone behind the tenant wall."""
    new = new_id()
    world = World(database, new)
    row = Organization(
        id=new, slug=f"{name.lower()}-{new.hex}", name=name, default_currency="USD", default_timezone="America/New_York"
    )
    await world.plant(row)
    return world
