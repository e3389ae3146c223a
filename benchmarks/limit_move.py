"""A move as a good engineer writes it by hand: what must be decided in one statement, what is written in another.

The same rows in the same commit as the portal's action (application, history, audit, outbox, idempotency key), and the
answer from what is known already, without reading it again.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from portal.database.ids import new_id

# The key is claimed and the application locked in one message. Rights: the opening is not confidential (the actor
# recruits for the organization), the candidate is not private.
LOCK = """
WITH claimed AS (
  INSERT INTO idempotency_key
    (organization_id, id, actor_id, key, action, fingerprint, expires_at, created_at, updated_at, version)
  VALUES ($1, $2, $3, $4, 'move_application', $5, $6, $7, $7, 1)
  ON CONFLICT (organization_id, actor_id, key) DO NOTHING RETURNING 1
), target AS (
  SELECT id, opening_id, kind, name, position, archived_at FROM stage
  WHERE organization_id = $1 AND id = $10 FOR SHARE
)
SELECT application.opening_id, application.version, application.status, application.entered_stage_at,
  target.name, target.kind, target.archived_at, target.position > here.position AS forward,
  (SELECT count(*) FROM claimed) AS claimed
FROM application, target, stage AS here, opening
WHERE application.organization_id = $1 AND application.id = $8 AND application.stage_id = $9
AND NOT application.candidate_is_private
AND opening.organization_id = $1 AND opening.id = application.opening_id AND NOT opening.is_confidential
AND here.organization_id = $1 AND here.id = $9
AND target.opening_id = application.opening_id
FOR NO KEY UPDATE OF application
"""

WRITE = """
WITH changed AS (
  UPDATE application SET stage_id = $5, entered_stage_at = $6, last_activity_at = $6, version = $7, updated_at = $6
  WHERE organization_id = $1 AND id = $3
), history AS (
  INSERT INTO stage_transition
    (organization_id, id, application_id, from_stage_id, to_stage_id, from_status, to_status, occurred_at,
     seconds_in_from_stage, actor_kind, actor_id, cause, batch_id, note, created_at, updated_at, version)
  VALUES ($1, $8, $3, $4, $5, 'ACTIVE', 'ACTIVE', $6, $9, 'USER', $2, 'MANUAL', NULL, NULL, $6, $6, 1)
), audited AS (
  INSERT INTO audit_event
    (organization_id, id, occurred_at, actor_kind, actor_id, on_behalf_of_id, request_id, operation, entity_type,
     entity_id, opening_id, before, after, created_at, updated_at, version)
  VALUES ($1, $10, $6, 'USER', $2, NULL, $11, 'move_application', 'Application', $3, $12, $13, $14, $6, $6, 1)
), told AS (
  INSERT INTO domain_event
    (organization_id, id, type, subject_type, subject_id, opening_id, occurred_at, recorded_at, actor_kind, actor_id,
     on_behalf_of_id, request_id, origin, batch_id, changes, data, payload_version, sequence, published_at,
     created_at, updated_at, version)
  VALUES ($1, $15, 'application.stage_changed', 'Application', $3, $12, $6, $6, 'USER', $2, NULL, $11, 'API', NULL,
     $16, $17, 1, NULL, NULL, $6, $6, 1)
)
UPDATE idempotency_key SET result = $18 WHERE organization_id = $1 AND id = $19
"""

_KEPT_FOR = timedelta(hours=72)


class Move(NamedTuple):
    """What is asked for, with the ids behind the public ones."""

    application: UUID
    here: UUID
    there: UUID
    key: str

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Move":
        return cls(
            _id(given["applicationId"]), _id(given["fromStageId"]), _id(given["toStageId"]), given["idempotencyKey"]
        )


async def move(raw: "asyncpg.Connection[Any]", organization: UUID, actor: UUID, request_id: str, asked: Move) -> bytes:
    """Move within a transaction that has begun; the answer's JSON. Raises where the portal would refuse."""
    now = datetime.now(UTC)  # noqa: TID251 - an edge of its own
    key_id = new_id()
    fingerprint = hashlib.sha256(orjson.dumps(["move_application", *asked])).hexdigest()
    found = await raw.fetchrow(
        LOCK,
        *(organization, key_id, actor, asked.key, fingerprint, now + _KEPT_FOR, now),
        *(asked.application, asked.here, asked.there),
    )
    if found is None or not found["claimed"] or found["status"] != "ACTIVE":
        raise LookupError("The application is not where it was.")
    if found["kind"] == "HIRED" or found["archived_at"] is not None:
        raise ValueError("Nobody can be moved there.")
    seconds = int((now - found["entered_stage_at"]).total_seconds())
    here, there = asked.here.hex, asked.there.hex
    facts = {
        "from_stage_id": here,
        "to_stage_id": there,
        "seconds_in_from_stage": seconds,
        "direction": "FORWARD" if found["forward"] else "BACKWARD",
    }
    await raw.execute(
        WRITE,
        *(organization, actor, asked.application, asked.here, asked.there, now, found["version"] + 1),
        *(new_id(), seconds, new_id(), request_id, found["opening_id"], {"stage_id": here}, {"stage_id": there}),
        *(new_id(), {"stage_id": [here, there]}, facts, {"application_id": str(asked.application)}, key_id),
    )
    stage = {"id": f"stg_{there}", "name": found["name"]}
    application = {"id": f"app_{asked.application.hex}", "stage": stage, "lastActivityAt": now}
    return orjson.dumps({"application": application, "userErrors": []})


def _id(public: str) -> UUID:
    return UUID(hex=public[4:])
