"""Running published documents by their ids against the whole application: every transport, every kind of credential,
every mode.
"""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from portal import clock
from portal.access.enums import DocumentMode, GrantRole, OrganizationRole, Privilege
from portal.database.ids import public_id
from portal.organizations.actions.organization import PolicyChanges, set_policies
from portal.people.actions.tokens import TokenTerms, issue_token
from portal.people.models import Membership
from portal.trusted_documents.actions import retire_documents
from portal.trusted_documents.models import ClientRelease, ReleasedDocument, TrustedDocument
from portal.trusted_documents.rules import document_id_of
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.cookies import SESSION_COOKIE
from portal.web.costs.budget import Points
from portal.web.observe import Observer
from tests.people.making import A_DAY, a_grant, a_service_account, olga
from tests.people.signing_in import a_session, text_of
from tests.subscriptions.watching import a_portal, failure, until
from tests.trusted_documents.making import TITLES, WHO, publish
from tests.world import World

OURS = "http://127.0.0.1:8000"
WHO_ID, TITLES_ID = document_id_of(WHO), document_id_of(TITLES)
ADA = {"viewer": {"membership": {"name": "Ada"}}}
INTROSPECTION = "{ __schema { queryType { name } } }"

NOT_FOUND = (400, "PERSISTED_QUERY_NOT_FOUND")
ID_REQUIRED = (400, "PERSISTED_QUERY_ID_REQUIRED")
NOT_SUPPORTED = (400, "PERSISTED_QUERY_NOT_SUPPORTED")

Headers = dict[str, str]


@dataclass
class Process:
    """One of the processes that serve a database."""

    http: httpx.AsyncClient
    observer: Observer

    async def post(self, headers: Headers, **members: Any) -> httpx.Response:
        return await self.http.post("/graphql", json=members, headers=headers)

    async def get(self, headers: Headers, **parameters: str) -> httpx.Response:
        return await self.http.get("/graphql", params=parameters, headers=headers)

    def metric(self, name: str, **labels: str) -> float:
        return self.observer.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def a_process(world: World, options: WebOptions | None = None) -> AsyncIterator[Process]:
    observer = Observer(io.BytesIO())
    app = app_on(world.database, observer, options)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=OURS) as http:
        http.headers["accept"] = "application/graphql-response+json"
        yield Process(http, observer)


@pytest.fixture
async def process(acme: World) -> AsyncIterator[Process]:
    async with a_process(acme) as one:
        yield one


@pytest.fixture
async def ada(acme: World) -> Membership:
    return await acme.member("Ada")


def bearer(token: str, **more: str) -> Headers:
    return {"authorization": f"Bearer {token}", **{name.replace("_", "-"): value for name, value in more.items()}}


async def token_of(world: World, mode: DocumentMode = DocumentMode.ALLOW, **holder: Any) -> str:
    """A token that may send what the mode says, made as the operator makes one."""
    terms = TokenTerms(name="Test", expires_at=clock.now() + A_DAY, documents=mode, **holder)
    done = await world.perform(world.system, issue_token, terms=terms, at=clock.now())
    assert done.text is not None
    return str(done.text)


def outcome(answer: httpx.Response) -> tuple[int, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["extensions"]["code"]


async def test_a_published_document_is_run_by_its_id_by_post_and_by_get(
    process: Process, acme: World, ada: Membership
) -> None:
    await publish(acme, WHO, f"{WHO} query Other {{ viewer {{ id }} }}")
    headers = bearer(await token_of(acme, membership_id=ada.id))

    by_post = await process.post(headers, documentId=WHO_ID)
    by_get = await process.get(headers, documentId=WHO_ID)
    with_both = await process.post(headers, documentId=WHO_ID, query=WHO)
    two = document_id_of(f"{WHO} query Other {{ viewer {{ id }} }}")
    unnamed = await process.post(headers, documentId=two)
    named = await process.post(headers, documentId=two, operationName="Who", variables={})

    assert [answer.json()["data"] for answer in (by_post, by_get, with_both, named)] == [ADA] * 4
    assert by_post.json()["extensions"]["cost"]["actual"] > 0
    assert outcome(unnamed) == (400, "OPERATION_RESOLUTION_FAILURE")


async def test_a_mutation_by_its_id_is_still_none_by_get(process: Process, acme: World, ada: Membership) -> None:
    text = "mutation End { revokeAllSessions(input: {}) { userErrors { code } } }"
    await publish(acme, text)
    headers = bearer(await token_of(acme, membership_id=ada.id))

    by_get = await process.get(headers, documentId=document_id_of(text))
    by_post = await process.post(headers, documentId=document_id_of(text))

    assert by_get.status_code == 405
    assert by_post.json()["data"] == {"revokeAllSessions": {"userErrors": [{"code": "ALREADY_DONE"}]}}


async def test_a_published_document_costs_no_preparation_of_its_text(acme: World, ada: Membership) -> None:
    """Others' texts cost 10 points and more, of which there are 5 here; a new statement of one part costs 10."""
    await publish(acme, INTROSPECTION)
    headers = bearer(await token_of(acme, membership_id=ada.id))

    async with a_process(acme, WebOptions(points=Points(preparation=5))) as process:
        by_text = await process.post(headers, query=INTROSPECTION)
        by_id = await process.post(headers, documentId=document_id_of(INTROSPECTION))

    assert outcome(by_text) == (429, "RATE_LIMITED")
    assert by_id.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}


