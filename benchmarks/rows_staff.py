"""The rows of one organization's own shape: its people, departments, teams, locations and reasons."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from benchmarks import words
from benchmarks.sizes import OrganizationSize
from portal.people.tokens import BASE32, BASE62, KEY_ID_LENGTH, SECRET_LENGTH, Token

# All of the data lies before this instant, whenever it is made: the same data for the same scale.
LATEST = datetime(2026, 11, 1, tzinfo=UTC)
EARLIEST = LATEST - timedelta(days=365)
TOKENS_END = datetime(2099, 1, 1, tzinfo=UTC)

Row = tuple[object, ...]
# A table with its columns and rows; organization_id, created_at, updated_at and version are added by the writer.
Table = tuple[str, tuple[str, ...], Iterator[Row]]


@dataclass
class Organization:
    """One organization while its rows are made. The same number at the same scale gives the same rows."""

    size: OrganizationSize
    random: Random = field(init=False)
    id: UUID = field(init=False)
    departments: list[UUID] = field(init=False)
    teams: list[UUID] = field(init=False)
    locations: list[UUID] = field(init=False)
    members: list[UUID] = field(init=False)
    reasons: list[UUID] = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(f"organization {self.size.number}")
        self.id = self.new_id(EARLIEST)
        self.departments = self._ids(6 + self.size.openings // 40)
        self.teams = self._ids(8 + self.size.openings // 10)
        self.locations = self._ids(5 + self.size.openings // 50)
        self.members = self._ids(20 + self.size.openings // 4)
        self.reasons = self._ids(len(words.REASONS))

    @property
    def recruiter(self) -> UUID:
        """The member who asks in the benchmark: recruits for the whole organization."""
        return self.members[0]

    def new_id(self, at: datetime) -> UUID:
        """A UUIDv7 of that instant."""
        chance = self.random.getrandbits(74)
        milliseconds = int(at.timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance & (1 << 62) - 1)

    def changed_at(self) -> datetime:
        """Some instant of the last months, for what is ordered by it."""
        return LATEST - timedelta(seconds=self.random.random() * 86_400 * 90)

    def _ids(self, count: int) -> list[UUID]:
        return [self.new_id(EARLIEST + timedelta(seconds=number)) for number in range(count)]

    def token(self) -> Token:
        """The recruiter's token: no secret, since whoever has this file can make it."""
        digest = Random(hashlib.sha256(self.id.bytes).hexdigest())
        return Token(
            self.id,
            "".join(digest.choices(BASE32, k=KEY_ID_LENGTH)),
            "".join(digest.choices(BASE62, k=SECRET_LENGTH)),
        )

    def tables(self) -> Iterator[Table]:
        """The tables in an order in which every row refers to rows that are there already."""
        number = self.size.number
        slug = f"bench-{number}"
        yield (
            "organization",
            ("id", "slug", "name", "default_currency", "default_timezone", "policies"),
            iter([(self.id, slug, f"{words.COMPANIES[number % len(words.COMPANIES)]} {number}", "USD", "UTC", "{}")]),
        )
        yield "organization_access", ("id", "access_version"), iter([(self.id, 1)])
        yield "department", ("id", "name", "parent_id"), self._departments()
        yield (
            "location",
            ("id", "name", "workplace_type", "remote_regions"),
            (
                (row_id, words.CITIES[index % len(words.CITIES)], "ONSITE", [])
                for index, row_id in enumerate(self.locations)
            ),
        )
        yield "team", ("id", "name", "department_id"), self._teams()
        yield "membership", ("id", "name", "email", "email_normalised", "status", "role"), self._members()
        yield "api_token", _TOKEN_COLUMNS, iter([self._token_row()])
        yield (
            "rejection_reason",
            ("id", "name", "type"),
            ((row_id, name, type_) for row_id, (name, type_) in zip(self.reasons, words.REASONS, strict=True)),
        )

    def _departments(self) -> Iterator[Row]:
        for index, row_id in enumerate(self.departments):
            parent = None if index < 3 else self.departments[index // 3]
            yield row_id, f"{words.DEPARTMENTS[index % len(words.DEPARTMENTS)]} {index}", parent

    def _teams(self) -> Iterator[Row]:
        for index, row_id in enumerate(self.teams):
            department = self.departments[index % len(self.departments)]
            yield row_id, f"{words.TEAMS[index % len(words.TEAMS)]} {index}", department

    def _members(self) -> Iterator[Row]:
        for index, row_id in enumerate(self.members):
            email = f"member{index}@bench-{self.size.number}.example"
            role = "RECRUITER_ALL" if index == 0 else "MEMBER"
            yield row_id, words.full_name(self.random), email, email, "ACTIVE", role

    def _token_row(self) -> Row:
        token = self.token()
        return self.new_id(EARLIEST), self.recruiter, "benchmark", token.key_id, token.secret_hash, TOKENS_END, "ALLOW"


_TOKEN_COLUMNS = ("id", "membership_id", "name", "key_id", "secret_hash", "expires_at", "documents")
