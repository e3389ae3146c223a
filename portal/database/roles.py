"""The database's roles, the database itself, and how each part of the portal connects to it.

portal_owner      owns the schema; migrations become it. No login.
portal_app        serves requests and jobs; owns nothing, subject to row-level security.
portal_directory  owns the few functions that must look across organizations. No login.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from portal.database.server.problems import ServerProblem, problem_of_error
from portal.database.server.running import Server
from portal.settings import Settings

OWNER = "portal_owner"
APP = "portal_app"
DIRECTORY = "portal_directory"

STATEMENT_TIMEOUT_SECONDS = 5

# What a request may cost the database. The same for every connection as portal_app, whoever opens it.
APP_SETTINGS: Mapping[str, str] = {
    "search_path": "portal",
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "client_connection_check_interval": "500ms",
}

# One number for "roles are being made", so that two starting processes take turns.
_ROLES_LOCK = 0x706F7274616C

_PASSWORD_FILE = "app-password"  # noqa: S105 - a file's name


@asynccontextmanager
async def admin_connection(
    server: Server, settings: Settings, database: str | None = None
) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the server's administrator, to `database` or the one that always exists."""
    connection = await asyncpg.connect(**admin_connection_arguments(server, settings, database))
    try:
        yield connection
    finally:
        await connection.close()


def admin_connection_arguments(server: Server, settings: Settings, database: str | None = None) -> dict[str, Any]:
    """Keyword arguments for asyncpg.connect as the administrator; without `database`, to the one that always exists."""
    del settings
    return {**server.admin_arguments, **({"database": database} if database else {})}


def app_connection_arguments(server: Server, settings: Settings, database: str | None = None) -> dict[str, Any]:
    """Keyword arguments for asyncpg.connect or create_pool as portal_app, to `database` or the portal's own."""
    arguments = {**server.admin_arguments, "user": APP, "database": database or settings.database_name}
    if server.kind == "url":
        arguments["password"] = app_password(settings)
    return arguments


def app_password(settings: Settings) -> str:
    """portal_app's password on a server that asks for one: the operator's, else one made once and kept in a file."""
    if settings.app_password:
        return settings.app_password
    file = settings.data_directory / _PASSWORD_FILE
    try:
        return _kept_password(file)
    except OSError as error:
        raise problem_of_error(error, file) from error


async def prepare_database(server: Server, settings: Settings, database: str | None = None) -> None:
    """Make the roles and the database what they should be, whatever was there. Harmless when nothing is missing.

    Raises ServerProblem when the administrator may not.
    """
    password = app_password(settings) if server.kind == "url" else None
    async with admin_connection(server, settings) as connection:
        try:
            await ensure_roles(connection, password)
            await ensure_database(connection, database or settings.database_name)
        except asyncpg.InsufficientPrivilegeError as error:
            raise ServerProblem(
                "The user of PORTAL_DATABASE_URL may not create the portal's roles and database "
                f"({error.args[0]}): use a superuser, or since Postgres 16 one with CREATEDB, CREATEROLE and BYPASSRLS."
            ) from error


async def ensure_roles(connection: asyncpg.Connection, password: str | None = None) -> None:
    """Create the three roles or set right what differs; `password` is portal_app's, None where it needs none."""
    async with _taking_turns(connection), connection.transaction():
        for role, attributes in _ATTRIBUTES.items():
            await _ensure_role(connection, role, attributes)
        await _ensure_memberships(connection)
        await _ensure_app_settings(connection)
        if password is not None:
            await connection.execute(f"ALTER ROLE {APP} PASSWORD '{_scram_verifier(password)}'")


async def ensure_database(connection: asyncpg.Connection, name: str) -> None:
    """Create the portal's database, owned by portal_owner, entered by nobody but it and portal_app."""
    quoted = '"' + name.replace('"', '""') + '"'
    async with _taking_turns(connection):
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            await connection.execute(f"CREATE DATABASE {quoted} OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0")
        await connection.execute(f"REVOKE ALL ON DATABASE {quoted} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {quoted} TO {APP}")


@asynccontextmanager
async def _taking_turns(connection: asyncpg.Connection) -> AsyncIterator[None]:
    # Postgres refuses two sessions that alter one role or one database's rights at once ("tuple concurrently updated").
    await connection.execute("SELECT pg_advisory_lock($1)", _ROLES_LOCK)
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", _ROLES_LOCK)


# Catalog column -> wanted value. Only differences are altered: naming SUPERUSER at all needs a superuser.
_NOTHING_SPECIAL = {
    "rolsuper": False,
    "rolcreatedb": False,
    "rolcreaterole": False,
    "rolreplication": False,
    "rolbypassrls": False,
    "rolcanlogin": False,
}
_ATTRIBUTES: Mapping[str, Mapping[str, bool]] = {
    OWNER: _NOTHING_SPECIAL,
    APP: {**_NOTHING_SPECIAL, "rolcanlogin": True},
    DIRECTORY: {**_NOTHING_SPECIAL, "rolbypassrls": True},
}
_KEYWORDS = {
    "rolsuper": "SUPERUSER",
    "rolcreatedb": "CREATEDB",
    "rolcreaterole": "CREATEROLE",
    "rolreplication": "REPLICATION",
    "rolbypassrls": "BYPASSRLS",
    "rolcanlogin": "LOGIN",
}


async def _ensure_role(connection: asyncpg.Connection, role: str, wanted: Mapping[str, bool]) -> None:
    present = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", role)
    verb = "ALTER" if present else "CREATE"
    current = present or _NOTHING_SPECIAL
    changes = [("" if value else "NO") + _KEYWORDS[name] for name, value in wanted.items() if current[name] != value]
    if changes or not present:
        await connection.execute(f"{verb} ROLE {role} {' '.join(changes)}")


async def _ensure_memberships(connection: asyncpg.Connection) -> None:
    """Let migrations act as the owner, and the owner hand its few cross-tenant functions to portal_directory."""
    await connection.execute(f"GRANT {DIRECTORY} TO {OWNER}")
    if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        # Since 16 the creator of a role may grant it, but not become it unless it says so.
        option = " WITH SET TRUE, INHERIT TRUE" if connection.get_server_version().major >= 16 else ""
        await connection.execute(f"GRANT {OWNER} TO CURRENT_USER{option}")
    memberships = await connection.fetch(
        "SELECT roleid::regrole::text AS role FROM pg_auth_members WHERE member = $1::text::regrole", APP
    )
    for membership in memberships:
        await connection.execute(f"REVOKE {membership['role']} FROM {APP}")


async def _ensure_app_settings(connection: asyncpg.Connection) -> None:
    for name, value in APP_SETTINGS.items():
        await connection.execute(f"ALTER ROLE {APP} SET {name} = '{value}'")


def _kept_password(file: Path) -> str:
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written under another name and linked: two processes that start at once must end with one password, a whole one.
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=file.name) as draft:
        draft.write(secrets.token_urlsafe(32))
        draft.flush()
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft.name)
    return file.read_text().strip()


def _scram_verifier(password: str) -> str:
    """What Postgres stores for a password (RFC 5803): sent in its place, so that no log can hold the password."""
    iterations, salt = 4096, os.urandom(16)  # the count that Postgres itself uses
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    text = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{text[0]}${text[1]}:{text[2]}"
