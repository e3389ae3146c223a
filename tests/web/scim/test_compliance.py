"""What a public checker of SCIM servers says of ours: scim2-tester, by the authors of scim2-models."""

import asyncio
from typing import Any, cast

import httpx
from scim2_client import BaseSyncSCIMClient
from scim2_tester import CheckResult, Status, check_server
from typing_extensions import override  # in typing from Python 3.12

from tests.web.scim.conftest import Provider

# Where we differ, and why: docs/decisions/scim.md.
KNOWN = {
    # A member always has a name, and nobody becomes active or inactive by an omission.
    ("check_remove_attribute", "User", "name"),
    ("check_remove_attribute", "User", "displayName"),
    ("check_remove_attribute", "User", "active"),
    # One address is kept, as the one for work.
    ("check_replace_attribute", "User", "emails"),
    # A member is shown with their name and type, whatever the client called them.
    ("check_add_attribute", "Group", "members"),
    ("check_replace_attribute", "Group", "members"),
}


class Client(BaseSyncSCIMClient):
    """Sends the checker's requests, which waits for them in a thread of its own, as the identity provider's."""

    def __init__(self, provider: Provider, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._sender = provider
        self._running_loop = loop

    @override
    def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._sent(method, url, **kwargs), self._running_loop).result()

    async def _sent(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        sent = {**(kwargs.pop("headers", None) or {}), "authorization": f"Bearer {self._sender.token}"}
        path = url if url.startswith("http") else f"/scim/v2{url}"
        return await self._sender.http.request(method, path, headers=sent, **kwargs)

    @override
    def _stays_under_base_url(self, endpoint: str) -> bool:
        return not endpoint.startswith("http") or endpoint.startswith("http://portal.test/scim/v2")

    @override
    def _parse_json(self, response: Any) -> Any:
        return cast(httpx.Response, response).json()


def named(result: CheckResult) -> tuple[str | None, str | None, str | None]:
    """A finding: the check, the type of resource, and the attribute that it is about."""
    return result.title, result.resource_type, result.data.get("urn") if isinstance(result.data, dict) else None


async def test_a_public_checker_finds_nothing_but_what_we_decided(provider: Provider) -> None:
    results = await asyncio.to_thread(check_server, Client(provider, asyncio.get_running_loop()))

    findings = {named(result) for result in results if result.status not in (Status.SUCCESS, Status.COMPLIANT)}
    assert findings == KNOWN
    assert len(results) == 67
