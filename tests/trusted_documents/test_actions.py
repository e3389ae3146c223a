"""Publishing documents and retiring them: what changes, what does not, and what is refused."""

import asyncio
import hashlib
from typing import Any

import pytest

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, Privilege
from portal.database.ids import new_id
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound, StaleVersion, WrongState
from portal.trusted_documents.actions import publish_documents, retire_documents
from portal.trusted_documents.rules import CheckedDocument, DraftDocument, document_id_of
from tests.people.making import events, olga
from tests.refusals import refused
from tests.trusted_documents.making import TITLES, WHO, check, publish
from tests.world import NOON, World, grant


async def counts(world: World) -> tuple[int, int, int]:
    """How many releases, documents and documents of releases there are."""
    (row,) = await world.rows(
        "SELECT (SELECT count(*) FROM client_release) AS releases,"
        " (SELECT count(*) FROM trusted_document) AS documents, (SELECT count(*) FROM released_document) AS released"
    )
    return row["releases"], row["documents"], row["released"]


async def test_documents_are_published_with_a_release_under_the_hash_of_their_text(acme: World) -> None:
    admin = await olga(acme)

    done = await publish(acme, WHO, TITLES, actor=admin)

    expected = tuple("sha256:" + hashlib.sha256(text.encode()).hexdigest() for text in (WHO, TITLES))
    assert (done.document_ids, done.added_ids) == (expected, expected)
    assert await counts(acme) == (1, 2, 2)
    (release,) = await acme.rows("SELECT * FROM client_release")
    assert (release["client"], release["release"], release["published_by_id"]) == ("web", "1", admin.id)
    rows = await acme.rows("SELECT text, operations FROM trusted_document ORDER BY text")
    assert [(row["text"], row["operations"]) for row in rows] == [(TITLES, ["Titles"]), (WHO, ["Who"])]
    assert await events(acme, release["id"]) == [
        ("client_release.documents_published", {"client": [None, "web"], "release": [None, "1"]})
    ]


async def test_publishing_the_same_again_changes_nothing(acme: World) -> None:
    first = await publish(acme, WHO, TITLES)

    second = await publish(acme, TITLES, WHO, TITLES)

    assert second.release_id == first.release_id
    assert second.added_ids == ()
    assert second.document_ids == tuple(map(document_id_of, (TITLES, WHO, TITLES)))
    assert await counts(acme) == (1, 2, 2)
    assert len(await events(acme, first.release_id)) == 1


async def test_a_release_takes_further_documents_and_a_document_further_releases(acme: World) -> None:
    await publish(acme, WHO)

    more = await publish(acme, WHO, TITLES)
    other = await publish(acme, WHO, release="2")

    assert more.added_ids == (document_id_of(TITLES),)
    assert other.added_ids == (document_id_of(WHO),)
    assert await counts(acme) == (2, 2, 3)


async def test_a_release_is_retired_once_and_takes_no_documents_any_more(acme: World) -> None:
    done = await publish(acme, WHO)

    with refused(StaleVersion, StaleVersion(1).message, path=("expectedVersion",)):
        await acme.perform(acme.system, retire_documents, release_id=done.release_id, expected_version=2)
    await acme.perform(acme.system, retire_documents, release_id=done.release_id, expected_version=1)

    (release,) = await acme.rows("SELECT retired_at FROM client_release")
    assert release["retired_at"] == NOON
    assert [name for name, _ in await events(acme, done.release_id)] == [
        "client_release.documents_published",
        "client_release.documents_retired",
    ]
    with refused(AlreadyDone, "This release is already retired."):
        await acme.perform(acme.system, retire_documents, release_id=done.release_id)
    with refused(WrongState, "This release is retired. Publish under another release."):
        await publish(acme, TITLES)


async def test_only_who_may_publish_does(acme: World) -> None:
    recruiter = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)
    machine = Actor(
        acme.id,
        ActorKind.SERVICE,
        new_id(),
        grants=(grant(GrantRole.VIEWER, privileges=frozenset({Privilege.TRUSTED_DOCUMENTS})),),
    )

    with refused(Forbidden, "You may not do this."):
        await publish(acme, WHO, actor=recruiter)
    done = await publish(acme, WHO, actor=machine)

    assert done.added_ids == (document_id_of(WHO),)


async def test_nobody_retires_what_another_organization_published(acme: World, globex: World) -> None:
    done = await publish(acme, WHO)
    theirs = await olga(globex)

    for release_id in (done.release_id, new_id()):
        with refused(NotFound, "No such client release."):
            await globex.perform(theirs, retire_documents, release_id=release_id)

    (release,) = await acme.rows("SELECT retired_at FROM client_release")
    assert release["retired_at"] is None


