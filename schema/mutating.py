"""How mutations act: each unpacks its input, performs exactly one action and answers with a payload.

An expected refusal becomes the payload's `userErrors`; nothing was changed then, and the payload's entities are null.
"""

import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ParamSpec, Protocol, TypeVar, get_type_hints
from uuid import UUID

import strawberry

from portal.access.actions import Action, WriteDoor
from portal.access.actor import Actor
from portal.access.standing import Standing
from portal.access.work import Call
from portal.database.ids import parse_public_id
from portal.errors import UserError
from portal.reading.entity import AnyEntity
from portal.sign_in.passwords import OwnAccount, Passwords
from portal.trusted_documents.rules import CheckedDocument, DraftDocument
from portal.unchanged import UNCHANGED, Unchanged
from schema.problems import UserError as UserErrorType
from schema.problems import problem

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# Checks documents that are to be published. Raises InvalidInput.
DocumentCheck = Callable[[Sequence[DraftDocument]], Awaitable[tuple[CheckedDocument, ...]]]

# No row has it, so a malformed id is refused by the very look-up that refuses an unknown one.
NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Context:
    """What a resolver is handed: the write door and the call it came with. No session, and no way around the doors."""

    door: WriteDoor
    call: Call
    standing: Standing
    reading: object  # for the edge, which completes reads; resolvers have no use for it
    passwords: Passwords
    rate_limit: Any  # schema.rate_limit.RateLimit
    check_documents: DocumentCheck

    async def perform(self, idempotency_key: str | None, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Perform one action for the caller."""

        async def run(actor: Actor) -> R:
            call = replace(self.call, actor=actor, idempotency_key=idempotency_key)
            return await self.door.perform(call, action, *args, **kwargs)

        return await self.standing.use(run)

    @property
    def own_account(self) -> OwnAccount:
        """The caller's own account, for what takes several actions."""
        return OwnAccount(self.perform, self.call.actor.organization_id, self.call.now)


Info = strawberry.Info[Context, None]


@strawberry.type(description="What every mutation answers.")
class Payload:
    user_errors: list[UserErrorType] = strawberry.field(
        description="Why nothing was changed; empty when it was.", default_factory=list
    )
    query: Annotated["Query", strawberry.lazy("schema.root")] = strawberry.field(  # type: ignore[name-defined] # noqa: F821 - lazy
        description="The whole graph, as it is after the mutation.", default_factory=dict
    )


class IdempotentInput(Protocol):
    """An input that may carry an idempotency key."""

    idempotency_key: str | None


def idempotency_key() -> Any:  # Any: what a dataclass field's default is typed as
    """The field that makes a mutation safe to repeat."""
    return strawberry.field(
        description="A key of your own, 1 to 255 characters: the same key with the same input changes nothing twice "
        "and answers with the first result. Kept for 72 hours.",
        default=None,
    )


def expected_version() -> Any:  # Any: what a dataclass field's default is typed as
    """The field that guards against a lost update."""
    return strawberry.field(
        description="The version you read. Refused with STALE_VERSION when it was changed since.", default=None
    )


def mutation(description: str) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A mutation: refusals of the action it performs become its payload's user errors."""

    def declare(function: Callable[..., Awaitable[Any]]) -> Any:
        @functools.wraps(function)
        async def resolver(*args: Any, **kwargs: Any) -> Any:
            try:
                return await function(*args, **kwargs)
            except UserError as error:
                payload = get_type_hints(function, include_extras=True)["return"]
                return payload(user_errors=[problem(error)])

        return strawberry.mutation(resolver=resolver, description=description)

    return declare


def id_of(entity: AnyEntity, text: str) -> UUID:
    """The row's id behind a public id; one that no row has when it is malformed or of another type."""
    return parse_public_id(entity.prefix, text) or NO_ID


def optional_id(entity: AnyEntity, text: str | None) -> UUID | None:
    """The same where none may be given."""
    return None if text is None else id_of(entity, text)


def given(value: T | None) -> T | Unchanged | None:
    """An optional input field for an update: what was not given stays unchanged, null is a value."""
    return UNCHANGED if value is strawberry.UNSET else value


def given_id(entity: AnyEntity, text: str | None) -> UUID | Unchanged | None:
    """The same for an id."""
    return UNCHANGED if text is strawberry.UNSET else optional_id(entity, text)


def ids_of(entity: AnyEntity, texts: list[Any]) -> list[UUID]:
    """The same for a list."""
    return [id_of(entity, text) for text in texts]
