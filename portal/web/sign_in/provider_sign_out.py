"""The route by which identity providers tell us that somebody has signed out there, called by their servers.

POST /auth/{organization}/{provider}/back-channel-logout   a form with `logout_token`

Source: OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8.
"""

from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.access.actions import WriteDoor
from portal.access.work import Call
from portal.errors import NotFound
from portal.sign_in.actions.provider_sign_out import find_provider, sign_out_by_provider
from portal.sign_in.oidc.fetching import ProviderProblem
from portal.sign_in.oidc.id_tokens import LONGEST_TOKEN
from portal.web.errors import BadRequest
from portal.web.presenting import presented
from portal.web.requests import BodyRoom, next_piece, read_on, too_long
from portal.web.sign_in.json_routes import NOT_KEPT, json_route
from portal.web.sign_in.parts import SLUG, SignInParts, call_of, organization_at

_FORM = "application/x-www-form-urlencoded"
_MAX_BODY_BYTES = LONGEST_TOKEN + 1_000


def provider_sign_out_routes(parts: SignInParts) -> list[Route]:
    """The route."""
    routes = ProviderSignOut(parts)
    path = "/auth/{organization}/{provider}/back-channel-logout"
    return [Route(path, json_route(routes.sign_out), methods=["POST"])]


class ProviderSignOut:
    """Takes a provider's word for who has signed out, once it is sure that it is the provider's."""

    def __init__(self, parts: SignInParts) -> None:
        self._parts = parts
        self._door = WriteDoor(parts.database)
        self._room = BodyRoom(1024 * 1024)

    async def sign_out(self, request: Request) -> Response:
        """End the sessions of whoever signed out. What is wrong with a token is for the log, not for who sent it.

        Anybody can send one: each makes work and a line in the log, so they are refused who have sent many in vain.
        """
        now, address = self._parts.clock(), presented(request.scope).address
        await self._parts.attempts.check_refused(address, now)
        token = await self._token(request)
        organization_id = await organization_at(self._parts, request)
        if organization_id is None or not await self._is_done(call_of(organization_id, request, now), request, token):
            await self._parts.attempts.count_refused(address, now)
            content = orjson.dumps({"error": "invalid_request"})
            return Response(content, 400, NOT_KEPT, media_type="application/json")
        return Response(status_code=200, headers=NOT_KEPT)

    async def _is_done(self, call: Call, request: Request, token: str) -> bool:
        """Whether it was the provider's word, and its sessions have ended."""
        provider, organization_id = request.path_params["provider"], call.actor.organization_id
        if not SLUG.fullmatch(provider):
            return False
        try:
            trusted = await self._door.perform(call, find_provider, provider_name=provider)
            who = await self._parts.relying_party.signed_out(trusted, token, call.now)
        except NotFound:
            return False
        except ProviderProblem as problem:
            self._parts.report(call.request_id, problem)
            return False
        if not await self._parts.attempts.is_first((organization_id, f"{trusted.issuer} {who.token_id}")):
            return False
        await self._door.perform(call, sign_out_by_provider, issuer=trusted.issuer, subject=who.subject)
        return True

    async def _token(self, request: Request) -> str:
        """The logout token of a form; empty where there is none, or several."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise BadRequest(f"Send a form ({_FORM}).", status=415)
        body, more = await next_piece(request.receive)
        if len(body) > _MAX_BODY_BYTES:
            raise too_long(_MAX_BODY_BYTES)
        if more:
            body = await read_on(body, request.receive, _MAX_BODY_BYTES, self._room)
        try:
            values = parse_qs(body.decode("ascii"), max_num_fields=20).get("logout_token", [])
        except ValueError:  # UnicodeDecodeError is one
            return ""
        return values[0] if len(values) == 1 else ""
