"""Mutations of tokens."""

from datetime import datetime

import strawberry

from portal.people.actions import tokens
from portal.people.actions.tokens import TokenTerms
from portal.people.reads import API_TOKEN, SERVICE_ACCOUNT
from schema.mutating import Info, Payload, expected_version, given, id_of, idempotency_key, mutation, optional_id
from schema.organizations.enums import DocumentMode
from schema.people.enums import Permission
from schema.people.types import ApiToken
from schema.reading import described, the


@strawberry.input(description="A token to be made.")
class IssueTokenInput:
    name: str = described("What it is for, 1 to 200 characters.")
    expires_at: datetime = described("When it ends: at most 365 days from now.")
    scopes: list[Permission] | None = described(
        "The only permissions that it can be used for, none beyond your own; all of its holder's if not given.",
        default=None,
    )
    allowed_networks: list[str] | None = described(
        "The only networks that it can be used from, at most 50, such as 192.0.2.0/24 or 2001:db8::/32; anywhere if "
        "not given. An address alone is a network of its own.",
        default=None,
    )
    documents: DocumentMode = described(
        "What its requests may hold; ONLY where yours may hold nothing else.", default=DocumentMode.ALLOW
    )
    service_account_id: strawberry.ID | None = described(
        "The service account that it signs in, which takes `token:manage`; yourself if not given.", default=None
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What issuing a token answers.")
class IssueTokenPayload(Payload):
    token: ApiToken | None = described("The token; null when nothing was changed.", default=None)
    text: str | None = described(
        "The token itself, shown this once: keep it like a password. Null when nothing was changed, and when the call "
        "was repeated with its idempotency key.",
        default=None,
    )


@strawberry.input(description="Which token to replace.")
class RotateTokenInput:
    token_id: strawberry.ID = described("The token's id.")
    expires_at: datetime = described("When the new one ends: at most 365 days from now.")
    overlap_seconds: int = described("For how long the old one works beside it, 0 to 604,800 seconds.", default=3_600)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What rotating a token answers.")
class RotateTokenPayload(Payload):
    token: ApiToken | None = described("The token; null when nothing was changed.", default=None)
    text: str | None = described(
        "The token itself, shown this once: keep it like a password. Null when nothing was changed, and when the call "
        "was repeated with its idempotency key.",
        default=None,
    )


@strawberry.input(description="What is different about a token. What is left out stays.")
class UpdateTokenInput:
    token_id: strawberry.ID = described("The token's id.")
    name: str | None = described("What it is for, 1 to 200 characters; not null.", default=strawberry.UNSET)
    allowed_networks: list[str] | None = described(
        "The only networks that it can be used from, at most 50, such as 192.0.2.0/24 or 2001:db8::/32; null for "
        "anywhere.",
        default=strawberry.UNSET,
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a token answers.")
class UpdateTokenPayload(Payload):
    token: ApiToken | None = described("The token; null when nothing was changed.", default=None)


@strawberry.input(description="Which token to revoke.")
class RevokeTokenInput:
    token_id: strawberry.ID = described("The token's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What revoking a token answers.")
class RevokeTokenPayload(Payload):
    token: ApiToken | None = described("The token; null when nothing was changed.", default=None)


@strawberry.type
class TokenMutations:
    @mutation("Make a token for yourself or, with `token:manage`, for a service account. Takes `member:read`.")
    async def issue_token(self, info: Info, input: IssueTokenInput) -> IssueTokenPayload:
        done = await info.context.perform(
            input.idempotency_key,
            tokens.issue_token,
            terms=TokenTerms(
                name=input.name,
                expires_at=input.expires_at,
                scopes=None if input.scopes is None else tuple(scope.value for scope in input.scopes),
                allowed_networks=None if input.allowed_networks is None else tuple(input.allowed_networks),
                documents=input.documents,
                service_account_id=optional_id(SERVICE_ACCOUNT, input.service_account_id),
            ),
        )
        return IssueTokenPayload(token=the(API_TOKEN, done.token_id), text=done.text)

    @mutation(
        "Replace a token of your own or, with `token:manage`, of a service account by a new one; both work until the "
        "overlap is over, or until you revoke one of them. Takes `member:read`."
    )
    async def rotate_token(self, info: Info, input: RotateTokenInput) -> RotateTokenPayload:
        done = await info.context.perform(
            input.idempotency_key,
            tokens.rotate_token,
            token_id=id_of(API_TOKEN, input.token_id),
            expires_at=input.expires_at,
            overlap_seconds=input.overlap_seconds,
        )
        return RotateTokenPayload(token=the(API_TOKEN, done.token_id), text=done.text)

    @mutation(
        "Name a token anew, or say from where it can be used: your own or, with `token:manage`, a service account's. "
        "Takes `member:read`."
    )
    async def update_token(self, info: Info, input: UpdateTokenInput) -> UpdateTokenPayload:
        networks = given(input.allowed_networks)
        done = await info.context.perform(
            input.idempotency_key,
            tokens.update_token,
            token_id=id_of(API_TOKEN, input.token_id),
            name=given(input.name),
            allowed_networks=tuple(networks) if isinstance(networks, list) else networks,
            expected_version=input.expected_version,
        )
        return UpdateTokenPayload(token=the(API_TOKEN, done.token_id))

    @mutation("End a token at once: your own or, with `token:manage`, anybody's. Takes `member:read`.")
    async def revoke_token(self, info: Info, input: RevokeTokenInput) -> RevokeTokenPayload:
        done = await info.context.perform(
            input.idempotency_key,
            tokens.revoke_token,
            token_id=id_of(API_TOKEN, input.token_id),
        )
        return RevokeTokenPayload(token=the(API_TOKEN, done.token_id))
