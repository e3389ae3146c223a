"""Idempotency keys: the same key with the same input gives the first result, and the change happens once.

The key's row is inserted first, in the action's own transaction, and gets the result before the commit: a crash before
the commit leaves no key, so the caller's retry simply runs. Whoever comes second waits on the first at the unique
index.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from portal.access.models import IdempotencyKey
from portal.access.work import Work
from portal.database.ids import new_id
from portal.errors import IdempotencyKeyReused, InvalidInput

KEPT_FOR = timedelta(hours=72)
LONGEST_KEY = 255  # characters

_CLAIM = (
    insert(IdempotencyKey)
    .values(
        {
            column.key: bindparam(column.key, type_=column.type)
            for column in IdempotencyKey.__table__.c
            if column.key != "result"
        }
    )
    .on_conflict_do_nothing(index_elements=["organization_id", "actor_id", "key"])
    .returning(IdempotencyKey.id)
)
_FIND = select(IdempotencyKey.fingerprint, IdempotencyKey.result, IdempotencyKey.expires_at).where(
    IdempotencyKey.organization_id == bindparam("organization_id", type_=Uuid()),
    IdempotencyKey.actor_id == bindparam("actor_id", type_=Uuid()),
    IdempotencyKey.key == bindparam("key"),
)


def fingerprint(operation: str, arguments: Mapping[str, Any]) -> str:
    """What makes two calls the same: the operation and all of its input."""
    text = orjson.dumps([operation, arguments], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=_plain)
    return hashlib.sha256(text).hexdigest()


def _plain(value: object) -> object:
    """What JSON has no word for, the same in every process: a set has no order of its own."""
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else str(value)


async def claim(work: Work, key: str, print_: str) -> tuple[UUID | None, Mapping[str, Any] | None]:
    """Claim a key for this call: (row id, None) when it is new, (None, stored result) when the call was made before.

    Raises IdempotencyKeyReused when it was made with other input. Waits for a call that is still running.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise InvalidInput(f"An idempotency key has 1 to {LONGEST_KEY} printable characters.", path=("idempotencyKey",))
    actor_id = work.actor.id or work.actor.organization_id
    row_id = new_id()
    claimed = await work.value(
        _CLAIM,
        id=row_id,
        actor_id=actor_id,
        key=key,
        action=work.operation,
        fingerprint=print_,
        expires_at=work.now + KEPT_FOR,
        created_at=work.now,
        updated_at=work.now,
        version=1,
    )
    if claimed is not None:
        return row_id, None
    found = (await work.rows(_FIND, actor_id=actor_id, key=key))[0]
    if found["fingerprint"] != print_:
        raise IdempotencyKeyReused
    return None, found["result"]


def store(work: Work, row_id: UUID, result: Mapping[str, Any]) -> None:
    """Keep a call's result with its key, in the same commit."""
    work.write(IdempotencyKey, row_id, result=result)
