"""What can be read of members, their grants, service accounts, tokens and sessions, and by whom.

A token's secret is never readable: it is shown once, when the token is made. A session's is never shown.
"""

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, false, func, literal, literal_column, or_

from portal.access.permissions import Permission
from portal.organizations.reads import DEPARTMENT, LOCATION, TEAM
from portal.people.models import ApiToken, Grant, Membership, ServiceAccount, Session
from portal.people.rules import SESSION_IDLE
from portal.reading import filters
from portal.reading.entity import Computed, Connection, Entity, Group, Many, One, Order, columns, organization_wide
from portal.reading.expressions import public_id
from portal.reading.roots import ById, ManyByFact, Root
from portal.reading.rows import Predicate, Row, Viewer


def _member(viewer: Viewer, permission: Permission, row: Row) -> Predicate:
    """Members see each other; everybody sees themselves."""
    return or_(organization_wide(viewer, permission, row), row.table.c.id == _self(viewer))


def _of_member(viewer: Viewer, permission: Permission, row: Row) -> Predicate:
    """Grants, tokens and sessions: those who manage them, and the member whose they are."""
    return or_(organization_wide(viewer, permission, row), row.table.c.membership_id == _self(viewer))


def _scopes(_viewer: Viewer, token: Row) -> ColumnElement[list[str] | None]:
    """A token's scopes under their names in GraphQL: opening:see is OPENING_SEE."""
    text = func.array_to_string(token[ApiToken.scopes], literal_column("','"))
    return func.string_to_array(
        func.upper(func.replace(text, literal_column("':'"), literal_column("'_'"))),
        literal_column("','"),
        type_=ARRAY(Text()),
    )


def _open(row: Row) -> Predicate:
    """Sessions that were not ended before their time; those past it are deleted (portal.jobs.sessions)."""
    return row[Session.revoked_at].is_(None)


def _idle_end(_viewer: Viewer, row: Row) -> ColumnElement[object]:
    return func.least(row[Session.expires_at], row[Session.last_used_at] + literal(SESSION_IDLE))


def _is_current(viewer: Viewer, row: Row) -> ColumnElement[bool]:
    return func.coalesce(row.table.c.id == viewer.fact("session_id", Uuid()), false())


def _self(viewer: Viewer) -> ColumnElement[object]:
    return viewer.fact("id", Uuid())


MEMBERSHIP: Entity[Membership] = Entity(
    "Membership",
    Membership,
    "mem",
    Permission.MEMBER_READ,
    _member,
    {
        **columns(
            Membership.name,
            Membership.email,
            Membership.timezone,
            Membership.status,
            Membership.role,
            Membership.user_name,
            Membership.given_name,
            Membership.family_name,
            Membership.directory_id,
            Membership.left_directory_at,
            Membership.created_at,
            Membership.updated_at,
            Membership.version,
        ),
        **columns(
            Membership.invited_at,
            Membership.activated_at,
            Membership.deactivated_at,
            permission=Permission.MEMBER_MANAGE,
        ),
        "grants": Many(lambda: GRANT, Grant.membership_id, order=(Grant.created_at,), usual=3),
        "tokens": Many(lambda: API_TOKEN, ApiToken.membership_id, order=(ApiToken.created_at,), usual=3),
        "sessions": Many(
            lambda: SESSION, Session.membership_id, order=(Session.created_at,), where=lambda _viewer, row: _open(row)
        ),
    },
)

SERVICE_ACCOUNT: Entity[ServiceAccount] = Entity(
    "ServiceAccount",
    ServiceAccount,
    "svc",
    Permission.TOKEN_MANAGE,
    _member,
    {
        **columns(
            ServiceAccount.name,
            ServiceAccount.description,
            ServiceAccount.deactivated_at,
            ServiceAccount.created_at,
            ServiceAccount.updated_at,
            ServiceAccount.version,
        ),
        "grants": Many(lambda: GRANT, Grant.service_account_id, order=(Grant.created_at,), usual=3),
        "tokens": Many(lambda: API_TOKEN, ApiToken.service_account_id, order=(ApiToken.created_at,), usual=3),
    },
)

