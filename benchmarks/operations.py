"""What is measured: five operations as a client's dashboard would ask them, and the parameters they are asked with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import asyncpg

from benchmarks.rows_staff import Organization
from portal.database.ids import public_id

BOARD = """\
query board($id: ID!, $first: Int = 20) {
  opening(id: $id) {
    id
    title
    stages {
      id
      name
      kind
      applicationCount
      applications(first: $first, orderBy: [{field: LAST_ACTIVITY_AT, direction: DESC}]) {
        nodes {
          id
          lastActivityAt
          daysInStage
          candidate { id name headline tags }
        }
      }
    }
  }
}
"""

OPENINGS = """\
query openings($first: Int = 50) {
  openings(first: $first, filter: {status: {eq: OPEN}}) {
    nodes {
      id
      title
      status
      updatedAt
      teams { team { id name } }
      hiringManagers { membership { id name } }
      stages { id name kind applicationCount }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

PROFILE = """\
query profile($id: ID!) {
  candidate(id: $id) {
    id
    name
    headline
    tags
    applications {
      nodes {
        id
        status
        appliedAt
        lastActivityAt
        opening { id title }
        stage { id name }
        transitions { id fromStage { id name } toStage { id name } occurredAt secondsInFromStage cause }
      }
    }
  }
}
"""

VIEWER = """\
query viewer {
  viewer {
    membership { id user { name email } }
    organization { id name }
    roles
  }
}
"""

MOVE = """\
mutation move($input: MoveApplicationInput!) {
  moveApplication(input: $input) {
    application { id stage { id name } lastActivityAt }
    userErrors { __typename message }
  }
}
"""

DOCUMENTS = {"board": BOARD, "openings": OPENINGS, "profile": PROFILE, "viewer": VIEWER, "move": MOVE}
READS = ("board", "openings", "profile", "viewer")
OPERATIONS = (*READS, "move")

# So many different parameters of each read are drawn; more than the document and actor caches could learn by heart.
SAMPLES = 2_000


@dataclass(frozen=True)
class Asked:
    """One request: who asks, and the operation's variables."""

    operation: str
    token: str
    variables: dict[str, object]

    def body(self) -> bytes:
        """The request's body; all servers get the same."""
        members = {"operationName": self.operation, "variables": self.variables, "query": DOCUMENTS[self.operation]}
        return json.dumps(members).encode()

    def first(self, rows: int) -> "Asked":
        """The same with pages of another size."""
        return Asked(self.operation, self.token, {**self.variables, "first": rows})


@dataclass
class Movable:
    """An application that is moved to and fro between two stages; where it is only its own requests change."""

    token: str
    id: str
    stages: list[str]
    moves: int = 0

    def next_move(self, key: str) -> Asked:
        here, there = self.stages[self.moves % 2], self.stages[(self.moves + 1) % 2]
        self.moves += 1
        given = {"applicationId": self.id, "fromStageId": here, "toStageId": there, "idempotencyKey": key}
        return Asked("move", self.token, {"input": given})


@dataclass
class Parameters:
    """What can be asked for, drawn in the same order in every run."""

    asked: dict[str, list[Asked]]
    crowded: list[Asked]  # boards with a full page of 100 in every stage
    movable: list[Movable]
    run: str  # makes the idempotency keys of this run its own
    _moves: int = field(default=0, init=False)

    def reads(self, operation: str, seed: object) -> Iterator[Asked]:
        """Endless requests of one read, the same ones for the same seed."""
        random, listed = Random(f"{operation} {seed}"), self.asked[operation]
        while True:
            yield listed[random.randrange(len(listed))]

    def moves(self) -> Iterator[Asked]:
        """Endless moves, of one application after the other."""
        while True:
            self._moves += 1
            yield self.movable[self._moves % len(self.movable)].next_move(f"{self.run}-{self._moves}")


_BUSY = """
    SELECT organization_id, id FROM portal.opening
    WHERE status = 'OPEN' AND NOT is_confidential AND id IN (
        SELECT opening_id FROM portal.application WHERE status = 'ACTIVE' GROUP BY opening_id
        HAVING count(*) BETWEEN $1 AND $2)
    ORDER BY id
"""
_APPLICANTS = """
    SELECT organization_id, id FROM portal.candidate
    WHERE NOT is_private AND (organization_id, id) IN (SELECT organization_id, candidate_id FROM portal.application)
    ORDER BY id
"""
_MOVABLE = """
    SELECT application.organization_id, application.id, application.stage_id, there.id AS there
    FROM portal.application
    JOIN portal.opening ON opening.id = opening_id AND NOT is_confidential AND opening.status = 'OPEN'
    JOIN portal.stage here ON here.id = stage_id
    JOIN portal.stage there ON there.opening_id = application.opening_id
        AND there.position = CASE here.position WHEN 2 THEN 3 ELSE 2 END
    WHERE application.status = 'ACTIVE' AND NOT candidate_is_private AND here.position IN (2, 3)
    ORDER BY application.id
"""


async def draw(connection: asyncpg.Connection, organizations: list[Organization], run: str) -> Parameters:
    """Draw parameters from the whole of the data, so that large organizations are asked about more often."""
    random = Random("parameters")
    tokens = {organization.id: organization.token().text for organization in organizations}

    def sample(rows: list[asyncpg.Record], count: int) -> list[asyncpg.Record]:
        return random.sample(rows, min(count, len(rows)))

    boards = sample(await connection.fetch(_BUSY, 150, 400), SAMPLES)
    crowded = await connection.fetch(_BUSY, 900, 2_000)
    profiles = sample(await connection.fetch(_APPLICANTS), 10 * SAMPLES)
    movable = sample(await connection.fetch(_MOVABLE), 100 * SAMPLES)
    everyone = list(tokens.values())
    return Parameters(
        {
            "board": [_asked("board", tokens, "opn", row) for row in boards],
            "profile": [_asked("profile", tokens, "cnd", row) for row in profiles],
            "openings": [Asked("openings", token, {}) for token in everyone],
            "viewer": [Asked("viewer", token, {}) for token in everyone],
        },
        [_asked("board", tokens, "opn", row) for row in crowded],
        [
            Movable(
                tokens[_uuid(row["organization_id"])],
                public_id("app", _uuid(row["id"])),
                [public_id("stg", _uuid(row["stage_id"])), public_id("stg", _uuid(row["there"]))],
            )
            for row in movable
        ],
        run,
    )


def _asked(operation: str, tokens: dict[UUID, str], prefix: str, row: asyncpg.Record) -> Asked:
    return Asked(operation, tokens[_uuid(row["organization_id"])], {"id": public_id(prefix, _uuid(row["id"]))})


def _uuid(value: UUID) -> UUID:
    # asyncpg's own UUIDs are equal to Python's, but slower to hash.
    return UUID(bytes=value.bytes)
