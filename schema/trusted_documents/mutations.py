"""Mutations of trusted documents."""

import strawberry

from portal.trusted_documents import actions
from portal.trusted_documents.reads import CLIENT_RELEASE
from portal.trusted_documents.rules import DraftDocument
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation
from schema.reading import described, the
from schema.trusted_documents.types import ClientRelease


@strawberry.input(description="A document to be published.")
class PublishedDocumentInput:
    text: str = described("The document, exactly as its id was made from it.")
    document_id: str | None = described(
        "The id that you know it by; refused where it is not the SHA-256 of the text.", default=None
    )


@strawberry.input(description="Documents to be published with a release of a client.")
class PublishDocumentsInput:
    client: str = described("The client's name, 1 to 100 characters.")
    release: str = described("The client's version, 1 to 100 characters. What it has already stays.")
    documents: list[PublishedDocumentInput] = described("1 to 100 documents. One that is not valid refuses them all.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What publishing documents answers.")
class PublishDocumentsPayload(Payload):
    release: ClientRelease | None = described("The release; null when nothing was changed.", default=None)
    document_ids: list[str] = described("The id of each document given, in their order.", default_factory=list)
    added_ids: list[str] = described("Of these, the ones that the release did not have.", default_factory=list)


@strawberry.input(description="Which release's documents to retire.")
class RetireDocumentsInput:
    release_id: strawberry.ID = described("The release's id.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What retiring documents answers.")
class RetireDocumentsPayload(Payload):
    release: ClientRelease | None = described("The release; null when nothing was changed.", default=None)


@strawberry.type
class TrustedDocumentMutations:
    @mutation(
        "Publish documents with a release of a client: from then on they can be run by their ids. Publishing the same "
        "again changes nothing. Takes `document:publish`."
    )
    async def publish_documents(self, info: Info, input: PublishDocumentsInput) -> PublishDocumentsPayload:
        drafts = [DraftDocument(text=each.text, claimed_id=each.document_id) for each in input.documents]
        done = await info.context.perform(
            input.idempotency_key,
            actions.publish_documents,
            client=input.client,
            release=input.release,
            documents=await info.context.check_documents(drafts),
        )
        return PublishDocumentsPayload(
            release=the(CLIENT_RELEASE, done.release_id),
            document_ids=list(done.document_ids),
            added_ids=list(done.added_ids),
        )

    @mutation(
        "Retire a release: those of its documents that no other release in use has are refused within a second. "
        "Takes `document:publish`."
    )
    async def retire_documents(self, info: Info, input: RetireDocumentsInput) -> RetireDocumentsPayload:
        done = await info.context.perform(
            input.idempotency_key,
            actions.retire_documents,
            release_id=id_of(CLIENT_RELEASE, input.release_id),
            expected_version=input.expected_version,
        )
        return RetireDocumentsPayload(release=the(CLIENT_RELEASE, done.release_id))
