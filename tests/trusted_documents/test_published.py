"""What is known of published documents, in several processes, as time goes by."""

from dataclasses import dataclass

import pytest

from portal.access.enums import DocumentMode
from portal.organizations.actions.organization import PolicyChanges, set_policies
from portal.trusted_documents.actions import retire_documents
from portal.trusted_documents.published import PublishedDocuments
from portal.trusted_documents.rules import document_id_of
from tests.people.making import olga
from tests.trusted_documents.making import TITLES, WHO, publish
from tests.world import World

WHO_ID, TITLES_ID = document_id_of(WHO), document_id_of(TITLES)


@dataclass
class Time:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


async def test_a_document_is_known_to_the_organization_that_published_it(
    acme: World, globex: World, time: Time
) -> None:
    await publish(acme, WHO)
    known = PublishedDocuments(acme.database, time)

    assert await known.text(acme.id, WHO_ID) == WHO
    assert await known.text(globex.id, WHO_ID) is None
    assert await known.text(acme.id, TITLES_ID) is None


@pytest.mark.parametrize("id", ["", "nonsense", WHO_ID.upper(), WHO_ID.removeprefix("sha256:"), f"{WHO_ID}\n"])
async def test_only_an_id_of_the_right_form_is_looked_up(acme: World, time: Time, id: str) -> None:
    await publish(acme, WHO)

    assert await PublishedDocuments(acme.database, time).text(acme.id, id) is None


async def test_a_retired_release_counts_for_nothing_within_a_second_in_every_process(acme: World, time: Time) -> None:
    done = await publish(acme, WHO, TITLES)
    await publish(acme, TITLES, release="2")
    processes = [PublishedDocuments(acme.database, time) for _ in range(3)]
    for number, process in enumerate(processes):
        time.seconds = number / 10
        assert await process.text(acme.id, WHO_ID) == WHO

    time.seconds = 0.5
    await acme.perform(acme.system, retire_documents, release_id=done.release_id)
    time.seconds = 1.5

    assert [await process.text(acme.id, WHO_ID) for process in processes] == [None] * 3
    # The other release has it too.
    assert [await process.text(acme.id, TITLES_ID) for process in processes] == [TITLES] * 3


async def test_what_is_published_is_known_within_a_second_to_who_asked_for_it_before(acme: World, time: Time) -> None:
    known = PublishedDocuments(acme.database, time)
    assert await known.text(acme.id, WHO_ID) is None
    await publish(acme, WHO)

    time.seconds = 0.9
    assert await known.text(acme.id, WHO_ID) is None
    time.seconds = 1.0
    assert await known.text(acme.id, WHO_ID) == WHO


async def test_a_document_is_looked_up_once_a_second_and_ids_of_nothing_drive_none_out(
    acme: World, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.trusted_documents.published.MOST_UNKNOWN", 3)
    await publish(acme, WHO)
    asked: list[str] = []
    database = acme.database.apart(1)
    database.listener = lambda sql, _values: asked.append(sql)
    known = PublishedDocuments(database, time)

    for number in range(20):
        await known.text(acme.id, WHO_ID)
        await known.text(acme.id, document_id_of(str(number)))
    await database.close()

    assert len(asked) == 21
    assert len(known._unknown) == 3


async def test_the_policy_for_browsers_counts_within_a_second(acme: World, globex: World, time: Time) -> None:
    known = PublishedDocuments(acme.database, time)
    assert await known.browser_mode(acme.id) is DocumentMode.ALLOW
    await acme.perform(await olga(acme), set_policies, changes=PolicyChanges(browser_documents=DocumentMode.ONLY))

    time.seconds = 1.0

    assert await known.browser_mode(acme.id) is DocumentMode.ONLY
    assert await known.browser_mode(globex.id) is DocumentMode.ALLOW