GRANT: Entity[Grant] = Entity(
    "Grant",
    Grant,
    "gra",
    Permission.GRANT_MANAGE,
    _of_member,
    {
        **columns(
            Grant.role,
            Grant.scope_type,
            Grant.include_confidential,
            Grant.privileges,
            Grant.expires_at,
            Grant.revoked_at,
            Grant.created_at,
            Grant.updated_at,
            Grant.version,
        ),
        "membership": One(lambda: MEMBERSHIP, Grant.membership_id),
        "service_account": One(lambda: SERVICE_ACCOUNT, Grant.service_account_id),
        # A scope's id is of one kind only, so at most one of these finds its row; openings add theirs.
        "department": One(lambda: DEPARTMENT, Grant.scope_id),
        "location": One(lambda: LOCATION, Grant.scope_id),
        "team": One(lambda: TEAM, Grant.scope_id),
        "issuer": One(lambda: MEMBERSHIP, Grant.granted_by_id),
    },
)

API_TOKEN: Entity[ApiToken] = Entity(
    "ApiToken",
    ApiToken,
    "tok",
    Permission.TOKEN_MANAGE,
    _of_member,
    {
        **columns(
            ApiToken.name,
            ApiToken.key_id,
            ApiToken.replaces_key_id,
            ApiToken.allowed_networks,
            ApiToken.documents,
            ApiToken.expires_at,
            ApiToken.last_used_at,
            ApiToken.last_refused_at,
            ApiToken.revoked_at,
            ApiToken.created_at,
            ApiToken.updated_at,
            ApiToken.version,
        ),
        "scopes": Computed(_scopes, nullable=True),
        "membership": One(lambda: MEMBERSHIP, ApiToken.membership_id),
        "service_account": One(lambda: SERVICE_ACCOUNT, ApiToken.service_account_id),
        "created_by": One(lambda: MEMBERSHIP, ApiToken.created_by_id),
    },
)

SESSION: Entity[Session] = Entity(
    "Session",
    Session,
    "ses",
    Permission.MEMBER_MANAGE,
    _of_member,
    {
        **columns(
            Session.method,
            Session.address,
            Session.user_agent,
            Session.last_used_at,
            Session.created_at,
            Session.updated_at,
            Session.version,
        ),
        # With its idle time counted in, which starts anew with each use.
        "expires_at": Computed(_idle_end),
        "is_current": Computed(_is_current),
        "membership": One(lambda: MEMBERSHIP, Session.membership_id),
    },
)

# Of whoever is asking; a service account has none.
OWN_SESSIONS = ManyByFact(
    Many(lambda: SESSION, Session.membership_id, order=(Session.created_at,), where=lambda _viewer, row: _open(row)),
    "id",
)

# The person behind a membership, as the viewer's own sign-in shows it.
USER = Group(
    "User",
    {
        "id": Computed(lambda _viewer, row: public_id(MEMBERSHIP.prefix, row.table.c.id)),
        **columns(Membership.name, Membership.email, Membership.timezone),
    },
)
MEMBERSHIP.extend({"user": USER})

ENTITIES = (MEMBERSHIP, SERVICE_ACCOUNT, GRANT, API_TOKEN, SESSION)

ROOTS: dict[str, Root] = {
    "membership": ById(MEMBERSHIP),
    "memberships": Connection(
        lambda: MEMBERSHIP,
        orders={"NAME": Order(Membership.name), "CREATED_AT": Order(Membership.created_at)},
        default_order="NAME",
        filters={
            "name": filters.text(Membership.name),
            "email": filters.text(Membership.email_normalised),
            "status": filters.choice(Membership.status),
            "role": filters.choice(Membership.role),
            "userName": filters.text(Membership.user_name_normalised),
            "directoryId": filters.text(Membership.directory_id),
            "leftDirectoryAt": filters.instant(Membership.left_directory_at),
        },
    ),
    "service_account": ById(SERVICE_ACCOUNT),
    "service_accounts": Connection(
        lambda: SERVICE_ACCOUNT,
        orders={"NAME": Order(ServiceAccount.name), "CREATED_AT": Order(ServiceAccount.created_at)},
        default_order="NAME",
    ),
}
