"""Filters of the lists of releases and documents."""

import strawberry

from schema.filters import InstantFilter, TextFilter
from schema.reading import described


@strawberry.input(description="Which releases.")
class ClientReleaseFilter:
    client: TextFilter | None = described("By the client's name.", default=strawberry.UNSET)
    release: TextFilter | None = described("By the client's version.", default=strawberry.UNSET)
    retired_at: InstantFilter | None = described("By when it was retired.", default=strawberry.UNSET)
    and_: list["ClientReleaseFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["ClientReleaseFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "ClientReleaseFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")


@strawberry.input(description="Which documents.")
class TrustedDocumentFilter:
    document_id: TextFilter | None = described("By the id that it is run by.", default=strawberry.UNSET)
    and_: list["TrustedDocumentFilter"] | None = described("All of these.", default=strawberry.UNSET, name="and")
    or_: list["TrustedDocumentFilter"] | None = described("At least one of these.", default=strawberry.UNSET, name="or")
    not_: "TrustedDocumentFilter | None" = described("Not this.", default=strawberry.UNSET, name="not")
