"""The comparison in the end: what was acknowledged, against everything that the tables hold."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.reliability.clients import Fleet, Mutation
from tests.world import World

_HISTORY = "SELECT * FROM stage_transition WHERE application_id = ANY($1) ORDER BY application_id, id"


@dataclass(frozen=True)
class Tables:
    """Everything that the mutations may have written."""

    keys: Sequence[Mapping[str, Any]]
    applications: Sequence[Mapping[str, Any]]
    transitions: Sequence[Mapping[str, Any]]
    audit_events: Sequence[Mapping[str, Any]]
    domain_events: Sequence[Mapping[str, Any]]

    @classmethod
    async def of(cls, world: World, opening_id: UUID) -> "Tables":
        applications = await world.rows("SELECT * FROM application WHERE opening_id = $1", opening_id)
        return cls(
            await world.rows("SELECT * FROM idempotency_key"),
            applications,
            await world.rows(_HISTORY, [row["id"] for row in applications]),
            await world.rows("SELECT * FROM audit_event WHERE request_id LIKE 'client%'"),
            await world.rows("SELECT * FROM domain_event WHERE request_id LIKE 'client%' ORDER BY position"),
        )


@dataclass(frozen=True)
class Verdict:
    """How the acknowledged mutations fared."""

    lost: int
    doubled: int
    unacknowledged: int  # done, although the client was told otherwise
    had_been_done: int  # the answer was lost but the deed was not: the key told the next try


def judge(fleet: Fleet, tables: Tables) -> Verdict:
    """Count the mutations that are missing from any of the tables, or in one of them more than once."""
    done = {mutation.key: mutation for mutation in fleet.done}
    books = {
        "key": Counter(row["key"] for row in tables.keys),
        "audit": Counter(_key_of(row) for row in tables.audit_events),
        "outbox": Counter(_key_of(row) for row in tables.domain_events),
        "effect": _effects(done, tables),
    }
    return Verdict(
        lost=sum(any(not book[key] for book in books.values()) for key in done),
        doubled=sum(any(book[key] > 1 for book in books.values()) for key in done),
        unacknowledged=len(set().union(*books.values()) - done.keys()),
        had_been_done=_had_been_done(done, tables),
    )


def _effects(done: Mapping[str, Mutation], tables: Tables) -> Counter[str]:
    """How often each mutation took effect: moves carry their key as the note, a candidate is submitted once."""
    by_candidate = {mutation.subject: key for key, mutation in done.items() if not mutation.is_move}
    candidates = [f"cnd_{row['candidate_id'].hex}" for row in tables.applications]
    moves = Counter(row["note"] for row in tables.transitions if row["note"])
    return moves + Counter(by_candidate[candidate] for candidate in candidates if candidate in by_candidate)


def _had_been_done(done: Mapping[str, Mutation], tables: Tables) -> int:
    """Of how many the answer came from a later try than the deed."""
    tries = {_key_of(row): int(row["request_id"].rpartition(".")[2]) for row in tables.audit_events}
    return sum(tries[key] < mutation.unknown for key, mutation in done.items() if key in tries)


def _key_of(row: Mapping[str, Any]) -> str:
    return str(row["request_id"]).rpartition(".")[0]


def faulty_paths(fleet: Fleet, tables: Tables) -> list[str]:
    """Applications whose history has a gap, ends elsewhere than they are, or was counted wrongly."""
    histories: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in tables.transitions:
        histories[row["application_id"]].append(row)
    answered = [mutation.key for mutation in fleet.log]
    order = {key: number for number, key in enumerate(answered)}
    faulty = []
    for application in tables.applications:
        history = histories[application["id"]]
        if not _is_path(application, history) or not _in_order(history, order):
            faulty.append(f"{application['id']}: {[(row['from_stage_id'], row['to_stage_id']) for row in history]}")
    return faulty


def _is_path(application: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> bool:
    steps = itertools.pairwise(history)
    return (
        history[0]["from_stage_id"] is None
        and all(one["to_stage_id"] == other["from_stage_id"] for one, other in steps)
        and history[-1]["to_stage_id"] == application["stage_id"]
        and application["version"] == len(history)
    )


def _in_order(history: Sequence[Mapping[str, Any]], order: Mapping[str, int]) -> bool:
    """Whether each client's moves stand in the order in which it made them."""
    by_client: dict[str, list[int]] = defaultdict(list)
    for row in history:
        if row["note"]:
            by_client[row["note"].partition("-")[0]].append(order[row["note"]])
    return all(moves == sorted(moves) for moves in by_client.values())


def faulty_feed(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with an organization's feed, given all of its events: gaps, doubles, a subject out of order."""
    found = []
    sequences = sorted(event["sequence"] or 0 for event in events)
    if sequences != list(range(1, len(events) + 1)):
        found.append(f"The {len(events)} events have the sequences {sequences[:5]} … {sequences[-5:]}.")
    by_subject: dict[UUID, list[int]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event["position"]):
        by_subject[event["subject_id"]].append(event["sequence"] or 0)
    found += [f"{subject}: {given}" for subject, given in by_subject.items() if given != sorted(given)]
    return found
