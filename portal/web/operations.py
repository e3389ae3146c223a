"""Running operations: the inside of the GraphQL endpoint, where the schema meets the two doors.

An operation whose root fields are all reads is not executed field by field at all: each root field is one statement,
and the answer is their bytes joined. Every other operation goes through graphql-core, with reads spliced in. Tests
hold both ways to the same answer.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from inspect import isawaitable
from typing import Any

import asyncpg
import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution.values import VariableValues, get_variable_values

from portal import bounds
from portal.access.actions import WriteDoor
from portal.access.actor import Actor
from portal.access.enums import DocumentMode
from portal.access.standing import Standing
from portal.access.work import Call
from portal.database.pool import NoConnection
from portal.database.roles import STATEMENT_TIMEOUT_SECONDS
from portal.reading.arguments import shape
from portal.reading.binds import Asked
from portal.reading.door import ReadDoor
from portal.reading.plans import Plan
from portal.reading.problems import BadInput
from portal.reading.selection import TYPENAME
from portal.reading.selection import Document as Selections
from portal.sign_in.passwords import Passwords
from portal.trusted_documents.actions import publish_documents
from portal.trusted_documents.published import PublishedDocuments
from portal.trusted_documents.rules import CheckedDocument, DraftDocument
from portal.web.callers import SignedIn
from portal.web.costs.metering import Asking, Meter, Metered, root_type
from portal.web.documents.document import Document, Operation
from portal.web.errors import ErrorCode, Overloaded, Refused, TimedOut, Unauthenticated, public_errors, shown
from portal.web.execution import Answer, Presented, RequestFacts, Told
from portal.web.live.subscribing import Subscriptions
from portal.web.splice import Reading, SplicingExecutor
from schema.mutating import Context, DocumentCheck

# Told of a bug: the request's id and what was raised.
BugReporter = Callable[[str, Exception], None]

# Finds out who sends a request (portal.web.callers).
Authenticate = Callable[[Presented], Awaitable[SignedIn]]


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways to the data: reads, changes, and reads of what happens; what changes passwords, in steps; and published
    documents, with what checks those that are to be.
    """

    reads: ReadDoor
    writes: WriteDoor
    subscriptions: Subscriptions
    passwords: Passwords
    published: PublishedDocuments
    check_documents: DocumentCheck


# One root field of an operation that is all reads: its name in the answer, and its plan or its bytes.
Part = tuple[bytes, Plan | bytes]


