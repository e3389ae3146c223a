"""Clients that lose no write: they send each mutation with a key, and again with the same key until it is answered."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx

from portal.database.ids import public_id

SUBMIT = """mutation Submit($input: SubmitApplicationInput!) {
    done: submitApplication(input: $input) { application { id stage { id } } userErrors { code } }
}"""
MOVE = """mutation Move($input: MoveApplicationInput!) {
    done: moveApplication(input: $input) { application { id stage { id } } userErrors { code } }
}"""

# Between two tries: doubled each time, so that those who wait leave the processor to what is starting.
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 0.4
ANSWERED_WITHIN_SECONDS = 15.0  # longer than the server gives any operation
MOST_TRIES = 500

MOVABLE = ("Applied", "Screen", "Interview", "Offer")  # the stages between which applications are moved


@dataclass
class Mutation:
    """One mutation and what is known of it: `outcome` is "done" or the refusal's code, None until it is answered."""

    key: str
    document: str
    input: dict[str, Any]
    subject: str
    unknown: int = 0  # tries after which nobody could say whether it was done
    outcome: str | None = None
    answer: Any = None

    @property
    def is_move(self) -> bool:
        return self.document is MOVE

    @property
    def is_done(self) -> bool:
        return self.outcome == "done"


@dataclass
class Fleet:
    """All clients together, and all mutations in the order in which they were first sent."""

    address: str
    token: str
    log: list[Mutation] = field(default_factory=list)
    answered: int = 0
    _awaited: dict[int, asyncio.Event] = field(default_factory=dict)

    async def reached(self, answers: int) -> None:
        """Wait until so many mutations have been answered."""
        if self.answered < answers:
            await self._awaited.setdefault(answers, asyncio.Event()).wait()

    async def send(self, http: httpx.AsyncClient, mutation: Mutation) -> None:
        """Send it until there is an answer that says what happened."""
        self.log.append(mutation)
        for attempt in range(MOST_TRIES):
            payload = await self.attempt(http, mutation, attempt)
            codes = [error["code"] for error in payload["userErrors"]] if payload else []
            if payload is None or "IDEMPOTENCY_IN_PROGRESS" in codes:
                mutation.unknown += payload is None
                await asyncio.sleep(min(PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS))
                continue
            mutation.outcome, mutation.answer = codes[0] if codes else "done", payload["application"]
            self.answered += 1
            if self.answered in self._awaited:
                self._awaited[self.answered].set()
            return
        raise AssertionError(f"{mutation.key} was never answered")

    async def attempt(self, http: httpx.AsyncClient, mutation: Mutation, attempt: int) -> dict[str, Any] | None:
        """The payload, or None when nobody can say whether it was done."""
        body = {"query": mutation.document, "variables": {"input": mutation.input}}
        headers = {"authorization": f"Bearer {self.token}", "x-request-id": f"{mutation.key}.{attempt:04d}"}
        try:
            response = await http.post(f"{self.address}/graphql", json=body, headers=headers)
        except httpx.TransportError:
            return None
        if response.status_code >= 500:
            return None
        answer = response.json()
        assert response.status_code == 200, answer
        payload: dict[str, Any] | None = (answer.get("data") or {}).get("done")
        return None if answer.get("errors") else payload

    @property
    def done(self) -> list[Mutation]:
        return [mutation for mutation in self.log if mutation.is_done]

    @property
    def unknown(self) -> int:
        return sum(mutation.unknown for mutation in self.log)


@dataclass
class Recruiter:
    """One client, who submits candidates and moves them about; some of them others move too."""

    name: str
    fleet: Fleet
    rng: Random
    opening: str
    stages: list[str]
    candidates: list[str]
    where: dict[str, str]  # by application
    shared: dict[str, str]  # the same for those that everybody moves

    async def work(self, http: httpx.AsyncClient, mutations: int) -> None:
        for number in range(mutations):
            mutation, places = self.next_mutation(f"{self.name}-{number:05d}")
            await self.fleet.send(http, mutation)
            if mutation.is_done:
                places[mutation.answer["id"]] = mutation.answer["stage"]["id"]
            if self.rng.random() < 0.05:
                await self.repeat(http, mutation)

    def next_mutation(self, key: str) -> tuple[Mutation, dict[str, str]]:
        """The mutation, and the places that it is about."""
        if self.candidates and (not self.where or self.rng.random() < 0.2):
            candidate = self.candidates.pop()
            submit = {"candidateId": candidate, "openingId": self.opening, "idempotencyKey": key}
            return Mutation(key, SUBMIT, submit, candidate), self.where
        places = self.shared if self.rng.random() < 0.1 else self.where
        application = self.rng.choice(sorted(places))
        here = places[application]
        there = self.rng.choice([stage for stage in self.stages if stage != here])
        move = {"applicationId": application, "fromStageId": here, "toStageId": there, "note": key}
        return Mutation(key, MOVE, {**move, "idempotencyKey": key}, application), places

    async def repeat(self, http: httpx.AsyncClient, mutation: Mutation) -> None:
        """Send once more what was done: the answer names the same application, and nothing happens."""
        payload = await self.fleet.attempt(http, mutation, 9_999)
        if payload is not None and mutation.is_done:
            assert payload["userErrors"] == []
            assert payload["application"]["id"] == mutation.answer["id"]


@dataclass(frozen=True)
class Ground:
    """Where the clients work: an opening, its stages by name, candidates, and applications that all of them move."""

    opening_id: UUID
    stages: Mapping[str, UUID]
    candidate_ids: Sequence[UUID]
    shared: Mapping[UUID, UUID]  # the stage of each application


def recruiters(fleet: Fleet, ground: Ground, count: int, seed: int) -> Iterator[Recruiter]:
    """Clients, each with candidates of its own."""
    shared: dict[str, str] = {public_id("app", key): public_id("stg", stage) for key, stage in ground.shared.items()}
    stages: list[str] = [public_id("stg", ground.stages[name]) for name in MOVABLE]
    for number in range(count):
        own: list[str] = [public_id("cnd", candidate_id) for candidate_id in ground.candidate_ids[number::count]]
        rng, opening = Random(f"{seed} {number}"), public_id("opn", ground.opening_id)
        yield Recruiter(f"client{number}", fleet, rng, opening, stages, own, {}, shared)
