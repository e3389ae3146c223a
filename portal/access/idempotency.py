"""Idempotency keys: the same key with the same input gives the first result, and the change happens once.

The key's row is written with the result, in the action's own commit, so the first call costs nothing more. A repeat
runs into what the first one did (a refusal, or the key itself, which is unique), is undone, and then finds the stored
result. A crash before the commit leaves no key, so the caller's retry simply runs; who comes second waits on the first.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Uuid, bindparam, select

from portal.access.actor import Actor
from portal.access.models import IdempotencyKey
from portal.access.work import Work
from portal.database.statements import made
from portal.errors import IdempotencyKeyReused, InvalidInput

KEPT_FOR = timedelta(hours=72)
LONGEST_KEY = 255  # characters

_FIND = select(IdempotencyKey.fingerprint, IdempotencyKey.result).where(
    IdempotencyKey.organization_id == bindparam("organization_id", type_=Uuid()),
    IdempotencyKey.actor_id == bindparam("actor_id", type_=Uuid()),
    IdempotencyKey.key == bindparam("key"),
)


def fingerprint(operation: str, arguments: Mapping[str, Any], actor: Actor) -> str:
    """What makes two calls of one actor the same: the operation, all of its input, and on whose behalf it is."""
    same: list[object] = [operation, arguments]
    if actor.on_behalf_of is not None:
        same.append(actor.on_behalf_of.id)
    text = orjson.dumps(same, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=_plain)
    return hashlib.sha256(text).hexdigest()


def _plain(value: object) -> object:
    """What JSON has no word for, the same in every process: a set has no order of its own."""
    return sorted(map(str, value)) if isinstance(value, frozenset | set) else str(value)


def check(key: str | None) -> None:
    """Refuses a key that could not be stored."""
    if key is not None and (not 0 < len(key) <= LONGEST_KEY or not key.isprintable()):
        raise InvalidInput(f"An idempotency key has 1 to {LONGEST_KEY} printable characters.", path=("idempotencyKey",))


def keep(work: Work, key: str, print_: str, result: dict[str, Any]) -> None:
    """Keep a call's result with its key, in the same commit. Its flush fails when the key is there already."""
    work.add(
        made(
            IdempotencyKey,
            actor_id=_actor_id(work),
            key=key,
            action=work.operation,
            fingerprint=print_,
            result=result,
            expires_at=work.now + KEPT_FOR,
        )
    )


async def kept(work: Work, key: str, print_: str) -> Mapping[str, Any] | None:
    """The result of the call that was made with this key before; None when there was none.

    Raises IdempotencyKeyReused when it was made with other input.
    """
    rows = await work.rows(_FIND, actor_id=_actor_id(work), key=key)
    if not rows:
        return None
    if rows[0]["fingerprint"] != print_:
        raise IdempotencyKeyReused
    result: Mapping[str, Any] = rows[0]["result"]
    return result


def _actor_id(work: Work) -> UUID:
    return work.actor.id or work.actor.organization_id