async def test_an_id_that_only_another_organization_knows_is_as_unknown_as_any(
    process: Process, acme: World, globex: World, ada: Membership
) -> None:
    await publish(globex, WHO)
    headers = bearer(await token_of(acme, membership_id=ada.id))

    foreign = await process.post(headers, documentId=WHO_ID)
    of_nobody = await process.post(headers, documentId=f"sha256:{'0' * 64}")
    malformed = await process.post(headers, documentId="nonsense")
    theirs = await globex.member("Gita")
    known = await process.post(bearer(await token_of(globex, membership_id=theirs.id)), documentId=WHO_ID)
    again = await process.post(headers, documentId=WHO_ID)

    assert outcome(foreign) == NOT_FOUND
    assert known.json()["data"] == {"viewer": {"membership": {"name": "Gita"}}}
    assert {answer.content for answer in (foreign, of_nobody, malformed, again)} == {foreign.content}
    assert process.metric("portal_trusted_document_requests_total", found="yes") == 1
    assert process.metric("portal_trusted_document_requests_total", found="no") == 4


async def test_two_ids_in_one_request_are_none(process: Process, acme: World, ada: Membership) -> None:
    await publish(acme, WHO)
    headers = bearer(await token_of(acme, membership_id=ada.id))

    answer = await process.post(headers, documentId=WHO_ID, query=TITLES)

    assert outcome(answer) == (400, "BAD_REQUEST")
    assert answer.json()["errors"][0]["message"] == (
        "documentId is not that of query: send one of them, or both of the same document."
    )


async def test_strangers_run_no_document_by_its_id(process: Process, acme: World) -> None:
    await publish(acme, "{ __typename }")

    for wanted in (document_id_of("{ __typename }"), f"sha256:{'0' * 64}"):
        assert outcome(await process.post({}, documentId=wanted)) == (401, "UNAUTHENTICATED")


async def test_a_token_that_runs_published_documents_only_runs_no_text(
    process: Process, acme: World, ada: Membership
) -> None:
    await publish(acme, WHO)
    headers = bearer(await token_of(acme, DocumentMode.ONLY, membership_id=ada.id))

    by_id = await process.post(headers, documentId=WHO_ID)
    with_both = await process.post(headers, documentId=WHO_ID, query=WHO)
    texts = [WHO, INTROSPECTION, "{ __typename }", "query {", "mutation { revokeAllSessions(input: {}) { count } }"]
    refused = [await process.post(headers, query=text) for text in texts]
    by_get = await process.get(headers, query=WHO)
    schema = await process.http.get("/schema.graphql", headers=headers)

    assert by_id.json()["data"] == ADA
    assert with_both.json()["data"] == ADA
    assert {outcome(answer) for answer in [*refused, by_get]} == {ID_REQUIRED}
    assert outcome(schema) == (403, "FORBIDDEN")
    assert outcome(await process.post(headers, documentId=TITLES_ID)) == NOT_FOUND


async def test_a_token_that_runs_texts_only_is_told_to_send_them(
    process: Process, acme: World, ada: Membership
) -> None:
    await publish(acme, WHO)
    headers = bearer(await token_of(acme, DocumentMode.OFF, membership_id=ada.id))

    by_text = await process.post(headers, query=WHO)
    refused = [await process.post(headers, documentId=wanted) for wanted in (WHO_ID, TITLES_ID)]

    assert by_text.json()["data"] == ADA
    assert [outcome(answer) for answer in refused] == [NOT_SUPPORTED] * 2


async def test_a_service_accounts_token_is_held_to_its_mode_for_whomever_it_acts(
    process: Process, acme: World, ada: Membership
) -> None:
    await publish(acme, WHO)
    account = await a_service_account(acme)
    await a_grant(acme, GrantRole.VIEWER, service_account_id=account.id, privileges=[Privilege.ON_BEHALF_OF.value])
    token = await token_of(acme, DocumentMode.ONLY, service_account_id=account.id)

    for headers, found in (
        (bearer(token), {"viewer": {"membership": None}}),
        (bearer(token, on_behalf_of=public_id("mem", ada.id)), {"viewer": {"membership": None}}),
    ):
        by_id = await process.post(headers, documentId=WHO_ID)
        by_text = await process.post(headers, query=WHO)

        assert by_id.json()["data"] == found
        assert outcome(by_text) == ID_REQUIRED


