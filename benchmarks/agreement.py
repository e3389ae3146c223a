"""All servers must give the same answers before it is measured how fast they are."""

import itertools
from datetime import datetime
from typing import Any

import orjson

from benchmarks.client import ask
from benchmarks.operations import Asked, Parameters
from benchmarks.targets import Target

_SAMPLES = 25  # of each read
_MOVES = 3

# Two servers are asked some milliseconds after each other.
_DAYS_TOLERANCE = 0.01


class Disagreement(Exception):
    """Two servers gave different answers to the same request."""


async def check(targets: list[Target], parameters: Parameters, operation: str) -> None:
    """Ask all servers for the same. Raises Disagreement with the first difference."""
    if operation == "move":
        await _check_moves(targets, parameters)
    else:
        await _check_reads(targets, parameters, operation)


async def _check_reads(targets: list[Target], parameters: Parameters, operation: str) -> None:
    for asked in itertools.islice(parameters.reads(operation, "agreement"), _SAMPLES):
        answers = [(target.name, await _answer(target, asked)) for target in targets]
        first_name, first = answers[0]
        for name, answer in answers[1:]:
            difference = differing(first, answer, operation)
            if difference is not None:
                raise Disagreement(f"{name} does not answer {asked.variables} as {first_name} does: {difference}.")


async def _check_moves(targets: list[Target], parameters: Parameters) -> None:
    """Every server moves a few applications, and says where they are now."""
    moves = parameters.moves()
    for _ in range(_MOVES):
        for target in targets:
            asked = next(moves)
            answer = await _answer(target, asked)
            application = answer["data"]["moveApplication"]["application"]
            given: Any = asked.variables["input"]
            if application["id"] != given["applicationId"] or application["stage"]["id"] != given["toStageId"]:
                raise Disagreement(f"{target.name} has not moved {given}: {answer}.")


async def _answer(target: Target, asked: Asked) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(await ask(target.port, asked))
    if "errors" in answer or not answer.get("data"):
        raise Disagreement(f"{target.name} answers {asked.operation} with {orjson.dumps(answer)[:1000].decode()}.")
    # What it cost is told by the portal alone.
    return {"data": answer["data"]}


def differing(one: Any, other: Any, path: str) -> str | None:
    """Where two answers differ first, None when they are the same. Any: JSON."""
    match one, other:
        case dict(), dict() if list(one) == list(other):
            return _first(differing(one[key], other[key], f"{path}.{key}") for key in one)
        case list(), list() if len(one) == len(other):
            pairs = enumerate(zip(one, other, strict=True))
            return _first(differing(a, b, f"{path}[{index}]") for index, (a, b) in pairs)
        case float() | int(), float() | int() if path.endswith(".daysInStage"):
            return None if abs(one - other) < _DAYS_TOLERANCE else f"{path}: {one} and {other}"
        case str(), str() if path.endswith("Cursor"):
            return None  # opaque, and each server's own
        case str(), str() if path.endswith("At"):
            # Postgres leaves out trailing zeros of a second's fractions, Python does not.
            same = datetime.fromisoformat(one) == datetime.fromisoformat(other)
            return None if same else f"{path}: {one} and {other}"
        case _:
            return None if one == other else f"{path}: {one!r:.200} and {other!r:.200}"


def _first(differences: Any) -> str | None:
    return next((difference for difference in differences if difference is not None), None)