class Operations:
    """Runs operations for the edge (an Executor)."""

    def __init__(
        self,
        schema: GraphQLSchema,
        doors: Doors,
        authenticate: Authenticate,
        meter: Meter,
        report: BugReporter,
        clock: Callable[[], datetime],
    ) -> None:
        self._schema = schema
        self._meter = meter
        self._reads = doors.reads
        self._writes = doors.writes
        self._authenticate = authenticate
        self._subscriptions = doors.subscriptions
        self._passwords = doors.passwords
        self._published = doors.published
        self._check_documents = doors.check_documents
        self._report = report
        self._clock = clock

    async def authenticate(self, presented: Presented) -> SignedIn:
        """Who sent a request. Raises Refused for a credential that is not good, or not in this request."""
        try:
            return await self._authenticate(presented)
        except NoConnection as problem:
            raise Overloaded from problem

    async def execute(
        self,
        document: Document,
        operation: Operation,
        variables: dict[str, Any],
        caller: SignedIn,
        request: RequestFacts,
    ) -> Answer:
        """Run one operation. Raises Refused for what ends it as a whole."""
        if caller.standing is None:
            return Answer(b'{"__typename":"Query"}')
        await caller.standing.keep(request.received_at)
        answer = await self._run(document, operation, variables, caller.standing, request)
        return answer if not caller.headers else replace(answer, headers=(*answer.headers, *caller.headers))

    async def _run(
        self,
        document: Document,
        operation: Operation,
        variables: dict[str, Any],
        standing: Standing,
        request: RequestFacts,
    ) -> Answer:
        asking = self._asking(document, operation, variables)
        if not isinstance(asking, Asking):
            return Answer(None, asking)
        metered = await self._meter.admit(asking, standing.actor, request.received_at)
        try:
            answer = None if metered.cost.is_dry_run else await self._read_whole(asking, standing)
            if answer is None:
                answer = await self._execute(asking, standing, metered, request)
        except asyncpg.QueryCanceledError as problem:
            raise TimedOut(STATEMENT_TIMEOUT_SECONDS) from problem
        except NoConnection as problem:
            raise Overloaded from problem
        # What ended as a whole is not given back: it may have kept the database busy until it was ended.
        settled = await self._meter.settle(metered, answer.data_json)
        return replace(answer, extensions=settled.extensions, headers=settled.headers)

    @asynccontextmanager
    async def subscribe(
        self,
        document: Document,
        operation: Operation,
        variables: dict[str, Any],
        caller: SignedIn,
        request: RequestFacts,
    ) -> AsyncIterator[AsyncIterator[Told]]:
        """Run a subscription. One payload has to be within its caller's budget; each is charged as it is sent."""
        standing = self.standing(caller)
        await standing.keep(request.received_at)
        asking = self._asking(document, operation, variables)
        if not isinstance(asking, Asking):
            raise Refused(ErrorCode.BAD_USER_INPUT, asking[0]["message"])
        metered = await self._meter.admit(asking, standing.actor, request.received_at)
        await self._meter.settle_subscribing(metered)

        async def charge(actor: Actor, data_json: bytes) -> dict[str, Any]:
            return await self._meter.charge_event(metered.cost, actor, data_json, self._clock())

        try:
            async with self._subscriptions.running(asking, standing, charge, request.last_event_id) as telling:
                yield telling
        except asyncpg.QueryCanceledError as problem:
            raise TimedOut(STATEMENT_TIMEOUT_SECONDS) from problem
        except NoConnection as problem:
            raise Overloaded from problem

    def _asking(
        self, document: Document, operation: Operation, variables: dict[str, Any]
    ) -> Asking | list[dict[str, Any]]:
        """An operation with its variables coerced; the errors where they can't be."""
        coerced = get_variable_values(
            self._schema, operation.node.variable_definitions or (), variables, max_errors=5, hide_suggestions=True
        )
        if not isinstance(coerced, VariableValues):
            return [shown(error, ErrorCode.BAD_USER_INPUT) for error in coerced]
        return Asking(
            document,
            operation,
            Selections(self._schema, document.fragments, coerced.coerced),
            coerced,
            (document.id, operation.name, shape(coerced.coerced)),
        )

    async def admit(self, caller: SignedIn, text: str) -> None:
        """Take what parsing and validating a new document takes from its caller's budget. Raises RateLimited."""
        if caller.actor is not None:
            await self._meter.prepare_document(text, caller.actor, self._clock())

    async def document_mode(self, caller: SignedIn) -> DocumentMode:
        """What a caller's token may send; where it is a browser, what the organization's policy says."""
        actor = caller.actor
        if actor is None or actor.session_id is None:
            return DocumentMode.ALLOW if actor is None else actor.documents
        try:
            return await self._published.browser_mode(actor.organization_id)
        except NoConnection as problem:
            raise Overloaded from problem

    async def published(self, caller: SignedIn, document_id: str) -> str | None:
        """The document that the caller's organization has published under an id, None where it has none."""
        try:
            return await self._published.text(self.standing(caller).actor.organization_id, document_id)
        except NoConnection as problem:
            raise Overloaded from problem

    async def _checked(self, drafts: Sequence[DraftDocument], actor: Actor) -> tuple[CheckedDocument, ...]:
        """Documents that somebody wants to publish, checked at the expense of their budget.

        Raises Forbidden, InvalidInput, RateLimited and StaleAccess.
        """
        await self._writes.allow(actor, publish_documents)
        for draft in bounds.items(drafts, least=1, most=bounds.MOST_BULK_ITEMS, path="documents"):
            await self._meter.prepare_document(draft.text, actor, self._clock())
        return await self._check_documents(drafts)

    async def charge(self, caller: SignedIn, points: int, received_at: datetime) -> None:
        """Take what a change that is no operation costs from its caller's budget. Raises RateLimited."""
        await self._meter.charge(self.standing(caller).actor, points, received_at)

    def standing(self, caller: SignedIn) -> Standing:
        """A caller's rights for the length of one request. Raises Unauthenticated for an anonymous one."""
        if caller.standing is None:
            raise Unauthenticated
        return caller.standing

    async def _read_whole(self, asking: Asking, standing: Standing) -> Answer | None:
        """The answer to an operation of reads only; None when it is not one, or when it has an error to place."""
        if asking.operation.type != "query":
            return None

        async def run(actor: Actor) -> bytes | None:
            parts = await self._parts(asking, actor)
            if parts is None:
                return None
            asked = Asked(actor, asking.selections.variables)
            plans = [(part, asked) for _, part in parts if isinstance(part, Plan)]
            answers = iter(await self._reads.run(plans, actor) if plans else ())
            listed = [name + (part if isinstance(part, bytes) else next(answers) or b"null") for name, part in parts]
            return b"{" + b",".join(listed) + b"}"

        try:
            data = await standing.use(run)
        except BadInput:
            return None
        return None if data is None else Answer(data)

    async def _parts(self, asking: Asking, actor: Actor) -> list[Part] | None:
        """What an operation's root fields need, worked out once per shape of the variables and kind of actor."""
        key = (asking.key, actor.signature_key)
        parts: list[Part] | None = asking.document.scratch.get(key, _UNKNOWN)
        if parts is _UNKNOWN:
            parts = await self._new_parts(asking, actor)
            asking.document.remember(key, parts)
        return parts

    async def _new_parts(self, asking: Asking, actor: Actor) -> list[Part] | None:
        parts: list[Part] = []
        for selected in asking.selections.fields(root_type(asking), [asking.operation.node.selection_set]):
            name = b'"' + selected.response_name.encode() + b'":'
            root = self._reads.catalog.roots.get(selected.name)
            if selected.name == TYPENAME:
                parts.append((name, b'"Query"'))
            elif root is None:
                return None
            else:
                key = (asking.key, selected.response_name)
                parts.append((name, await self._reads.plan(key, actor, asking.selections, root, selected)))
        return parts

    async def _execute(self, asking: Asking, standing: Standing, metered: Metered, request: RequestFacts) -> Answer:
        """The answer by graphql-core's execution."""
        call = Call(standing.actor, request.received_at, request.request_id)
        reading = Reading(self._reads, standing, asking.key, metered.cost.is_dry_run)

        async def checked(drafts: Sequence[DraftDocument]) -> tuple[CheckedDocument, ...]:
            return await standing.use(partial(self._checked, drafts))

        context = Context(self._writes, call, standing, reading, self._passwords, metered.rate_limit, checked)
        outcome = SplicingExecutor.of(self._schema, asking, context).execute_operation()
        result = await outcome if isawaitable(outcome) else outcome
        if not isinstance(result, ExecutionResult):
            raise TypeError("Incremental delivery is off.")
        errors = self._shown(result.errors or [], request.request_id)
        return Answer(orjson.dumps(result.data), errors or None)

    def _shown(self, errors: list[GraphQLError], request_id: str) -> list[dict[str, Any]]:
        for error in errors:
            if isinstance(error.original_error, Unauthenticated | asyncpg.QueryCanceledError | NoConnection):
                raise error.original_error
        answers, bugs = public_errors(errors, request_id)
        for bug in bugs:
            self._report(request_id, bug)
        return answers


_UNKNOWN: Any = object()
