"""What the tables themselves hold against the application's role: other tenants, stale rights, changed records."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from portal.database.ids import new_id
from portal.database.roles import APP
from tests.conftest import Postgres
from tests.database.making import Arguments, MakeDatabase, databases
from tests.database.tenants import NOW, Tenant, a_member, an_audit_event, an_event, everything_that_rights_depend_on


@pytest.fixture(scope="module")
async def fresh_database(postgres: Postgres) -> AsyncIterator[MakeDatabase]:
    async with databases(postgres) as make:
        yield make


@pytest.fixture(scope="module", params=[0, 16], ids=["plain", "16 partitions"])
async def database(request: pytest.FixtureRequest, fresh_database: MakeDatabase) -> Arguments:
    return await fresh_database(request.param)


@pytest.fixture
async def app(database: Arguments) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(**{**database, "user": APP})
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.fixture
async def globex(app: "asyncpg.Connection[Any]") -> Tenant:
    tenant = Tenant(app, new_id())
    await tenant.found()
    return tenant


@pytest.fixture
async def acme(app: "asyncpg.Connection[Any]", globex: Tenant) -> Tenant:
    """The organization that the transaction is in; Globex exists beside it."""
    tenant = Tenant(app, new_id())
    await tenant.found()
    return tenant


async def test_rows_of_another_organization_can_be_neither_read_nor_changed(acme: Tenant, globex: Tenant) -> None:
    await globex.enter()
    secret = await globex.add("department", name="Secret plans")
    await acme.enter()

    read = await acme.connection.fetch("SELECT * FROM department WHERE id = $1", secret)
    changed = await acme.connection.execute("UPDATE department SET name = 'found' WHERE id = $1", secret)
    deleted = await acme.connection.execute("DELETE FROM department WHERE id = $1", secret)

    assert (read, changed, deleted) == ([], "UPDATE 0", "DELETE 0")


async def test_without_an_organization_there_are_no_rows(acme: Tenant) -> None:
    await acme.connection.execute("SELECT set_config('portal.organization_id', '', true)")

    assert await acme.connection.fetch("SELECT * FROM organization") == []


async def test_a_row_can_not_be_written_into_another_organization(acme: Tenant, globex: Tenant) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await acme.add("department", organization_id=globex.id, name="Planted")


async def test_a_row_can_not_be_moved_into_another_organization(acme: Tenant, globex: Tenant) -> None:
    await acme.add("department", name="Legal")

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await acme.connection.execute("UPDATE department SET organization_id = $1", globex.id)


async def test_a_row_can_not_refer_to_one_of_another_organization(acme: Tenant, globex: Tenant) -> None:
    await globex.enter()
    department = await globex.add("department", name="Secret plans")
    await acme.enter()

    with pytest.raises(asyncpg.ForeignKeyViolationError) as refusal:
        await acme.add("department", name="Spies", parent_id=department)

    assert refusal.value.constraint_name == "fk_department_organization_id_parent_id"


async def test_a_unique_value_may_be_used_in_every_organization(acme: Tenant, globex: Tenant) -> None:
    await a_member(acme)
    await globex.enter()

    await a_member(globex)


async def test_a_violated_constraint_is_named_after_its_table(acme: Tenant) -> None:
    """Those of a partition end in its number; what is before it finds the refusal."""
    await a_member(acme)

    with pytest.raises(asyncpg.UniqueViolationError) as refusal:
        await a_member(acme)

    name = refusal.value.constraint_name
    assert name is not None
    assert name.partition("_p0")[0] == "uq_membership_organization_id_email_normalised"


async def test_the_application_can_not_empty_a_table(acme: Tenant) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await acme.connection.execute("TRUNCATE candidate_tag")


async def test_a_partition_can_not_be_read_by_its_own_name(database: Arguments, acme: Tenant) -> None:
    admin = await asyncpg.connect(**database)
    partitions = await admin.fetch(
        "SELECT oid::regclass::text AS name FROM pg_class WHERE relispartition AND relkind = 'r'"
    )
    await admin.close()

    for partition in partitions[:20]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            async with acme.connection.transaction():
                await acme.connection.fetch(f"SELECT * FROM {partition['name']}")  # noqa: S608


async def test_entering_names_the_organization(acme: Tenant, globex: Tenant) -> None:
    await globex.enter()
    version = await globex.access_version()
    await acme.enter()

    await acme.connection.execute("SELECT portal.enter($1, $2)", globex.id, version)

    assert await acme.connection.fetchval("SELECT id FROM organization") == globex.id


@pytest.mark.parametrize("expected", [0, 2, None])
async def test_entering_with_stale_rights_is_refused(acme: Tenant, expected: int | None) -> None:
    with pytest.raises(asyncpg.PostgresError, match="stale access") as refusal:
        await acme.connection.execute("SELECT portal.enter($1, $2)", acme.id, expected)

    assert refusal.value.sqlstate == "PT001"


async def test_entering_an_organization_that_does_not_exist_is_refused(acme: Tenant) -> None:
    with pytest.raises(asyncpg.PostgresError, match="stale access"):
        await acme.connection.execute("SELECT portal.enter($1, 1)", new_id())


async def test_everything_new_that_rights_depend_on_raises_the_access_version(acme: Tenant) -> None:
    versions = [await acme.access_version()]
    member = await a_member(acme)
    secret = {"name": "cli", "key_id": "k1", "secret_hash": b"0" * 32, "documents": "ALLOW", "expires_at": NOW}
    rights = {"role": "RECRUITER", "scope_type": "ORG", "include_confidential": False, "privileges": []}
    flags = {"is_private": False, "is_internal": True, "can_email": True, "tags": []}
    new: list[tuple[str, dict[str, object]]] = [
        ("service_account", {"name": "Sync"}),
        ("role_grant", {"membership_id": member, **rights}),
        ("api_token", {"membership_id": member, **secret}),
        ("department", {"name": "Engineering"}),
        ("location", {"name": "Oslo", "workplace_type": "ONSITE", "remote_regions": []}),
        ("candidate", {"name": "Ada", "linked_membership_id": member, **flags}),
    ]

    for table, values in new:
        versions.append(await acme.access_version())
        await acme.add(table, **values)
    versions.append(await acme.access_version())

    assert versions == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE membership SET role = 'RECRUITER_ALL'",
        "UPDATE membership SET status = 'DEACTIVATED'",
        "UPDATE service_account SET deactivated_at = now()",
        "UPDATE role_grant SET revoked_at = now()",
        "UPDATE role_grant SET include_confidential = true",
        "UPDATE api_token SET revoked_at = now()",
        "UPDATE api_token SET scopes = '{}'",
        "UPDATE department SET parent_id = NULL",
        "UPDATE location SET parent_id = NULL",
        """UPDATE organization SET policies = '{"require_source": true}'""",
        "UPDATE candidate SET linked_membership_id = NULL",
        "DELETE FROM role_grant",
        "DELETE FROM api_token",
    ],
)
async def test_every_change_of_rights_raises_the_access_version(acme: Tenant, change: str) -> None:
    await everything_that_rights_depend_on(acme)
    before = await acme.access_version()

    await acme.connection.execute(change)

    assert await acme.access_version() == before + 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE api_token SET last_used_at = now(), updated_at = now(), version = version + 1",
        "UPDATE membership SET timezone = 'Europe/Oslo'",
        "UPDATE organization SET name = 'Acme Corporation'",
        "UPDATE department SET name = 'Platform'",
        "UPDATE candidate SET headline = 'Engineer'",
    ],
)
async def test_what_rights_do_not_depend_on_leaves_the_access_version(acme: Tenant, change: str) -> None:
    await everything_that_rights_depend_on(acme)
    before = await acme.access_version()

    await acme.connection.execute(change)

    assert await acme.access_version() == before


async def test_a_slug_leads_to_its_organization(acme: Tenant) -> None:
    slug = f"acme-{acme.id}"

    await acme.connection.execute("SELECT directory.claim_slug($1, $2)", "before-" + slug, acme.id)
    await acme.connection.execute("SELECT directory.claim_slug($1, $2)", slug, acme.id)

    assert await acme.connection.fetchval("SELECT directory.organization_by_slug($1)", slug) == acme.id
    assert await acme.connection.fetchval("SELECT directory.organization_by_slug($1)", "before-" + slug) is None


async def test_a_slug_that_is_taken_is_refused(acme: Tenant, globex: Tenant) -> None:
    slug = f"globex-{globex.id}"
    await globex.enter()
    await globex.connection.execute("SELECT directory.claim_slug($1, $2)", slug, globex.id)
    await acme.enter()

    with pytest.raises(asyncpg.UniqueViolationError) as refusal:
        await acme.connection.execute("SELECT directory.claim_slug($1, $2)", slug, acme.id)

    assert refusal.value.constraint_name == "pk_organization_slug"


async def test_an_organization_can_not_claim_a_slug_for_another(acme: Tenant, globex: Tenant) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="for itself only"):
        await acme.connection.execute("SELECT directory.claim_slug('stolen', $1)", globex.id)


async def test_the_worker_is_told_every_organization_with_a_slug(acme: Tenant, globex: Tenant) -> None:
    await acme.connection.execute("SELECT directory.claim_slug($1, $2)", f"acme-{acme.id}", acme.id)

    told = await acme.connection.fetch("SELECT organization_id FROM directory.all_organizations()")

    assert [row["organization_id"] for row in told] == [acme.id]


async def test_the_slugs_can_not_be_listed(acme: Tenant) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await acme.connection.fetch("SELECT * FROM directory.organization_slug")


async def test_the_relay_is_told_the_waiting_events_of_all_organizations_in_order(acme: Tenant, globex: Tenant) -> None:
    first = await an_event(acme)
    await an_event(acme, published_at=NOW)
    await globex.enter()
    second = await an_event(globex)
    await acme.enter()
    third = await an_event(acme)

    waiting = await acme.connection.fetch("SELECT * FROM directory.unpublished_events(10)")
    next_two = await acme.connection.fetch("SELECT id FROM directory.unpublished_events(2)")

    assert [tuple(row) for row in waiting] == [(acme.id, first), (globex.id, second), (acme.id, third)]
    assert [row["id"] for row in next_two] == [first, second]


@pytest.mark.parametrize("change", ["UPDATE audit_event SET operation = 'close'", "DELETE FROM audit_event"])
async def test_the_application_can_not_change_what_happened(acme: Tenant, change: str) -> None:
    await an_audit_event(acme)

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for table audit_event"):
        await acme.connection.execute(change)


@pytest.mark.parametrize("change", ["UPDATE portal.audit_event SET operation = 'x'", "DELETE FROM portal.audit_event"])
async def test_not_even_the_administrator_changes_what_happened(database: Arguments, change: str) -> None:
    admin = await asyncpg.connect(**database, server_settings={"search_path": "portal"})
    transaction = admin.transaction()
    await transaction.start()
    await an_audit_event(Tenant(admin, new_id()))

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=r"rows of audit_event\w* are never changed"):
        await admin.execute(change)

    await transaction.rollback()
    await admin.close()
