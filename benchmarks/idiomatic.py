"""The idiomatic server: Strawberry, the SQLAlchemy ORM and DataLoaders, as their documentation teaches them.

Well written: one session a request with the tenant set when it begins, one query a list however many parents it has,
lists bounded in SQL, every query bound to the organization. Strawberry's own view, and none of its optional caches.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import strawberry
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from starlette.requests import Request
from strawberry.asgi import GraphQL
from strawberry.extensions import SchemaExtension
from typing_extensions import override  # in typing from Python 3.12

from benchmarks.idiomatic_loaders import Caller, Context, Loaders
from benchmarks.idiomatic_moving import Mutation
from benchmarks.idiomatic_queries import Query
from benchmarks.rows_staff import Organization


def _set_tenant(session: Session, _transaction: object, connection: Any) -> None:  # Any: SQLAlchemy's own types
    tenant = session.info["organization_id"]
    connection.execute(text("SELECT set_config('portal.organization_id', :tenant, true)"), {"tenant": str(tenant)})


class SessionPerRequest(SchemaExtension):
    """Ends the request's session with the operation."""

    @override
    async def on_operation(self) -> AsyncIterator[None]:
        yield
        await self.execution_context.context.session.close()


class View(GraphQL[Context, None]):
    """Strawberry's view, with a context for each request."""

    def __init__(self, schema: strawberry.Schema, sessions: Any, callers: Mapping[str, Caller]) -> None:
        super().__init__(schema)
        self._sessions = sessions
        self._callers = callers

    @override
    async def get_context(self, request: Any, response: Any) -> Context:  # Any: as in Strawberry's own signature
        caller = self._callers[cast("Request", request).headers["authorization"]]
        session = self._sessions(info={"organization_id": caller.organization_id})
        return Context(caller, session, Loaders(session, caller))


def app_on(arguments: Mapping[str, Any], pool_size: int, organizations: list[Organization]) -> View:
    """The whole application on a database, with as many connections as the others have."""
    engine = create_async_engine(
        "postgresql+asyncpg://", connect_args=dict(arguments), pool_size=pool_size, max_overflow=0
    )
    event.listen(Session, "after_begin", _set_tenant)
    callers = {f"Bearer {each.token().text}": Caller(each.id, each.recruiter) for each in organizations}
    schema = strawberry.Schema(query=Query, mutation=Mutation, extensions=[SessionPerRequest])
    return View(schema, async_sessionmaker(engine, expire_on_commit=False), callers)
