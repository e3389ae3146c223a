"""Mutations of departments."""

import strawberry

from portal.organizations.actions import departments
from portal.organizations.reads import DEPARTMENT
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation, optional_id
from schema.organizations.types import Department
from schema.reading import described, the


@strawberry.input(description="A new department.")
class CreateDepartmentInput:
    name: str = described("What it is called, 1 to 200 characters.")
    parent_id: strawberry.ID | None = described("The department above it; none at the top.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What creating a department answers.")
class CreateDepartmentPayload(Payload):
    department: Department | None = described("The department; null when nothing was changed.", default=None)


@strawberry.input(description="What to call a department.")
class UpdateDepartmentInput:
    department_id: strawberry.ID = described("The department's id.")
    name: str = described("Its new name, 1 to 200 characters.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a department answers.")
class UpdateDepartmentPayload(Payload):
    department: Department | None = described("The department; null when nothing was changed.", default=None)


@strawberry.input(description="Where to place a department.")
class MoveDepartmentInput:
    department_id: strawberry.ID = described("The department's id.")
    parent_id: strawberry.ID | None = described(
        "The department above it from now on; null, or left out, for the top.", default=None
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What moving a department answers.")
class MoveDepartmentPayload(Payload):
    department: Department | None = described("The department; null when nothing was changed.", default=None)


@strawberry.input(description="Which department to archive.")
class ArchiveDepartmentInput:
    department_id: strawberry.ID = described("The department's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What archiving a department answers.")
class ArchiveDepartmentPayload(Payload):
    department: Department | None = described("The department; null when nothing was changed.", default=None)


@strawberry.input(description="Which department to take up again.")
class UnarchiveDepartmentInput:
    department_id: strawberry.ID = described("The department's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What taking up a department again answers.")
class UnarchiveDepartmentPayload(Payload):
    department: Department | None = described("The department; null when nothing was changed.", default=None)


@strawberry.type
class DepartmentMutations:
    @mutation("Add a department, below another one or at the top. Takes `organization:manage`.")
    async def create_department(self, info: Info, input: CreateDepartmentInput) -> CreateDepartmentPayload:
        done = await info.context.perform(
            input.idempotency_key,
            departments.create_department,
            name=input.name,
            parent_id=optional_id(DEPARTMENT, input.parent_id),
        )
        return CreateDepartmentPayload(department=the(DEPARTMENT, done.department_id))

    @mutation("Call a department something else. Takes `organization:manage`.")
    async def update_department(self, info: Info, input: UpdateDepartmentInput) -> UpdateDepartmentPayload:
        done = await info.context.perform(
            input.idempotency_key,
            departments.update_department,
            department_id=id_of(DEPARTMENT, input.department_id),
            name=input.name,
            expected_version=input.expected_version,
        )
        return UpdateDepartmentPayload(department=the(DEPARTMENT, done.department_id))

    @mutation(
        "Place a department with all below it elsewhere in the tree, never below itself. Grants reach what is below "
        "from then on. Takes `organization:manage`."
    )
    async def move_department(self, info: Info, input: MoveDepartmentInput) -> MoveDepartmentPayload:
        done = await info.context.perform(
            input.idempotency_key,
            departments.move_department,
            department_id=id_of(DEPARTMENT, input.department_id),
            parent_id=optional_id(DEPARTMENT, input.parent_id),
            expected_version=input.expected_version,
        )
        return MoveDepartmentPayload(department=the(DEPARTMENT, done.department_id))

    @mutation(
        "Take a department out of use; openings that name it keep it. Refused while departments or teams in use are "
        "below it. Takes `organization:manage`."
    )
    async def archive_department(self, info: Info, input: ArchiveDepartmentInput) -> ArchiveDepartmentPayload:
        done = await info.context.perform(
            input.idempotency_key,
            departments.archive_department,
            department_id=id_of(DEPARTMENT, input.department_id),
        )
        return ArchiveDepartmentPayload(department=the(DEPARTMENT, done.department_id))

    @mutation("Take an archived department up again. Takes `organization:manage`.")
    async def unarchive_department(self, info: Info, input: UnarchiveDepartmentInput) -> UnarchiveDepartmentPayload:
        done = await info.context.perform(
            input.idempotency_key,
            departments.unarchive_department,
            department_id=id_of(DEPARTMENT, input.department_id),
        )
        return UnarchiveDepartmentPayload(department=the(DEPARTMENT, done.department_id))