@pytest.mark.parametrize(
    ("mode", "by_text", "by_id"),
    [
        (DocumentMode.ALLOW, ADA, ADA),
        (DocumentMode.ONLY, ID_REQUIRED, ADA),
        (DocumentMode.OFF, ADA, NOT_SUPPORTED),
    ],
)
async def test_a_browser_is_held_to_its_organizations_policy(
    acme: World, ada: Membership, mode: DocumentMode, by_text: Any, by_id: Any
) -> None:
    await publish(acme, WHO)
    if mode is not DocumentMode.ALLOW:
        await acme.perform(await olga(acme), set_policies, changes=PolicyChanges(browser_documents=mode))
    session = text_of(await a_session(acme, ada.id, at=clock.now()))
    headers = {
        "cookie": f"{SESSION_COOKIE}={session}",
        "x-requested-with": "portal",
        "sec-fetch-site": "same-origin",
    }

    async with a_process(acme, WebOptions(public_url=OURS)) as process:
        answers = [await process.post(headers, query=WHO), await process.post(headers, documentId=WHO_ID)]
        # The policy is for browsers: a token says it itself.
        other = await process.post(bearer(await token_of(acme, membership_id=ada.id)), query=WHO)

    found = [answer.json().get("data") or outcome(answer) for answer in answers]
    assert found == [by_text, by_id]
    assert other.json()["data"] == ADA


async def test_a_policy_counts_within_a_second_for_browsers_that_are_signed_in_even_for_introspection(
    acme: World, ada: Membership
) -> None:
    session = text_of(await a_session(acme, ada.id, at=clock.now()))
    headers = {"cookie": f"{SESSION_COOKIE}={session}", "x-requested-with": "portal", "sec-fetch-site": "same-origin"}

    async with a_process(acme, WebOptions(public_url=OURS)) as process:
        before = await process.post(headers, query=INTROSPECTION)
        changes = PolicyChanges(browser_documents=DocumentMode.ONLY)
        await acme.perform(await olga(acme), set_policies, changes=changes)
        after = await eventually(lambda: process.post(headers, query=INTROSPECTION), ID_REQUIRED)

    assert before.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}
    assert after


async def eventually(ask: Callable[[], Any], wanted: tuple[int, str]) -> bool:
    """Ask until the answer is a refusal; how long that may take is said by the tests with a clock of their own."""
    deadline = clock.now() + A_DAY / 8_640  # ten seconds, for a machine that has much to do
    while clock.now() < deadline:
        answer = await ask()
        if "errors" in answer.json():
            return outcome(answer) == wanted
    return False


async def test_a_retired_release_ends_in_every_process(acme: World, ada: Membership) -> None:
    done = await publish(acme, WHO, TITLES)
    await publish(acme, TITLES, release="2")
    headers = bearer(await token_of(acme, membership_id=ada.id))

    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(a_process(acme)) for _ in range(2)]
        for process in processes:
            assert (await process.post(headers, documentId=WHO_ID)).json()["data"] == ADA
        await acme.perform(acme.system, retire_documents, release_id=done.release_id)

        for process in processes:
            assert await eventually(lambda process=process: process.post(headers, documentId=WHO_ID), NOT_FOUND)  # type: ignore[misc] # bound
            assert "errors" not in (await process.post(headers, documentId=TITLES_ID)).json()


async def test_over_a_socket_documents_are_run_by_their_ids_and_modes_hold(acme: World, ada: Membership) -> None:
    told = "subscription Told { notifications { cursor } }"
    await publish(acme, WHO, told)
    tokens = {mode: await token_of(acme, mode, membership_id=ada.id) for mode in DocumentMode}

    async with a_portal(acme.database) as portal:
        talks = {mode: await portal.talk_with(token) for mode, token in tokens.items()}
        for mode in (DocumentMode.ALLOW, DocumentMode.ONLY):
            await talks[mode].say({"id": "1", "type": "subscribe", "payload": {"documentId": WHO_ID}})
            assert (await talks[mode].hear())["payload"]["data"] == ADA
            assert (await talks[mode].hear())["type"] == "complete"
        for number, text in enumerate((WHO, INTROSPECTION, told)):
            await talks[DocumentMode.ONLY].subscribe(str(number), text)
            assert failure(await talks[DocumentMode.ONLY].hear())[0] == "PERSISTED_QUERY_ID_REQUIRED"
        await talks[DocumentMode.OFF].say({"id": "1", "type": "subscribe", "payload": {"documentId": WHO_ID}})
        assert failure(await talks[DocumentMode.OFF].hear())[0] == "PERSISTED_QUERY_NOT_SUPPORTED"

        running = {"id": "2", "type": "subscribe", "payload": {"documentId": document_id_of(told)}}
        await talks[DocumentMode.ONLY].say(running)
        await until(lambda: portal.feed.size == 1)


