"""Every setting of the portal, read once from the environment. Nothing else looks at environment variables."""

import re
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsProblem(Exception):
    """A setting that can't be used; the message is one sentence for the person who set it."""


class PostgresChoice(StrEnum):
    """Whose server binaries to use when no database URL is given."""

    AUTO = "auto"
    SYSTEM = "system"
    EMBEDDED = "embedded"


# A role's password is hashed here and sent as its SCRAM verifier; only printable ASCII means the same on both sides.
Password = Annotated[str, StringConstraints(min_length=8, max_length=128, pattern=r"^[!-~]+$")]


class Settings(BaseSettings):
    """What the operator decided. Frozen: a process keeps the settings that it started with.

    Each field is read from PORTAL_<FIELD>; an empty variable counts as not set. Construct it with keywords in tests.
    """

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )

    database_url: SecretStr | None = Field(
        default=None,
        description="An administrator's postgresql:// address of a server to use. Not set: the portal starts its own.",
    )
    database_name: str = Field(
        default="portal",
        pattern=r"^[a-z_][a-z0-9_]{0,62}$",
        description="The database that holds the portal's tables; made when it does not exist.",
    )
    app_password: Password | None = Field(
        default=None,
        repr=False,
        description="portal_app's password with PORTAL_DATABASE_URL. Not set: made once, kept in the data directory.",
    )
    postgres: PostgresChoice = Field(
        default=PostgresChoice.AUTO,
        description="auto: this machine's server binaries, else the embedded wheel's. system, embedded: only those.",
    )
    partitions: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Hash partitions of each tenant table, decided when a database is first migrated. 0: plain tables.",
    )
    pool_size: int = Field(
        default=4,
        ge=2,  # as for the worker
        le=64,
        description="Database connections for requests, 2 or more. More than the database's cores only queue there.",
    )
    job_pool_size: int = Field(
        default=2,
        ge=2,  # the relay holds its lock on one connection while it writes on another
        le=64,
        description="Further database connections for the worker in a server's process; `portal work` has its own.",
    )
    data_directory: Path = Field(
        default=Path(".portal"),
        description="Where our server's data, its log, secrets and outgoing mail live; relative to where it starts.",
    )
    root_directory: Path = Field(
        default=Path("/var/lib/hiring-portal"),
        description="Where root keeps server data, since Postgres refuses to run as root; anyone may enter it.",
    )
    host: str = Field(default="127.0.0.1", description="The address to serve on. 0.0.0.0 serves the whole network.")
    port: int = Field(
        default=8000,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("PORTAL_PORT", "PORT"),
        description="The port to serve on; PORT works too.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of proxies in front, comma-separated: only their X-Forwarded-For is read.",
    )
    public_url: str | None = Field(
        default=None,
        description="Where browsers find the portal, as https://portal.example.com. Not set: http://HOST:PORT.",
    )
    passwords: bool = Field(
        default=False,
        description="Whether members may sign in with passwords too, where no identity provider is at hand.",
    )
    max_body_bytes: int = Field(
        default=1024 * 1024,
        ge=1024,
        le=64 * 1024 * 1024,
        description="The longest request body that is read, in bytes, within 30 s; a longer one is refused with 413.",
    )
    max_connections: int = Field(
        default=2_000,
        ge=10,
        le=100_000,
        description="Connections that one process keeps open; more push out those that have been idle for longest.",
    )
    max_live_connections: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="WebSockets and event streams among these. Not set: three quarters, so that requests have room.",
    )
    max_live_connections_per_organization: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="How many of them one organization may have open. Not set: three quarters.",
    )
    max_live_connections_per_credential: int = Field(
        default=50, ge=1, le=100_000, description="How many of them one token or browser session may have open."
    )
    max_live_operations: int = Field(
        default=20, ge=1, le=1_000, description="Operations that may run at once over one WebSocket."
    )
    live_pool_size: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Further database connections for reading what subscribers are told; one more listens.",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Other sites whose pages may open WebSockets, as https://careers.example.com, comma-separated.",
    )
    request_error_status: Literal["400", "422"] = Field(
        default="400",
        description="What a readable request that can't be run is answered with under graphql-response+json.",
    )
    partial_success_status: Literal["294", "200"] = Field(
        default="294",
        description="What an answer with data and errors side by side is sent with under graphql-response+json.",
    )
    max_cost: int = Field(
        default=5_000, ge=100, le=1_000_000, description="The most points that one operation may cost; see docs/api."
    )
    points_per_minute: int = Field(
        default=600_000, ge=0, description="Points that one credential may spend in a minute. 0: as many as it likes."
    )
    organization_points_per_minute: int = Field(
        default=6_000_000, ge=0, description="The same for all credentials of one organization together."
    )
    preparation_points_per_minute: int = Field(
        default=36_000,
        ge=0,
        description="For documents that one credential sends for the first time, about 0.1 ms of work each. 0: any.",
    )
    budget_url: SecretStr | None = Field(
        default=None,
        description="redis:// or valkey:// where processes share budgets and sign-in attempts. Not set: each its own.",
    )
    drain_seconds: int = Field(
        default=25,
        ge=0,
        le=600,
        description="How long running requests may finish once the server stops listening. compose.yaml allows for 25.",
    )
    log_level: Literal["info", "warning", "error"] = Field(
        default="info", description="The least severe log entry that is written; each request is an info."
    )

    @field_validator("database_url")
    @classmethod
    def _is_a_postgres_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        scheme, separator, rest = url.get_secret_value().partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not rest:
            raise ValueError("it must look like postgresql://user:password@host:5432/postgres")
        return SecretStr(f"postgresql://{rest}")

    @field_validator("budget_url")
    @classmethod
    def _is_a_redis_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.match(r"(redis|valkey)(s|\+unix)?://.", url.get_secret_value()):
            raise ValueError("it must look like redis://host:6379/0")
        return url

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, url: str | None) -> str | None:
        return None if url is None else _origin(url)

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _are_origins(cls, value: object) -> object:
        return tuple(_origin(item.strip()) for item in value.split(",")) if isinstance(value, str) else value

    @property
    def live_connections(self) -> int:
        """How many live connections there may be."""
        return self.max_live_connections or self.max_connections * 3 // 4

    @property
    def live_connections_of_organization(self) -> int:
        """How many of them one organization may have."""
        return self.max_live_connections_per_organization or max(1, self.live_connections * 3 // 4)

    @property
    def live_connections_of_strangers(self) -> int:
        """How many of them may wait for somebody to sign in."""
        return max(1, self.live_connections // 5)

    @property
    def address(self) -> str:
        """Where browsers find the portal: an origin."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @field_validator("data_directory", "root_directory")
    @classmethod
    def _absolute(cls, directory: Path) -> Path:
        # Resolved at once: a later change of the working directory must not move the data.
        return directory.expanduser().resolve()

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _are_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        listed = tuple(item.strip() for item in value.split(","))
        for item in listed:
            try:
                ip_network(item)
            except ValueError:
                # Not *: then anybody could say where they come from.
                raise ValueError("it must look like 192.0.2.7,10.0.0.0/8") from None
        return listed

    @field_validator("log_level", "postgres", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process; raises SettingsProblem with one sentence that names the variable."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = str(first["loc"][0]).upper()
            variable = "PORT" if name == "PORTAL_PORT" else f"PORTAL_{name}"
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsProblem(f"{variable} can't be used: {reason[:1].lower()}{reason[1:]}.") from None


def _origin(url: str) -> str:
    """A site's origin. Raises ValueError for anything else."""
    parts = urlsplit(url.rstrip("/"))
    is_local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    is_origin = parts.hostname is not None and not (parts.path or parts.query or parts.fragment or parts.username)
    if not is_origin or not (parts.scheme == "https" or (parts.scheme == "http" and is_local)):
        raise ValueError("it must look like https://portal.example.com, without a path; http only on localhost")
    return f"{parts.scheme}://{parts.netloc}"
