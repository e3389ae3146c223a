"""What all routes of signing in work with."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from portal.access.actions import WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.database.connection import Database
from portal.errors import AlreadyDone, NotFound
from portal.organizations.directory import find_organization
from portal.people.actions.sessions import revoke_session
from portal.people.row_secrets import parse_row_secret
from portal.sign_in.relying_party import RelyingParty
from portal.web.callers import Sessions
from portal.web.cookies import SESSION_COOKIE, cookie
from portal.web.pages import Handler, asset
from portal.web.presenting import presented, request_id
from portal.web.same_origin import SameOrigin
from portal.web.sign_in.attempts import Attempts

SLUG = re.compile(r"[a-z0-9-]{1,100}")

_PAGES = Path(__file__).parent / "pages"

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class SignInParts:
    """What the routes work with. `report` is told what a provider did wrong, by the request's id."""

    database: Database
    relying_party: RelyingParty
    sessions: Sessions
    bad_credential: type[Exception]
    same_origin: SameOrigin
    clock: Callable[[], datetime]
    report: Callable[[str, Exception], None]
    attempts: Attempts


async def organization_at(parts: SignInParts, request: Request) -> UUID | None:
    """The organization whose slug stands in a request's path; None where there is none."""
    slug = request.path_params["organization"]
    return await find_organization(parts.database, slug) if SLUG.fullmatch(slug) else None


def call_of(organization_id: UUID, request: Request, now: datetime) -> Call:
    """A call of whoever is not signed in yet: the system's, since nobody knows who asks."""
    return Call(actor=Actor.system(organization_id), now=now, request_id=id_of(request), origin="UI")


async def end_session(parts: SignInParts, request: Request, now: datetime) -> None:
    """End the session that a request's browser had, if it had one that is good."""
    text = cookie(presented(request.scope), SESSION_COOKIE)
    secret = parse_row_secret(text or "")
    if text is None or secret is None:
        return
    try:
        await parts.sessions.authenticate(text, now)
        call = call_of(secret.organization_id, request, now)
        await WriteDoor(parts.database).perform(call, revoke_session, session_id=secret.row_id)
    except (parts.bad_credential, AlreadyDone, NotFound):
        return


def with_headers(response: Response, headers: list[Header]) -> Response:
    """An answer with more headers, of which there may be several of a name."""
    response.raw_headers.extend(headers)
    return response


def id_of(request: Request) -> str:
    """The id by which a request is logged."""
    return request_id(presented(request.scope).headers)


def page_file(name: str, media_type: str) -> Handler:
    """Serves a file of our own pages."""
    return asset((_PAGES / name).read_bytes(), media_type)
