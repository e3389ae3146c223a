"""Mutations of locations."""

import strawberry

from portal.organizations.actions import locations
from portal.organizations.actions.locations import PlaceChanges
from portal.organizations.reads import LOCATION
from portal.organizations.rules import Place
from schema.mutating import Info, Payload, expected_version, given, id_of, idempotency_key, mutation, optional_id
from schema.organizations.enums import WorkplaceType
from schema.organizations.types import Location
from schema.reading import described, the


@strawberry.input(description="A new location.")
class CreateLocationInput:
    name: str = described("What it is called, 1 to 200 characters.")
    workplace_type: WorkplaceType = described("Where work is done.")
    country: str | None = described("ISO 3166-1 alpha-2 code, such as US.", default=None)
    region: str | None = described("State, province or region, at most 200 characters.", default=None)
    city: str | None = described("City, at most 200 characters.", default=None)
    timezone: str | None = described("IANA time zone, such as America/New_York.", default=None)
    remote_regions: list[str] = described(
        "Where remote or hybrid work may be done from, at most 100: country codes, or code and region.",
        default_factory=list,
    )
    parent_id: strawberry.ID | None = described("The location above it; none at the top.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a location answers.")
class CreateLocationPayload(Payload):
    location: Location | None = described("The location; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a location. What is left out stays; null empties a field.")
class UpdateLocationInput:
    location_id: strawberry.ID = described("The location's id.")
    name: str | None = described("What it is called, 1 to 200 characters; not null.", default=strawberry.UNSET)
    workplace_type: WorkplaceType | None = described("Where work is done; not null.", default=strawberry.UNSET)
    country: str | None = described("ISO 3166-1 alpha-2 code, such as US.", default=strawberry.UNSET)
    region: str | None = described("State, province or region, at most 200 characters.", default=strawberry.UNSET)
    city: str | None = described("City, at most 200 characters.", default=strawberry.UNSET)
    timezone: str | None = described("IANA time zone, such as America/New_York.", default=strawberry.UNSET)
    remote_regions: list[str] | None = described(
        "Where remote or hybrid work may be done from, at most 100; not null.", default=strawberry.UNSET
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a location answers.")
class UpdateLocationPayload(Payload):
    location: Location | None = described("The location; null when nothing was changed.", default=None)


@strawberry.input(description="Where to place a location.")
class MoveLocationInput:
    location_id: strawberry.ID = described("The location's id.")
    parent_id: strawberry.ID | None = described(
        "The location above it from now on; null, or left out, for the top.", default=None
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What moving a location answers.")
class MoveLocationPayload(Payload):
    location: Location | None = described("The location; null when nothing was changed.", default=None)


@strawberry.input(description="Which location to archive.")
class ArchiveLocationInput:
    location_id: strawberry.ID = described("The location's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What archiving a location answers.")
class ArchiveLocationPayload(Payload):
    location: Location | None = described("The location; null when nothing was changed.", default=None)


@strawberry.input(description="Which location to take up again.")
class UnarchiveLocationInput:
    location_id: strawberry.ID = described("The location's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking up a location again answers.")
class UnarchiveLocationPayload(Payload):
    location: Location | None = described("The location; null when nothing was changed.", default=None)


@strawberry.type
class LocationMutations:
    @mutation("Add a location, below another one or at the top. Takes `organization:manage`.")
    async def create_location(self, info: Info, input: CreateLocationInput) -> CreateLocationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            locations.create_location,
            place=Place(
                name=input.name,
                workplace_type=input.workplace_type,
                country=input.country,
                region=input.region,
                city=input.city,
                timezone=input.timezone,
                remote_regions=tuple(input.remote_regions),
            ),
            parent_id=optional_id(LOCATION, input.parent_id),
        )
        return CreateLocationPayload(location=the(LOCATION, done.location_id))

    @mutation("Change what is known of a location. Takes `organization:manage`.")
    async def update_location(self, info: Info, input: UpdateLocationInput) -> UpdateLocationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            locations.update_location,
            location_id=id_of(LOCATION, input.location_id),
            changes=PlaceChanges(
                name=given(input.name),
                workplace_type=given(input.workplace_type),
                country=given(input.country),
                region=given(input.region),
                city=given(input.city),
                timezone=given(input.timezone),
                remote_regions=given(input.remote_regions),
            ),
            expected_version=input.expected_version,
        )
        return UpdateLocationPayload(location=the(LOCATION, done.location_id))

    @mutation(
        "Place a location with all below it elsewhere in the tree, never below itself. Grants reach what is below from "
        "then on. Takes `organization:manage`."
    )
    async def move_location(self, info: Info, input: MoveLocationInput) -> MoveLocationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            locations.move_location,
            location_id=id_of(LOCATION, input.location_id),
            parent_id=optional_id(LOCATION, input.parent_id),
            expected_version=input.expected_version,
        )
        return MoveLocationPayload(location=the(LOCATION, done.location_id))

    @mutation(
        "Take a location out of use; openings and postings that name it keep it. Refused while locations in use are "
        "below it. Takes `organization:manage`."
    )
    async def archive_location(self, info: Info, input: ArchiveLocationInput) -> ArchiveLocationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            locations.archive_location,
            location_id=id_of(LOCATION, input.location_id),
        )
        return ArchiveLocationPayload(location=the(LOCATION, done.location_id))

    @mutation("Take an archived location up again. Takes `organization:manage`.")
    async def unarchive_location(self, info: Info, input: UnarchiveLocationInput) -> UnarchiveLocationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            locations.unarchive_location,
            location_id=id_of(LOCATION, input.location_id),
        )
        return UnarchiveLocationPayload(location=the(LOCATION, done.location_id))
