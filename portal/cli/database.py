"""`portal migrate`: makes or updates the tables."""

from portal.cli.running import run, step
from portal.database.migrate import migrate as migrate_database
from portal.database.roles import admin_connection_arguments, prepare_database
from portal.database.server.running import running_server
from portal.settings import Settings


def migrate() -> None:
    """Make the database, its roles and tables, or bring them up to date. Harmless when there is nothing to do.

    On an empty database PORTAL_PARTITIONS=16 makes every table hash-partitioned by organization.
    """
    run(_migrate(Settings.from_environment()))


async def _migrate(settings: Settings) -> None:
    async with running_server(settings) as server:
        with step("The database's tables are up to date"):
            await prepare_database(server, settings)
            await migrate_database(
                admin_connection_arguments(server, settings, settings.database_name), settings.partitions
            )