@pytest.mark.parametrize(
    ("arguments", "message", "path"),
    [
        ({"client": " "}, "This must not be empty.", "client"),
        ({"client": "x" * 101}, "This is longer than 100 characters.", "client"),
        ({"release": "1\n2"}, "This must be one line, without tabs or control characters.", "release"),
    ],
)
async def test_names_have_their_bounds(acme: World, arguments: dict[str, Any], message: str, path: str) -> None:
    with refused(InvalidInput, message, path=(path,)):
        await publish(acme, WHO, **arguments)

    assert await counts(acme) == (0, 0, 0)


@pytest.mark.parametrize(("count", "message"), [(0, "At least 1 must be given here."), (1_001, "At most 1000 are")])
async def test_a_release_is_published_in_parts_where_it_is_very_large(acme: World, count: int, message: str) -> None:
    documents = tuple(
        CheckedDocument(document_id=document_id_of(str(number)), text=str(number), operations=())
        for number in range(count)
    )

    with pytest.raises(InvalidInput, match=message):
        await acme.perform(acme.system, publish_documents, client="web", release="1", documents=documents)


async def test_of_builds_that_publish_the_same_at_once_each_finds_it_published(acme: World) -> None:
    for number in range(10):
        release = str(number)
        texts = [f"query Q{number}_{index} {{ viewer {{ id }} }}" for index in range(20)]

        done = await asyncio.gather(
            publish(acme, *texts, release=release), publish(acme, *reversed(texts), release=release)
        )

        added = sorted(len(each.added_ids) for each in done)
        assert added == [0, 20]
        assert done[0].release_id == done[1].release_id
        assert await counts(acme) == (number + 1, 20 * (number + 1), 20 * (number + 1))


async def test_documents_are_published_before_their_release_is_retired_or_not_at_all(acme: World) -> None:
    met = set()
    for number in range(10):
        release = str(number)
        first = await publish(acme, WHO, release=release)

        added, _ = await asyncio.gather(
            publish(acme, TITLES, release=release),
            acme.perform(acme.system, retire_documents, release_id=first.release_id),
            return_exceptions=True,
        )

        met.add(type(added))
        assert isinstance(added, WrongState) or not isinstance(added, BaseException)
        (found,) = await acme.rows(
            "SELECT count(*) AS documents FROM released_document WHERE release_id = $1", first.release_id
        )
        assert found["documents"] == (1 if isinstance(added, WrongState) else 2)


async def test_a_document_that_can_not_be_run_refuses_them_all_and_is_named() -> None:
    unknown = DraftDocument(text="query B {\n  nothing\n}", called="B in manifest.json")

    with refused(
        InvalidInput,
        "B in manifest.json can't be run: Cannot query field 'nothing' on type 'Query' (line 2, column 3). Correct it; "
        "nothing was published.",
        path=("documents", "1", "text"),
    ):
        await check([DraftDocument(text=WHO), unknown])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query {", "Document 1 can't be run: Syntax Error: Expected Name, found <EOF> (line 1, column 8)."),
        ("{ viewer { id } } #" + "x" * 20_000, "Document 1 can't be run: The document is too large: at most 20000"),
        ("", "Document 1 can't be run: Syntax Error: Unexpected <EOF> (line 1, column 1)."),
        ("{ viewer { id } } # \0", "Document 1 can't be run: The document holds a NUL character."),
        ("{ viewer { id } } # \ud800", "Document 1 contains half of a character (a lone surrogate)."),
    ],
)
async def test_a_document_is_held_to_what_requests_are_held_to(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await check([DraftDocument(text=text)])

    assert caught.value.message.startswith(message)


async def test_an_id_that_is_not_the_hash_of_its_text_is_refused() -> None:
    actual = document_id_of(WHO)

    with refused(
        InvalidInput,
        f"Document 2 has an id that is not the SHA-256 of its text, which is {actual}. Have the manifest made with "
        "SHA-256, and publish it as it was made.",
        path=("documents", "1", "documentId"),
    ):
        await check([DraftDocument(text=TITLES), DraftDocument(text=WHO, claimed_id=hashlib.md5(b"").hexdigest())])  # noqa: S324 - as Relay names documents unless told otherwise
    for claimed in (actual, actual.removeprefix("sha256:")):
        (checked,) = await check([DraftDocument(text=WHO, claimed_id=claimed)])
        assert (checked.document_id, checked.operations) == (actual, ("Who",))