async def test_a_document_is_published_listed_and_retired_in_graphql(process: Process, acme: World) -> None:
    admin = await acme.member("Olga", OrganizationRole.ORG_ADMIN)
    headers = bearer(await token_of(acme, membership_id=admin.id, scopes=("document:publish", "member:read")))
    mutation = """mutation P($input: PublishDocumentsInput!) { publishDocuments(input: $input) {
        userErrors { code message path } documentIds addedIds release { id client release publishedBy { name }
        documents { totalCount nodes { document { documentId text operations } } } } } }"""
    given = {"client": "web", "release": "1.4.0", "documents": [{"text": WHO, "documentId": WHO_ID}]}

    first = (await process.post(headers, query=mutation, variables={"input": given})).json()["data"]
    again = (await process.post(headers, query=mutation, variables={"input": given})).json()["data"]
    release = first["publishDocuments"]["release"]
    bad = given | {"documents": [{"text": WHO}, {"text": "query Bad { nothing }"}]}
    refused = (await process.post(headers, query=mutation, variables={"input": bad})).json()["data"]
    many = given | {"documents": [{"text": WHO}] * 101}
    too_many = (await process.post(headers, query=mutation, variables={"input": many})).json()["data"]
    retire = "mutation R($id: ID!) { retireDocuments(input: { releaseId: $id }) { release { retiredAt } } }"
    retired = (await process.post(headers, query=retire, variables={"id": release["id"]})).json()["data"]
    listed = (
        await process.post(
            headers,
            query="""{ clientReleases(filter: { client: { eq: "web" } }) { nodes { release retiredAt } }
                trustedDocuments { nodes { documentId releases { nodes { release { release } } } } } }""",
        )
    ).json()["data"]

    assert first["publishDocuments"] == {
        "userErrors": [],
        "documentIds": [WHO_ID],
        "addedIds": [WHO_ID],
        "release": {
            "id": release["id"],
            "client": "web",
            "release": "1.4.0",
            "publishedBy": {"name": "Olga"},
            "documents": {
                "totalCount": 1,
                "nodes": [{"document": {"documentId": WHO_ID, "text": WHO, "operations": ["Who"]}}],
            },
        },
    }
    assert (again["publishDocuments"]["addedIds"], again["publishDocuments"]["release"]) == ([], release)
    assert refused["publishDocuments"]["userErrors"] == [
        {
            "code": "INVALID_INPUT",
            "message": "Document 2 can't be run: Cannot query field 'nothing' on type 'Query' (line 1, column 13). "
            "Correct it; nothing was published.",
            "path": ["documents", "1", "text"],
        }
    ]
    assert [error["code"] for error in too_many["publishDocuments"]["userErrors"]] == ["INVALID_INPUT"]
    (shown,) = listed["clientReleases"]["nodes"]
    assert retired["retireDocuments"]["release"] == {"retiredAt": shown["retiredAt"]}
    assert listed["trustedDocuments"]["nodes"] == [
        {"documentId": WHO_ID, "releases": {"nodes": [{"release": {"release": "1.4.0"}}]}}
    ]


async def test_who_may_not_publish_is_refused_before_documents_are_looked_at(process: Process, acme: World) -> None:
    ada = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)
    headers = bearer(await token_of(acme, membership_id=ada.id))
    mutation = """mutation { publishDocuments(input: { client: "web", release: "1", documents: [{ text: "{" }] }) {
        userErrors { code message } release { id } } }"""

    answer = (await process.post(headers, query=mutation)).json()
    seen = (
        await process.post(headers, query="{ clientReleases { totalCount } trustedDocuments { totalCount } }")
    ).json()

    assert answer["data"]["publishDocuments"] == {
        "userErrors": [{"code": "FORBIDDEN", "message": "You may not do this."}],
        "release": None,
    }
    assert seen["data"] == {"clientReleases": {"totalCount": 0}, "trustedDocuments": {"totalCount": 0}}


async def test_a_document_that_the_schema_has_outgrown_is_refused_as_any_other(
    process: Process, acme: World, ada: Membership
) -> None:
    text = "query Old { gone }"
    document = TrustedDocument(document_id=document_id_of(text), text=text, operations=["Old"])
    release = ClientRelease(client="web", release="0")
    await acme.plant(release, document)
    await acme.plant(ReleasedDocument(release_id=release.id, trusted_document_id=document.id))
    headers = bearer(await token_of(acme, membership_id=ada.id))

    answer = await process.post(headers, documentId=document_id_of(text))

    assert outcome(answer) == (400, "GRAPHQL_VALIDATION_FAILED")
